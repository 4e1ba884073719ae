"""The reference of ``convolution`` against other libraries, and right solutions in other styles."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from in_process import course_module, failed, grade_styles
from scipy import signal as scipy_signal

SLUG = "convolution"
convolution = course_module("reference/convolution.py")
IMAGE = np.array(
    [[1, 2, 3, 0, 1], [0, 1, 2, 3, 0], [1, 0, 1, 2, 3], [2, 1, 0, 1, 2], [3, 2, 1, 0, 1]]
)


# ---------------------------------------------------------------- the reference


def test_the_course_s_figures():
    vertical = convolution.classic_kernel("vertical")
    output = convolution.convolve2d(IMAGE, vertical)
    assert output.shape == (3, 3)
    assert output[0, 0] == -4
    smooth = convolution.convolve1d(np.array([1, 2, 4, 8, 16]), np.array([0.25, 0.5, 0.25]))
    assert smooth.tolist() == [2.25, 4.5, 9.0]
    assert convolution.classic_kernel("blur").sum() == pytest.approx(1)
    assert convolution.classic_kernel("gaussian").sum() == pytest.approx(1)


def test_convolve2d_agrees_with_scipy(seed):
    rng = np.random.default_rng(seed)
    for _ in range(40):
        image = rng.normal(size=rng.integers(5, 11, size=2))
        kernel = rng.normal(size=rng.integers(1, 5, size=2))
        padding, stride = rng.integers(0, 4), rng.integers(1, 5)
        padded = np.pad(image, padding)
        right = scipy_signal.correlate2d(padded, kernel, mode="valid")[::stride, ::stride]
        found = convolution.convolve2d(image, kernel, padding, stride)
        np.testing.assert_allclose(found, right, atol=1e-12)


def test_convolve_multichannel_agrees_with_torch(seed):
    rng = np.random.default_rng(seed)
    for _ in range(40):
        channels, filters, k, padding, stride = rng.integers(1, 5, size=5)
        image = rng.normal(size=(*rng.integers(5, 11, size=2), channels))
        kernels, bias = rng.normal(size=(k, k, channels, filters)), rng.normal(size=filters)
        right = torch.nn.functional.conv2d(
            torch.tensor(image).permute(2, 0, 1)[None],
            torch.tensor(kernels).permute(3, 2, 0, 1),
            torch.tensor(bias),
            int(stride),
            int(padding),
        )[0].permute(1, 2, 0)
        found = convolution.convolve_multichannel(image, kernels, bias, padding, stride)
        np.testing.assert_allclose(found, right.numpy(), atol=1e-12)


def test_convolve1d_agrees_with_numpy(seed):
    rng = np.random.default_rng(seed)
    for _ in range(40):
        signal, kernel = rng.normal(size=rng.integers(5, 15)), rng.normal(size=rng.integers(1, 5))
        padding, stride = rng.integers(0, 4), rng.integers(1, 5)
        right = np.correlate(np.pad(signal, padding), kernel, mode="valid")[::stride]
        found = convolution.convolve1d(signal, kernel, padding, stride)
        np.testing.assert_allclose(found, right, atol=1e-12)


@pytest.mark.parametrize("shape", [(2, 2), (2, 6), (6, 2), (1, 1)])
def test_convolve2d_rejects_an_image_smaller_than_the_kernel(shape):
    with pytest.raises(ValueError, match="does not fit"):
        convolution.convolve2d(np.ones(shape), np.ones((3, 3)))


def test_a_padded_image_may_be_as_small_as_the_kernel():
    assert convolution.convolve2d(np.ones((1, 1)), np.ones((3, 3)), padding=1).tolist() == [[1.0]]


# ---------------------------------------------------------------- right in other styles

WINDOWS = """
from numpy.lib.stride_tricks import sliding_window_view

def convolve1d(signal, kernel, padding=0, stride=1):
    return sliding_window_view(np.pad(signal, padding), len(kernel))[::stride] @ kernel

def convolve2d(image, kernel, padding=0, stride=1):
    padded = np.pad(image, padding)
    if any(n < k for n, k in zip(padded.shape, kernel.shape)):
        raise ValueError("image too small")
    windows = sliding_window_view(padded, kernel.shape)[::stride, ::stride]
    return np.einsum("ijmn,mn->ij", windows, kernel)

def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    padded = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
    windows = sliding_window_view(padded, kernels.shape[:2], axis=(0, 1))[::stride, ::stride]
    maps = np.einsum("ijcmn,mnco->ijo", windows, kernels)
    return maps + (0 if bias is None else bias)

def relu(x):
    return x * (x > 0)
"""
IM2COL_IN_FLOAT32 = """
def convolve2d(image, kernel, padding=0, stride=1):
    image = np.pad(image.astype(np.float32), padding)
    kh, kw = kernel.shape
    h, w = (image.shape[0] - kh) // stride + 1, (image.shape[1] - kw) // stride + 1
    if h < 1 or w < 1:
        raise ValueError("image too small")
    columns = [
        image[i * stride : i * stride + kh, j * stride : j * stride + kw].ravel()
        for i in range(h) for j in range(w)
    ]
    return (np.array(columns) @ kernel.ravel().astype(np.float32)).reshape(h, w)

def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    maps = []
    for f in range(kernels.shape[3]):
        total = 0
        for c in range(image.shape[2]):
            total = total + convolve2d(image[:, :, c], kernels[:, :, c, f], padding, stride)
        maps.append(total if bias is None else total + bias[f])
    return np.dstack(maps)

def relu(x):
    y = np.array(x, dtype=np.float32)
    y[y < 0] = 0
    return y
"""
SCIPY = """
from scipy.signal import correlate, correlate2d

def convolve1d(signal, kernel, padding=0, stride=1):
    return correlate(np.pad(signal, padding), kernel, mode="valid")[::stride]

def convolve2d(image, kernel, padding=0, stride=1):
    if image.shape[0] < kernel.shape[0] or image.shape[1] < kernel.shape[1]:
        raise ValueError("image too small")
    return correlate2d(np.pad(image, padding), kernel, mode="valid")[::stride, ::stride]

def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    def one_map(f):
        pairs = zip(image.transpose(2, 0, 1), kernels[..., f].transpose(2, 0, 1))
        return sum(convolve2d(plane, kernel, padding, stride) for plane, kernel in pairs)

    result = np.stack([one_map(f) for f in range(kernels.shape[-1])], axis=-1)
    return result if bias is None else result + bias
"""
TORCH = """
import torch
import torch.nn.functional as F

def convolve1d(signal, kernel, padding=0, stride=1):
    x, k = torch.tensor(signal).double(), torch.tensor(kernel).double()
    return F.conv1d(x[None, None], k[None, None], padding=padding, stride=stride)[0, 0].numpy()

def convolve2d(image, kernel, padding=0, stride=1):
    x, k = torch.tensor(image).float(), torch.tensor(kernel).float()
    try:
        return F.conv2d(x[None, None], k[None, None], padding=padding, stride=stride)[0, 0].numpy()
    except RuntimeError as error:
        raise ValueError("image too small") from error

def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    x = torch.tensor(image).float().permute(2, 0, 1)[None]
    k = torch.tensor(kernels).float().permute(3, 2, 0, 1)
    b = None if bias is None else torch.tensor(bias).float()
    return F.conv2d(x, k, b, stride, padding)[0].permute(1, 2, 0).numpy()

def relu(x):
    return torch.relu(torch.tensor(x)).numpy()

def classic_kernel(name):
    table = {
        "vertical": [[1, 0, -1]] * 3,
        "horizontal": np.transpose([[1, 0, -1]] * 3),
        "blur": np.ones((3, 3), dtype=np.float32) / 9,
        "sobel_x": np.outer([1, 2, 1], [-1, 0, 1]),
        "sobel_y": np.outer([-1, 0, 1], [1, 2, 1]),
        "laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
        "gaussian": np.outer([1, 2, 1], [1, 2, 1]) / 16,
    }
    try:
        return np.array(table[name])
    except KeyError:
        raise ValueError(name)
"""
STYLES = {"windows": WINDOWS, "im2col": IM2COL_IN_FLOAT32, "scipy": SCIPY, "torch": TORCH}


def test_right_solutions_in_other_styles_get_full_marks(seed):
    for name, results in grade_styles(SLUG, STYLES, seed).items():
        assert failed(results) == set(), name
        assert sum(result.points for result in results.values()) == 20, name
