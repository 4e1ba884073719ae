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
def convolve2d(image, kernel, padding=0, stride=1):
    x = np.pad(image, padding)
    kh, kw = kernel.shape
    if kh > x.shape[0] or kw > x.shape[1]:
        raise ValueError("noyau trop grand")
    h = (x.shape[0] - kh) // stride + 1
    w = (x.shape[1] - kw) // stride + 1
    sortie = np.zeros_like(x, shape=(h, w))
    for i in range(h):
        for j in range(w):
            sortie[i, j] = np.sum(x[i*stride:i*stride+kh, j*stride:j*stride+kw] * kernel)
    return sortie

# %%
def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    x = np.pad(image, [(padding, padding), (padding, padding), (0, 0)])
    k1, k2, _, nf = kernels.shape
    h = (x.shape[0] - k1) // stride + 1
    w = (x.shape[1] - k2) // stride + 1
    if h < 1 or w < 1:
        raise ValueError("noyau trop grand")
    sortie = np.zeros((h, w, nf))
    for i in range(h):
        for j in range(w):
            bloc = x[i*stride:i*stride+k1, j*stride:j*stride+k2]
            for f in range(nf):
                sortie[i, j, f] = np.sum(bloc * kernels[..., f])
    if bias is not None:
        sortie += bias
    return sortie

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
