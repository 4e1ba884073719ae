"""Mutants of ``backprop``: what goes back through convolutions and max pooling."""

from mutants import named

IMAGE = "grad_image grad_image_padding grad_image_stride"
KERNEL = "grad_kernel grad_kernel_padding grad_kernel_stride"
EXAMPLES = "example padding_example stride_example"
WHOLE = "sizes_that_do_not_divide integers"
STRIDES = "grad_image_stride grad_kernel_stride stride_example sizes_that_do_not_divide"
TO_IMAGE = "grad_padded[rows, columns] += grad_output[i, j] * kernel"
RETURN = "return grad_padded[padding:bottom, padding:right], grad_kernel"
ENDS = "bottom, right = padding + image.shape[0], padding + image.shape[1]"
CORRELATED = (
    "grad_kernel = np.einsum('ijmn,mn->ij',"
    " np.lib.stride_tricks.sliding_window_view({}, grad_output.shape), grad_output)\n    "
)

TO_MAXIMUM = (
    "row, column = np.unravel_index(window.argmax(), window.shape)\n"
    "            grad_image[top + row, left + column] += grad_output[i, j]"
)
TO_WINDOW = "grad_image[top : top + pool_size, left : left + pool_size] += grad_output[i, j]"
POOL_ALL = (
    "example overlapping_windows ties random random_overlap random_ties sizes_that_do_not_divide"
    " integers keeps_its_inputs"
)
POOL_STRIDES = "example ties random random_overlap random_ties sizes_that_do_not_divide integers"

MUTANTS = named(
    {
        "conv2d_backward": [
            (
                *(TO_IMAGE, f"{TO_IMAGE}[::-1, ::-1]"),
                f"{EXAMPLES} {IMAGE} {WHOLE}",
                "kernel_not_flipped",
            ),
            (
                *(RETURN, f"{RETURN}[::-1, ::-1]"),
                f"{EXAMPLES} {KERNEL} {WHOLE}",
                "grad_kernel_flipped",
            ),
            (
                *(TO_IMAGE, TO_IMAGE.replace("+=", "=")),
                f"example padding_example {IMAGE} {WHOLE}",
                "overwritten",
            ),
            (
                *("grad_kernel += grad_output", "grad_kernel = grad_output"),
                f"{EXAMPLES} {KERNEL} {WHOLE}",
                "overwritten",
            ),
            (
                *("grad_output[i, j] * ", ""),
                f"{EXAMPLES} {IMAGE} {KERNEL} {WHOLE} keeps_its_inputs",
                "upstream_ignored",
            ),
            (
                *("grad_output[i, j] * kernel", "kernel"),
                f"{EXAMPLES} {IMAGE} {WHOLE} keeps_its_inputs",
                "upstream_ignored",
            ),
            (
                *("grad_output[i, j] * padded", "padded"),
                f"{EXAMPLES} {KERNEL} {WHOLE} keeps_its_inputs",
                "upstream_ignored",
            ),
            ("i * stride, j * stride", "i, j", STRIDES, "stride_ignored"),
            (
                *(RETURN, "return grad_padded, grad_kernel"),
                "padding_example grad_image_padding sizes_that_do_not_divide",
                "padding_not_cropped",
            ),
            (
                *(ENDS, "bottom, right = image.shape\n    padding = 0"),
                "padding_example grad_image_padding sizes_that_do_not_divide",
                "padding_cropped_at_corner",
            ),
            (
                *(ENDS, f"if padding:\n        {CORRELATED.format('image')}{ENDS}"),
                # There is nothing to correlate where the output is larger than the image.
                "padding_example grad_image_padding grad_kernel_padding sizes_that_do_not_divide",
                "padding_ignored",
            ),
            (
                *(ENDS, f"if stride > 1:\n        {CORRELATED.format('padded')}{ENDS}"),
                "stride_example grad_kernel_stride sizes_that_do_not_divide",
                "not_dilated",
            ),
            (
                ENDS,
                "bottom, right = ((n - 1) * stride + k - padding"
                " for n, k in zip(grad_output.shape, kernel.shape))",
                "sizes_that_do_not_divide",
                "border_left_out",
            ),
            (
                *(RETURN, "return grad_kernel, grad_padded[padding:bottom, padding:right]"),
                f"{EXAMPLES} {IMAGE} {KERNEL} {WHOLE} keeps_its_inputs",
                "order_swapped",
            ),
            (
                *(RETURN, f"{RETURN} / grad_output.size"),
                f"{EXAMPLES} {KERNEL} {WHOLE}",
                "mean_for_sum",
            ),
            (
                *(
                    TO_IMAGE,
                    f"{TO_IMAGE}\n            grad_padded = grad_padded.astype(image.dtype) * 1.0",
                ),
                "integers",
                "truncated",
            ),
            (
                *("height, width = kernel.shape", "height = width = kernel.shape[0]"),
                "grad_image grad_kernel grad_image_padding grad_kernel_padding",
                "",
            ),
            (
                *(RETURN, f"image[:] = 0\n    {RETURN}"),
                "keeps_its_inputs",
                "",
            ),
            (
                *(RETURN, f"grad_output *= 2\n    {RETURN}"),
                "keeps_its_inputs",
                "",
            ),
            (
                *(RETURN, f"kernel[:] = kernel[::-1, ::-1].copy()\n    {RETURN}"),
                "keeps_its_inputs",
                "",
            ),
        ],
        "max_pooling_backward": [
            ("+= grad_output[i, j]", "+= 1", POOL_ALL, "upstream_ignored"),
            (
                *("+= grad_output[i, j]", "= grad_output[i, j]"),
                "overlapping_windows random_overlap",
                "overwritten",
            ),
            (
                *(TO_MAXIMUM, f"{TO_WINDOW} * (window == window.max())"),
                "ties random_ties",
                "ties_all",
            ),
            (
                TO_MAXIMUM,
                f"mask = window == window.max()\n            {TO_WINDOW} * mask / mask.sum()",
                "ties random_ties",
                "ties_shared",
            ),
            (
                *("window.argmax()", "window.size - 1 - window[::-1, ::-1].argmax()"),
                "ties random_ties",
                "ties_last",
            ),
            (
                "row, column = np.unravel_index(window.argmax(), window.shape)",
                "column, row = np.unravel_index(window.T.argmax(), window.T.shape)",
                "ties random_ties",
                "ties_by_columns",
            ),
            ("i * stride, j * stride", "i, j", POOL_STRIDES, "stride_ignored"),
            (
                *("i * stride, j * stride", "i * pool_size, j * pool_size"),
                "overlapping_windows random_overlap sizes_that_do_not_divide",
                "stride_is_pool_size",
            ),
            (
                "return grad_image",
                "ends = [(n - 1) * stride + pool_size for n in grad_output.shape]\n"
                "    return grad_image[: ends[0], : ends[1]]",
                "sizes_that_do_not_divide",
                "border_left_out",
            ),
            ("np.zeros(image.shape)", "np.zeros_like(image)", "integers", "truncated"),
            (TO_MAXIMUM, TO_WINDOW, POOL_ALL, "spread_to_all"),
            (TO_MAXIMUM, f"{TO_WINDOW} / pool_size**2", POOL_ALL, "spread_to_all"),
            ("+= grad_output[i, j]", "= window.max()", POOL_ALL, "value_for_gradient"),
            (
                *("range(grad_output.shape[1])", "range(grad_output.shape[0])"),
                "ties random sizes_that_do_not_divide",
                "",
            ),
            ("window.argmax()", "np.maximum(window, 0).argmax()", "random", ""),
            (
                *("top + pool_size, left : left + pool_size", "top + 2, left : left + 2"),
                "random random_overlap sizes_that_do_not_divide",
                "",
            ),
            ("return grad_image", "image.sort()\n    return grad_image", "keeps_its_inputs", ""),
            ("return grad_image", "image[:] = 0\n    return grad_image", "keeps_its_inputs", ""),
        ],
    }
)
