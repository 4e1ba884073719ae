# %%
import math

import numpy as np

# %%
def max_pooling(image, pool_size=2, stride=2):
    resultat = []
    i = 0
    while i + pool_size <= len(image):
        ligne = []
        j = 0
        while j + pool_size <= len(image[0]):
            plus_grand = image[i][j]
            for a in range(pool_size):
                for b in range(pool_size):
                    if image[i + a][j + b] > plus_grand:
                        plus_grand = image[i + a][j + b]
            ligne.append(plus_grand)
            j += stride
        resultat.append(ligne)
        i += stride
    return np.array(resultat)

# %%
def average_pooling(image, pool_size=2, stride=2):
    return np.array([
        [sum(float(image[i + a][j + b]) for a in range(pool_size) for b in range(pool_size)) / (pool_size * pool_size)
         for j in range(0, len(image[0]) - pool_size + 1, stride)]
        for i in range(0, len(image) - pool_size + 1, stride)
    ])

# %%
def global_average_pooling(feature_maps):
    somme = sum(pixel.astype(float) for ligne in feature_maps for pixel in ligne)
    return somme / (len(feature_maps) * len(feature_maps[0]))

# %%
def fully_connected(x, weights, bias):
    entree = list(np.ravel(x))
    if weights.ndim == 1:
        return np.array(sum(e * p for e, p in zip(entree, weights)) + bias)
    sorties = []
    for neurone in range(weights.shape[1]):
        sorties.append(sum(e * weights[n, neurone] for n, e in enumerate(entree)))
    return np.array(sorties) + bias

# %%
def softmax(logits):
    logits = np.asarray(logits)
    if logits.ndim > 1:
        return np.array([softmax(ligne) for ligne in logits])
    m = max(logits)
    e = [math.exp(v - m) for v in logits]
    return np.array([v / sum(e) for v in e])

# %%
def forward(image, kernel, weights, bias):
    h, w = len(image) - len(kernel) + 1, len(image[0]) - len(kernel[0]) + 1
    carte = []
    for i in range(h):
        carte.append([
            max(0, sum(image[i + a][j + b] * kernel[a][b]
                       for a in range(len(kernel)) for b in range(len(kernel[0]))))
            for j in range(w)
        ])
    return fully_connected(max_pooling(np.array(carte)), weights, bias)
