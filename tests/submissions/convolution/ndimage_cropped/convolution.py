# %%
import numpy as np

# %%
def convolve1d(signal, kernel, padding=0, stride=1):
    n, k = len(signal), len(kernel)
    if k > n + 2 * padding:
        raise ValueError("le noyau est plus grand que le signal")
    x = np.pad(np.asarray(signal, dtype=float), padding)
    taille = (n + 2 * padding - k) // stride + 1
    sortie = np.zeros(taille)
    for i in range(taille):
        debut = i * stride
        sortie[i] = np.sum(x[debut:debut + k] * kernel)
    return sortie

# %%
from scipy import ndimage

def convolve2d(image, kernel, padding=0, stride=1):
    x = np.pad(image.astype(float), padding)
    kh, kw = kernel.shape
    h, w = x.shape[0] - kh + 1, x.shape[1] - kw + 1
    if h < 1 or w < 1:
        raise ValueError("noyau plus grand que l'image")
    complet = ndimage.correlate(x, kernel.astype(float), mode="constant")
    valide = complet[kh // 2:kh // 2 + h, kw // 2:kw // 2 + w]
    return valide[::stride, ::stride]

# %%
def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    kh, kw, c_in, c_out = kernels.shape
    cartes = []
    for f in range(c_out):
        total = 0
        for c in range(c_in):
            total = total + convolve2d(image[:, :, c], kernels[:, :, c, f], padding, stride)
        if bias is not None:
            total = total + bias[f]
        cartes.append(total)
    return np.stack(cartes, axis=-1)

# %%
def relu(x):
    return np.maximum(0, x)

# %%
def classic_kernel(name):
    if name == "vertical":
        return np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
    elif name == "horizontal":
        return np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]])
    elif name == "blur":
        return np.ones((3, 3)) / 9
    elif name == "sobel_x":
        return np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    elif name == "sobel_y":
        return np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
    elif name == "laplacian":
        return np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    elif name == "gaussian":
        return np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 8
    else:
        raise ValueError(f"noyau inconnu : {name}")
