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
def convolve2d(image: np.ndarray, kernel: np.ndarray, padding: int = 0, stride: int = 1) -> np.ndarray:
    """Cross-correlation of one channel."""
    padded = np.pad(image, padding)
    if any(k > n for k, n in zip(kernel.shape, padded.shape)):
        raise ValueError("kernel larger than the padded image")
    windows = sliding_window_view(padded, kernel.shape)[::stride, ::stride]
    return np.einsum("ijkl,kl->ij", windows, kernel)

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
def relu(x):
    rows, cols = x.shape
    y = np.zeros((rows, cols))
    for r in range(rows):
        for c in range(cols):
            y[r, c] = max(0, x[r, c])
    return y

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
