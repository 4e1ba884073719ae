"""Mutants of ``backprop``: the loss, the fully-connected layer, ReLU."""

from mutants import named

LOSS = "loss = -log_probabilities[rows, labels].mean()"
LABELS = "grad_logits[rows, labels] -= 1"
LOSS_ALL = "example large_logits loss is_stable keeps_its_inputs"
GRADIENT_ALL = "example large_logits gradient is_stable keeps_its_inputs"

MUTANTS = named(
    {
        "relu_backward": [
            (
                *("np.where(x > 0, grad_output, 0)", "(x > 0) * 1.0"),
                "example random keeps_its_inputs",
                "upstream_ignored",
            ),
            ("x > 0", "grad_output > 0", "example random keeps_its_inputs", "mask_of_gradient"),
            (
                *("x > 0", "(x > 0) & (grad_output > 0)"),
                "example random keeps_its_inputs",
                "mask_of_gradient",
            ),
            (
                *("grad_output, 0", "x * grad_output, 0"),
                "example random keeps_its_inputs",
                "value_for_gradient",
            ),
            ("grad_output, 0", "x, 0", "example random keeps_its_inputs", "value_for_gradient"),
            ("x > 0", "x == x", "example random keeps_its_inputs", "negative_kept"),
            ("grad_output, 0)", "grad_output, 0).astype(x.dtype)", "random", "truncated"),
            ("return", "x[x < 0] = 0\n    return", "keeps_its_inputs", ""),
            (
                "return np.where(x > 0, grad_output, 0)",
                "grad_output[x < 0] = 0\n    return grad_output",
                "keeps_its_inputs",
                "",
            ),
        ],
        "fully_connected_backward": [
            (
                "(weights @ grad_output)",
                "(grad_output @ weights if weights.shape[0] == weights.shape[1]\n"
                "              else weights @ grad_output)",
                "grad_x",
                "weights_transposed",
            ),
            (
                *("np.outer(x, grad_output)", "np.outer(grad_output, x)"),
                "example grad_weights",
                "grad_weights_transposed",
            ),
            (".reshape(x.shape)", "", "example grad_x_shape", "grad_x_flat"),
            (".reshape(x.shape)", ".reshape(1, -1)", "example grad_x grad_x_shape", "grad_x_flat"),
            (
                *("weights @ grad_output", "weights.sum(axis=1)"),
                "example grad_x grad_x_shape",
                "upstream_ignored",
            ),
            (
                *("np.outer(x, grad_output)", "np.outer(x, np.ones(grad_output.shape))"),
                "example grad_weights",
                "upstream_ignored",
            ),
            (
                *("grad_output.copy()", "np.ones(grad_output.shape)"),
                "example grad_bias keeps_its_inputs",
                "upstream_ignored",
            ),
            (
                *("grad_output.copy()", "grad_output.sum()"),
                "example grad_bias keeps_its_inputs",
                "bias_summed",
            ),
            (
                *(".reshape(x.shape)", ".reshape(x.shape, order='F')"),
                "example grad_x_shape",
                "flattened_by_columns",
            ),
            (
                *("np.outer(x,", "np.outer(x.T,"),
                "example grad_weights",
                "flattened_by_columns",
            ),
            ("return", "x.shape = (-1,)\n    return", "keeps_its_inputs", ""),
            ("return", "weights *= 2\n    return", "keeps_its_inputs", ""),
        ],
        "softmax_cross_entropy": [
            (
                *("logits - logits.max(axis=1, keepdims=True)", "logits"),
                "large_logits is_stable",
                "unstable_softmax",
            ),
            ("logits.max(axis=1, keepdims=True)", "logits.max()", "is_stable", ""),
            (
                *(LOSS, "loss = -np.log(np.exp(log_probabilities)[rows, labels]).mean()"),
                "large_logits is_stable",
                "log_of_zero",
            ),
            (
                *(LOSS, "loss = -np.log(np.exp(log_probabilities)[rows, labels] + 1e-12).mean()"),
                "large_logits is_stable",
                "log_of_zero",
            ),
            (
                "grad_logits / len(labels)",
                "grad_logits",
                "example gradient is_stable",
                "batch_summed",
            ),
            (".mean()", ".sum()", "example loss is_stable", "batch_summed"),
            ("/ len(labels)", "/ logits.size", GRADIENT_ALL, "mean_over_classes"),
            (LABELS, "labels", GRADIENT_ALL, "one_hot_forgotten"),
            (
                *(LABELS, "grad_logits[:, labels] -= 1"),
                "example gradient is_stable",
                "every_label_in_every_row",
            ),
            (
                *("_probabilities[rows, labels].mean", "_probabilities[:, labels].mean"),
                "example loss is_stable",
                "every_label_in_every_row",
            ),
            (
                *("rows =", "labels = labels - 1\n    rows ="),
                "example large_logits loss gradient is_stable keeps_its_inputs",
                "labels_from_one",
            ),
            ("loss = -", "loss = ", LOSS_ALL, "sign_reversed"),
            ("grad_logits /", "-grad_logits /", GRADIENT_ALL, "sign_reversed"),
            (
                *("axis=1", "axis=0"),
                "example large_logits loss gradient is_stable keeps_its_inputs",
                "softmax_first_axis",
            ),
            (
                "shifted = logits - logits.max(axis=1, keepdims=True)",
                "logits -= logits.max(axis=1, keepdims=True)\n    shifted = logits",
                "keeps_its_inputs",
                "",
            ),
            ("return float", "labels[:] = 0\n    return float", "keeps_its_inputs", ""),
        ],
    }
)
