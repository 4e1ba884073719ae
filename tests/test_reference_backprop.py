"""The reference of ``backprop`` against torch and slopes, and right solutions in other styles."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from in_process import ROOT, course_module, failed, grade_styles, hints

from assignments.backprop import oracle

SLUG = "backprop"
backprop = course_module("reference/backprop.py")


# ---------------------------------------------------------------- the reference


def test_the_notebook_s_example_of_a_convolution():
    image, kernel = np.array([[1, 2, 0], [3, 1, 2], [0, 1, 4]]), np.array([[1, 2], [3, 4]])
    grad_image, grad_kernel = backprop.conv2d_backward(np.array([[1, 2], [0, -1]]), image, kernel)
    assert grad_image.tolist() == [[1, 4, 4], [3, 9, 6], [0, -3, -4]]
    assert grad_kernel.tolist() == [[4, 0], [4, 1]]


def test_equations_11_and_12(seed):
    """With a stride of 1: full correlation with the kernel rotated by 180°; image with gradient."""
    rng = np.random.default_rng(seed)
    image, kernel, grad_output = (rng.normal(size=n) for n in ((6, 7), (3, 2), (4, 6)))
    grad_image, grad_kernel = backprop.conv2d_backward(grad_output, image, kernel)
    surrounded = np.pad(grad_output, ((2, 2), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(surrounded, kernel.shape)
    np.testing.assert_allclose(grad_image, np.sum(windows * kernel[::-1, ::-1], axis=(2, 3)))
    windows = np.lib.stride_tricks.sliding_window_view(image, grad_output.shape)
    np.testing.assert_allclose(grad_kernel, np.sum(windows * grad_output, axis=(2, 3)))


def agree(ours, rights):
    for found, right in zip(ours, rights, strict=True):
        np.testing.assert_allclose(found, right, atol=1e-12)


def test_convolution_agrees_with_torch(seed):
    rng = np.random.default_rng(seed)
    for _ in range(40):
        image = rng.normal(size=rng.integers(4, 10, size=2))
        kernel = rng.normal(size=rng.integers(1, 4, size=2))
        padding, stride = int(rng.integers(0, 3)), int(rng.integers(1, 4))
        sides = [
            (n + 2 * padding - k) // stride + 1
            for n, k in zip(image.shape, kernel.shape, strict=True)
        ]
        inputs = (rng.normal(size=sides), image, kernel, padding, stride)
        agree(backprop.conv2d_backward(*inputs), oracle.conv2d_backward(*inputs))


def test_max_pooling_agrees_with_torch(seed):
    """Ties included: half of the images hold three different values."""
    rng = np.random.default_rng(seed)
    for number in range(40):
        sides = rng.integers(5, 12, size=2)
        image = rng.normal(size=sides) if number % 2 else rng.integers(0, 3, size=sides)
        size, stride = (int(n) for n in rng.integers(1, 5, size=2))
        grad_output = rng.normal(size=[(n - size) // stride + 1 for n in image.shape])
        inputs = (grad_output, image, size, stride)
        agree([backprop.max_pooling_backward(*inputs)], [oracle.max_pooling_backward(*inputs)])


def test_the_first_of_equal_maxima_is_torch_s_too():
    """The course's rule does not rest on torch: here it is, written down."""
    image = np.array([[1.0, 7, 4, 4], [7, 3, 4, 4]])
    right = [[0, 5, 6, 0], [0, 0, 0, 0]]
    for pooling in (backprop, oracle):
        assert pooling.max_pooling_backward(np.array([[5.0, 6]]), image).tolist() == right


def test_other_layers_agree_with_torch(seed):
    rng = np.random.default_rng(seed)
    for shape in ((5,), (3, 4), (2, 3, 4)):
        grad_output, x = rng.normal(size=shape), rng.normal(size=shape)
        agree([backprop.relu_backward(grad_output, x)], [oracle.relu_backward(grad_output, x)])
        inputs = (rng.normal(size=3), x, rng.normal(size=(x.size, 3)))
        agree(backprop.fully_connected_backward(*inputs), oracle.fully_connected_backward(*inputs))


@pytest.mark.parametrize("scale", [1, 1000])
def test_cross_entropy_agrees_with_torch(seed, scale):
    rng = np.random.default_rng(seed)
    for samples, classes in ((1, 2), (6, 3), (4, 10)):
        logits = scale * rng.uniform(-1, 1, size=(samples, classes))
        labels = rng.integers(classes, size=samples)
        agree(
            backprop.softmax_cross_entropy(logits, labels),
            oracle.softmax_cross_entropy(logits, labels),
        )


def test_gradients_are_the_slopes_of_the_loss(seed):
    """A whole network, conv → ReLU → max pool → dense → loss, against measured slopes."""
    rng = np.random.default_rng(seed)
    image, kernel = rng.normal(size=(8, 8)), rng.normal(size=(3, 3))
    weights, label = rng.normal(size=(4, 3)), np.array([1])

    def forward(kernel):
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1), (3, 3))[::2, ::2]
        maps = np.sum(windows * kernel, axis=(2, 3))
        positive = np.maximum(maps, 0)
        pooled = positive.reshape(2, 2, 2, 2).max(axis=(1, 3))
        loss, gradient = backprop.softmax_cross_entropy(pooled.reshape(1, 4) @ weights, label)
        return loss, gradient[0], pooled, positive, maps

    _, gradient, pooled, positive, maps = forward(kernel)
    gradient = backprop.fully_connected_backward(gradient, pooled, weights)[0]
    gradient = backprop.relu_backward(backprop.max_pooling_backward(gradient, positive), maps)
    found = backprop.conv2d_backward(gradient, image, kernel, padding=1, stride=2)[1]
    for position in np.ndindex(3, 3):
        shift = np.zeros((3, 3))
        shift[position] = 1e-6
        slope = (forward(kernel + shift)[0] - forward(kernel - shift)[0]) / 2e-6
        assert found[position] == pytest.approx(slope, abs=1e-6)


# ---------------------------------------------------------------- the oracle's neighbours


def test_every_hint_is_a_known_mistake_and_the_other_way_round():
    text = (ROOT / "assignments/backprop/mistakes.py").read_text(encoding="utf-8")
    assert set(re.findall(r'"([a-z_]{8,})"', text)) == set(hints(SLUG))  # options are shorter


def test_oracle_s_integers_become_floats():
    (gradient,) = oracle.gradients(lambda x: x * 0.5, [1, 1], np.array([2, 4]))
    assert gradient.tolist() == [0.5, 0.5]
    assert torch.get_default_dtype() is torch.float32  # nothing global was changed


# ---------------------------------------------------------------- right in other styles

DILATED = """
def _correlate(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijkl,kl->ij", windows, kernel)

def conv2d_backward(grad_output, image, kernel, padding=0, stride=1):
    kh, kw = kernel.shape
    padded = np.pad(np.float32(image), padding)
    spread = np.zeros((padded.shape[0] - kh + 1, padded.shape[1] - kw + 1))
    spread[::stride, ::stride][: grad_output.shape[0], : grad_output.shape[1]] = grad_output
    full = np.pad(spread, ((kh - 1, kh - 1), (kw - 1, kw - 1)))
    grad_padded = _correlate(full, np.rot90(kernel, 2))
    rows, columns = image.shape
    return [grad_padded[padding:, padding:][:rows, :columns], _correlate(padded, spread)]

def max_pooling_backward(grad_output, image, pool_size=2, stride=2):
    windows = np.lib.stride_tricks.sliding_window_view(image, (pool_size, pool_size))
    windows = windows[::stride, ::stride]
    first = windows.reshape(*windows.shape[:2], -1).argmax(axis=-1)
    i, j = np.indices(first.shape)
    result = np.zeros(image.shape)
    where = i * stride + first // pool_size, j * stride + first % pool_size
    np.add.at(result, where, grad_output)
    return result

def relu_backward(grad_output, x):
    return grad_output * np.heaviside(x, 0.5)

def softmax_cross_entropy(logits, labels):
    from scipy.special import log_softmax, softmax
    n, c = logits.shape
    one_hot = np.eye(c)[labels]
    loss = -np.sum(one_hot * log_softmax(logits, axis=1)) / n
    return loss, (softmax(logits, axis=1) - one_hot) / n
"""
COLUMNS_IN_FLOAT32 = """
def fully_connected_backward(grad_output, x, weights):
    row = np.float32(x).reshape(1, -1)
    g = np.float32(grad_output).reshape(1, -1)
    return (g @ weights.T).reshape(x.shape), row.T @ g, g.sum(axis=0)

def softmax_cross_entropy(logits, labels):
    z = np.float32(logits)
    top = z.max(1)[:, None]
    total = np.log(np.exp(z - top).sum(1)) + top[:, 0]
    loss = (total - z[np.arange(len(z)), labels]).mean()
    gradient = np.exp(z - total[:, None])
    for n, label in enumerate(labels):
        gradient[n, label] -= 1
    return loss, gradient / len(z)

def relu_backward(grad_output, x):
    gradient = np.array(grad_output, dtype=np.float32)
    gradient[x <= 0] = 0
    return gradient
"""
AUTOGRAD = """
import torch
import torch.nn.functional as F

def _leaf(a):
    return torch.tensor(a).double().requires_grad_()

def conv2d_backward(grad_output, image, kernel, padding=0, stride=1):
    x, k = _leaf(image), _leaf(kernel)
    y = F.conv2d(x[None, None], k[None, None], stride=stride, padding=padding)[0, 0]
    y.backward(torch.tensor(grad_output))
    return x.grad.numpy(), k.grad.numpy()

def max_pooling_backward(grad_output, image, pool_size=2, stride=2):
    x = _leaf(image)
    F.max_pool2d(x[None], pool_size, stride)[0].backward(torch.tensor(grad_output))
    return x.grad.numpy()

def softmax_cross_entropy(logits, labels):
    z = _leaf(logits)
    loss = F.cross_entropy(z, torch.tensor(labels))
    loss.backward()
    return loss.detach().numpy(), z.grad.numpy()
"""
TRANSPOSED = """
import torch
import torch.nn.functional as F

def conv2d_backward(grad_output, image, kernel, padding=0, stride=1):
    g, x, k = (torch.tensor(a).double()[None, None] for a in (grad_output, image, kernel))
    rest = [(n + 2 * padding - size) % stride for n, size in zip(image.shape, kernel.shape)]
    back = F.conv_transpose2d(g, k, stride=stride, padding=padding, output_padding=rest)
    grad_kernel = F.conv2d(x, g, padding=padding, dilation=stride)
    return back[0, 0].numpy(), grad_kernel[0, 0, : kernel.shape[0], : kernel.shape[1]].numpy()
"""
STYLES = {
    "dilated": DILATED,
    "columns": COLUMNS_IN_FLOAT32,
    "autograd": AUTOGRAD,
    "transposed": TRANSPOSED,
}


def test_right_solutions_in_other_styles_get_full_marks(seed):
    for name, results in grade_styles(SLUG, STYLES, seed).items():
        assert failed(results) == set(), name
        assert sum(result.points for result in results.values()) == 20, name
