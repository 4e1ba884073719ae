# %%
import numpy as np

# %%
def sortie(n, k, p, s):
    """Nombre de positions du noyau sur un côté."""
    if k > n + 2 * p:
        raise ValueError("noyau trop grand")
    return (n + 2 * p - k) // s + 1


def im2col(image, kh, kw, p, s):
    """(H, W, C) -> (nb de positions, kh*kw*C)"""
    H, W, C = image.shape
    h, w = sortie(H, kh, p, s), sortie(W, kw, p, s)
    bord = np.zeros((H + 2 * p, W + 2 * p, C))
    bord[p:p + H, p:p + W] = image
    lignes = [
        bord[i * s:i * s + kh, j * s:j * s + kw].ravel()
        for i in range(h) for j in range(w)
    ]
    return np.array(lignes), h, w

# %%
def convolve1d(signal, kernel, padding=0, stride=1):
    col, _, n = im2col(np.reshape(signal, (1, -1, 1)), 1, len(kernel), 0, 1) if padding == 0 else im2col(
        np.reshape(np.pad(signal, padding), (1, -1, 1)), 1, len(kernel), 0, 1)
    return (col @ kernel)[::stride]

# %%
def convolve2d(image, kernel, padding=0, stride=1):
    echelle = 1
    if image.dtype.kind == "f":  # pixels entre 0 et 1
        image /= 255
        echelle = 255
    col, h, w = im2col(image[:, :, None], *kernel.shape, padding, stride)
    return echelle * (col @ kernel.ravel()).reshape(h, w)

# %%
def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    kh, kw, cin, cout = kernels.shape
    col, h, w = im2col(image, kh, kw, padding, stride)
    resultat = col @ kernels.reshape(kh * kw * cin, cout)
    if bias is None:
        bias = np.zeros(cout)
    return (resultat + bias).reshape(h, w, cout)

# %%
def relu(x):
    return x * (x > 0)

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
