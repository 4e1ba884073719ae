"""Networks that assignments ask about, and what torch makes of them. Never the reference."""

from functools import cache

import torch
from torch.nn import functional as F

META = torch.device("meta")  # torch works out shapes only: no value, no memory


# ---------------------------------------------------------------- what torch says


@cache
def conv_sides(height, width, kernel, padding=0, stride=1):
    """Sides of what torch's convolution gives."""
    with META:
        image, weight = torch.zeros(1, 1, height, width), torch.zeros(1, 1, kernel, kernel)
        return tuple(F.conv2d(image, weight, padding=padding, stride=stride).shape[2:])


def trace(input_shape, layers):
    """Of each layer in turn: the shape after it, channels last, and its number of parameters."""
    return _trace(input_shape, frozen(layers))


def frozen(layers):
    """The layers as a key: all students of a run are asked the same, so torch answers once."""
    return tuple(tuple(layer.items()) for layer in layers)


@cache
def _trace(input_shape, layers):
    height, width, channels = input_shape
    found = []
    with META:
        x = torch.zeros(1, channels, height, width)
        for layer in layers:
            x, parameters = _run_layer(x, dict(layer))
            count = sum(parameter.numel() for parameter in parameters)
            found.append(((*x.shape[2:], x.shape[1]), count))
    return tuple(found)


def _run_layer(x, layer):
    """One layer of torch on ``x``, (1, C, H, W) or (1, n): its output and its parameters."""
    kind = layer["type"]
    if kind == "conv":
        weight = torch.zeros(layer["filters"], x.shape[1], layer["kernel"], layer["kernel"])
        bias = torch.zeros(layer["filters"])
        return F.conv2d(x, weight, bias, layer["stride"], layer["padding"]), [weight, bias]
    if kind == "pool":
        return F.max_pool2d(x, layer["size"], layer["stride"]), []
    if kind == "flatten":
        return x.flatten(1), []
    weight, bias = torch.zeros(layer["units"], x.shape[1]), torch.zeros(layer["units"])
    # Adding the bias, which changes no shape, would make torch import its compiler: a second.
    return F.linear(x, weight), [weight, bias]


# ---------------------------------------------------------------- layers and known networks


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

# What visible tests ask about is written out in the test files: check cells can import nothing.
ALEXNET = [
    *[conv(96, 11, 0, 4), pool(3, 2), conv(256, 5, 2), pool(3, 2)],
    *[conv(384, 3, 1), conv(384, 3, 1), conv(256, 3, 1), pool(3, 2)],
    *[FLATTEN, dense(4096), dense(4096), dense(1000)],
]
VGG16_BLOCKS = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)]
VGG16 = [
    *[layer for depth, n in VGG16_BLOCKS for layer in [*[conv(n, 3, 1)] * depth, pool()]],
    *[FLATTEN, dense(4096), dense(4096), dense(1000)],
]


# ---------------------------------------------------------------- random networks


def draw(rng, low, high):
    """A plain integer in [low, high]."""
    return int(rng.integers(low, high + 1))


def random_network(rng, *, filters, units, stride=1):
    """Two convolutions and two poolings, then fully-connected layers.

    ``filters`` and ``units`` say between which numbers the first layer of each kind has its own.
    """
    return [
        conv(draw(rng, *filters), draw(rng, 2, 5), draw(rng, 1, 2), stride),
        pool(2, 2),
        conv(draw(rng, 7, 9), draw(rng, 1, 3), 1),
        pool(draw(rng, 2, 3), 1),
        FLATTEN,
        dense(draw(rng, *units)),
        dense(draw(rng, 2, 9)),
    ]


def rounding_case(stride=1):
    """An image and a network in which every way of rounding changes a size, at strides 1 and 3.

    Convolved, the sides are 1 and 3 more than a multiple of 4, in one order or the other: of two
    halves that the pooling leaves, one is rounded up whether 1 is added before or afterwards.
    """
    layers = [conv(4, 5, 2, stride), pool(2, 2), conv(7, 2, 1), pool(3, 2)]
    return (45, 51, 3), [*layers, FLATTEN, dense(12), dense(5)]


# Torch loads its rules of shapes at the first use: here, before the workers are forked.
trace((2, 2, 1), [conv(1, 1), pool(), FLATTEN, dense(1)])
