# %%
import numpy as np

# %%
def pooling(image, k, s, operation):
    h, w = 1 + (image.shape[0] - k) // s, 1 + (image.shape[1] - k) // s
    sortie = np.full((h, w), -np.inf)
    for i, j in np.ndindex(h, w):
        sortie[i, j] = operation(image[i * s:i * s + k, j * s:j * s + k])
    return sortie


def max_pooling(image, pool_size=2, stride=2):
    return pooling(image, pool_size, stride, np.max)

# %%
average_pooling = lambda image, pool_size=2, stride=2: pooling(image, pool_size, stride, np.mean)

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
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    conv = np.zeros((h, w))
    for i in range(h):
        for j in range(w):
            conv[i, j] = np.sum(image[i:i + kh, j:j + kw] * kernel)
    activation = np.maximum(0, conv)
    reduit = max_pooling(activation)
    return fully_connected(reduit, weights, bias)
