# %%
import functools

import numpy as np

# %%
def sortie(n, k, p, s):
    if k > n + 2 * p:
        raise ValueError("noyau trop grand")
    return (n + 2 * p - k) // s + 1


def im2col(image, kh, kw, p, s):
    H, W, C = image.shape
    h, w = sortie(H, kh, p, s), sortie(W, kw, p, s)
    bord = np.pad(image, [(p, p), (p, p), (0, 0)])
    return np.array([bord[i * s:i * s + kh, j * s:j * s + kw].ravel() for i in range(h) for j in range(w)]), h, w

# %%
def convolve1d(signal, kernel, padding=0, stride=1):
    col, _, n = im2col(np.reshape(signal, (1, -1, 1)), 1, len(kernel), 0, 1) if padding == 0 else im2col(
        np.reshape(np.pad(signal, padding), (1, -1, 1)), 1, len(kernel), 0, 1)
    return (col @ kernel)[::stride]

# %%
class Convolution:
    def __init__(self, verbeux):
        self.verbeux = verbeux
        self.appels = 0

    def appliquer(self, image, kernel, padding=0, stride=1):
        self.appels += 1
        if self.verbeux:
            print("appel no", self.appels)
        col, h, w = im2col(image[..., None], kernel.shape[0], kernel.shape[1], padding, stride)
        return (col @ kernel.reshape(-1)).reshape(h, w)


convolve2d = Convolution(verbeux=True).appliquer

# %%
def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    kh, kw, cin, cout = kernels.shape
    col, h, w = im2col(image, kh, kw, padding, stride)
    resultat = col @ kernels.reshape(kh * kw * cin, cout)
    if bias is None:
        bias = np.zeros(cout)
    return (resultat + bias).reshape(h, w, cout)

# %%
relu = functools.partial(np.maximum, 0)

# %%
def classic_kernel(name):
    noyaux = dict(
        vertical=np.array([[1., 0., -1.]] * 3),
        horizontal=np.array([[1., 0., -1.]] * 3).T,
        blur=np.ones((3, 3)) / 9,
        sobel_x=np.outer([1, 2, 1], [-1, 0, 1]),
        sobel_y=np.outer([-1, 0, 1], [1, 2, 1]),
        laplacian=np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        gaussian=np.array([[0, 1 / 8, 0], [1 / 8, 1 / 2, 1 / 8], [0, 1 / 8, 0]]),
    )
    if name not in noyaux:
        raise ValueError(name)
    return noyaux[name]
