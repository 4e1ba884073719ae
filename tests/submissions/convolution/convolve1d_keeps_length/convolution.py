# %%
import numpy as np
from scipy import signal as sig

# %%
def convolve1d(signal, kernel, padding=0, stride=1):
    if len(kernel) > len(signal) + 2 * padding:
        raise ValueError("kernel too long")
    return np.correlate(signal, kernel, mode="same")[::stride]

# %%
def convolve2d(image, kernel, padding=0, stride=1):
    x = np.pad(image, padding)
    # scipy silently swaps the two when the kernel is the bigger one, so check first
    if kernel.shape[0] > x.shape[0] or kernel.shape[1] > x.shape[1]:
        raise ValueError("the kernel does not fit in the image")
    full = sig.correlate2d(x, kernel, mode="valid")
    return full[::stride, ::stride]

# %%
def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    n_in, n_out = kernels.shape[2:]
    maps = [
        sum(convolve2d(image[..., c], kernels[..., c, o], padding, stride) for c in range(n_in))
        for o in range(n_out)
    ]
    out = np.dstack(maps)
    if bias is not None:
        out = out + np.asarray(bias)
    return out

# %%
def relu(x):
    return np.clip(x, 0, None)

# %%
def classic_kernel(name):
    match name:
        case "vertical":
            return np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
        case "horizontal":
            return classic_kernel("vertical").T
        case "blur":
            return np.full((3, 3), 1 / 9)
        case "sobel_x":
            return np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
        case "sobel_y":
            return classic_kernel("sobel_x").T
        case "laplacian":
            return np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
        case "gaussian":
            g = np.array([1, 2, 1])
            return g[:, None] * g / 16
        case _:
            raise ValueError("unknown kernel: " + str(name))
