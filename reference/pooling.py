"""From feature maps to a prediction: answers to the assignment ``pooling``.

Shapes are (height, width) and (height, width, channels). Pooling follows equations (6) and (7) of
the course: windows that do not fit entirely into the image are left out (floor).
"""

from __future__ import annotations

import numpy as np


def max_pooling(image: np.ndarray, pool_size: int = 2, stride: int = 2) -> np.ndarray:
    """Largest value of every ``pool_size`` x ``pool_size`` window of ``image`` (h, w)."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (pool_size, pool_size))
    output: np.ndarray = windows[::stride, ::stride].max(axis=(2, 3))
    return output


def average_pooling(image: np.ndarray, pool_size: int = 2, stride: int = 2) -> np.ndarray:
    """Mean of every ``pool_size`` x ``pool_size`` window of ``image`` (h, w), as floats."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (pool_size, pool_size))
    output: np.ndarray = windows[::stride, ::stride].mean(axis=(2, 3))
    return output


def global_average_pooling(feature_maps: np.ndarray) -> np.ndarray:
    """Mean of each channel: (height, width, channels) to (channels,)."""
    output: np.ndarray = feature_maps.mean(axis=(0, 1))
    return output


def fully_connected(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray | float
) -> np.ndarray | float:
    """Flatten ``x`` row by row to n features, then features · weights + bias.

    ``weights`` (n, m) with ``bias`` (m,) give (m,); ``weights`` (n,) with one number as ``bias``
    are a single neuron and give one number.
    """
    output: np.ndarray | float = x.reshape(-1) @ weights + bias
    return output


def softmax(logits: np.ndarray) -> np.ndarray:
    """Turn the last axis of ``logits`` (any shape) into probabilities.

    Taking the largest value away changes nothing in the quotient and keeps ``exp`` finite.
    """
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    output: np.ndarray = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return output


def forward(
    image: np.ndarray, kernel: np.ndarray, weights: np.ndarray, bias: np.ndarray | float
) -> np.ndarray | float:
    """Run ``image`` (h, w) through convolution, ReLU, 2x2 max pooling and a fully-connected layer.

    The convolution has no padding and a stride of 1; its kernel is not flipped.
    """
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    feature_map = np.sum(windows * kernel, axis=(2, 3))
    activated = np.maximum(feature_map, 0)
    return fully_connected(max_pooling(activated, 2, 2), weights, bias)
