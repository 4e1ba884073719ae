import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def conv1_filters(model):
    weights = model.conv1.weight.data.cpu()
    return weights[:, 0, :, :].numpy()


def feature_maps(model, image, layer_name="conv1"):
    activations = {}

    def hook_fn(module, input, output):
        activations["feature_maps"] = output

    layer = dict(model.named_modules())[layer_name]
    hook = layer.register_forward_hook(hook_fn)
    model.eval()
    with torch.no_grad():
        _ = model(torch.from_numpy(image).unsqueeze(0))
    hook.remove()
    return activations["feature_maps"][0].cpu().numpy()


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
    cam = F.relu((weights * saved["maps"]).sum(dim=1, keepdim=True))
    cam = F.interpolate(cam, size=image.shape[1:], mode="bilinear", align_corners=False)
    cam = cam.squeeze().detach().numpy()
    if cam.max() > 0:
        cam = cam / cam.max()
    return cam
