"""What a network has learnt and what it looks at: answers to the assignment ``visualization``.

An image is a float array (3, H, W). A model is left as it was found: mode, hooks, weights and
gradients. Grad-CAM follows Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via
Gradient-based Localization", ICCV 2017, equations (1) and (2).
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def conv1_filters(model: nn.Module) -> np.ndarray:
    """Weights (out, in, k, k) of the first convolution, scaled to [0, 1] all together.

    Weights that are all equal become zeros.
    """
    first = next(module for module in model.modules() if isinstance(module, nn.Conv2d))
    weights: np.ndarray = first.weight.detach().numpy()
    low, high = weights.min(), weights.max()
    if low == high:
        return np.zeros_like(weights)
    scaled: np.ndarray = (weights - low) / (high - low)
    return scaled


def feature_maps(model: nn.Module, image: np.ndarray, layer_name: str) -> np.ndarray:
    """What the layer called ``layer_name`` gives for ``image`` in evaluation mode: (C, h, w)."""
    maps: list[torch.Tensor] = []

    def record(_layer: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        maps.append(output.clone())  # an in-place ReLU that follows overwrites the output

    modes = [(module, module.training) for module in model.modules()]
    hook = model.get_submodule(layer_name).register_forward_hook(record)
    model.eval()
    try:
        with torch.no_grad():
            model(torch.tensor(image, dtype=torch.float32)[None])
    finally:
        hook.remove()
        for module, training in modes:
            module.training = training
    return maps[0][0].numpy()


def grad_cam(model: nn.Module, image: np.ndarray, target_class: int, layer_name: str) -> np.ndarray:
    """Where the layer's maps speak for ``target_class``: (H, W) in [0, 1], zeros if nowhere."""
    maps: list[torch.Tensor] = []

    def record(_layer: nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        maps.append(output)
        return output.clone()  # for an in-place ReLU that follows, so that ours stays

    modes = [(module, module.training) for module in model.modules()]
    hook = model.get_submodule(layer_name).register_forward_hook(record)
    model.eval()
    try:
        score = model(torch.tensor(image, dtype=torch.float32)[None])[0, target_class]
    finally:
        hook.remove()
        for module, training in modes:
            module.training = training
    (gradients,) = torch.autograd.grad(score, maps)
    importance = gradients.mean(dim=(2, 3), keepdim=True)
    coarse = torch.relu((importance * maps[0]).sum(dim=1, keepdim=True))
    fine = F.interpolate(coarse, size=image.shape[1:], mode="bilinear", align_corners=False)
    heat: np.ndarray = fine[0, 0].detach().numpy()
    peak = heat.max()
    return heat / peak if peak > 0 else heat
