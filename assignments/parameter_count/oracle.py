"""Right answers from torch: the tensors its layers need, counted; and networks to ask about."""

from functools import cache

import torch
from torch import nn
from torch.nn import functional as F

META = torch.device("meta")  # torch works out shapes only: no value, no memory


def numel(module):
    """Number of learnable values that torch gives a layer."""
    return sum(parameter.numel() for parameter in module.parameters())


@cache
def conv_count(kernel, in_channels, out_channels=1, bias=True):
    """Parameters of torch's convolution."""
    return numel(nn.Conv2d(in_channels, out_channels, kernel, bias=bias, device=META))


@cache
def dense_count(in_features, out_features, bias=True):
    """Parameters of torch's fully-connected layer."""
    return numel(nn.Linear(in_features, out_features, bias=bias, device=META))


@cache
def dense_equivalent_count(height, width, channels, kernel, padding=0, stride=1, bias=True):
    """Parameters of the layer from every input value to every value of a filter's output."""
    with META:
        image, weight = (
            torch.zeros(1, channels, height, width),
            torch.zeros(1, channels, kernel, kernel),
        )
        output = F.conv2d(image, weight, None, stride, padding)
    return dense_count(image.numel(), output.numel(), bias)


def run_layer(x, layer):
    """One torch layer on ``x``: its output and its parameters."""
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
    return F.linear(x, weight, bias), [weight, bias]


def network_count(input_shape, layers):
    """Parameters that torch needs to run ``layers`` on an image of ``input_shape``."""
    # All students of a run are asked the same, so torch answers once.
    return _network_count(input_shape, tuple(tuple(layer.items()) for layer in layers))


@cache
def _network_count(input_shape, layers):
    height, width, channels = input_shape
    total = 0
    with META:
        x = torch.zeros(1, channels, height, width)
        for layer in layers:
            x, parameters = run_layer(x, dict(layer))
            total += sum(parameter.numel() for parameter in parameters)
    return total


@cache
def stacked_count(channels, depth, bias=False):
    """Parameters of torch's ``depth`` 3x3 convolutions in a row."""
    convs = [nn.Conv2d(channels, channels, 3, bias=bias, device=META) for _ in range(depth)]
    return numel(nn.Sequential(*convs))


# Torch loads its rules of shapes at the first use: here, before the workers are forked.
dense_equivalent_count(2, 2, 1, 1)


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
VGG16_BLOCKS = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)]
VGG16 = [
    *[layer for depth, n in VGG16_BLOCKS for layer in [*[conv(n, 3, 1)] * depth, pool()]],
    *[FLATTEN, dense(4096), dense(4096), dense(1000)],
]


def draw(rng, low, high):
    """A plain integer in [low, high]."""
    return int(rng.integers(low, high + 1))


def random_image(rng):
    """A rectangular (height, width, channels), far from square and with several channels."""
    height = draw(rng, 36, 44)
    return height, height + draw(rng, 8, 12), draw(rng, 2, 4)


def random_network(rng, *, stride=1):
    """Two convolutions and two poolings, then fully-connected layers; fits ``random_image``."""
    return [
        conv(draw(rng, 5, 6), draw(rng, 2, 5), draw(rng, 1, 2), stride),
        pool(2, 2),
        conv(draw(rng, 7, 9), draw(rng, 1, 3), 1),
        pool(draw(rng, 2, 3), 1),
        FLATTEN,
        dense(draw(rng, 20, 30)),
        dense(draw(rng, 2, 9)),
    ]


def telling_network(stride=1):
    """A network on which each known mistake has a count of its own, for any ``random_image``."""
    return [
        *[conv(5, 10, 1, stride), pool(2, 2), conv(12, 3, 1), pool(3, 1)],
        *[FLATTEN, dense(30), dense(4)],
    ]
