# %%
import math

import numpy as np

# %%
def softmax_cross_entropy(logits, labels):
    pertes, grad = [], []
    for ligne, bonne in zip(logits.tolist(), labels.tolist()):
        haut = max(ligne)
        log_total = math.log(sum(math.exp(z - haut) for z in ligne))
        log_p = [z - haut - log_total for z in ligne]
        pertes.append(-log_p[bonne])
        grad.append([(math.exp(v) - (c == bonne)) / len(labels) for c, v in enumerate(log_p)])
    return sum(pertes) / len(pertes), np.array(grad)

# %%
def fully_connected_backward(grad_output, x, weights):
    g, w = grad_output.tolist(), weights.tolist()
    grad_x = [sum(a * b for a, b in zip(ligne, g)) for ligne in w]
    grad_weights = [[v * b for b in g] for v in x.ravel().tolist()]
    return [np.array(grad_x).reshape(x.shape), np.array(grad_weights), np.array(g)]

# %%
def max_pooling_backward(grad_output, image, pool_size=2, stride=2):
    pixels = image.tolist()
    grad = [[0.0] * len(pixels[0]) for _ in pixels]
    for i, ligne in enumerate(grad_output.tolist()):
        for j, g in enumerate(ligne):
            cases = [(i * stride + m, j * stride + n) for m in range(pool_size) for n in range(pool_size)]
            a, b = max(cases, key=lambda case: pixels[case[0]][case[1]])
            grad[a][b] += g
    return np.array(grad)

# %%
def relu_backward(grad_output, x):
    passe = [g if v > 0 else 0.0 for g, v in zip(grad_output.ravel(), x.ravel())]
    return np.array(passe).reshape(x.shape)

# %%
def conv2d_backward(grad_output, image, kernel, padding=0, stride=1):
    (h, w), (kh, kw) = image.shape, kernel.shape
    I, K, G = image.tolist(), kernel.tolist(), grad_output.tolist()
    grad_i = [[0.0] * w for _ in range(h)]
    grad_k = [[0.0] * kw for _ in range(kh)]
    for i in range(len(G)):
        for j in range(len(G[0])):
            for m in range(kh):
                for n in range(kw):
                    a, b = i * stride + m - padding, j * stride + n - padding
                    if 0 <= a < h and 0 <= b < w:
                        grad_i[a][b] += G[i][j] * K[m][n]
                        grad_k[m][n] += G[i][j] * I[a][b]
    return np.array(grad_i), np.array(grad_k)
