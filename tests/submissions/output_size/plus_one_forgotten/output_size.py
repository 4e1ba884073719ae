# %%
from math import floor

# %%
def conv_output_size(height, width, kernel, padding=0, stride=1):
    if stride < 1:
        raise ValueError("stride must be >= 1")
    if padding < 0:
        raise ValueError("padding must be >= 0")
    if min(height, width) + 2 * padding < kernel:
        raise ValueError("kernel larger than the padded input")
    return floor((height + 2 * padding - kernel) / stride), floor((width + 2 * padding - kernel) / stride)

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
    out = []
    shape = input_shape
    for layer in layers:
        match layer:
            case {"type": "conv", "filters": f, "kernel": k, **rest}:
                p, s = rest.get("padding", 0), rest.get("stride", 1)
                shape = tuple(floor((n + 2 * p - k) / s) + 1 for n in shape[:2]) + (f,)
            case {"type": "pool", "size": k, **rest}:
                s = rest.get("stride") or k
                shape = tuple(floor((n - k) / s) + 1 for n in shape[:2]) + shape[2:]
            case {"type": "flatten"}:
                n = 1
                for side in shape:
                    n *= side
                shape = (n,)
            case {"type": "dense", "units": u}:
                shape = (u,)
        out.append(shape)
    return out

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
