# %%
from math import floor

# %%
def conv_output_size(height: int, width: int, kernel: int, padding: int = 0, stride: int = 1) -> tuple[int, int]:
    if stride < 1:
        raise ValueError("stride must be >= 1")
    if padding < 0:
        raise ValueError("padding must be >= 0")
    if min(height, width) + 2 * padding < kernel:
        raise ValueError("kernel larger than the padded input")
    h = floor((height + 2 * padding - kernel) / stride + 1)
    w = floor((width + 2 * padding - kernel) / stride + 1)
    return h, w

# %%
def same_padding(kernel: int) -> int:
    if kernel % 2 != 1:
        raise ValueError
    return int((kernel - 1) / 2)

# %%
def pool_output_size(height: int, width: int, pool_size: int = 2, stride: int | None = None) -> tuple[int, int]:
    return conv_output_size(height, width, pool_size, 0, stride or pool_size)

# %%
def trace_shapes(input_shape, layers):
    volume = Volume(*input_shape)
    trace = []
    for layer in layers:
        volume = apply_layer(volume, dict(layer))
        trace.append(volume.shape)
    return trace

# %%
def receptive_field(layers):
    r, jump = 1, 1
    for layer in layers:
        match layer:
            case {"type": "conv", "kernel": k, **rest}:
                r, jump = r + (k - 1) * jump, jump * rest.get("stride", 1)
            case {"type": "pool", "size": k, **rest}:
                r, jump = r + (k - 1) * jump, jump * rest.get("stride", k)
    return r

# %%
from dataclasses import dataclass


@dataclass
class Volume:
    height: int
    width: int = None
    channels: int = None

    @property
    def shape(self):
        return (self.height,) if self.width is None else (self.height, self.width, self.channels)


def apply_layer(v, layer):
    kind = layer.pop("type")
    if kind == "conv":
        h, w = conv_output_size(v.height, v.width, layer["kernel"], layer.get("padding", 0), layer.get("stride", 1))
        return Volume(h, w, layer["filters"])
    if kind == "pool":
        h, w = pool_output_size(v.height, v.width, layer["size"], layer.get("stride"))
        return Volume(h, w, v.channels)
    if kind == "flatten":
        n = 1
        for side in v.shape:
            n *= side
        return Volume(n)
    return Volume(layer["units"])
