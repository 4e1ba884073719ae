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
def convolve2d(image, kernel, padding=0, stride=1):
    x = np.pad(image, padding)
    (H, W), (kh, kw) = x.shape, kernel.shape
    if kh > H or kw > W:
        raise ValueError("kernel larger than image")
    oh, ow = 1 + (H - kh) // stride, 1 + (W - kw) // stride
    acc = np.zeros((oh, ow), dtype=np.result_type(image, kernel))
    for a in range(kh):
        for b in range(kw):
            acc += kernel[a, b] * x[a:a + (oh - 1) * stride + 1:stride, b:b + (ow - 1) * stride + 1:stride]
    return acc

# %%
def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    n_in, n_out = kernels.shape[2], kernels.shape[3]
    if bias is None:
        bias = [0] * n_out
    out = []
    for o in range(n_out):
        acc = 0
        for c in range(n_in):
            acc = acc + convolve2d(image[:, :, c], kernels[:, :, c, o], padding, stride) + bias[o]
        out.append(acc)
    return np.stack(out, axis=2)

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
