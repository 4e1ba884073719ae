"""Convolutions in NumPy: answers to the assignment ``convolution``.

Shapes are (height, width) and (height, width, channels). Convolution means cross-correlation, as in
equations (1) and (3) of the course: the kernel is not flipped. Padding adds zeros on every side.
"""

from __future__ import annotations

import numpy as np


def convolve1d(
    signal: np.ndarray, kernel: np.ndarray, padding: int = 0, stride: int = 1
) -> np.ndarray:
    """Slide ``kernel`` (k,) over ``signal`` (n,).

    Returns floor((n + 2 padding - k) / stride) + 1 values, as floats.
    """
    padded = np.pad(signal, padding)
    length = (len(padded) - len(kernel)) // stride + 1
    output = np.zeros(length)
    for i in range(length):
        start = i * stride
        output[i] = np.sum(padded[start : start + len(kernel)] * kernel)
    return output


def convolve2d(
    image: np.ndarray, kernel: np.ndarray, padding: int = 0, stride: int = 1
) -> np.ndarray:
    """Slide ``kernel`` (kh, kw) over ``image`` (h, w); returns floats, whatever the image holds.

    Raises ValueError if the kernel does not fit into the padded image.
    """
    padded = np.pad(image, padding)
    height, width = kernel.shape
    if height > padded.shape[0] or width > padded.shape[1]:
        raise ValueError(f"a {height}x{width} kernel does not fit into {padded.shape}")
    out_height = (padded.shape[0] - height) // stride + 1
    out_width = (padded.shape[1] - width) // stride + 1
    output = np.zeros((out_height, out_width))
    for i in range(out_height):
        for j in range(out_width):
            top, left = i * stride, j * stride
            output[i, j] = np.sum(padded[top : top + height, left : left + width] * kernel)
    return output


def convolve_multichannel(
    image: np.ndarray,
    kernels: np.ndarray,
    bias: np.ndarray | None = None,
    padding: int = 0,
    stride: int = 1,
) -> np.ndarray:
    """Apply every filter of ``kernels`` (k, k, c_in, c_out) to ``image`` (h, w, c_in).

    Each filter adds up over the input channels, then gets its entry of ``bias`` (c_out,).
    Returns (out_height, out_width, c_out).
    """
    padded = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
    size, filters = kernels.shape[0], kernels.shape[-1]
    out_height = (padded.shape[0] - size) // stride + 1
    out_width = (padded.shape[1] - size) // stride + 1
    output = np.zeros((out_height, out_width, filters))
    for i in range(out_height):
        for j in range(out_width):
            top, left = i * stride, j * stride
            region = padded[top : top + size, left : left + size]
            output[i, j] = np.tensordot(region, kernels, axes=3)
    return output if bias is None else output + bias


def relu(x: np.ndarray) -> np.ndarray:
    """Replace every negative value of ``x`` (any shape) by zero, in a new array."""
    output: np.ndarray = np.maximum(x, 0)
    return output


def classic_kernel(name: str) -> np.ndarray:
    """Return the 3x3 kernel called ``name``; ValueError for a name that is not in the table."""
    kernels = {
        "vertical": [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
        "horizontal": [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
        "blur": [[1 / 9, 1 / 9, 1 / 9]] * 3,
        "sobel_x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        "sobel_y": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
        "laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
        "gaussian": [[0, 1 / 8, 0], [1 / 8, 1 / 2, 1 / 8], [0, 1 / 8, 0]],
    }
    if name not in kernels:
        raise ValueError(f"no kernel is called {name!r}")
    return np.array(kernels[name], dtype=float)
