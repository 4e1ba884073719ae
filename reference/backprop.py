"""Backpropagation through the layers of a CNN: answers to the assignment ``backprop``.

Each function is given ``grad_output``, the gradient of the loss with respect to the output of its
layer, and returns the gradients with respect to the layer's inputs: each has the shape of the array
that it belongs to, and holds floats. Images are (height, width).
"""

from __future__ import annotations

import numpy as np


def conv2d_backward(
    grad_output: np.ndarray,
    image: np.ndarray,
    kernel: np.ndarray,
    padding: int = 0,
    stride: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of ``image`` (h, w) and ``kernel`` (kh, kw): equations (11) and (12), any stride.

    Every output pixel hands its gradient back to the window that it was computed from.
    """
    height, width = kernel.shape
    padded = np.pad(image, padding)
    grad_padded = np.zeros(padded.shape)
    grad_kernel = np.zeros(kernel.shape)
    for i in range(grad_output.shape[0]):
        for j in range(grad_output.shape[1]):
            top, left = i * stride, j * stride
            rows, columns = slice(top, top + height), slice(left, left + width)
            grad_padded[rows, columns] += grad_output[i, j] * kernel
            grad_kernel += grad_output[i, j] * padded[rows, columns]
    bottom, right = padding + image.shape[0], padding + image.shape[1]
    return grad_padded[padding:bottom, padding:right], grad_kernel


def max_pooling_backward(
    grad_output: np.ndarray, image: np.ndarray, pool_size: int = 2, stride: int = 2
) -> np.ndarray:
    """Gradient of ``image`` (h, w): equation (13), where only the maximum of a window receives.

    The first maximum in row order does; what several windows hand to one pixel adds up.
    """
    grad_image = np.zeros(image.shape)
    for i in range(grad_output.shape[0]):
        for j in range(grad_output.shape[1]):
            top, left = i * stride, j * stride
            window = image[top : top + pool_size, left : left + pool_size]
            row, column = np.unravel_index(window.argmax(), window.shape)
            grad_image[top + row, left + column] += grad_output[i, j]
    return grad_image


def relu_backward(grad_output: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Gradient of ``x`` (any shape): passed on where ``x`` is positive; 0 is taken at 0."""
    return np.where(x > 0, grad_output, 0)


def fully_connected_backward(
    grad_output: np.ndarray, x: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of ``x`` (any shape, n values), ``weights`` (n, m) and the bias (m,)."""
    grad_x = (weights @ grad_output).reshape(x.shape)
    grad_weights = np.outer(x, grad_output)
    return grad_x, grad_weights, grad_output.copy()


def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean loss over the batch, and the gradient of ``logits`` (n, classes).

    ``labels`` (n,) are class numbers from 0. The logarithm of the probability is computed as a
    difference, never from the probability, which may be too small for a float.
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    loss = -log_probabilities[rows, labels].mean()
    grad_logits = np.exp(log_probabilities)
    grad_logits[rows, labels] -= 1
    return float(loss), grad_logits / len(labels)
