"""Mutants of ``pooling``: windows, and the mean of whole maps."""

from mutants import parts_of
from mutants.pooling_network import FORWARD_ALL, FORWARD_LARGE


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
SIZES = "overlapping_windows random_overlap sizes_that_do_not_divide"
MAX_STRIDES = parts_of("max_pooling", SIZES)
MAX_DEFAULT = parts_of(
    "max_pooling", "course_example random random_overlap sizes_that_do_not_divide"
)
MEAN_STRIDES = parts_of("average_pooling", SIZES)
MEAN_ALL = MEAN_STRIDES | parts_of("average_pooling", "example random keeps_its_input")
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
QUOTIENT = (
    "    windows = np.lib.stride_tricks.sliding_window_view(image, (pool_size, pool_size))\n"
    "    output: np.ndarray = windows[::stride, ::stride].{}(axis=(2, 3))\n",
    "    rows, columns = (range(0, side // stride * stride, stride) for side in image.shape)\n"
    "    output = np.array([[image[i : i + pool_size, j : j + pool_size].{}()"
    " for j in columns] for i in rows])\n",
)

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
        | parts_of("forward", "course_example random one_neuron"),
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
        parts_of("max_pooling", "random random_overlap sizes_that_do_not_divide")
        | {"max_pooling_all_negative"},
        "",
    ),
    "mean: stride in the output": (
        *("average_pooling", "windows[::stride, ::stride].mean(axis=(2, 3))"),
        stride_at_output_index("mean"),
        parts_of("average_pooling", "example random random_overlap")
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
        parts_of("global_average_pooling", "example random keeps_its_input"),
        "mean_of_everything",
    ),
    "global: channels first": (
        *("global_average_pooling", "axis=(0, 1)", "axis=(1, 2)"),
        parts_of("global_average_pooling", "example random"),
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
}
