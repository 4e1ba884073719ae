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
    model.eval()
    image = torch.from_numpy(image)
    image.requires_grad = True
    output = model(image.unsqueeze(0))
    class_score = output[0, target_class]
    model.zero_grad()
    class_score.backward()
    gradients = image.grad.data
    weights = torch.mean(gradients, dim=(2, 3), keepdim=True)
    cam = torch.sum(weights * image, dim=1, keepdim=True)
    cam = F.relu(cam)
    cam = (cam - cam.min()) / (cam.max() - cam.min())
    return cam.squeeze().cpu().numpy()
