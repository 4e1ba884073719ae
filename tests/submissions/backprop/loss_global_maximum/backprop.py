# %%
import numpy as np

# %%
def softmax_cross_entropy(logits, labels):
    decales = logits - logits.max()
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
    oh, ow = grad_output.shape
    grad_padded = np.zeros(padded.shape)
    grad_kernel = np.zeros(kernel.shape)
    for m in range(kernel.shape[0]):
        for n in range(kernel.shape[1]):
            lignes = slice(m, m + (oh - 1) * stride + 1, stride)
            colonnes = slice(n, n + (ow - 1) * stride + 1, stride)
            grad_padded[lignes, colonnes] += grad_output * kernel[m, n]
            grad_kernel[m, n] = np.sum(grad_output * padded[lignes, colonnes])
    h, w = image.shape
    return grad_padded[padding:padding + h, padding:padding + w], grad_kernel
