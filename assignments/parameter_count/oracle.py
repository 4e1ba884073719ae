"""Right answers from torch: the tensors its layers need, counted; and networks to ask about."""

from functools import cache, partial
from math import prod

from torch import nn

from assignments import networks
from assignments.networks import FLATTEN, META, conv, conv_sides, dense, draw, pool


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


def dense_equivalent_count(height, width, channels, kernel, padding=0, stride=1, bias=True):
    """Parameters of the layer from every input value to every value of a filter's output."""
    outputs = prod(conv_sides(height, width, kernel, padding, stride))
    return dense_count(height * width * channels, outputs, bias)


def network_count(input_shape, layers):
    """Parameters that torch needs to run ``layers`` on an image of ``input_shape``."""
    return sum(count for _, count in networks.trace(input_shape, layers))


@cache
def stacked_count(channels, depth, bias=False):
    """Parameters of torch's ``depth`` 3x3 convolutions in a row."""
    convs = [nn.Conv2d(channels, channels, 3, bias=bias, device=META) for _ in range(depth)]
    return numel(nn.Sequential(*convs))


# ---------------------------------------------------------------- random cases


def random_image(rng):
    """A rectangular (height, width, channels), far from square and with 2 or 4 channels: not 3."""
    height = draw(rng, 36, 44)
    return height, height + draw(rng, 8, 12), 2 * draw(rng, 1, 2)


def kernels_of_all_sizes(rng):
    """A small one, for which doubling is squaring, a middle one and a large one."""
    return draw(rng, 2, 3), draw(rng, 4, 5), draw(rng, 6, 7)


def padded_kernels(rng):
    """Paddings and kernels: an odd and an even one, none of which keeps the size."""
    return (0, draw(rng, 2, 7)), (1, 2 * draw(rng, 2, 3) + 1), (2, 2 * draw(rng, 1, 3))


random_network = partial(networks.random_network, filters=(5, 6), units=(20, 30))


def telling_network(stride=1):
    """A network on which each known mistake has a count of its own, for any ``random_image``."""
    return [
        *[conv(5, 10, 1, stride), pool(2, 2), conv(12, 3, 1), pool(3, 1)],
        *[FLATTEN, dense(30), dense(4)],
    ]
