"""Mutants of ``output_size``."""

from mutants import named

# Tasks whose reference calls another task's function.
CALLERS = {
    "conv_output_size": {"pool_output_size", "trace_shapes"},
    "pool_output_size": {"trace_shapes"},
}

STRIDED = "alexnet_first_layer strides everything_together"
PADDED = "course_examples_with_padding paddings everything_together kernel_at_the_limit"
SHAPES = f"{STRIDED} {PADDED} course_example rectangles"
NO_FIT = "rejects_a_kernel_that_does_not_fit"
PADDINGS = "examples keeps_the_size"
SQUARE = "rectangles everything_together"
POOLED = "default_stride overlapping_windows strides_beyond_the_window"
PADDED_NETWORKS = "small_network alexnet vgg16 random_networks strided_networks"
WHOLE_NETWORKS = f"{PADDED_NETWORKS} lenet5 sheet_3 leaves_its_input_alone"
PARTS = "convolution_and_pooling flatten_and_dense"
TRACES = f"{WHOLE_NETWORKS} {PARTS}"
FROM_FLATTEN_ON = f"{WHOLE_NETWORKS} flatten_and_dense"
UP_TO_FLATTEN = f"{WHOLE_NETWORKS} convolution_and_pooling"
FIELDS = "with_a_pooling with_poolings with_strides"
BOTH_SIDES = (
    "(height + 2 * padding - kernel) // stride + 1,\n"
    "        (width + 2 * padding - kernel) // stride + 1,"
)
ROUNDED = ", ".join(
    f"round(({side} + 2 * padding - {{0}}) / stride) + 1" for side in ("height", "width")
)
POOL_WINDOW = 'layer["size"], layer.get("stride", layer["size"])'
FIELD_AND_STEP = "field += (window - 1) * step\n        step *= stride"
STEP_AND_FIELD = "step *= stride\n        field += (window - 1) * step"

BY_TASK = {
    "conv_output_size": [
        ("// stride", "// 1", STRIDED, "stride_forgotten"),
        ("+ 2 * padding -", "-", PADDED, "padding_forgotten"),
        ("+ 2 * padding -", "+ padding -", PADDED, "padding_once"),
        (
            "- kernel) //",
            "- kernel + stride - 1) //",
            "strides everything_together",
            "ceil_for_floor",
        ),
        ("// stride", "/ stride", SHAPES, "float_result"),
        ("// stride + 1", "// stride", SHAPES, "plus_one_forgotten"),
        ("return (", "height, width = width, height\n    return (", SQUARE, "sides_swapped"),
        ("(width + 2", "(height + 2", SQUARE, "square_only"),
        (
            BOTH_SIDES,
            "height // stride, width // stride",
            f"{STRIDED} course_example rectangles paddings kernel_at_the_limit",
            "same_stride_forgotten",
        ),
        (BOTH_SIDES, ROUNDED.format("kernel"), "strides everything_together", ""),
        ("- kernel) // stride + 1", "- kernel + 1) // stride", STRIDED, ""),
        ("stride < 1", "False", "rejects_strides_below_one", ""),
        ("stride < 1", "stride == 0", "rejects_strides_below_one", ""),
        ("stride < 1", "stride < 0", "rejects_strides_below_one", ""),
        ("padding < 0", "False", "rejects_negative_padding", ""),
        ("kernel > min", "False and min", f"{NO_FIT} kernel_at_the_limit", ""),
        ("min(height, width) +", "height +", "kernel_at_the_limit", ""),
        ("min(height, width) +", "width +", "kernel_at_the_limit", ""),
        ("min(height, width) +", "max(height, width) +", "kernel_at_the_limit", ""),
        ("min(height, width) + 2 * padding", "min(height, width)", "kernel_at_the_limit", ""),
        ("kernel > min", "kernel >= min", "kernel_at_the_limit", ""),
    ],
    "same_padding": [
        ("kernel % 2 == 0", "False", "rejects_even_kernels rejects_larger_even_kernels", ""),
        ("kernel % 2 == 0", "kernel in (2, 4)", "rejects_larger_even_kernels", ""),
        ("kernel % 2 == 0", "kernel in (2, *range(0, 99, 4))", "rejects_larger_even_kernels", ""),
        ("return kernel // 2", "return round(kernel / 2)", PADDINGS, "kernel_as_padding"),
        ("return kernel // 2", "return (kernel - 1) / 2", PADDINGS, "float_result"),
        ("return kernel // 2", "return kernel - 1", PADDINGS, "both_sides_padding"),
        ("return kernel // 2", "return (kernel + 1) // 2", PADDINGS, "kernel_as_padding"),
    ],
    "pool_output_size": [
        ("stride = pool_size", "stride = 1", "without_stride default_stride", "pool_stride_one"),
        ("stride = pool_size", "stride = 2", "without_stride default_stride", "pool_stride_two"),
        (
            *("if stride is None:", "if True:"),
            "course_examples overlapping_windows strides_beyond_the_window",
            "pool_stride_ignored",
        ),
        (
            "(height, width",
            "(height + (pool_size - height) % stride, width + (pool_size - width) % stride",
            "leftover_pixels overlapping_windows strides_beyond_the_window",
            "ceil_for_floor",
        ),
        ("(height, width", "(height, height", POOLED, "square_only"),
        (
            "return conv_output_size(height, width, pool_size, stride=stride)",
            f"padding = 0\n    return ({ROUNDED.format('pool_size')})",
            "leftover_pixels overlapping_windows strides_beyond_the_window",
            "",
        ),
        (
            "return conv_output_size(height, width, pool_size, stride=stride)",
            "return height // stride, width // stride",
            "overlapping_windows strides_beyond_the_window",
            "same_stride_forgotten",
        ),
    ],
    "trace_shapes": [
        ("= []", "= [shape]", TRACES, "input_included"),
        (
            *('layer.get("padding", 0)', "0"),
            f"{PADDED_NETWORKS} leaves_its_input_alone convolution_and_pooling",
            "padding_forgotten",
        ),
        ('layer.get("stride", 1)', "1", "alexnet strided_networks", "stride_forgotten"),
        (
            *('layer.get("stride"))', "None)"),
            "alexnet random_networks strided_networks",
            "pool_stride_not_read",
        ),
        ('(*sides, layer["filters"])', "(*sides, shape[2])", UP_TO_FLATTEN, "channels_unchanged"),
        ("np.prod(shape)", "np.prod(shape[:2])", FROM_FLATTEN_ON, "flatten_without_channels"),
        ('(layer["units"],)', '(layer["units"])', FROM_FLATTEN_ON, ""),
        (
            *("shapes.append(shape)", "shapes.append((*shape[2:], *shape[:2]))"),
            UP_TO_FLATTEN,
            "channels_first",
        ),
        (
            'pool_output_size(shape[0], shape[1], layer["size"], layer.get("stride"))',
            'tuple(side // layer["stride"] for side in shape[:2])',
            "random_networks strided_networks",
            "pool_size_is_quotient",
        ),
        (
            'pool_output_size(shape[0], shape[1], layer["size"], layer.get("stride"))',
            'tuple(round((n - layer["size"]) / layer["stride"]) + 1 for n in shape[:2])',
            "random_networks strided_networks",
            "",
        ),
        (
            *('layer["size"], layer.get("stride")', '2, layer.get("stride")'),
            "random_networks strided_networks",
            "",
        ),
        (
            'conv_output_size(shape[0], shape[1], layer["kernel"], padding, stride)',
            'tuple(round((n + 2 * padding - layer["kernel"]) / stride) + 1 for n in shape[:2])',
            "strided_networks",
            "",
        ),
        (
            *("shape[0], shape[1]", "shape[0], shape[0]"),
            "random_networks strided_networks",
            "square_only",
        ),
        ('kind = layer["type"]', 'kind = layer.pop("type")', "leaves_its_input_alone", ""),
        (
            "for layer in layers:",
            "while layers:\n        layer = layers.pop(0)",
            "leaves_its_input_alone",
            "",
        ),
    ],
    "receptive_field": [
        ("step *= stride", "pass", FIELDS, "field_strides_ignored"),
        (FIELD_AND_STEP, STEP_AND_FIELD, FIELDS, "field_stride_too_early"),
        ("step *= stride", "step = stride", "with_poolings with_strides", "field_last_stride_only"),
        ('== "pool"', "== 0", "with_a_pooling with_poolings", "field_pools_ignored"),
        (POOL_WINDOW, '1, layer["stride"]', "with_a_pooling with_poolings", ""),
        (POOL_WINDOW, 'layer["size"], layer["size"]', "with_poolings", ""),
        (POOL_WINDOW, '2, layer.get("stride", layer["size"])', "with_poolings", ""),
        (
            *("(window - 1) * step", "window * step"),
            f"{FIELDS} of_two_3x3_convolutions of_convolution_stacks leaves_its_input_alone",
            "field_sum_of_kernels",
        ),
        (
            *("return field", "layers.reverse()\n    return field"),
            "leaves_its_input_alone",
            "",
        ),
        (
            *("return field", "layers[0].pop('stride')\n    return field"),
            "leaves_its_input_alone",
            "",
        ),
    ],
}
MUTANTS = named(BY_TASK)
