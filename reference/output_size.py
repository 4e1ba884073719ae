"""Sizes through a convolutional network: answers to the assignment ``output_size``.

Shapes are (height, width, channels). Formula (2) of the course for one side of length n:
floor((n + 2 * padding - kernel) / stride) + 1.

A layer is typed ``dict`` and no closer: students see the signatures, and know no ``Any``.
"""

from __future__ import annotations

import numpy as np


def conv_output_size(
    height: int, width: int, kernel: int, padding: int = 0, stride: int = 1
) -> tuple[int, int]:
    """Height and width after a convolution with a ``kernel`` x ``kernel`` filter.

    Raises ValueError if the stride is below 1, the padding is negative, or the kernel does not
    fit into the padded input.
    """
    if stride < 1:
        raise ValueError(f"the stride must be at least 1, not {stride}")
    if padding < 0:
        raise ValueError(f"the padding must not be negative, but it is {padding}")
    if kernel > min(height, width) + 2 * padding:
        raise ValueError(f"a {kernel}x{kernel} kernel does not fit into the padded input")
    return (
        (height + 2 * padding - kernel) // stride + 1,
        (width + 2 * padding - kernel) // stride + 1,
    )


def same_padding(kernel: int) -> int:
    """Padding that keeps the size at stride 1. Raises ValueError if ``kernel`` is even."""
    if kernel % 2 == 0:
        raise ValueError(f"an even kernel ({kernel}) cannot be padded equally on both sides")
    return kernel // 2


def pool_output_size(
    height: int, width: int, pool_size: int = 2, stride: int | None = None
) -> tuple[int, int]:
    """Height and width after a pooling without padding; ``stride`` is ``pool_size`` by default."""
    if stride is None:
        stride = pool_size
    return conv_output_size(height, width, pool_size, stride=stride)


def trace_shapes(
    input_shape: tuple[int, ...],
    layers: list[dict],  # type: ignore[type-arg]
) -> list[tuple[int, ...]]:
    """Shape after each layer: (height, width, channels), and (n,) from ``flatten`` on.

    Layers are dictionaries with a ``type``: ``conv`` (filters, kernel, padding, stride),
    ``pool`` (size, stride), ``flatten`` and ``dense`` (units). Raises ValueError for another type.
    """
    shape = tuple(input_shape)
    shapes: list[tuple[int, ...]] = []
    for layer in layers:
        kind = layer["type"]
        if kind == "conv":
            padding, stride = layer.get("padding", 0), layer.get("stride", 1)
            sides = conv_output_size(shape[0], shape[1], layer["kernel"], padding, stride)
            shape = (*sides, layer["filters"])
        elif kind == "pool":
            sides = pool_output_size(shape[0], shape[1], layer["size"], layer.get("stride"))
            shape = (*sides, shape[2])
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            shape = (layer["units"],)
        else:
            raise ValueError(f"unknown layer type: {kind!r}")
        shapes.append(shape)
    return shapes


def receptive_field(layers: list[dict]) -> int:  # type: ignore[type-arg]
    """Side, in input pixels, of the square that one value after the last layer depends on.

    Convolutions and poolings count. ``step`` is the distance, in input pixels, between two
    neighbouring values of the current feature map.
    """
    field, step = 1, 1
    for layer in layers:
        if layer["type"] == "conv":
            window, stride = layer["kernel"], layer.get("stride", 1)
        elif layer["type"] == "pool":
            window, stride = layer["size"], layer.get("stride", layer["size"])
        else:
            continue
        field += (window - 1) * step
        step *= stride
    return field
