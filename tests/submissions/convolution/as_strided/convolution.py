# %%
import numpy as np

# %%
def convolve1d(signal, kernel, padding=0, stride=1):
    x = np.pad(signal, (padding, padding), mode="constant")
    n_out = (x.shape[0] - kernel.shape[0]) // stride + 1
    if x.shape[0] < kernel.shape[0]:
        raise ValueError("kernel longer than signal")
    acc = np.zeros(n_out, dtype=np.result_type(signal, kernel))
    for t, w in enumerate(kernel):
        acc += w * x[t:t + (n_out - 1) * stride + 1:stride]
    return acc

# %%
from numpy.lib.stride_tricks import as_strided

def convolve2d(image, kernel, padding=0, stride=1):
    x = np.ascontiguousarray(np.pad(image, padding))
    kh, kw = kernel.shape
    if kh > x.shape[0] or kw > x.shape[1]:
        raise ValueError("kernel too large")
    sh, sw = x.strides
    shape = ((x.shape[0] - kh) // stride + 1, (x.shape[1] - kw) // stride + 1, kh, kw)
    patches = as_strided(x, shape, (sh * stride, sw * stride, sh, sw), writeable=False)
    return np.tensordot(patches, kernel, axes=([2, 3], [0, 1]))

# %%
def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    k1, k2, cin, cout = kernels.shape
    x = np.pad(image, ((padding,) * 2, (padding,) * 2, (0, 0)))
    if k1 > x.shape[0] or k2 > x.shape[1]:
        raise ValueError("kernel larger than image")
    oh, ow = 1 + (x.shape[0] - k1) // stride, 1 + (x.shape[1] - k2) // stride
    out = np.zeros((oh, ow, cout))
    if bias is not None:
        out += bias
    for a in range(k1):
        for b in range(k2):
            block = x[a:a + (oh - 1) * stride + 1:stride, b:b + (ow - 1) * stride + 1:stride, :]
            out += np.tensordot(block, kernels[a, b], axes=1)
    return out

# %%
def relu(x):
    y = np.copy(x)
    y[y < 0] = 0
    return y

# %%
def classic_kernel(name):
    if name in ("vertical", "horizontal"):
        k = np.array([[1, 0, -1]] * 3)
        return k if name == "vertical" else k.T
    if name in ("sobel_x", "sobel_y"):
        k = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
        return k if name == "sobel_x" else k.T
    if name == "blur":
        return np.ones([3, 3]) / 9.0
    if name == "gaussian":
        return np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16.0
    if name == "laplacian":
        return np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    raise ValueError("unknown name")
