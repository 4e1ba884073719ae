"""Right answers from torch, which works out the shapes, and networks to ask about."""

from functools import cache, partial

import torch
from torch.nn import functional as F

from assignments import networks
from assignments.networks import META, draw, frozen


@cache
def pool_sides(height, width, size, stride):
    """Sides of what torch's max pooling gives."""
    with META:
        return tuple(F.max_pool2d(torch.zeros(1, 1, height, width), size, stride).shape[2:])


def shapes_of(input_shape, layers):
    """Shape after each layer as torch computes it, channels last."""
    return [shape for shape, _ in networks.trace(input_shape, layers)]


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


# ---------------------------------------------------------------- shapes of known networks

ALEXNET_SHAPES = [
    *[(55, 55, 96), (27, 27, 96), (27, 27, 256), (13, 13, 256)],
    *[(13, 13, 384), (13, 13, 384), (13, 13, 256), (6, 6, 256)],
    *[(9216,), (4096,), (4096,), (1000,)],
]
VGG16_SHAPES = [
    *[(224, 224, 64)] * 2,
    *[(112, 112, 64), (112, 112, 128), (112, 112, 128)],
    *[(56, 56, 128), (56, 56, 256), (56, 56, 256), (56, 56, 256)],
    *[(28, 28, 256), (28, 28, 512), (28, 28, 512), (28, 28, 512)],
    *[(14, 14, 512), (14, 14, 512), (14, 14, 512), (14, 14, 512), (7, 7, 512)],
    *[(25088,), (4096,), (4096,), (1000,)],
]


# ---------------------------------------------------------------- random cases


def two_sides(rng, low, high):
    """A height and a width so much larger that no stride below 6 makes them equal."""
    height = draw(rng, low, high)
    return height, height + draw(rng, 5, 9)


def random_image(rng):
    """A rectangular (height, width, channels)."""
    return (*two_sides(rng, 40, 50), draw(rng, 1, 4))


random_network = partial(networks.random_network, filters=(2, 6), units=(10, 20))
