"""Wrong solutions of ``convolution``: each loses the tests of what it gets wrong, and no more."""

from __future__ import annotations

import pytest
from in_process import failed, fresh_seed, grade, hints, mutant, shown_hints

SLUG = "convolution"
MULTICHANNEL = {
    "convolve_multichannel_" + part
    for part in ("one_filter", "bias", "random", "random_bias", "padding", "stride", "rectangles")
}
SUM_OF_CHANNELS = MULTICHANNEL | {"convolve_multichannel_keeps_its_inputs"}
PADDED_2D = {
    *("convolve2d_padding_examples", "convolve2d_padding", "convolve2d_padding_and_stride"),
}
EVERY_2D = PADDED_2D | {
    *("convolve2d_course_example", "convolve2d_stride_2", "convolve2d_random"),
    *("convolve2d_rectangles", "convolve2d_stride", "convolve2d_integer_image"),
    "convolve2d_keeps_its_inputs",
}
OUT_WIDTH = "out_width = (padded.shape[1] - width) // stride + 1"
WINDOW = "padded[top : top + height, left : left + width]"
# function, old text, new text, the tests that must fail (without "test_"), the hint of one of them
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
        {f"convolve_multichannel_{part}" for part in ("bias", "random", "random_bias")},
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


@pytest.fixture(scope="module")
def graded_mutants():
    sources = {name: mutant(SLUG, *case[:3]) for name, case in MUTANTS.items()}
    return grade(SLUG, sources | {"stub": "x = 1"}, fresh_seed())


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_loses_exactly_what_it_gets_wrong(graded_mutants, name):
    task, *_, tests, hint = MUTANTS[name]
    results = graded_mutants[name]
    assert failed(results) == {f"test_{test}" for test in tests}
    assert not hint or shown_hints(results, task) == {hints(SLUG)[hint]}


def test_every_test_catches_a_mutant(graded_mutants):
    caught = set().union(*(failed(graded_mutants[name]) for name in MUTANTS))
    assert set(graded_mutants["stub"]) - caught == set()


def test_a_stub_gets_nothing(graded_mutants):
    assert sum(result.points for result in graded_mutants["stub"].values()) == 0
