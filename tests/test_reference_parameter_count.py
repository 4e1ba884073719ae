"""The reference of ``parameter_count`` against torch and the course, and other right solutions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from in_process import course_module, failed, grade_styles
from torch import nn

SLUG = "parameter_count"
counts = course_module("reference/parameter_count.py")
networks = course_module("assignments/networks.py")
conv, pool = networks.conv, networks.pool


def head(*units):
    """What stands behind the last map: ``flatten``, then fully-connected layers."""
    return [networks.FLATTEN, *map(networks.dense, units)]


def torch_count(*modules):
    return sum(p.numel() for p in nn.Sequential(*modules).parameters())


# ---------------------------------------------------------------- the reference


def test_the_course_s_layers():
    assert counts.conv_params(3, 3) == 28
    assert counts.conv_params(3, 3, 64) == 1792
    assert counts.dense_params(784, 128) + counts.dense_params(128, 10) == 101_770
    assert counts.dense_params(150_528, 512) == 77_070_848


def test_the_dense_layer_in_place_of_a_filter():
    # The sheet multiplies 2352 by 784 and gets 1,842,048; the product is 1,843,968.
    weights = counts.dense_equivalent_params(28, 28, 3, 3, padding=1, bias=False)
    assert weights == 2352 * 784 == 1_843_968
    assert counts.dense_equivalent_params(28, 28, 3, 3, padding=1) == weights + 784


NETWORKS = {
    "LeNet-5": (
        (32, 32, 1),
        [conv(6, 5), pool(), conv(16, 5), pool(), conv(120, 5), *head(84, 10)],
        61_706,
    ),
    "AlexNet": ((227, 227, 3), networks.ALEXNET, 62_378_344),
    "VGG-16": ((224, 224, 3), networks.VGG16, 138_357_544),
    "simple": (
        (28, 28, 1),
        [conv(32, 3, 1), pool(), conv(64, 3, 1), pool(), *head(10)],
        50_186,
    ),
    "sheet 3": (
        (28, 28, 1),
        [conv(16, 3), pool(), conv(32, 3), pool(), *head(64, 32, 10)],
        58_474,
    ),
    "perceptron": ((28, 28, 1), head(128, 10), 101_770),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_course_s_networks(name):
    shape, layers, total = NETWORKS[name]
    assert counts.network_params(shape, layers) == total


def test_layers_agree_with_torch(seed):
    rng = np.random.default_rng(seed)
    for bias in [True, False] * 15:
        kernel, before, after = (int(n) for n in rng.integers(1, 9, size=3))
        convolution = nn.Conv2d(before, after, kernel, bias=bias)
        assert counts.conv_params(kernel, before, after, bias) == torch_count(convolution)
        linear = nn.Linear(before, after, bias=bias)
        assert counts.dense_params(before, after, bias) == torch_count(linear)
        stack = [nn.Conv2d(before, before, 3, bias=bias) for _ in range(after)]
        assert counts.stacked_3x3_params(before, after, bias) == torch_count(*stack)


def test_networks_agree_with_torch(seed):
    rng = np.random.default_rng(seed)
    for _ in range(15):
        filters, kernel, padding, stride = (int(n) for n in rng.integers(1, 4, size=4))
        ours = counts.network_params(
            (23, 29, 2), [conv(filters, kernel, padding, stride), pool(3, 2), *head(5)]
        )
        theirs = nn.Sequential(
            nn.Conv2d(2, filters, kernel, stride, padding),
            *[nn.MaxPool2d(3, 2), nn.Flatten(), nn.LazyLinear(5)],
        )
        theirs(torch.zeros(1, 2, 23, 29))  # tells the lazy layer its size
        assert ours == torch_count(theirs)


def test_two_3x3_convolutions_cost_less_than_one_5x5():
    for channels in (1, 16, 64):
        assert counts.stacked_3x3_params(channels, 2) == 18 * channels**2
        assert counts.conv_params(5, channels, channels, bias=False) == 25 * channels**2


def test_what_a_layer_leaves_out_has_the_usual_value():
    short = [
        {"type": "conv", "filters": 4, "kernel": 3},
        {"type": "pool", "size": 3},
        *head(5),
    ]
    full = [conv(4, 3), pool(3, 3), *head(5)]
    assert counts.network_params((20, 17, 2), short) == counts.network_params((20, 17, 2), full)
    with pytest.raises(ValueError, match="dropout"):
        counts.network_params((8, 8, 1), [{"type": "dropout"}])


# ---------------------------------------------------------------- other right styles

NUMPY = """
import numpy as np
def conv_params(kernel, in_channels, out_channels=1, bias=True):
    return np.prod([kernel, kernel, in_channels, out_channels]) + bias * np.int64(out_channels)
def dense_params(in_features, out_features, bias=True):
    return np.zeros((in_features, out_features), dtype=np.int8).size + out_features * bias
def stacked_3x3_params(channels, depth, bias=False):
    return sum(conv_params(3, channels, channels, bias=bias) for _ in range(depth))
"""
TRACED = """
def side(n, k, p, s):
    return (n + 2 * p - k) // s + 1
def network_params(input_shape, layers):
    total, shape = 0, list(input_shape)
    for layer in layers:
        kind = layer["type"]
        if kind in ("conv", "pool"):
            k = layer["kernel"] if kind == "conv" else layer["size"]
            p = layer["padding"] if kind == "conv" else 0
            shape[:2] = [side(n, k, p, layer["stride"]) for n in shape[:2]]
        if kind == "conv":
            total += (k * k * shape[2] + 1) * layer["filters"]
            shape[2] = layer["filters"]
        elif kind == "flatten":
            shape = [shape[0] * shape[1] * shape[2]]
        elif kind == "dense":
            total += (shape[0] + 1) * layer["units"]
            shape = [layer["units"]]
    return total
"""
TORCH = """
import torch
from torch import nn
def numel(module):
    return sum(p.numel() for p in module.parameters())
def conv_params(kernel, in_channels, out_channels=1, bias=True):
    return numel(nn.Conv2d(in_channels, out_channels, kernel, bias=bias))
def dense_equivalent_params(height, width, channels, kernel, padding=0, stride=1, bias=True):
    image = torch.zeros(1, channels, height, width)
    outputs = nn.Conv2d(channels, 1, kernel, stride, padding)(image).numel()
    return numel(nn.Linear(image.numel(), outputs, bias=bias, device="meta"))
"""
STYLES = {"numpy": NUMPY, "traced": TRACED, "torch": TORCH}


def test_right_solutions_in_other_styles_get_full_marks(seed):
    for name, results in grade_styles(SLUG, STYLES, seed).items():
        assert failed(results) == set(), name
        assert sum(result.points for result in results.values()) == 20, name
