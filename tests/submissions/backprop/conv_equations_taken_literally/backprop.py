# %%
import numpy as np
from scipy.signal import convolve2d, correlate2d

# %%
def softmax_cross_entropy(logits, labels):
    decales = logits - logits.max(axis=1, keepdims=True)
    log_p = decales - np.log(np.exp(decales).sum(axis=1, keepdims=True))
    lignes = np.arange(len(labels))
    grad = np.exp(log_p)
    grad[lignes, labels] -= 1
    return -log_p[lignes, labels].mean(), grad / len(labels)

# %%
def fully_connected_backward(grad_output, x, weights):
    grad_x = (weights * grad_output).sum(axis=1).reshape(x.shape)
    grad_weights = x.reshape(-1, 1) * grad_output
    return grad_x, grad_weights, 1.0 * grad_output

# %%
def max_pooling_backward(grad_output, image, pool_size=2, stride=2):
    h, w = grad_output.shape
    grad = np.zeros(image.shape)
    for i in range(h):
        for j in range(w):
            haut, gauche = i * stride, j * stride
            fenetre = image[haut:haut + pool_size, gauche:gauche + pool_size]
            m, n = np.argwhere(fenetre == fenetre.max())[0]
            grad[haut + m, gauche + n] += grad_output[i, j]
    return grad

# %%
def relu_backward(grad_output, x):
    return grad_output * (x > 0)

# %%
def conv2d_backward(grad_output, image, kernel, padding=0, stride=1):
    padded = np.pad(image, padding)
    grad_image = convolve2d(grad_output, kernel, mode="full")
    if padding:
        grad_image = grad_image[padding:-padding, padding:-padding]
    return grad_image, correlate2d(padded, grad_output, mode="valid")
