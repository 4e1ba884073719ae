# %%
import numpy as np

# %%
def max_pooling(image, pool_size=2, stride=2):
    hauteur, largeur = image.shape
    h = (hauteur - pool_size) // stride + 1
    w = (largeur - pool_size) // stride + 1
    sortie = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            maximum = image[0, 0]
            for a in range(pool_size):
                for b in range(pool_size):
                    maximum = max(maximum, image[i * stride + a, j * stride + b])
            sortie[i, j] = maximum
    return sortie

# %%
def average_pooling(image, pool_size=2, stride=2):
    hauteur, largeur = image.shape
    h = (hauteur - pool_size) // stride + 1
    w = (largeur - pool_size) // stride + 1
    sortie = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            fenetre = image[i * stride:i * stride + pool_size, j * stride:j * stride + pool_size]
            sortie[i, j] = np.sum(fenetre) / pool_size ** 2
    return sortie

# %%
def global_average_pooling(feature_maps):
    h, w, c = feature_maps.shape
    moyennes = np.zeros(c)
    for canal in range(c):
        moyennes[canal] = np.mean(feature_maps[:, :, canal])
    return moyennes

# %%
def fully_connected(x, weights, bias):
    a_plat = x.flatten()
    return np.dot(a_plat, weights) + bias

# %%
def softmax(logits):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)

# %%
def forward(image, kernel, weights, bias):
    kh, kw = kernel.shape
    conv = np.array([[np.sum(image[i:i + kh, j:j + kw] * kernel) for j in range(image.shape[1] - kw + 1)]
                     for i in range(image.shape[0] - kh + 1)])
    conv = np.maximum(conv, 0)
    h, w = conv.shape[0] // 2 * 2, conv.shape[1] // 2 * 2
    reduit = conv[:h, :w].reshape(h // 2, 2, w // 2, 2).max(axis=(1, 3))
    return fully_connected(reduit, weights, bias)
