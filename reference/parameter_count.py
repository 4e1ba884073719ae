"""Learnable parameters of a network: answers to the assignment ``parameter_count``.

Shapes are (height, width, channels). Convolutions count as in formula (4) of the course:
(kernel * kernel * in_channels + 1) * out_channels.

A layer is typed ``dict`` and no closer: students see the signatures, and know no ``Any``.
"""

from __future__ import annotations


def conv_params(kernel: int, in_channels: int, out_channels: int = 1, bias: bool = True) -> int:
    """Parameters of a convolution with ``out_channels`` filters of ``kernel`` x ``kernel``."""
    weights = kernel * kernel * in_channels
    return (weights + (1 if bias else 0)) * out_channels


def dense_params(in_features: int, out_features: int, bias: bool = True) -> int:
    """Parameters of a fully-connected layer: one weight a connection, one bias an output."""
    return (in_features + (1 if bias else 0)) * out_features


def dense_equivalent_params(
    height: int,
    width: int,
    channels: int,
    kernel: int,
    padding: int = 0,
    stride: int = 1,
    bias: bool = True,
) -> int:
    """Parameters of the fully-connected layer whose output has the size of one filter's output."""
    out_height = (height + 2 * padding - kernel) // stride + 1
    out_width = (width + 2 * padding - kernel) // stride + 1
    return dense_params(height * width * channels, out_height * out_width, bias)


def network_params(
    input_shape: tuple[int, ...],
    layers: list[dict],  # type: ignore[type-arg]
) -> int:
    """All parameters, biases included, of a network described as for ``trace_shapes``.

    Layers are dictionaries with a ``type``: ``conv`` (filters, kernel, padding, stride),
    ``pool`` (size, stride), ``flatten`` and ``dense`` (units). Raises ValueError for another type.
    """

    def side(length: int, window: int, padding: int, stride: int) -> int:
        return (length + 2 * padding - window) // stride + 1

    # A vector of n features is kept as 1 x 1 x n, so flatten and dense need no case of their own.
    height, width, channels = (1, 1, *input_shape)[-3:]
    total = 0
    for layer in layers:
        kind = layer["type"]
        if kind == "conv":
            total += conv_params(layer["kernel"], channels, layer["filters"])
            window = (layer["kernel"], layer.get("padding", 0), layer.get("stride", 1))
            height, width = side(height, *window), side(width, *window)
            channels = layer["filters"]
        elif kind == "pool":
            window = (layer["size"], 0, layer.get("stride", layer["size"]))
            height, width = side(height, *window), side(width, *window)
        elif kind == "flatten":
            height, width, channels = 1, 1, height * width * channels
        elif kind == "dense":
            total += dense_params(height * width * channels, layer["units"])
            height, width, channels = 1, 1, layer["units"]
        else:
            raise ValueError(f"unknown layer type: {kind!r}")
    return total


def stacked_3x3_params(channels: int, depth: int, bias: bool = False) -> int:
    """Parameters of ``depth`` stacked 3x3 convolutions, each from ``channels`` to ``channels``."""
    return depth * conv_params(3, channels, channels, bias)
