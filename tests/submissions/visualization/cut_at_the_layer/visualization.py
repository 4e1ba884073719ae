import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def conv1_filters(model):
    w = [m for m in model.modules() if isinstance(m, nn.Conv2d)][0].weight.detach().cpu().numpy()
    if w.max() == w.min():
        return np.zeros(w.shape)
    return (w - w.min()) / (w.max() - w.min())


def run_with(model, image, layer_name, hook):
    modes = {m: m.training for m in model.modules()}
    handle = model.get_submodule(layer_name).register_forward_hook(hook)
    try:
        return model.eval()(torch.tensor(image, dtype=torch.float32)[None])
    finally:
        handle.remove()
        for m, mode in modes.items():
            m.training = mode


def feature_maps(model, image, layer_name):
    seen = []
    with torch.no_grad():
        run_with(model, image, layer_name, lambda m, i, out: seen.append(out.numpy().copy()))
    return seen[0][0]


def grad_cam(model, image, target_class, layer_name):
    maps = torch.tensor(feature_maps(model, image, layer_name))[None].requires_grad_(True)
    score = run_with(model, image, layer_name, lambda m, i, out: maps.clone())[0, target_class]
    gradient = torch.autograd.grad(score, maps)[0]
    cam = (gradient.sum((2, 3), keepdim=True) * maps).sum(1, keepdim=True).relu()
    cam = nn.Upsample(size=image.shape[1:], mode="bilinear")(cam)[0, 0].detach().numpy()
    return np.divide(cam, cam.max(), out=np.zeros_like(cam), where=cam.max() > 0)
