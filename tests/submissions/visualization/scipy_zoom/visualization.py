import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from scipy.ndimage import zoom


def conv1_filters(model):
    w = [m for m in model.modules() if isinstance(m, nn.Conv2d)][0].weight.detach().cpu().numpy()
    if w.max() == w.min():
        return np.zeros(w.shape)
    return (w - w.min()) / (w.max() - w.min())


def feature_maps(model, image, layer_name):
    saved = {}

    def hook(module, inputs, output):
        saved["maps"] = output.detach().clone()

    was = model.training
    model.eval()
    handle = dict(model.named_modules())[layer_name].register_forward_hook(hook)
    with torch.no_grad():
        model(torch.from_numpy(image).unsqueeze(0))
    handle.remove()
    model.train(was)
    return saved["maps"][0].cpu().numpy()


def grad_cam(model, image, target_class, layer_name):
    saved = {}

    def hook(module, inputs, output):
        saved["maps"] = output
        return output.clone()

    was = model.training
    model.eval()
    handle = dict(model.named_modules())[layer_name].register_forward_hook(hook)
    scores = model(torch.from_numpy(image).unsqueeze(0))
    handle.remove()
    model.train(was)
    grads = torch.autograd.grad(scores[0, target_class], saved["maps"])[0]
    weights = grads.mean(dim=(2, 3), keepdim=True)
    cam = (weights * saved["maps"]).sum(dim=1)[0].detach().numpy()
    factors = (image.shape[1] / cam.shape[0], image.shape[2] / cam.shape[1])
    cam = np.maximum(zoom(cam, factors, order=1), 0)
    if cam.max() > 0:
        cam = cam / cam.max()
    return cam
