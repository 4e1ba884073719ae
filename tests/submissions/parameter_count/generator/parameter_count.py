# %%
from math import prod

# %%
def next_shape(shape, layer):
    """Shape after a conv or pool layer."""
    k = layer.get("kernel", layer.get("size"))
    p = layer.get("padding", 0)
    s = layer.get("stride", 1 if layer["type"] == "conv" else k)
    h, w = [(n - k + 2 * p) // s + 1 for n in shape[:2]]
    return h, w, layer.get("filters", shape[2])

# %%
def conv_params(kernel, in_channels, out_channels=1, bias=True):
    return (kernel**2 * in_channels + bias) * out_channels

# %%
def dense_params(in_features, out_features, bias=True):
    return (in_features + bias) * out_features

# %%
def dense_equivalent_params(height, width, channels, kernel, padding=0, stride=1, bias=True):
    out = next_shape((height, width, channels), {"type": "conv", "kernel": kernel, "padding": padding, "stride": stride, "filters": 1})
    return dense_params(height * width * channels, prod(out), bias)

# %%
def per_layer(input_shape, layers):
    h, w, c = input_shape
    for layer in layers:
        match layer["type"]:
            case "conv":
                k = layer["kernel"]
                yield k * k * c * layer["filters"] + layer["filters"]
                h, w, c = next_shape((h, w, c), layer)
            case "pool":
                h, w, c = next_shape((h, w, c), layer)
                yield 0
            case "flatten":
                h, w, c = 1, 1, h * w * c
                yield 0
            case "dense":
                yield h * w * c * layer["units"] + layer["units"]
                h, w, c = 1, 1, layer["units"]


def network_params(input_shape, layers):
    return sum(per_layer(input_shape, layers))

# %%
def stacked_3x3_params(channels, depth, bias=False):
    return depth * (9 * channels**2 + (channels if bias else 0))
