"""The reference of ``visualization`` against SciPy, differences and class activation maps.

Right solutions in other styles are cases below ``tests/submissions/visualization``.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import scipy.signal
import torch
from in_process import course_module
from torch import nn

visualization = course_module("reference/visualization.py")


def network(inplace: bool = False) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        nn.ReLU(inplace),
        nn.Conv2d(4, 5, 3, stride=2),
        nn.Tanh(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(20, 3),
    )


def an_image(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(3, 9, 6)).astype(np.float32)


# ---------------------------------------------------------------- the reference


def test_filters_are_those_of_the_first_convolution_wherever_it_is():
    model = nn.Sequential(nn.BatchNorm2d(3), nn.Sequential(nn.Conv2d(3, 2, 3), nn.Conv2d(2, 9, 1)))
    weights = model[1][0].weight.detach().numpy()
    filters = visualization.conv1_filters(model)
    assert (filters.min(), filters.max()) == (0, 1)
    span = weights.max() - weights.min()
    np.testing.assert_allclose(filters * span + weights.min(), weights, atol=1e-6)


def test_equal_weights_become_zeros():
    model = nn.Conv2d(3, 2, 3)
    nn.init.constant_(model.weight, 0.3)
    assert not visualization.conv1_filters(model).any()


def test_maps_of_a_convolution_agree_with_scipy(seed):
    model, image = network(), an_image(seed)
    found = visualization.feature_maps(model, image, "0")
    for number, (kernels, bias) in enumerate(zip(*model[0].parameters(), strict=True)):
        planes = zip(image, kernels.detach().numpy(), strict=True)
        right = sum(scipy.signal.correlate2d(*pair, mode="same") for pair in planes)
        np.testing.assert_allclose(found[number], right + bias.item(), atol=1e-5)


def test_maps_before_an_in_place_relu(seed):
    model, image = network(inplace=True), an_image(seed)
    found = visualization.feature_maps(model, image, "0")
    assert found.min() < 0
    np.testing.assert_array_equal(
        found, model[0](torch.from_numpy(image)[None])[0].detach().numpy()
    )


@pytest.mark.parametrize("layer", ["0", "2"])
def test_grad_cam_agrees_with_differences(seed, layer):
    """Each map is shifted as a whole: how the score changes is the sum of its gradient."""
    torch.manual_seed(seed)
    model, image, target = network().double(), an_image(seed), 1
    position = int(layer) + 1
    before, after = model[:position], model[position:]
    with torch.no_grad():
        maps = before(torch.from_numpy(image).double()[None])
        coarse = np.zeros(maps.shape[2:])
        for channel, step in enumerate(1e-8 * torch.eye(maps.shape[1], dtype=torch.float64)):
            shift = step[None, :, None, None]
            change = after(maps + shift)[0, target] - after(maps - shift)[0, target]
            coarse += change.item() / 2e-8 * maps[0, channel].numpy()
    heat = visualization.grad_cam(model.float(), image, target, layer)
    right = enlarged(np.maximum(coarse, 0), image.shape[1:])
    assert heat.max() == (right.max() > 0)
    np.testing.assert_allclose(heat * right.max(), right, atol=1e-4 * np.abs(coarse).max())


def enlarged(plane: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Linear between the centres of neighbouring pixels, along one axis after the other."""
    for axis, size in enumerate(shape):
        old, new = ((np.arange(count) + 0.5) / count for count in (plane.shape[axis], size))
        along = partial(np.interp, new, old)
        plane = np.apply_along_axis(along, axis, plane)
    return plane


def test_with_global_average_pooling_it_is_the_class_activation_map(seed):
    """Zhou et al. 2016: the weights are those of the last layer (Selvaraju et al., section 3.1)."""
    torch.manual_seed(seed)
    last = nn.Linear(4, 3)
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), last)
    image = an_image(seed)
    for target, weights in enumerate(last.weight.detach().numpy()):
        maps = visualization.feature_maps(model, image, "0")
        right = np.maximum(np.tensordot(weights, maps, axes=1), 0)
        found = visualization.grad_cam(model, image, target, "0")
        np.testing.assert_allclose(found, right / (right.max() or 1), atol=1e-5)


def test_the_model_is_left_as_it_was(seed):
    model, image = network(), an_image(seed)
    model[0].eval()  # as where a part of the network is frozen
    modes = [module.training for module in model.modules()]
    visualization.feature_maps(model, image, "2")
    visualization.grad_cam(model, image, 0, "2")
    assert [module.training for module in model.modules()] == modes
    assert not any(module._forward_hooks for module in model.modules())
    assert all(parameter.grad is None for parameter in model.parameters())
