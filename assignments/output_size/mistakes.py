"""What known mistakes give, by the id of their hint in ``assignment.yaml``."""

import math

from assignments.networks import conv_sides
from assignments.output_size.oracle import field_of, shapes_of

NO_NETWORK = "no such network"  # equal to nothing that a student's function returns

# Sheet no. 3's network as the comments of the sheet have it, and with "same" convolutions.
SHEET_3_COMMENTS = [
    *[(28, 28, 16), (14, 14, 16), (12, 12, 32), (6, 6, 32)],
    *[(1152,), (64,), (32,), (10,)],
]
SHEET_3_SAME = [
    *[(28, 28, 16), (14, 14, 16), (14, 14, 32), (7, 7, 32)],
    *[(1568,), (64,), (32,), (10,)],
]


def conv_mistakes(height, width, kernel, padding=0, stride=1):
    """What the usual slips in the formula give, by hint."""

    def both(side):
        return (side(height), side(width))

    free_h, free_w = height + 2 * padding - kernel, width + 2 * padding - kernel
    right = (free_h // stride + 1, free_w // stride + 1)
    about_padding = {
        "padding_forgotten": both(lambda n: (n - kernel) // stride + 1),
        "padding_once": both(lambda n: (n + padding - kernel) // stride + 1),
    }
    return {
        "float_result": (free_h / stride + 1, free_w / stride + 1),
        # In front of what they may look like where the stride swallows the difference.
        **(about_padding if padding else {}),
        "same_stride_forgotten": both(lambda n: n // stride),
        "ceil_for_floor": (-(-free_h // stride) + 1, -(-free_w // stride) + 1),
        "plus_one_forgotten": (right[0] - 1, right[1] - 1),
        "sides_swapped": (right[1], right[0]),
        "square_only": (right[0], right[0]),
        "stride_forgotten": both(lambda n: n + 2 * padding - kernel + 1),
    }


def pool_mistakes(height, width, size, stride=None):
    """The same for pooling, where the stride may be left out."""

    def with_stride(step):
        return ((height - size) // step + 1, (width - size) // step + 1)

    mistakes = {
        **conv_mistakes(height, width, size, 0, stride or size),
        "pool_stride_one": with_stride(1),
        "pool_stride_two": with_stride(2),
        "pool_stride_ignored": with_stride(size),
    }
    wrong_word = ["stride_forgotten", "pool_stride_ignored"] if stride is None else []
    irrelevant = list(wrong_word)
    if stride is not None:
        irrelevant += ["pool_stride_one", "pool_stride_two"]
    return {hint: value for hint, value in mistakes.items() if hint not in irrelevant}


def trace_mistakes(input_shape, layers, shapes):
    """Usual slips in a whole trace; ``shapes`` is the right one."""
    same_pad = [
        {**layer, "padding": layer["kernel"] // 2, "stride": 1} if "kernel" in layer else layer
        for layer in layers
    ]
    no_pad = [{**layer, "padding": 0} if "kernel" in layer else layer for layer in layers]
    step_one = [{**layer, "stride": 1} if "kernel" in layer else layer for layer in layers]
    pool_step = [
        {**layer, "stride": layer["size"]} if "size" in layer else layer for layer in layers
    ]
    return {
        "input_included": [tuple(input_shape), *shapes],
        "channels_forgotten": [s[:2] if len(s) == 3 else s for s in shapes],
        "channels_first": [(s[2], *s[:2]) if len(s) == 3 else s for s in shapes],
        "channels_unchanged": lambda: trace_keeping_channels(input_shape, shapes),
        "not_a_tuple": [s if len(s) == 3 else s[0] for s in shapes],
        "square_only": lambda: trace_of((input_shape[0], *input_shape[::2]), layers),
        "pool_size_is_quotient": lambda: trace_dividing_pools(input_shape, layers),
        "pool_stride_not_read": lambda: trace_of(input_shape, pool_step),
        "padding_forgotten": lambda: trace_of(input_shape, no_pad),
        "stride_forgotten": lambda: trace_of(input_shape, step_one),
        "same_assumed": lambda: trace_of(input_shape, same_pad),
    }


def trace_of(input_shape, layers):
    """The oracle's trace, or something no student returns where such a network cannot be built."""
    try:
        return shapes_of(input_shape, layers)
    except RuntimeError:
        return NO_NETWORK


def trace_dividing_pools(input_shape, layers):
    """The trace of somebody whose poolings divide each side by their stride."""
    shape, shapes = tuple(input_shape), []
    for layer in layers:
        if layer["type"] == "pool":
            shape = (*(side // layer["stride"] for side in shape[:2]), shape[2])
        elif layer["type"] == "flatten":
            shape = (math.prod(shape),)
        elif layer["type"] == "dense":
            shape = (layer["units"],)
        else:
            window = (layer["kernel"], layer["padding"], layer["stride"])
            shape = (*conv_sides(*shape[:2], *window), layer["filters"])
        shapes.append(shape)
    return shapes


def trace_keeping_channels(input_shape, shapes):
    """The trace of somebody whose convolutions hand the input's channels on."""
    kept = [(*s[:2], input_shape[2]) for s in shapes if len(s) == 3]
    flat = [s for s in shapes if len(s) == 1]
    return [*kept, *([(math.prod(kept[-1]),)] if flat and kept else []), *flat[1:]]


def field_mistakes(layers):
    """Usual slips in the receptive field, by hint."""
    windows = [(layer.get("kernel") or layer["size"], layer["stride"]) for layer in layers]

    def grow(steps):
        return 1 + sum((k - 1) * step for (k, _), step in zip(windows, steps, strict=True))

    before = [math.prod(s for _, s in windows[:i]) for i in range(len(windows))]
    after = [math.prod(s for _, s in windows[: i + 1]) for i in range(len(windows))]
    previous = [1, *(s for _, s in windows[:-1])]
    convs = [layer for layer in layers if layer["type"] == "conv"]
    return {
        "field_strides_ignored": grow([1] * len(windows)),
        "field_stride_too_early": grow(after),
        "field_last_stride_only": grow(previous),
        "field_pools_ignored": lambda: field_of(convs) if len(convs) < len(layers) else NO_NETWORK,
        "field_sum_of_kernels": 1
        + sum(k * step for (k, _), step in zip(windows, before, strict=True)),
    }


def padding_mistakes(kernel):
    """Usual slips in the "same" padding, by hint."""
    return {
        "float_result": (kernel - 1) / 2,
        "kernel_as_padding": (kernel + 1) // 2,
        "both_sides_padding": kernel - 1,
    }
