"""Mutants of ``pooling``: the fully-connected layer, softmax, the whole network."""

from mutants import parts_of

SOFTMAX_ALL = parts_of("softmax", "example large_logits last_axis is_stable keeps_its_input")
FULLY_ALL = parts_of(
    "fully_connected",
    "example vectors flattens one_neuron inputs_and_outputs keeps_its_inputs",
)
FORWARD_ALL = parts_of("forward", "course_example random negative_maps one_neuron")
FORWARD_CHAIN = FORWARD_ALL | {"forward_keeps_its_inputs"}
FORWARD_LARGE = parts_of("forward", "random negative_maps one_neuron")

MUTANTS = {
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
        parts_of("fully_connected", "example flattens one_neuron") | FORWARD_LARGE,
        "flattened_by_columns",
    ),
    "dense: not flattened": (
        *("fully_connected", "x.reshape(-1)", "x"),
        parts_of("fully_connected", "example flattens one_neuron")
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
