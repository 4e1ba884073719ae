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


def grad_cam(model, image, target_class, layer_name):
    store = {}

    def forward_hook(module, inputs, output):
        store["A"] = output.detach().clone()
        output.register_hook(lambda g: store.update(g=g.detach().clone()))

    layer = model.get_submodule(layer_name)
    was_training = model.training
    model.eval()
    hook = layer.register_forward_hook(forward_hook)
    flags = [p.requires_grad for p in model.parameters()]
    for p in model.parameters():
        p.requires_grad_(False)
    x = torch.from_numpy(image.copy())[None].requires_grad_(True)
    model(x)[0, target_class].backward()
    hook.remove()
    for p, flag in zip(model.parameters(), flags):
        p.requires_grad_(flag)
    if was_training:
        model.train()
    w = store["g"].mean((2, 3))[0]
    heat = (w[:, None, None] * store["A"][0]).sum(0).clamp(min=0)
    heat = F.interpolate(heat[None, None], size=tuple(image.shape[1:]), mode="bilinear")[0, 0]
    return torch.nan_to_num(heat / heat.max()).numpy()
