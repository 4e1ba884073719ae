"""Mutants of ``convolution``: signals and images of one channel."""

from mutants import parts_of

PADDED_2D = parts_of("convolve2d", "padding_examples padding padding_and_stride")
EVERY_2D = PADDED_2D | parts_of(
    "convolve2d",
    "course_example stride_2 random rectangles stride integer_image keeps_its_inputs",
)
OUT_WIDTH = "out_width = (padded.shape[1] - width) // stride + 1"

MUTANTS = {
    "1d flipped": (
        *("convolve1d", "* kernel)", "* kernel[::-1])"),
        {"convolve1d_differences", "convolve1d_random", "convolve1d_padding", "convolve1d_stride"},
        "flipped_kernel",
    ),
    "1d without padding": (
        *("convolve1d", "np.pad(signal, padding)", "signal"),
        {"convolve1d_gaussian_with_padding", "convolve1d_padding"},
        "padding_ignored",
    ),
    "1d padded after": (
        *("convolve1d", "np.pad(signal, padding)", "np.pad(signal, (0, padding))"),
        {"convolve1d_gaussian_with_padding", "convolve1d_padding"},
        "padding_after_only",
    ),
    "1d padded before": (
        *("convolve1d", "np.pad(signal, padding)", "np.pad(signal, (padding, 0))"),
        {"convolve1d_gaussian_with_padding", "convolve1d_padding"},
        "padding_before_only",
    ),
    "1d without the last position": (
        *("convolve1d", "// stride + 1", "// stride"),
        {
            *("convolve1d_moving_average", "convolve1d_differences", "convolve1d_random"),
            *("convolve1d_gaussian_with_padding", "convolve1d_padding", "convolve1d_stride"),
            "convolve1d_keeps_its_inputs",
        },
        "off_by_one",
    ),
    "1d modifies the signal": (
        *("convolve1d", "return output", "signal[...] = 0\n    return output"),
        {"convolve1d_keeps_its_inputs"},
        "",
    ),
    "1d turns the kernel and leaves it turned": (
        *("convolve1d", "return output", "kernel[...] = kernel[::-1].copy()\n    return output"),
        {"convolve1d_keeps_its_inputs"},
        "",
    ),
    "1d zeros all after": (
        *("convolve1d", "np.pad(signal, padding)", "np.pad(signal, (0, 2 * padding))"),
        {"convolve1d_gaussian_with_padding", "convolve1d_padding"},
        "padding_corner",
    ),
    "1d truncated": (
        *("convolve1d", "np.zeros(length)", "np.zeros(length, dtype=signal.dtype)"),
        {"convolve1d_moving_average"},
        "truncated",
    ),
    "1d stride in the output": (
        *("convolve1d", "i in range(length):\n        start = i * stride"),
        "i in range(0, length, stride):\n        start = i",
        {"convolve1d_stride"},
        "stride_at_output_index",
    ),
    "1d window without stride": (
        *("convolve1d", "start = i * stride", "start = i"),
        {"convolve1d_stride"},
        "stride_missing_in_window",
    ),
    "2d flipped": (
        *("convolve2d", "* kernel)", "* kernel[::-1, ::-1])"),
        EVERY_2D - {"convolve2d_padding_examples", "convolve2d_keeps_its_inputs"},
        "flipped_kernel",
    ),
    "2d square kernels only": (
        *("convolve2d", "height, width = kernel.shape", "height = width = kernel.shape[0]"),
        {"convolve2d_rectangles"},
        "",
    ),
    "2d square images only": (
        *("convolve2d", OUT_WIDTH, "out_width = out_height"),
        {"convolve2d_rectangles", "convolve2d_padding_and_stride"},
        "",
    ),
    "2d without the last position": (
        *("convolve2d", "np.zeros((out_height, out_width))"),
        "np.zeros((out_height - 1, out_width - 1))\n"
        "    out_height, out_width = out_height - 1, out_width - 1",
        EVERY_2D,
        "off_by_one",
    ),
    "2d without padding": (
        *("convolve2d", "np.pad(image, padding)", "image"),
        PADDED_2D,
        "padding_ignored",
    ),
    "2d padded with the border": (
        *("convolve2d", "np.pad(image, padding)", "np.pad(image, padding, mode='edge')"),
        PADDED_2D,
        "padding_not_zero",
    ),
    "2d padded with ones": (
        *("convolve2d", "np.pad(image, padding)", "np.pad(image, padding, constant_values=1)"),
        PADDED_2D,
        "padding_not_zero",
    ),
    "2d padded before": (
        *("convolve2d", "np.pad(image, padding)", "np.pad(image, (padding, 0))"),
        PADDED_2D,
        "padding_before_only",
    ),
    "2d padded after": (
        *("convolve2d", "np.pad(image, padding)", "np.pad(image, (0, padding))"),
        PADDED_2D,
        "padding_after_only",
    ),
    "2d padding only without stride": (
        *("convolve2d", "np.pad(image, padding)", "np.pad(image, padding if stride == 1 else 0)"),
        {"convolve2d_padding_and_stride"},
        "padding_ignored",
    ),
    "2d stride in the output": (
        *("convolve2d", "top, left = i * stride, j * stride"),
        "top, left = i, j\n            if i % stride or j % stride:\n                continue",
        {"convolve2d_stride_2", "convolve2d_stride", "convolve2d_padding_and_stride"},
        "stride_at_output_index",
    ),
    "2d stride ignored": (
        *("convolve2d", "padded = ", "stride = 1\n    padded = "),
        {"convolve2d_stride_2", "convolve2d_stride", "convolve2d_padding_and_stride"},
        "stride_ignored",
    ),
    "2d truncated": (
        *("convolve2d", "(out_height, out_width))", "(out_height, out_width), image.dtype)"),
        {"convolve2d_integer_image"},
        "truncated",
    ),
    "2d without ValueError": (
        *("convolve2d", "if height > padded.shape[0] or width > padded.shape[1]", "if False"),
        {"convolve2d_rejects_a_small_image", "convolve2d_rejects_one_small_side"},
        "",
    ),
    "2d ValueError for two small sides only": (
        *("convolve2d", "] or width", "] and width"),
        {"convolve2d_rejects_one_small_side"},
        "",
    ),
    "2d modifies the image": (
        *("convolve2d", "return output", "image[...] = 0\n    return output"),
        {"convolve2d_keeps_its_inputs"},
        "",
    ),
    "2d modifies the kernel": (
        *("convolve2d", "return output", "kernel[...] = 0\n    return output"),
        {"convolve2d_keeps_its_inputs"},
        "",
    ),
    "2d turns the kernel and leaves it turned": (
        *(
            "convolve2d",
            "return output",
            "kernel[...] = kernel[::-1, ::-1].copy()\n    return output",
        ),
        {"convolve2d_keeps_its_inputs"},
        "",
    ),
}
