"""Right answers from torch, which works out the shapes, and networks to ask about."""

from functools import cache

import torch
from torch.nn import functional as F

META = torch.device("meta")  # torch works out shapes only: no value, no memory


@cache
def conv_sides(height, width, kernel, padding=0, stride=1):
    """Sides of what torch's convolution gives."""
    with META:
        image, weight = torch.zeros(1, 1, height, width), torch.zeros(1, 1, kernel, kernel)
        return tuple(F.conv2d(image, weight, padding=padding, stride=stride).shape[2:])


@cache
def pool_sides(height, width, size, stride):
    """Sides of what torch's max pooling gives."""
    with META:
        return tuple(F.max_pool2d(torch.zeros(1, 1, height, width), size, stride).shape[2:])


def run_layer(x, layer):
    """One layer of torch on ``x``, (1, C, H, W) or (1, n)."""
    kind = layer["type"]
    if kind == "conv":
        weight = torch.zeros(layer["filters"], x.shape[1], layer["kernel"], layer["kernel"])
        return F.conv2d(x, weight, padding=layer["padding"], stride=layer["stride"])
    if kind == "pool":
        return F.max_pool2d(x, layer["size"], layer["stride"])
    if kind == "flatten":
        return x.flatten(1)
    return F.linear(x, torch.zeros(layer["units"], x.shape[1]))


def shapes_of(input_shape, layers):
    """Shape after each layer as torch computes it, channels last."""
    return list(_shapes(input_shape, frozen(layers)))


@cache
def _shapes(input_shape, layers):
    height, width, channels = input_shape
    shapes = []
    with META:
        x = torch.zeros(1, channels, height, width)
        for layer in layers:
            x = run_layer(x, dict(layer))
            shapes.append((*x.shape[2:], x.shape[1]))
    return shapes


def field_of(layers):
    """Extent of the input that the first value of the last layer depends on, by its gradient."""
    return _field(frozen(layers))


@cache
def _field(layers):
    signal = torch.ones(1, 1, 600, dtype=torch.float64, requires_grad=True)
    x = signal
    for layer in map(dict, layers):
        if layer["type"] == "conv":
            x = F.conv1d(x, torch.ones(1, 1, layer["kernel"]).double(), stride=layer["stride"])
        else:
            x = F.avg_pool1d(x, layer["size"], layer["stride"])
    x[0, 0, 0].backward()
    return int(signal.grad[0, 0].nonzero().max()) + 1


def frozen(layers):
    """The layers as a key: all students of a run are asked the same, so torch answers once."""
    return tuple(tuple(layer.items()) for layer in layers)


# Torch loads its rules of shapes at the first use: here, before the workers are forked.
conv_sides(1, 1, 1)


# ---------------------------------------------------------------- networks


def conv(filters, kernel, padding=0, stride=1):
    return {
        "type": "conv",
        "filters": filters,
        "kernel": kernel,
        "padding": padding,
        "stride": stride,
    }


def pool(size=2, stride=2):
    return {"type": "pool", "size": size, "stride": stride}


def dense(units):
    return {"type": "dense", "units": units}


FLATTEN = {"type": "flatten"}

ALEXNET = [
    *[conv(96, 11, 0, 4), pool(3, 2), conv(256, 5, 2), pool(3, 2)],
    *[conv(384, 3, 1), conv(384, 3, 1), conv(256, 3, 1), pool(3, 2)],
    *[FLATTEN, dense(4096), dense(4096), dense(1000)],
]
ALEXNET_SHAPES = [
    *[(55, 55, 96), (27, 27, 96), (27, 27, 256), (13, 13, 256)],
    *[(13, 13, 384), (13, 13, 384), (13, 13, 256), (6, 6, 256)],
    *[(9216,), (4096,), (4096,), (1000,)],
]
VGG16_BLOCKS = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)]
VGG16 = [
    *[layer for depth, n in VGG16_BLOCKS for layer in [*[conv(n, 3, 1)] * depth, pool()]],
    *[FLATTEN, dense(4096), dense(4096), dense(1000)],
]
VGG16_SHAPES = [
    *[(224, 224, 64)] * 2,
    *[(112, 112, 64), (112, 112, 128), (112, 112, 128)],
    *[(56, 56, 128), (56, 56, 256), (56, 56, 256), (56, 56, 256)],
    *[(28, 28, 256), (28, 28, 512), (28, 28, 512), (28, 28, 512)],
    *[(14, 14, 512), (14, 14, 512), (14, 14, 512), (14, 14, 512), (7, 7, 512)],
    *[(25088,), (4096,), (4096,), (1000,)],
]


def draw(rng, low, high):
    """A plain integer in [low, high]."""
    return int(rng.integers(low, high + 1))


def two_sides(rng, low, high):
    """A height and a width so much larger that no stride below 6 makes them equal."""
    height = draw(rng, low, high)
    return height, height + draw(rng, 5, 9)


def random_image(rng):
    """A rectangular (height, width, channels)."""
    return (*two_sides(rng, 40, 50), draw(rng, 1, 4))


def random_network(rng, *, stride=1):
    """Two convolutions and two poolings, then fully-connected layers; fits ``random_image``."""
    return [
        conv(draw(rng, 2, 6), draw(rng, 2, 5), draw(rng, 1, 2), stride),
        pool(2, 2),
        conv(draw(rng, 7, 9), draw(rng, 1, 3), 1, 1),
        pool(draw(rng, 2, 3), 1),
        FLATTEN,
        dense(draw(rng, 10, 20)),
        dense(draw(rng, 2, 9)),
    ]
