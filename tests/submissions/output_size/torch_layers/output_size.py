# %%
import math

import torch
import torch.nn as nn


def side_lengths(layer, height, width):
    with torch.no_grad():
        return tuple(layer(torch.zeros(1, 1, height, width)).shape[-2:])

# %%
def conv_output_size(height, width, kernel, padding=0, stride=1):
    if stride < 1 or padding < 0 or kernel > height + 2 * padding or kernel > width + 2 * padding:
        raise ValueError("impossible convolution")
    return side_lengths(nn.Conv2d(1, 1, kernel, stride=stride, padding=padding), height, width)

# %%
def same_padding(kernel):
    half, odd = divmod(kernel, 2)
    if not odd:
        raise ValueError("even kernels have no centre")
    return half

# %%
def pool_output_size(height, width, pool_size=2, stride=None):
    return side_lengths(nn.MaxPool2d(pool_size, stride), height, width)

# %%
def trace_shapes(input_shape, layers):
    shape = torch.Size(input_shape)
    shapes = []
    for layer in layers:
        if layer["type"] == "conv":
            conv = nn.Conv2d(1, 1, layer["kernel"], stride=layer.get("stride", 1), padding=layer.get("padding", 0))
            shape = side_lengths(conv, *shape[:2]) + (layer["filters"],)
        elif layer["type"] == "pool":
            shape = side_lengths(nn.MaxPool2d(layer["size"], layer.get("stride")), *shape[:2]) + (shape[2],)
        elif layer["type"] == "flatten":
            shape = (torch.Size(shape).numel(),)
        else:
            shape = (layer["units"],)
        shapes.append(torch.Size(shape))  # a kind of tuple
    return shapes

# %%
def receptive_field(layers):
    seen = 1
    for layer in reversed(layers):
        if layer["type"] in ("conv", "pool"):
            k = layer.get("kernel", layer.get("size"))
            s = layer.get("stride", 1 if layer["type"] == "conv" else k)
            seen = (seen - 1) * s + k
    return seen
