# %%
import math

# %%
def conv_output_size(height, width, kernel, padding=0, stride=1):
    if stride < 1 or padding < 0:
        raise ValueError(f"impossible: padding={padding}, stride={stride}")

    def positions(n):
        return len(range(0, n + 2 * padding - kernel + 1, stride))

    size = positions(height), positions(width)
    if 0 in size:
        raise ValueError("the kernel does not fit anywhere")
    return size

# %%
def same_padding(kernel):
    half, odd = divmod(kernel, 2)
    if not odd:
        raise ValueError("even kernels have no centre")
    return half

# %%
def pool_output_size(height, width, pool_size=2, stride=None):
    step = pool_size if stride is None else stride
    return tuple(len(range(0, n - pool_size + 1, step)) for n in (height, width))

# %%
def trace_shapes(input_shape, layers):
    def after(shape, layer):
        kind = layer["type"]
        if kind == "conv":
            size = conv_output_size(*shape[:2], layer["kernel"], layer.get("padding", 0), layer.get("stride", 1))
            return (*size, layer["filters"])
        if kind == "pool":
            return (*pool_output_size(*shape[:2], layer["size"], layer.get("stride")), shape[2])
        if kind == "flatten":
            return (math.prod(shape),)
        return (layer["units"],)

    shapes = [tuple(input_shape)]
    for layer in layers:
        shapes.append(after(shapes[-1], layer))
    return shapes[1:]

# %%
def receptive_field(layers):
    seen = 1
    for layer in reversed(layers):
        if layer["type"] in ("conv", "pool"):
            k = layer.get("kernel", layer.get("size"))
            s = layer.get("stride", 1 if layer["type"] == "conv" else k)
            seen = (seen - 1) * s + k
    return seen
