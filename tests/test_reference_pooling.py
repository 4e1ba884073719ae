"""The reference of ``pooling`` against other libraries, and right solutions in other styles."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special
import torch
from in_process import course_module, failed, grade_styles

SLUG = "pooling"
pooling = course_module("reference/pooling.py")
GRID = np.array([[1, 3, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])


# ---------------------------------------------------------------- the reference


def test_the_course_s_figures():
    assert pooling.max_pooling(GRID).tolist() == [[6, 8], [3, 4]]
    assert pooling.average_pooling(GRID).tolist() == [[3.75, 5.25], [2, 2]]


def test_sheet_3_has_13_and_5_after_its_pools():
    maps = np.zeros((28, 28))
    for side in (13, 5):
        convolved = maps[2:, 2:]  # a 3x3 convolution without padding takes two rows and columns
        maps = pooling.max_pooling(convolved)
        assert maps.shape == (side, side)


def test_the_course_s_network():
    photo = np.array(
        [[1, 2, 3, 0, 1], [4, 5, 6, 1, 2], [7, 8, 9, 2, 3], [1, 2, 3, 4, 5], [6, 7, 8, 5, 6]]
    )
    kernel = np.array([[1, 0, -1]] * 3)
    assert pooling.forward(photo, kernel, np.array([1.0]), 0.5) == 12.5
    assert pooling.forward(photo, kernel, np.array([[0.5, -1]]), np.array([1, 2])).tolist() == [
        7,
        -10,
    ]


@pytest.mark.parametrize(
    ("ours", "torchs"),
    [
        (pooling.max_pooling, torch.nn.functional.max_pool2d),
        (pooling.average_pooling, torch.nn.functional.avg_pool2d),
    ],
)
def test_pooling_agrees_with_torch(seed, ours, torchs):
    rng = np.random.default_rng(seed)
    for _ in range(40):
        image = rng.normal(size=rng.integers(5, 12, size=2)) - 2
        size, stride = (int(n) for n in rng.integers(1, 5, size=2))
        right = torchs(torch.from_numpy(image)[None], size, stride)[0]
        np.testing.assert_allclose(ours(image, size, stride), right, atol=1e-12)


def test_softmax_agrees_with_scipy(seed):
    rng = np.random.default_rng(seed)
    for shape in ((5,), (3, 4), (2, 3, 4)):
        logits = rng.uniform(-1000, 1000, size=shape)
        np.testing.assert_allclose(pooling.softmax(logits), scipy.special.softmax(logits, axis=-1))


def test_forward_agrees_with_torch(seed):
    rng = np.random.default_rng(seed)
    for _ in range(20):
        image, kernel = rng.normal(size=rng.integers(6, 12, size=2)), rng.normal(size=(3, 2))
        x = torch.from_numpy(image)[None, None]
        maps = torch.nn.functional.conv2d(x, torch.from_numpy(kernel)[None, None])
        features = torch.nn.functional.max_pool2d(maps.relu(), 2).flatten().numpy()
        weights, bias = rng.normal(size=(features.size, 4)), rng.normal(size=4)
        found = pooling.forward(image, kernel, weights, bias)
        np.testing.assert_allclose(found, features @ weights + bias, atol=1e-12)


# ---------------------------------------------------------------- right in other styles

LOOPS = """
def _windows(image, pool_size, stride, summary):
    rows = (image.shape[0] - pool_size) // stride + 1
    columns = (image.shape[1] - pool_size) // stride + 1
    result = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            top, left = r * stride, c * stride
            result[r, c] = summary(image[top : top + pool_size, left : left + pool_size])
    return result

def max_pooling(image, pool_size=2, stride=2):
    return _windows(image, pool_size, stride, np.max)

def average_pooling(image, pool_size=2, stride=2):
    return _windows(image, pool_size, stride, np.mean)

def global_average_pooling(feature_maps):
    height, width, channels = feature_maps.shape
    means = []
    for c in range(channels):
        means.append(sum(feature_maps[i, j, c] for i in range(height) for j in range(width)))
    return np.array(means) / (height * width)

def fully_connected(x, weights, bias):
    return np.dot(x.flatten(), weights) + bias

def softmax(logits):
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    return np.exp(shifted) / np.sum(np.exp(shifted), axis=-1)[..., None]

def forward(image, kernel, weights, bias):
    kh, kw = kernel.shape
    maps = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(maps.shape[0]):
        for j in range(maps.shape[1]):
            maps[i, j] = max(0, np.sum(image[i : i + kh, j : j + kw] * kernel))
    return fully_connected(max_pooling(maps), weights, bias)
"""
# One neuron gives an array that holds one number, and everything is float32.
COLUMNS_IN_FLOAT32 = """
def fully_connected(x, weights, bias):
    x, weights = np.float32(x).reshape(1, -1), np.float32(weights)
    weights = weights.reshape(x.size, -1)
    return (x @ weights + np.float32(bias))[0]

def softmax(logits):
    logits = np.float32(logits)
    exponentials = np.exp((logits.T - logits.max(axis=-1).T).T)
    return (exponentials.T / exponentials.sum(axis=-1).T).T
"""
TORCH = """
import torch
import torch.nn.functional as F

def max_pooling(image, pool_size=2, stride=2):
    return F.max_pool2d(torch.tensor(image).float()[None], pool_size, stride)[0].numpy()

def average_pooling(image, pool_size=2, stride=2):
    return F.avg_pool2d(torch.tensor(image).float()[None], pool_size, stride)[0].numpy()

def global_average_pooling(feature_maps):
    return torch.tensor(feature_maps).double().mean((0, 1)).numpy()

def softmax(logits):
    return F.softmax(torch.tensor(logits), dim=-1).numpy()

def forward(image, kernel, weights, bias):
    x, k = torch.tensor(image).double(), torch.tensor(kernel).double()
    maps = F.max_pool2d(torch.relu(F.conv2d(x[None, None], k[None, None])), 2)
    return maps.flatten().numpy() @ weights + bias
"""
SCIPY = """
from scipy.ndimage import maximum_filter, uniform_filter
from scipy.signal import correlate2d
from scipy.special import softmax as scipy_softmax

def _valid(filtered, pool_size, stride):
    first = pool_size // 2
    last = [n - (pool_size - 1 - first) for n in filtered.shape]
    return filtered[first : last[0] : stride, first : last[1] : stride]

def max_pooling(image, pool_size=2, stride=2):
    return _valid(maximum_filter(image, pool_size), pool_size, stride)

def average_pooling(image, pool_size=2, stride=2):
    return _valid(uniform_filter(image.astype(float), pool_size), pool_size, stride)

def softmax(logits):
    return scipy_softmax(logits, axis=-1)

def forward(image, kernel, weights, bias):
    activated = np.clip(correlate2d(image, kernel, mode="valid"), 0, None)
    return max_pooling(activated).ravel() @ weights + bias
"""
STYLES = {"loops": LOOPS, "columns": COLUMNS_IN_FLOAT32, "torch": TORCH, "scipy": SCIPY}


def test_right_solutions_in_other_styles_get_full_marks(seed):
    for name, results in grade_styles(SLUG, STYLES, seed).items():
        assert failed(results) == set(), name
        assert sum(result.points for result in results.values()) == 20, name
