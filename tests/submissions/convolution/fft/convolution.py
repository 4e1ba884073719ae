# %%
import numpy as np
from scipy import signal as sig

# %%
def convolve1d(signal, kernel, padding=0, stride=1):
    x = np.pad(signal, padding)
    if len(kernel) > len(x):
        raise ValueError("kernel too long")
    return sig.correlate(x, kernel, mode="valid")[::stride]

# %%
def convolve2d(image, kernel, padding=0, stride=1):
    x = np.pad(np.asarray(image, dtype=float), padding)
    kh, kw = kernel.shape
    if kh > x.shape[0] or kw > x.shape[1]:
        raise ValueError("kernel larger than image")
    size = (x.shape[0] + kh - 1, x.shape[1] + kw - 1)
    # the FFT computes a true convolution, so flip to get the cross-correlation
    spectrum = np.fft.rfft2(x, size) * np.fft.rfft2(kernel[::-1, ::-1], size)
    full = np.fft.irfft2(spectrum, size)
    return full[kh - 1:x.shape[0], kw - 1:x.shape[1]][::stride, ::stride]

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
