import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def conv1_filters(model):
    w = [m for m in model.modules() if isinstance(m, nn.Conv2d)][0].weight.detach().cpu().numpy()
    if w.max() == w.min():
        return np.zeros(w.shape)
    return (w - w.min()) / (w.max() - w.min())


class Watch:
    def __init__(self, model, layer_name):
        self.model, self.layer = model, model.get_submodule(layer_name)

    def __enter__(self):
        self.modes = [(m, m.training) for m in self.model.modules()]
        self.model.eval()
        self.handle = self.layer.register_forward_hook(self.save)
        return self

    def save(self, module, inputs, output):
        self.maps = output
        return output.clone()

    def __exit__(self, *error):
        self.handle.remove()
        for m, mode in self.modes:
            m.training = mode

    def scores(self, image):
        return self.model(torch.from_numpy(np.asarray(image)).float().unsqueeze(0))[0]


def feature_maps(model, image, layer_name):
    with Watch(model, layer_name) as watch, torch.no_grad():
        watch.scores(image)
    return watch.maps[0].numpy()


def grad_cam(model, image, target_class, layer_name):
    with Watch(model, layer_name) as watch:
        score = watch.scores(image)[target_class]
    (g,) = torch.autograd.grad(score, watch.maps)
    alpha = g.mean(dim=(-2, -1))
    cam = torch.einsum("bk,bkij->bij", alpha, watch.maps).relu().unsqueeze(1)
    cam = F.interpolate(cam, size=image.shape[1:], mode="bilinear")[0, 0].detach().numpy()
    peak = float(cam.max())
    return cam / peak if peak else cam
