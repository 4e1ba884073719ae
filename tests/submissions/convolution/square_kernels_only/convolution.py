# %%
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# %%
def convolve1d(signal: np.ndarray, kernel: np.ndarray, padding: int = 0, stride: int = 1) -> np.ndarray:
    """Slide `kernel` along `signal` (no flip)."""
    padded = np.pad(signal, padding)
    if kernel.size > padded.size:
        raise ValueError(f"kernel of {kernel.size} does not fit a signal of {padded.size}")
    return sliding_window_view(padded, kernel.size)[::stride] @ kernel

# %%
def convolve2d(image, kernel, padding=0, stride=1):
    k = len(kernel)
    x = np.pad(image, padding)
    H, W = x.shape
    if k > H or k > W:
        raise ValueError("kernel too large")
    out = np.zeros(((H - k) // stride + 1, (W - k) // stride + 1))
    for r in range(out.shape[0]):
        for c in range(out.shape[1]):
            out[r, c] = np.sum(x[r * stride:r * stride + k, c * stride:c * stride + k] * kernel)
    return out

# %%
def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    k = kernels.shape[:2]
    padded = np.pad(image, [(padding, padding), (padding, padding), (0, 0)])
    if k[0] > padded.shape[0] or k[1] > padded.shape[1]:
        raise ValueError("kernels larger than the padded image")
    windows = sliding_window_view(padded, k, axis=(0, 1))[::stride, ::stride]  # (h, w, c, k, k)
    out = np.einsum("hwcab,abcf->hwf", windows, kernels)
    return out if bias is None else out + bias

# %%
def relu(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, 0)

# %%
_KERNELS = {
    "vertical": [[1, 0, -1]] * 3,
    "horizontal": [[1] * 3, [0] * 3, [-1] * 3],
    "blur": np.full((3, 3), 1 / 9),
    "sobel_x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "sobel_y": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "gaussian": np.outer([1, 2, 1], [1, 2, 1]) / 16,
}


def classic_kernel(name: str) -> np.ndarray:
    try:
        return np.array(_KERNELS[name], dtype=float)
    except KeyError:
        raise ValueError(f"unknown kernel {name!r}, pick one of {sorted(_KERNELS)}") from None
