"""The reference of ``output_size`` against torch and the course, and other right solutions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from in_process import course_module, failed, grade_styles

SLUG = "output_size"
sizes = course_module("reference/output_size.py")
networks = course_module("assignments/networks.py")
conv, pool, dense, FLATTEN = networks.conv, networks.pool, networks.dense, networks.FLATTEN


# ---------------------------------------------------------------- the reference


@pytest.mark.parametrize(
    ("arguments", "side"),
    [
        ((28, 28, 3, 1, 1), 28),
        ((32, 32, 5, 2), 32),
        ((227, 227, 11, 0, 4), 55),
        ((6, 6, 3, 1, 2), 3),
    ],
)
def test_the_course_s_convolutions(arguments, side):
    assert sizes.conv_output_size(*arguments) == (side, side)


@pytest.mark.parametrize(
    "arguments",
    [(4, 9, 5), (9, 4, 5), (2, 9, 5, 1), (9, 9, 3, 0, 0), (9, 9, 3, 0, -1), (9, 9, 3, -1)],
)
def test_impossible_convolutions_are_refused(arguments):
    with pytest.raises(ValueError):
        sizes.conv_output_size(*arguments)


def test_sizes_agree_with_torch(seed):
    rng = np.random.default_rng(seed)
    for _ in range(60):
        height, width = (int(n) for n in rng.integers(7, 40, size=2))
        kernel, stride = (int(n) for n in rng.integers(1, 7, size=2))
        padding = int(rng.integers(0, 4))
        image = torch.zeros(1, 1, height, width)
        convolution = torch.nn.Conv2d(1, 1, kernel, stride, padding)
        pooling = torch.nn.MaxPool2d(kernel, stride)
        ours = sizes.conv_output_size(height, width, kernel, padding, stride)
        assert ours == tuple(convolution(image).shape[2:])
        ours = sizes.pool_output_size(height, width, kernel, stride)
        assert ours == tuple(pooling(image).shape[2:])


def test_pooling_moves_by_its_window_unless_told_otherwise():
    assert sizes.pool_output_size(28, 28) == (14, 14)
    assert sizes.pool_output_size(13, 7, 3) == (4, 2)
    assert sizes.pool_output_size(13, 7, 3, 1) == (11, 5)


@pytest.mark.parametrize("kernel", range(1, 16))
def test_same_padding_keeps_the_size_or_refuses(kernel):
    if kernel % 2:
        padding = sizes.same_padding(kernel)
        assert sizes.conv_output_size(20, 31, kernel, padding) == (20, 31)
    else:
        with pytest.raises(ValueError):
            sizes.same_padding(kernel)


def sides(shapes):
    return [shape[0] for shape in shapes if len(shape) == 3]


def test_lenet5_alexnet_vgg16():
    lenet5 = [conv(6, 5), pool(), conv(16, 5), pool(), conv(120, 5), FLATTEN]
    assert sizes.trace_shapes((32, 32, 1), lenet5)[-2:] == [(1, 1, 120), (120,)]
    shapes = sizes.trace_shapes((227, 227, 3), networks.ALEXNET)
    assert sides(shapes) == [55, 27, 27, 13, 13, 13, 13, 6]
    assert shapes[-4:] == [(9216,), (4096,), (4096,), (1000,)]
    shapes = sizes.trace_shapes((224, 224, 3), networks.VGG16)
    assert shapes[-5:] == [(7, 7, 512), (25088,), (4096,), (4096,), (1000,)]


def test_sheet_3_has_13_and_5_after_its_pools():
    layers = [conv(16, 3), pool(), conv(32, 3), pool(), FLATTEN, dense(64)]
    shapes = sizes.trace_shapes((28, 28, 1), layers)
    assert sides(shapes) == [26, 13, 11, 5]
    assert shapes[-2:] == [(800,), (64,)]


def test_what_a_layer_leaves_out_has_the_usual_value():
    short = [{"type": "conv", "filters": 4, "kernel": 3}, {"type": "pool", "size": 3}]
    full = [conv(4, 3), pool(3, 3)]
    assert sizes.trace_shapes((20, 17, 2), short) == sizes.trace_shapes((20, 17, 2), full)
    assert sizes.receptive_field(short) == sizes.receptive_field(full)
    with pytest.raises(ValueError, match="dropout"):
        sizes.trace_shapes((8, 8, 1), [{"type": "dropout"}])


def test_receptive_fields():
    assert sizes.receptive_field([]) == 1
    assert sizes.receptive_field([conv(1, 3)] * 2) == 5
    assert sizes.receptive_field([conv(1, 3)] * 3) == 7
    assert sizes.receptive_field([conv(1, 3, 0, 2), conv(1, 3)]) == 7
    assert sizes.receptive_field([conv(1, 3), pool(), conv(1, 3)]) == 8
    # A unit of LeNet-5's C5 sees the whole image.
    assert sizes.receptive_field([conv(6, 5), pool(), conv(16, 5), pool(), conv(120, 5)]) == 32


# ---------------------------------------------------------------- other right styles

BACKWARDS = """
def receptive_field(layers):
    r = 1
    for layer in reversed(layers):
        k = layer["kernel"] if layer["type"] == "conv" else layer["size"]
        r = (r - 1) * layer["stride"] + k
    return r
"""
COUNTED = """
import numpy as np
def conv_output_size(height, width, kernel, padding=0, stride=1):
    if kernel > height + 2 * padding or kernel > width + 2 * padding or stride <= 0 or padding < 0:
        raise ValueError("impossible")
    starts = [len(range(0, n + 2 * padding - kernel + 1, stride)) for n in (height, width)]
    return [np.int64(n) for n in starts]
def pool_output_size(height, width, pool_size=2, stride=None):
    stride = stride or pool_size
    return tuple(int((n - pool_size) / stride) + 1 for n in (height, width))
def same_padding(kernel):
    if not kernel % 2:
        raise ValueError
    return int((kernel - 1) / 2)
"""
RECURSIVE = """
import math
def trace_shapes(input_shape, layers):
    if not layers:
        return []
    first, *rest = layers
    if first["type"] == "dense":
        shape = [first["units"]]
    elif first["type"] == "flatten":
        shape = [math.prod(input_shape)]
    else:
        h, w, c = input_shape
        k = first.get("kernel") or first["size"]
        p, s = first.get("padding", 0), first["stride"]
        shape = [(n + 2 * p - k) // s + 1 for n in (h, w)] + [first.get("filters", c)]
    return [shape, *trace_shapes(shape, rest)]
"""
TORCH = """
import torch
from torch import nn
def trace_shapes(input_shape, layers):
    h, w, c = input_shape
    x = torch.empty(1, c, h, w, device="meta")
    shapes = []
    for layer in layers:
        if layer["type"] == "conv":
            key = [layer[name] for name in ("filters", "kernel", "stride", "padding")]
            x = nn.Conv2d(x.shape[1], *key, device="meta")(x)
        elif layer["type"] == "pool":
            x = nn.MaxPool2d(layer["size"], layer["stride"])(x)
        elif layer["type"] == "flatten":
            x = x.flatten(1)
        else:
            x = nn.Linear(x.shape[1], layer["units"], device="meta")(x)
        shapes.append(tuple(x.permute(0, *range(2, x.ndim), 1).shape[1:]))
    return shapes
"""
STYLES = {"backwards": BACKWARDS, "counted": COUNTED, "recursive": RECURSIVE, "torch": TORCH}


def test_right_solutions_in_other_styles_get_full_marks(seed):
    for name, results in grade_styles(SLUG, STYLES, seed).items():
        assert failed(results) == set(), name
        assert sum(result.points for result in results.values()) == 20, name
