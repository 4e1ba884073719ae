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
    kept = []

    def keep(module, args, out):
        out.retain_grad()
        kept.append(out)
        return out * 1

    training = model.training
    model.eval()
    handle = model.get_submodule(layer_name).register_forward_hook(keep)
    try:
        logits = model(torch.as_tensor(image).unsqueeze(0))
        logits[:, target_class].sum().backward()
    finally:
        handle.remove()
        model.train(training)
        for p in model.parameters():
            p.grad = None
    A = kept[0].detach().numpy()[0]
    g = kept[0].grad.numpy()[0]
    alpha = g.mean(axis=(1, 2))
    L = np.maximum(np.einsum("k,kij->ij", alpha, A), 0)
    L = F.interpolate(torch.tensor(L)[None, None], size=image.shape[1:], mode="bilinear")[0, 0].numpy()
    return L / L.max() if L.max() > 0 else np.zeros_like(L)
