import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def conv1_filters(model):
    w = [m for m in model.modules() if isinstance(m, nn.Conv2d)][0].weight.detach().cpu().numpy()
    if w.max() == w.min():
        return np.zeros(w.shape)
    return (w - w.min()) / (w.max() - w.min())


def feature_maps(model, image, layer_name):
    saved = {}

    def hook(module, inputs, output):
        saved["maps"] = output.detach().clone()

    handle = dict(model.named_modules())[layer_name].register_forward_hook(hook)
    with torch.no_grad():
        model(torch.from_numpy(image).unsqueeze(0))
    handle.remove()
    return saved["maps"][0].cpu().numpy()


def grad_cam(model, image, target_class, layer_name):
    saved = {}

    def hook(module, inputs, output):
        saved["maps"] = output
        return output.clone()

    handle = dict(model.named_modules())[layer_name].register_forward_hook(hook)
    scores = model(torch.from_numpy(image).unsqueeze(0))
    handle.remove()
    grads = torch.autograd.grad(scores[0, target_class], saved["maps"])[0]
    weights = grads.mean(dim=(2, 3), keepdim=True)
    cam = F.relu((weights * saved["maps"]).sum(dim=1, keepdim=True))
    cam = F.interpolate(cam, size=image.shape[1:], mode="bilinear", align_corners=False)
    cam = cam.squeeze().detach().numpy()
    if cam.max() > 0:
        cam = cam / cam.max()
    return cam
