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
    layer = dict(model.named_modules())[layer_name]
    activations, gradients = [], []
    handles = [
        layer.register_forward_hook(lambda m, i, o: activations.append(o)),
        layer.register_full_backward_hook(lambda m, gi, go: gradients.append(go[0])),
    ]
    inplace = [m for m in model.modules() if getattr(m, "inplace", False)]
    for m in inplace:
        m.inplace = False
    was = model.training
    model.eval()
    model.zero_grad()
    score = model(torch.tensor(image)[None])[0, target_class]
    score.backward()
    for h in handles:
        h.remove()
    for m in inplace:
        m.inplace = True
    model.train(was)
    model.zero_grad()
    alphas = gradients[0].mean(dim=[2, 3], keepdim=True)
    cam = torch.relu((alphas * activations[0].detach()).sum(1, keepdim=True))
    cam = F.interpolate(cam, image.shape[-2:], mode="bilinear")[0, 0]
    return (cam / (cam.max() + 1e-8)).numpy()
