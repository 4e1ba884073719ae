"""Mutants of ``convolution``: several channels, ReLU, the classic kernels."""

from mutants import parts_of

MULTICHANNEL = parts_of(
    "convolve_multichannel", "one_filter bias random random_bias padding stride rectangles"
)
SUM_OF_CHANNELS = MULTICHANNEL | {"convolve_multichannel_keeps_its_inputs"}

MUTANTS = {
    "channels flipped": (
        *("convolve_multichannel", "(region, kernels,", "(region, kernels[::-1, ::-1],"),
        MULTICHANNEL | {"convolve_multichannel_one_channel"},
        "flipped_kernel",
    ),
    "first channel only": (
        *("convolve_multichannel", "(region, kernels,", "(region[..., :1], kernels[:, :, :1],"),
        SUM_OF_CHANNELS,
        "channels_forgotten",
    ),
    "channels averaged": (
        *("convolve_multichannel", "axes=3)", "axes=3) / image.shape[2]"),
        SUM_OF_CHANNELS,
        "channels_averaged",
    ),
    "channels and filters swapped where they can be": (
        *("convolve_multichannel", "output = np.zeros"),
        "if kernels.shape[2] == kernels.shape[3]:\n"
        "        kernels = kernels.swapaxes(2, 3)\n    output = np.zeros",
        parts_of("convolve_multichannel", "bias random random_bias"),
        "",
    ),
    "bias forgotten": (
        *("convolve_multichannel", "if bias is None else output + bias", ""),
        {"convolve_multichannel_bias", "convolve_multichannel_random_bias"},
        "bias_forgotten",
    ),
    "bias once a channel": (
        *("convolve_multichannel", "output + bias", "output + bias * image.shape[2]"),
        {"convolve_multichannel_bias", "convolve_multichannel_random_bias"},
        "bias_per_channel",
    ),
    "single filter squeezed": (
        *(
            "convolve_multichannel",
            "return output",
            "return np.squeeze(output, 2) if filters == 1 else output",
        ),
        {"convolve_multichannel_one_filter", "convolve_multichannel_random"},
        "channel_axis_lost",
    ),
    "channels modify the image": (
        *("convolve_multichannel", "return output", "image[:] = 0\n    return output"),
        {"convolve_multichannel_keeps_its_inputs"},
        "",
    ),
    "channels modify the kernels": (
        *("convolve_multichannel", "return output", "kernels.shape = (-1,)\n    return output"),
        {"convolve_multichannel_keeps_its_inputs"},
        "",
    ),
    "channels turn the kernels and leave them turned": (
        *("convolve_multichannel", "return output if"),
        "kernels[...] = kernels[::-1, ::-1].copy()\n    return output if",
        {"convolve_multichannel_keeps_its_inputs"},
        "",
    ),
    "bias left out where one is 0": (
        *("convolve_multichannel", "if bias is None", "if bias is None or not bias.all()"),
        {"convolve_multichannel_random_bias"},
        "bias_forgotten",
    ),
    "channels modify the bias": (
        *("convolve_multichannel", "return output if bias is None else output + bias"),
        "if bias is not None:\n        output = output + bias\n        bias *= 0\n"
        "    return output",
        {"convolve_multichannel_keeps_its_inputs"},
        "",
    ),
    "channels padded before": (
        *("convolve_multichannel", "((padding, padding), (padding, padding), (0, 0))"),
        "((padding, 0), (padding, 0), (0, 0))",
        {"convolve_multichannel_padding", "convolve_multichannel_rectangles"},
        "padding_before_only",
    ),
    "channels without padding": (
        *("convolve_multichannel", "padded = ", "padding = 0\n    padded = "),
        {"convolve_multichannel_padding", "convolve_multichannel_rectangles"},
        "padding_ignored",
    ),
    "channels without stride": (
        *("convolve_multichannel", "padded = ", "stride = 1\n    padded = "),
        {"convolve_multichannel_stride", "convolve_multichannel_rectangles"},
        "stride_ignored",
    ),
    "channels of square images only": (
        *("convolve_multichannel", "out_width = (padded.shape[1]", "out_width = (padded.shape[0]"),
        {"convolve_multichannel_rectangles"},
        "",
    ),
    "absolute value": (
        *("relu", "np.maximum(x, 0)", "np.abs(x)"),
        {"relu_example", "relu_any_shape", "relu_keeps_its_input"},
        "absolute_value",
    ),
    "relu of images only": (
        *("relu", "output:", "assert x.ndim == 2\n    output:"),
        {"relu_any_shape"},
        "",
    ),
    "relu of at most 6": (
        *("relu", "np.maximum(x, 0)", "np.clip(x, 0, 6)"),
        {"relu_any_shape"},
        "",
    ),
    "relu in place": (
        *("relu", "np.maximum(x, 0)", "np.maximum(x, 0, out=x)"),
        {"relu_keeps_its_input"},
        "",
    ),
    "edges swapped": (
        *("classic_kernel", '"vertical": [[1, 0, -1], [1, 0, -1], [1, 0, -1]]'),
        '"vertical": [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]',
        {"classic_kernel_edges"},
        "swapped_axes",
    ),
    "blur not normalised": (
        *("classic_kernel", "[[1 / 9, 1 / 9, 1 / 9]] * 3", "[[1, 1, 1]] * 3"),
        {"classic_kernel_blur"},
        "not_normalised",
    ),
    "sobel the other way round": (
        *("classic_kernel", "[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]"),
        "[[1, 0, -1], [2, 0, -2], [1, 0, -1]]",
        {"classic_kernel_sobel"},
        "",
    ),
    "laplacian of eight neighbours": (
        *("classic_kernel", "[[0, 1, 0], [1, -4, 1], [0, 1, 0]]"),
        "[[1, 1, 1], [1, -8, 1], [1, 1, 1]]",
        {"classic_kernel_laplacian"},
        "",
    ),
    "gaussian not normalised": (
        *("classic_kernel", "[[0, 1 / 8, 0], [1 / 8, 1 / 2, 1 / 8], [0, 1 / 8, 0]]"),
        "[[0, 1, 0], [1, 4, 1], [0, 1, 0]]",
        {"classic_kernel_gaussian"},
        "not_normalised",
    ),
    "KeyError for an unknown name": (
        *("classic_kernel", "raise ValueError", "raise KeyError"),
        {"classic_kernel_unknown_name"},
        "",
    ),
}
