# %%
import numpy as np


def indices(forme, kh, kw, stride, oh, ow):
    """Position, dans l'image à plat, de chaque case de chaque fenêtre."""
    i, j = np.meshgrid(np.arange(oh) * stride, np.arange(ow) * stride, indexing="ij")
    m, n = np.meshgrid(np.arange(kh), np.arange(kw), indexing="ij")
    lignes = i.reshape(-1, 1) + m.reshape(1, -1)
    colonnes = j.reshape(-1, 1) + n.reshape(1, -1)
    return lignes * forme[1] + colonnes

# %%
def softmax_cross_entropy(logits, labels):
    m = np.amax(logits, axis=-1)
    lse = m + np.log(np.exp(logits - m[:, np.newaxis]).sum(axis=-1))
    n = logits.shape[0]
    one_hot = np.zeros(logits.shape)
    one_hot[range(n), labels] = 1
    return np.mean(lse - (one_hot * logits).sum(axis=-1)), (np.exp(logits - lse[:, None]) - one_hot) / n

# %%
def fully_connected_backward(grad_output, x, weights):
    ligne = x.reshape(1, -1)
    g = grad_output.reshape(1, -1)
    return (g @ weights.T).reshape(x.shape), ligne.T @ g, g.sum(axis=0)

# %%
def max_pooling_backward(grad_output, image, pool_size=2, stride=2):
    ou = indices(image.shape, pool_size, pool_size, stride, *grad_output.shape)
    gagnants = ou[np.arange(len(ou)), image.reshape(-1)[ou].argmax(axis=1)]
    total = np.bincount(gagnants, weights=grad_output.reshape(-1), minlength=image.size)
    return total.reshape(image.shape)

# %%
def relu_backward(grad_output, x):
    return grad_output * np.sign(np.maximum(x, 0))

# %%
def conv2d_backward(grad_output, image, kernel, padding=0, stride=1):
    padded = np.pad(image, padding)
    ou = indices(padded.shape, *kernel.shape, stride, *grad_output.shape)
    colonnes = padded.reshape(-1)[ou]
    g = grad_output.reshape(-1, 1)
    grad_kernel = (colonnes.T @ g).reshape(kernel.shape)
    morceaux = g @ kernel.reshape(1, -1)
    total = np.bincount(ou.reshape(-1), weights=morceaux.reshape(-1), minlength=padded.size)
    fin = [padding + n for n in image.shape]
    return total.reshape(padded.shape)[padding:fin[0], padding:fin[1]], grad_kernel
