"""What known mistakes give, by the id of their hint in ``assignment.yaml``."""

import math

from assignments.parameter_count.oracle import conv_count, dense_count, network_count

NO_NETWORK = "no such network"  # equal to nothing that a student's function returns


def conv_mistakes(kernel, in_channels, out_channels=1, bias=True):
    """Usual slips in the parameters of a convolution."""
    weights = kernel * kernel * in_channels * out_channels
    ones = out_channels if bias else 0
    if not bias:
        about_bias = {"bias_ignored": weights + out_channels}
    else:
        about_bias = {
            "bias_forgotten": weights,
            "bias_counted_once": weights + 1,
            "bias_per_channel": weights + in_channels * out_channels,
            "bias_per_input": weights + in_channels,
        }
    return {
        "float_count": float(weights + ones),
        **about_bias,
        "input_channels_forgotten": kernel * kernel * out_channels + ones,
        "output_channels_forgotten": kernel * kernel * in_channels + (1 if bias else 0),
        "kernel_not_squared": kernel * in_channels * out_channels + ones,
    }


def dense_mistakes(in_features, out_features, bias=True):
    """Usual slips in the parameters of a fully-connected layer."""
    weights = in_features * out_features
    if not bias:
        return {"float_count": float(weights), "bias_ignored": weights + out_features}
    return {
        "float_count": float(weights + out_features),
        "bias_forgotten": weights,
        "bias_counted_once": weights + 1,
        "bias_per_input": weights + in_features,
    }


def equivalent_mistakes(height, width, channels, kernel, padding=0, stride=1, bias=True):
    """Usual slips in the fully-connected layer that would replace a filter."""

    def linked(free_height, free_width, step=stride, inputs=height * width * channels):
        outputs = (free_height // step + 1) * (free_width // step + 1)
        return inputs * outputs + (outputs if bias else 0)

    free = (height + 2 * padding - kernel, width + 2 * padding - kernel)
    outputs = (free[0] // stride + 1) * (free[1] // stride + 1)
    weights = height * width * channels * outputs
    ceiling = (-(-free[0] // stride) * stride, -(-free[1] // stride) * stride)
    about_bias = (
        {"bias_forgotten": weights, "bias_counted_once": weights + 1}
        if bias
        else {"bias_ignored": weights + outputs}
    )
    quotients = (free[0] / stride + 1) * (free[1] / stride + 1)
    return {
        "float_size": height * width * channels * quotients + (quotients if bias else 0.0),
        **about_bias,
        "image_channels_forgotten": linked(*free, inputs=height * width),
        "output_is_input": linked(height - 1, width - 1, 1),
        "padding_forgotten": linked(height - kernel, width - kernel),
        "stride_forgotten": linked(*free, 1),
        "ceil_for_floor": linked(*ceiling),
        "square_only": linked(free[0], free[0]),
    }


def network_mistakes(input_shape, layers):
    """Usual slips in the parameters of a whole network, each computed only if it is asked for."""
    conv_biases = sum(layer.get("filters", 0) for layer in layers)
    dense_biases = sum(layer.get("units", 0) for layer in layers)
    biases = conv_biases + dense_biases
    convs = [layer for layer in layers if layer["type"] == "conv"]
    denses = [layer["units"] for layer in layers if layer["type"] == "dense"]
    total = network_count(input_shape, layers)
    in_convs = network_count_of_convs(input_shape[2], convs)
    after_flatten = sum(map(dense_count, denses[:-1], denses[1:]))
    features = (total - in_convs - after_flatten) // denses[0] - 1

    def with_features(count):
        return in_convs + dense_count(count, denses[0]) + after_flatten

    height, _, channels = input_shape
    first_layer_channels = sum(conv_count(c["kernel"], channels, c["filters"]) for c in convs)
    return {
        "float_size": float(total),
        "dense_only": total - in_convs,
        "conv_only": in_convs,
        "channels_of_input_kept": total - in_convs + first_layer_channels,
        "square_only": lambda: network_count((height, height, channels), layers),
        "pools_forgotten": lambda: changed(input_shape, layers, "pool", drop=True),
        "pools_counted": lambda: total + weights_of_pools(channels, layers),
        "pool_size_is_quotient": lambda: with_features(features_of(input_shape, layers, "pool")),
        "pool_stride_ignored": lambda: changed(input_shape, layers, "pool"),
        "padding_forgotten": lambda: changed(input_shape, layers, "conv", padding=0),
        "stride_forgotten": lambda: changed(input_shape, layers, "conv", stride=1),
        "output_is_input": lambda: with_features(features_of(input_shape, layers, "conv")),
        "flatten_without_channels": with_features(features // convs[-1]["filters"]),
        "bias_forgotten": total - biases,
        "conv_bias_forgotten": total - conv_biases,
        "dense_bias_forgotten": total - dense_biases,
        "bias_counted_once": total - biases + len(convs) + len(denses),
    }


def network_count_of_convs(channels, convs):
    """Parameters of the convolutions alone, each reading what the one before it made."""
    counts = [channels, *(c["filters"] for c in convs)]
    return sum(
        conv_count(c["kernel"], before, c["filters"])
        for before, c in zip(counts[:-1], convs, strict=True)
    )


def weights_of_pools(channels, layers):
    """What poolings would have if each had a weight for every value of its window."""
    total = 0
    for layer in layers:
        channels = layer.get("filters", channels)
        total += layer.get("size", 0) ** 2 * channels
    return total


def features_of(input_shape, layers, misread):
    """Values after ``flatten`` for somebody who gets the sides after one kind of layer wrong.

    Convolutions then keep the size, or poolings divide it by their stride.
    """
    *sides, channels = input_shape
    for layer in layers:
        kind, free = layer["type"], 2 * layer.get("padding", 0)
        channels = layer.get("filters", channels)
        if kind == misread == "pool":
            sides = [side // layer["stride"] for side in sides]
        elif kind in ("conv", "pool") and kind != misread:
            free -= layer["kernel"] if kind == "conv" else layer["size"]
            sides = [(side + free) // layer["stride"] + 1 for side in sides]
    return math.prod(sides) * channels


def changed(input_shape, layers, kind, *, drop=False, **keys):
    """The count of somebody who misreads the layers of one kind."""
    if drop:
        read = [layer for layer in layers if layer["type"] != kind]
    elif kind == "pool":
        read = [{**p, "stride": p["size"]} if p["type"] == kind else p for p in layers]
    else:
        read = [{**c, **keys} if c["type"] == kind else c for c in layers]
    try:
        return network_count(input_shape, read)
    except RuntimeError:
        return NO_NETWORK


def stacked_mistakes(channels, depth, bias=False):
    """Usual slips in the parameters of stacked 3x3 convolutions."""
    one = 9 * channels * channels
    about_bias = (
        {"bias_forgotten": depth * one, "bias_counted_once": depth * (one + 1)}
        if bias
        else {"bias_ignored": depth * (one + channels)}
    )
    return {
        "float_count": float(depth * (one + (channels if bias else 0))),
        **about_bias,
        "depth_forgotten": one + (channels if bias else 0),
        "channels_once": depth * 9 * channels + (depth * channels if bias else 0),
        "kernel_not_squared": depth * (3 * channels * channels + (channels if bias else 0)),
        "channels_multiplied": (one + (channels if bias else 0)) ** depth,
    }
