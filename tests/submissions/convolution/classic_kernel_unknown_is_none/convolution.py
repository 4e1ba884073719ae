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
    table = {
        "vertical": np.array([[1, 0, -1]] * 3),
        "horizontal": np.array([[1, 0, -1]] * 3).T,
        "blur": np.ones((3, 3)) / 9,
        "sobel_x": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        "sobel_y": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]).T,
        "laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        "gaussian": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    }
    return table.get(name)
