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
    print("convolve2d", image.shape, kernel.shape, "p =", padding, "s =", stride)
    work = image.copy().astype(np.float64)
    while padding > 0:
        work = np.vstack([np.zeros(work.shape[1]), work, np.zeros(work.shape[1])])
        work = np.hstack([np.zeros((work.shape[0], 1)), work, np.zeros((work.shape[0], 1))])
        padding -= 1
    kh, kw = kernel.shape
    if kh > len(work) or kw > len(work[0]):
        raise ValueError(f"cannot slide {kernel.shape} over {work.shape}")
    rows = range(0, work.shape[0] - kh + 1, stride)
    cols = range(0, work.shape[1] - kw + 1, stride)
    result = np.array([np.sum(work[r:r + kh, c:c + kw] * kernel) for r in rows for c in cols])
    print("->", len(rows), "x", len(cols))
    return result.reshape(len(rows), len(cols))

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
