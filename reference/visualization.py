"""What a network has learnt and what it looks at: answers to the assignment ``visualization``.

An image is a float array (3, H, W). A model is left as it was found: mode, hooks, weights and
gradients. Grad-CAM follows Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via
Gradient-based Localization", ICCV 2017, equations (1) and (2).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn


def conv1_filters(model: nn.Module) -> np.ndarray:
    """Weights (out, in, k, k) of the first convolution, scaled to [0, 1] all together.

    Filters that hold one value only become zeros.
    """
    first = next(module for module in model.modules() if isinstance(module, nn.Conv2d))
    weights = first.weight.detach().numpy()
    low, high = weights.min(), weights.max()
    if low == high:
        return np.zeros_like(weights)
    output: np.ndarray = (weights - low) / (high - low)
    return output


def feature_maps(model: nn.Module, image: np.ndarray, layer_name: str) -> np.ndarray:
    """What the layer called ``layer_name`` gives for ``image`` in evaluation mode: (C, h, w)."""
    with torch.no_grad(), _recording(model, layer_name) as recorded:
        model(_batch_of_one(image))
    output: np.ndarray = recorded[0][0].numpy()
    return output


def grad_cam(
    model: nn.Module, image: np.ndarray, target_class: int, layer_name: str
) -> np.ndarray:
    """Where the layer's maps speak for ``target_class``: (H, W) in [0, 1], zeros if nowhere."""
    with _recording(model, layer_name) as recorded:
        score = model(_batch_of_one(image))[0, target_class]
    maps = recorded[0]
    (gradients,) = torch.autograd.grad(score, maps)
    importance = gradients.mean(dim=(2, 3), keepdim=True)
    coarse = torch.relu((importance * maps).sum(dim=1, keepdim=True))
    fine = nn.functional.interpolate(
        coarse, size=image.shape[1:], mode="bilinear", align_corners=False
    )
    heat: np.ndarray = fine[0, 0].detach().numpy()
    peak = heat.max()
    return heat / peak if peak > 0 else heat


@contextmanager
def _recording(model: nn.Module, layer_name: str) -> Iterator[list[torch.Tensor]]:
    """The outputs of one layer during the block, for which the model is in evaluation mode."""
    recorded: list[torch.Tensor] = []

    def record(_layer: nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        recorded.append(output)
        return output.clone()  # an in-place ReLU that follows overwrites the copy

    modes = [(module, module.training) for module in model.modules()]
    hook = model.get_submodule(layer_name).register_forward_hook(record)
    model.eval()
    try:
        yield recorded
    finally:
        hook.remove()
        for module, training in modes:
            module.training = training


def _batch_of_one(image: np.ndarray) -> torch.Tensor:
    return torch.tensor(image, dtype=torch.float32)[None]
