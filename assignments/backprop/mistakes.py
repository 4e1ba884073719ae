"""What known mistakes give, as pairs of a hint's id and the whole wrong answer.

A mistake has several pairs where it has several variants.
"""

import numpy as np

from assignments.backprop import oracle


def in_either(hint, right, wrong):
    """A mistake that may be made in both of two results, or in one of them."""
    yield hint, wrong
    yield hint, (wrong[0], right[1])
    yield hint, (right[0], wrong[1])


def correlate(image, kernel):
    """The kernel slid over the image, without padding, with a stride of 1."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijmn,mn->ij", windows, kernel)


def dilated(grad_output, stride):
    """``stride`` - 1 zeros between neighbours."""
    rows, columns = ((n - 1) * stride + 1 for n in grad_output.shape)
    result = np.zeros((rows, columns))
    result[::stride, ::stride] = grad_output
    return result


# ---------------------------------------------------------------- conv2d_backward


def conv2d_backward(right, grad_output, image, kernel, padding=0, stride=1):
    """Both gradients of a convolution, wrong."""
    grad_image, grad_kernel = right
    options = {"padding": padding, "stride": stride}
    padded = np.pad(image, padding)
    inside = tuple(slice(padding, padding + n) for n in image.shape)
    ones = np.ones_like(grad_output)
    derivatives = oracle.conv2d_backward(ones, image, kernel, **options)
    yield from in_either("upstream_ignored", right, derivatives)
    yield "order_swapped", (grad_kernel, grad_image)
    turned = oracle.conv2d_backward(grad_output, image, kernel[::-1, ::-1], **options)[0]
    yield "kernel_not_flipped", (turned, grad_kernel)
    yield "grad_kernel_flipped", (grad_image, grad_kernel[::-1, ::-1])
    turned = oracle.conv2d_backward(grad_output[::-1, ::-1], image, kernel, **options)[1]
    yield "grad_kernel_flipped", (grad_image, turned)
    yield "mean_for_sum", (grad_image, grad_kernel / grad_output.size)
    if padding:
        whole = oracle.conv2d_backward(grad_output, padded, kernel, stride=stride)[0]
        yield "padding_not_cropped", (whole, grad_kernel)
        yield "padding_cropped_at_corner", (whole[: image.shape[0], : image.shape[1]], grad_kernel)
        spread = dilated(grad_output, stride)
        if all(n <= side for n, side in zip(spread.shape, image.shape, strict=True)):
            yield "padding_ignored", (whole, correlate(image, spread))
            yield "padding_ignored", (grad_image, correlate(image, spread))
    if stride > 1:
        yield from _strides(right, grad_output, padded, kernel, stride, inside)
    overwritten = _overwritten(grad_output, padded, kernel, stride, inside)
    yield from in_either("overwritten", right, overwritten)
    if image.dtype.kind == "i":
        truncated = _truncated(grad_output, padded, kernel, stride, inside)
        yield from in_either("truncated", right, truncated)


def _strides(right, grad_output, padded, kernel, stride, inside):
    """The stride left out, and the course's equations taken literally where it is above 1."""
    used = [n - 1 + k for n, k in zip(grad_output.shape, kernel.shape, strict=True)]
    corner = tuple(slice(n) for n in used)
    dense, grad_kernel = oracle.conv2d_backward(grad_output, padded[corner], kernel)
    grad_padded = np.zeros(padded.shape)
    grad_padded[corner] = dense
    yield from in_either("stride_ignored", right, (grad_padded[inside], grad_kernel))
    padding = inside[0].start
    cropped = dense[padding : used[0] - padding, padding : used[1] - padding]
    yield from in_either("not_dilated", right, (cropped, correlate(padded, grad_output)))
    spread = dilated(grad_output, stride)
    ends = [n - 1 + k - 2 * padding for n, k in zip(spread.shape, kernel.shape, strict=True)]
    short, long = right[0][: ends[0], : ends[1]], correlate(padded, spread)
    yield from in_either("border_left_out", right, (short, long))


def _windows(grad_output, kernel, stride):
    """Each value of the gradient with the rows and columns of its window, in row order."""
    for (i, j), value in np.ndenumerate(grad_output):
        top, left = i * stride, j * stride
        yield value, (slice(top, top + kernel.shape[0]), slice(left, left + kernel.shape[1]))


def _overwritten(grad_output, padded, kernel, stride, inside):
    """``=`` where ``+=`` is needed: the last window wins."""
    grad_padded = np.zeros(padded.shape)
    for value, window in _windows(grad_output, kernel, stride):
        grad_padded[window] = value * kernel
        grad_kernel = value * padded[window]
    return grad_padded[inside], grad_kernel


def _truncated(grad_output, padded, kernel, stride, inside):
    """Added up in arrays of integers, value by value, so that each sum loses its decimals."""
    grad_padded, grad_kernel = np.zeros(padded.shape), np.zeros(kernel.shape)
    for value, window in _windows(grad_output, kernel, stride):
        grad_padded[window] = np.trunc(grad_padded[window] + value * kernel)
        grad_kernel = np.trunc(grad_kernel + value * padded[window])
    return grad_padded[inside], grad_kernel


# ---------------------------------------------------------------- max_pooling_backward


def max_pooling_backward(right, grad_output, image, pool_size=2, stride=2):
    """The gradient of max pooling, wrong."""

    def routed(share, step=stride, upstream=grad_output, add=True):
        """Each value handed to the entries of its window as ``share(window)`` says."""
        grad_image = np.zeros(image.shape)
        for (i, j), value in np.ndenumerate(upstream):
            rows = slice(i * step, i * step + pool_size)
            columns = slice(j * step, j * step + pool_size)
            mask = share(image[rows, columns])
            target = grad_image[rows, columns]
            target[mask != 0] = (value * mask + add * target)[mask != 0]
        return grad_image

    yield "upstream_ignored", routed(_first, upstream=np.ones_like(grad_output))
    yield "ties_all", routed(_every)
    yield "ties_shared", routed(lambda window: _every(window) / _every(window).sum())
    yield "ties_last", routed(lambda window: _first(window[::-1, ::-1])[::-1, ::-1])
    yield "ties_by_columns", routed(lambda window: _first(window.T).T)
    yield "overwritten", routed(_first, add=False)
    yield "overwritten", routed(_every, add=False)
    if stride < pool_size:
        yield "overwritten", _whole_windows(grad_output, image, pool_size, stride)
    if stride > 1:
        yield "stride_ignored", routed(_first, step=1)
    starts = [(n - 1) * pool_size for n in grad_output.shape]
    if all(start < side for start, side in zip(starts, image.shape, strict=True)):
        yield "stride_is_pool_size", routed(_first, step=pool_size)
    used = [(n - 1) * stride + pool_size for n in grad_output.shape]
    yield "border_left_out", right[: used[0], : used[1]]
    yield "value_for_gradient", routed(_maximum)
    yield "value_for_gradient", routed(_maximum, upstream=np.ones_like(grad_output), add=False)
    yield "spread_to_all", routed(np.ones_like)
    yield "spread_to_all", routed(lambda window: np.full(window.shape, 1 / pool_size**2))
    if image.dtype.kind == "i":
        yield "truncated", np.trunc(right)


def _first(window):
    """1.0 at the first maximum in row order."""
    mask = np.zeros(window.shape)
    mask.flat[window.argmax()] = 1
    return mask


def _maximum(window):
    """The maximum in its place."""
    return _first(window) * window.max()


def _every(window):
    """1.0 at each maximum."""
    return (window == window.max()).astype(float)


def _whole_windows(grad_output, image, pool_size, stride):
    """A mask written over whole windows, which wipes out what their neighbours left there."""
    grad_image = np.zeros(image.shape)
    for (i, j), value in np.ndenumerate(grad_output):
        rows = slice(i * stride, i * stride + pool_size)
        columns = slice(j * stride, j * stride + pool_size)
        grad_image[rows, columns] = value * _every(image[rows, columns])
    return grad_image


# ---------------------------------------------------------------- the other layers


def relu_backward(right, grad_output, x):
    """The gradient of ReLU, wrong."""
    yield "upstream_ignored", (x > 0).astype(float)
    yield "mask_of_gradient", np.maximum(grad_output, 0)
    yield "mask_of_gradient", right * (grad_output > 0)
    yield "value_for_gradient", np.maximum(x, 0)
    yield "value_for_gradient", grad_output * np.maximum(x, 0)
    yield "negative_kept", grad_output
    if x.dtype.kind == "i":
        yield "truncated", np.trunc(right)


def fully_connected_backward(right, grad_output, x, weights):
    """The three gradients of a fully-connected layer, wrong."""
    grad_x, grad_weights, grad_bias = right
    yield "upstream_ignored", oracle.fully_connected_backward(np.ones_like(grad_bias), x, weights)
    if weights.shape[0] == weights.shape[1]:
        turned = (grad_output @ weights).reshape(x.shape)
        yield "weights_transposed", (turned, grad_weights, grad_bias)
    yield "grad_weights_transposed", (grad_x, grad_weights.T, grad_bias)
    yield "grad_x_flat", (grad_x.reshape(-1), grad_weights, grad_bias)
    yield "grad_x_flat", (grad_x.reshape(1, -1), grad_weights, grad_bias)
    turned = grad_x.reshape(-1).reshape(x.shape, order="F")
    by_columns = np.outer(x.reshape(-1, order="F"), grad_output)
    yield "flattened_by_columns", (turned, by_columns, grad_bias)
    yield "flattened_by_columns", (turned, grad_weights, grad_bias)
    yield "flattened_by_columns", (grad_x, by_columns, grad_bias)
    yield "bias_summed", (grad_x, grad_weights, grad_bias.sum())


def softmax_cross_entropy(right, logits, labels):
    """The loss and the gradient of the logits, wrong."""
    loss, gradient = right
    samples, classes = logits.shape
    rows, before = np.arange(samples), labels - 1
    one_hot = np.eye(classes)[labels]
    probabilities = gradient * samples + one_hot
    shifted = logits - logits.max(axis=1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    if samples > 1:
        yield from in_either("batch_summed", right, (loss * samples, gradient * samples))
    yield from in_either("mean_over_classes", right, (loss / classes, gradient / classes))
    for forgotten in (-logarithms.mean(), -logarithms.sum() / samples):
        yield from in_either("one_hot_forgotten", right, (forgotten, probabilities / samples))
    yield from in_either("sign_reversed", right, (-loss, -gradient))
    turned = probabilities.copy()
    turned[:, labels] -= 1
    wrong = -logarithms[:, labels].mean(), turned / samples
    yield from in_either("every_label_in_every_row", right, wrong)
    turned = (probabilities - np.eye(classes)[before]) / samples
    yield from in_either("labels_from_one", right, (-logarithms[rows, before].mean(), turned))
    with np.errstate(all="ignore"):
        yield from _without_care(right, logits, labels, probabilities[rows, labels])


def _without_care(right, logits, labels, chosen):
    """Exponentials that overflow or vanish, logarithms of 0, and a sum over the samples."""
    rows, one_hot = np.arange(len(labels)), np.eye(logits.shape[1])[labels]
    for tiny in (0, 1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7):
        yield "log_of_zero", (-np.log(chosen + tiny).mean(), right[1])
        yield "log_of_zero", (-np.log(np.maximum(chosen, tiny)).mean(), right[1])
    for hint, axis in (("unstable_softmax", 1), ("softmax_first_axis", 0)):
        total = np.exp(logits).sum(axis=axis, keepdims=True)
        naive = np.exp(logits) / total
        wrong = -np.log(naive[rows, labels]).mean(), (naive - one_hot) / len(labels)
        yield from in_either(hint, right, wrong)
        logarithms = logits - np.log(total)
        turned = (np.exp(logarithms) - one_hot) / len(labels)
        yield from in_either(hint, right, (-logarithms[rows, labels].mean(), turned))
