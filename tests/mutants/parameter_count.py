"""Mutants of ``parameter_count``."""

from mutants import named

# Tasks whose reference calls another task's function.
CALLERS = {
    "conv_params": {"network_params", "stacked_3x3_params"},
    "dense_params": {"network_params", "dense_equivalent_params"},
}

CONV_FILTERS = "several_filters with_bias"
CONV_BIASED = f"one_filter random_filter {CONV_FILTERS}"
CONV_FILTERS_UNBIASED = "several_filters_without_bias random_without_bias"
CONV_UNBIASED = f"one_filter_without_bias {CONV_FILTERS_UNBIASED}"
CONV_ALL = f"{CONV_BIASED} {CONV_UNBIASED}"
BIASED = "course_examples with_bias"
UNBIASED = "without_bias random_without_bias"
BIASED_MAPS = "course_example without_padding rectangles strides"
UNPADDED_MAPS = "without_padding rectangles strides random_without_bias"
PADDED_MAPS = "course_example without_bias rectangles random_without_bias"
MAPS = f"{PADDED_MAPS} without_padding strides"
LEFTOVERS = "sheet_3 random_networks strided_networks"
MIXED = f"lenet5 simple_cnn alexnet vgg16 {LEFTOVERS} small_network leaves_its_input_alone"
CHANNELS = f"lenet5 simple_cnn alexnet vgg16 {LEFTOVERS} convolutions_only"
WITH_CONVS = f"{MIXED} convolutions_only"
WITH_DENSE = f"{MIXED} dense_layers_only"
STACKS = "two_layers with_bias depths random_with_bias"
ONE_BIAS = "(1 if bias else 0)"
CONV_WINDOW = '(layer["kernel"], layer.get("padding", 0), layer.get("stride", 1))'
POOL_WINDOW = '(layer["size"], 0, layer.get("stride", layer["size"]))'
ROUNDED = " * ".join(
    f"(round(({side} + 2 * padding - kernel) / stride) + 1)" for side in ("height", "width")
)
COUNT_OF_POOL = 'total += layer["size"] ** 2 * channels'
POOL_SIDES = "height, width = side(height, *window), side(width, *window)"

BY_TASK = {
    "conv_params": [
        (ONE_BIAS, "0", CONV_BIASED, "bias_forgotten"),
        (ONE_BIAS, "1", CONV_UNBIASED, "bias_ignored"),
        (ONE_BIAS, "(in_channels if bias else 0)", CONV_BIASED, "bias_per_channel"),
        (
            *(f"+ {ONE_BIAS}) * out_channels", ") * out_channels + bias"),
            CONV_FILTERS,
            "bias_counted_once",
        ),
        ("kernel * in_channels", "kernel", CONV_ALL, "input_channels_forgotten"),
        (
            *(") * out_channels", ")"),
            f"{CONV_FILTERS} {CONV_FILTERS_UNBIASED}",
            "output_channels_forgotten",
        ),
        ("kernel * kernel", "kernel", CONV_ALL, "kernel_not_squared"),
        ("kernel * kernel", "2 * kernel", CONV_ALL, ""),
        (") * out_channels", ") * out_channels / 1", CONV_ALL, "float_count"),
    ],
    "dense_params": [
        (ONE_BIAS, "0", BIASED, "bias_forgotten"),
        (ONE_BIAS, "1", UNBIASED, "bias_ignored"),
        (f"+ {ONE_BIAS}) * out_features", ") * out_features + bias", BIASED, "bias_counted_once"),
        (
            *(f"+ {ONE_BIAS}) * out_features", ") * out_features + bias * in_features"),
            BIASED,
            "bias_per_input",
        ),
        (") * out_features", ") * 1.0 * out_features", f"{BIASED} {UNBIASED}", "float_count"),
    ],
    "dense_equivalent_params": [
        ("out_height * out_width", "height * width", UNPADDED_MAPS, "output_is_input"),
        ("// stride", "// 1", "strides", "stride_forgotten"),
        ("- kernel) //", "- kernel + stride - 1) //", "strides", "ceil_for_floor"),
        ("out_height * out_width", ROUNDED, "strides", "ceil_for_floor"),
        ("- kernel) // stride + 1", "- kernel + 1) // stride", "strides", ""),
        ("width * channels", "width * 3", UNPADDED_MAPS, ""),
        ("+ 2 * padding ", "", PADDED_MAPS, "padding_forgotten"),
        ("(width +", "(height +", "rectangles random_without_bias", "square_only"),
        ("width * channels", "width", f"{PADDED_MAPS} strides", "image_channels_forgotten"),
        (
            "out_width, bias)",
            "out_width, True)",
            "without_bias random_without_bias",
            "bias_ignored",
        ),
        ("out_width, bias)", "out_width, False)", BIASED_MAPS, "bias_forgotten"),
        ("out_width, bias)", "out_width, False) + bias", BIASED_MAPS, "bias_counted_once"),
        ("// stride", "/ stride", MAPS, "float_size"),
    ],
    "network_params": [
        ("total += conv_params", "conv_params", WITH_CONVS, "dense_only"),
        ("total += dense_params", "dense_params", WITH_DENSE, "conv_only"),
        ('layer["filters"])', 'layer["filters"], False)', WITH_CONVS, "conv_bias_forgotten"),
        ('layer["units"])', 'layer["units"], False)', WITH_DENSE, "dense_bias_forgotten"),
        ("return total", "return total / 1", f"{WITH_CONVS} dense_layers_only", "float_size"),
        (
            *(f"window = {POOL_WINDOW}", f"window = {POOL_WINDOW}; {COUNT_OF_POOL}"),
            MIXED,
            "pools_counted",
        ),
        ('["kernel"], channels', '["kernel"], input_shape[2]', CHANNELS, "channels_of_input_kept"),
        (
            "1, 1, height * width * channels",
            "1, 1, height * width",
            MIXED,
            "flatten_without_channels",
        ),
        (POOL_WINDOW, "(1, 0, 1)", MIXED, "pools_forgotten"),
        (POOL_WINDOW, f"(2, {POOL_WINDOW[16:]}", "random_networks strided_networks", ""),
        (
            "(length + 2 * padding - window) // stride + 1",
            "round((length + 2 * padding - window) / stride) + 1",
            "random_networks strided_networks",
            "",
        ),
        (
            *(POOL_WINDOW, '(layer["size"], 0, layer["size"])'),
            "alexnet random_networks strided_networks",
            "pool_stride_ignored",
        ),
        (
            f"window = {POOL_WINDOW}\n            {POOL_SIDES}",
            'height, width = height // layer["stride"], width // layer["stride"]',
            "random_networks strided_networks",
            "pool_size_is_quotient",
        ),
        (
            *('layer.get("padding", 0)', "0"),
            "simple_cnn alexnet vgg16 random_networks strided_networks",
            "padding_forgotten",
        ),
        ('layer.get("stride", 1)', "1", "alexnet strided_networks", "stride_forgotten"),
        (
            *(CONV_WINDOW, "(1, 0, 1)"),
            f"small_network lenet5 alexnet {LEFTOVERS} leaves_its_input_alone",
            "output_is_input",
        ),
        (
            *("side(width, *window)", "side(height, *window)"),
            "random_networks strided_networks",
            "square_only",
        ),
        (
            "for layer in layers:",
            "while layers:\n        layer = layers.pop(0)",
            "leaves_its_input_alone",
            "",
        ),
    ],
    "stacked_3x3_params": [
        ("depth * conv", "conv", STACKS, "depth_forgotten"),
        ("channels, bias)", "channels, False)", "with_bias random_with_bias", "bias_forgotten"),
        ("channels, bias)", "channels, True)", "two_layers depths", "bias_ignored"),
        ("(3, channels, channels", "(3, 1, channels", STACKS, "channels_once"),
        ("return depth", "return 1.0 * depth", STACKS, "float_count"),
    ],
}
MUTANTS = named(BY_TASK)
