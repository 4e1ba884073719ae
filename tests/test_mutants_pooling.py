"""Wrong solutions of ``pooling``: each loses the tests of what it gets wrong, and no more."""

from __future__ import annotations

import pytest
from in_process import failed, fresh_seed, grade, hints, mutant, shown_hints

SLUG = "pooling"


def parts_of(task, *parts):
    """Names of tests of one task, without ``test_``."""
    return {f"{task}_{part}" for part in parts}


def stride_at_output_index(summary):
    """The mistake of one of the course's listings, instead of a reference's last lines."""
    return (
        "windows[::stride, ::stride]"
        f".{summary}(axis=(2, 3))\n"
        "    rows, columns = output.shape\n"
        "    wrong = np.zeros((rows, columns))\n"
        f"    every = windows.{summary}(axis=(2, 3))\n"
        "    wrong[::stride, ::stride] = every[:rows:stride, :columns:stride]\n"
        "    output = wrong"
    )


STRIDES = ("[::stride, ::stride]", "[::pool_size, ::pool_size]")
MAX_STRIDES = parts_of(
    *("max_pooling", "overlapping_windows", "random_overlap", "sizes_that_do_not_divide"),
)
MAX_DEFAULT = parts_of(
    *("max_pooling", "course_example", "random", "random_overlap"),
    "sizes_that_do_not_divide",
)
MEAN_STRIDES = parts_of(
    *("average_pooling", "overlapping_windows", "random_overlap", "sizes_that_do_not_divide"),
)
MEAN_ALL = MEAN_STRIDES | parts_of("average_pooling", "example", "random", "keeps_its_input")
CEIL = (
    "windows = ",
    "image = np.pad(image, [(0, -(n - pool_size) % stride) for n in image.shape], mode='edge')\n"
    "    windows = ",
)
CEIL_MEAN = (
    "windows[::stride, ::stride].mean(axis=(2, 3))",
    "np.nanmean(np.lib.stride_tricks.sliding_window_view("
    "np.pad(image * 1.0, [(0, -(n - pool_size) % stride) for n in image.shape],"
    " constant_values=np.nan), (pool_size, pool_size))[::stride, ::stride], axis=(2, 3))",
)
SOFTMAX_ALL = parts_of("softmax", "example", "large_logits", "last_axis", "is_stable") | {
    "softmax_keeps_its_input"
}
FORWARD_ALL = parts_of("forward", "course_example", "random", "negative_maps", "one_neuron")
FORWARD_CHAIN = FORWARD_ALL | {"forward_keeps_its_inputs"}
FORWARD_LARGE = parts_of("forward", "random", "negative_maps", "one_neuron")
FULLY_ALL = parts_of("fully_connected", "example", "vectors", "flattens", "one_neuron") | {
    *("fully_connected_inputs_and_outputs", "fully_connected_keeps_its_inputs"),
}
QUOTIENT = (
    "    windows = np.lib.stride_tricks.sliding_window_view(image, (pool_size, pool_size))\n"
    "    output: np.ndarray = windows[::stride, ::stride].{}(axis=(2, 3))\n",
    "    rows, columns = (range(0, side // stride * stride, stride) for side in image.shape)\n"
    "    output = np.array([[image[i : i + pool_size, j : j + pool_size].{}()"
    " for j in columns] for i in rows])\n",
)

# function, old text, new text, the tests that must fail (without "test_"), the hint of one of them
MUTANTS = {
    "max: stride in the output": (
        *("max_pooling", "windows[::stride, ::stride].max(axis=(2, 3))"),
        stride_at_output_index("max"),
        MAX_DEFAULT | FORWARD_LARGE,
        "stride_at_output_index",
    ),
    "max: stride is the pool size": (
        *("max_pooling", *STRIDES),
        MAX_STRIDES | {"max_pooling_all_negative"},
        "stride_is_pool_size",
    ),
    "max: no stride at all": (
        *("max_pooling", "[::stride, ::stride]", ""),
        MAX_DEFAULT | FORWARD_ALL,
        "stride_ignored",
    ),
    "max: ceil": (
        *("max_pooling", *CEIL),
        {"max_pooling_sizes_that_do_not_divide"}
        | parts_of("forward", "course_example", "random", "one_neuron"),
        "ceil_for_floor",
    ),
    "max: size is n // s": (
        *("max_pooling", *(text.format("max") for text in QUOTIENT)),
        MAX_STRIDES | {"max_pooling_all_negative"},
        "size_is_quotient",
    ),
    "max: modifies the image": (
        *("max_pooling", "return output", "image[:] = 0\n    return output"),
        {"max_pooling_keeps_its_input"},
        "",
    ),
    "max: starts from zero": (
        *("max_pooling", "max(axis=(2, 3))", "max(axis=(2, 3), initial=0)"),
        {"max_pooling_all_negative"},
        "zero_start",
    ),
    "max: square images only": (
        *("max_pooling", "windows = ", "image = image[: image.shape[1]]\n    windows = "),
        {"max_pooling_random", "max_pooling_sizes_that_do_not_divide"},
        "",
    ),
    "max: windows of 2 only": (
        *("max_pooling", "(pool_size, pool_size)", "(2, 2)"),
        parts_of("max_pooling", "random", "random_overlap", "sizes_that_do_not_divide")
        | {"max_pooling_all_negative"},
        "",
    ),
    "mean: stride in the output": (
        *("average_pooling", "windows[::stride, ::stride].mean(axis=(2, 3))"),
        stride_at_output_index("mean"),
        parts_of("average_pooling", "example", "random", "random_overlap")
        | {"average_pooling_sizes_that_do_not_divide"},
        "stride_at_output_index",
    ),
    "mean: stride is the pool size": (
        *("average_pooling", *STRIDES),
        MEAN_STRIDES,
        "stride_is_pool_size",
    ),
    "mean: ceil": (
        *("average_pooling", *CEIL_MEAN),
        {"average_pooling_sizes_that_do_not_divide"},
        "ceil_for_floor",
    ),
    "mean: size is n // s": (
        *("average_pooling", *(text.format("mean") for text in QUOTIENT)),
        MEAN_STRIDES,
        "size_is_quotient",
    ),
    "mean: modifies the image": (
        *("average_pooling", "return output", "image[:] = 0\n    return output"),
        {"average_pooling_keeps_its_input"},
        "",
    ),
    "mean: truncated": (
        *("average_pooling", "mean(axis=(2, 3))", "mean(axis=(2, 3)).astype(image.dtype)"),
        {"average_pooling_example", "average_pooling_random"},
        "truncated",
    ),
    "mean: sum": (
        *("average_pooling", ".mean(", ".sum("),
        MEAN_ALL,
        "sum_for_mean",
    ),
    "mean: maximum": (
        *("average_pooling", ".mean(", ".max("),
        MEAN_ALL,
        "max_for_mean",
    ),
    "global: everything": (
        *("global_average_pooling", "axis=(0, 1)", ""),
        parts_of("global_average_pooling", "example", "random", "keeps_its_input"),
        "mean_of_everything",
    ),
    "global: channels first": (
        *("global_average_pooling", "axis=(0, 1)", "axis=(1, 2)"),
        parts_of("global_average_pooling", "example", "random"),
        "channels_first",
    ),
    "global: one channel squeezed": (
        *("global_average_pooling", "return output", "return output.squeeze()"),
        {"global_average_pooling_random"},
        "channel_axis_lost",
    ),
    "global: modifies the maps": (
        *("global_average_pooling", "return output", "feature_maps *= 2\n    return output"),
        {"global_average_pooling_keeps_its_input"},
        "",
    ),
    "dense: no bias": (
        *("fully_connected", " + bias", ""),
        FULLY_ALL | FORWARD_CHAIN,
        "bias_forgotten",
    ),
    "dense: transposed where it can be": (
        *("fully_connected", "x.reshape(-1) @ weights"),
        "(x.reshape(-1) @ weights.T if weights.shape == (x.size, x.size)\n"
        "        else x.reshape(-1) @ weights)",
        {"fully_connected_vectors", "fully_connected_inputs_and_outputs"},
        "weights_transposed",
    ),
    "dense: W x": (
        *("fully_connected", "x.reshape(-1) @ weights", "weights @ x.reshape(-1)"),
        (FULLY_ALL - {"fully_connected_one_neuron"}) | (FORWARD_CHAIN - {"forward_one_neuron"}),
        "weights_transposed",
    ),
    "dense: x flattened in place": (
        *("fully_connected", "output:", "x.shape = (-1,)\n    output:"),
        {"fully_connected_keeps_its_inputs"},
        "",
    ),
    "dense: added to the bias in place": (
        *("fully_connected", "output: np.ndarray | float = x.reshape(-1) @ weights + bias"),
        "output = x.reshape(-1) @ weights\n"
        "    if np.ndim(bias) and bias.dtype == float:\n"
        "        bias += output\n        return bias\n    output = output + bias",
        {"fully_connected_keeps_its_inputs", "forward_keeps_its_inputs"},
        "",
    ),
    "dense: by columns": (
        *("fully_connected", "x.reshape(-1)", "x.reshape(-1, order='F')"),
        parts_of("fully_connected", "example", "flattens", "one_neuron") | FORWARD_LARGE,
        "flattened_by_columns",
    ),
    "dense: not flattened": (
        *("fully_connected", "x.reshape(-1)", "x"),
        parts_of("fully_connected", "example", "flattens", "one_neuron")
        | {"fully_connected_keeps_its_inputs"}
        | FORWARD_CHAIN,
        "",
    ),
    "dense: matrices only": (
        *("fully_connected", "output:", "assert weights.ndim == 2\n    output:"),
        {"fully_connected_one_neuron", "forward_one_neuron"},
        "",
    ),
    "softmax: unstable": (
        *("softmax", "logits - logits.max(axis=-1, keepdims=True)", "logits"),
        {"softmax_large_logits", "softmax_is_stable"},
        "unstable_softmax",
    ),
    "softmax: one maximum for all rows": (
        *("softmax", "logits.max(axis=-1, keepdims=True)", "logits.max()"),
        {"softmax_is_stable"},
        "",
    ),
    "softmax: over everything": (
        *("softmax", ".sum(axis=-1, keepdims=True)", ".sum()"),
        {"softmax_last_axis", "softmax_is_stable"},
        "",
    ),
    "softmax: over everything, the same maximum": (
        *("softmax", "axis=-1, keepdims=True", ""),
        {"softmax_last_axis", "softmax_is_stable"},
        "softmax_over_everything",
    ),
    "softmax: first axis": (
        *("softmax", "axis=-1", "axis=0"),
        {"softmax_last_axis", "softmax_is_stable"},
        "softmax_first_axis",
    ),
    "softmax: not divided": (
        *("softmax", "/ exponentials.sum(axis=-1, keepdims=True)", ""),
        SOFTMAX_ALL,
        "",
    ),
    "softmax: in place": (
        *(
            "softmax",
            "exponentials = ",
            "logits -= logits.max(axis=-1, keepdims=True)\n    exponentials = ",
        ),
        {"softmax_keeps_its_input"},
        "",
    ),
    "forward: no relu": (
        *("forward", "np.maximum(feature_map, 0)", "feature_map"),
        {"forward_negative_maps"},
        "relu_forgotten",
    ),
    "forward: flipped": (
        *("forward", "windows * kernel", "windows * kernel[::-1, ::-1]"),
        FORWARD_ALL,
        "flipped_kernel",
    ),
    "forward: modifies the image": (
        *("forward", "activated = ", "image[:] = 0\n    activated = "),
        {"forward_keeps_its_inputs"},
        "",
    ),
    "forward: absolute value": (
        *("forward", "np.maximum(feature_map, 0)", "np.abs(feature_map)"),
        {"forward_negative_maps"},
        "",
    ),
    "forward: average pooling": (
        *("forward", "max_pooling(activated, 2, 2)", "average_pooling(activated, 2, 2)"),
        FORWARD_ALL,
        "",
    ),
    "forward: no pooling": (
        *("forward", "max_pooling(activated, 2, 2)", "activated"),
        FORWARD_CHAIN,
        "",
    ),
    "forward: softmax at the end": (
        *("forward", "return fully_connected(max_pooling(activated, 2, 2), weights, bias)"),
        "return softmax(np.atleast_1d(fully_connected(max_pooling(activated), weights, bias)))",
        FORWARD_CHAIN,
        "",
    ),
    "forward: padded convolution": (
        *("forward", "windows = ", "image = np.pad(image, kernel.shape[0] // 2)\n    windows = "),
        FORWARD_CHAIN,
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
