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

    was = model.training
    model.eval()
    handle = dict(model.named_modules())[layer_name].register_forward_hook(hook)
    with torch.no_grad():
        model(torch.from_numpy(image).unsqueeze(0))
    handle.remove()
    model.train(was)
    return saved["maps"][0].cpu().numpy()


def places(new, old):
    x = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
    low = np.floor(x).astype(int)
    high = np.minimum(low + 1, old - 1)
    return low, high, x - low


def enlarge(a, height, width):
    t, b, v = places(height, a.shape[0])
    l, r, u = places(width, a.shape[1])
    rows = a[t] * (1 - v)[:, None] + a[b] * v[:, None]
    return rows[:, l] * (1 - u) + rows[:, r] * u


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
    weights = grads[0].double().numpy().mean(axis=(1, 2))
    maps = saved["maps"][0].detach().double().numpy()
    cam = np.zeros(maps.shape[1:])
    for k in range(len(weights)):
        cam += weights[k] * maps[k]
    cam[cam < 0] = 0
    cam = enlarge(cam, *image.shape[1:])
    if cam.max() > 0:
        cam = cam / cam.max()
    return cam
