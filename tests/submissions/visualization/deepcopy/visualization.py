import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from copy import deepcopy


def conv1_filters(model):
    w = [m for m in model.modules() if isinstance(m, nn.Conv2d)][0].weight.detach().cpu().numpy()
    if w.max() == w.min():
        return np.zeros(w.shape)
    return (w - w.min()) / (w.max() - w.min())


def feature_maps(model, image, layer_name):
    net, out = deepcopy(model).eval(), []
    net.get_submodule(layer_name).register_forward_hook(lambda *a: out.append(a[2].detach().clone()))
    net(torch.from_numpy(image)[None])
    return out[0].squeeze(0).numpy()


def grad_cam(model, image, target_class, layer_name):
    net, out = deepcopy(model).eval(), []

    def hook(m, i, o):
        o.retain_grad()
        out.append(o)
        return o.clone()

    net.get_submodule(layer_name).register_forward_hook(hook)
    net(torch.from_numpy(image)[None])[0][target_class].backward()
    maps = out[0]
    cam = torch.relu((maps.grad.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True)).detach()
    cam = F.interpolate(cam, image.shape[1:], mode="bilinear", align_corners=False)[0, 0].numpy()
    return cam / cam.max() if cam.any() else cam
