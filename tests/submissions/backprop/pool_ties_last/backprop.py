# %%
import numpy as np

# %%
def softmax_cross_entropy(logits, labels):
    N = len(labels)
    perte = 0.0
    gradient = np.zeros(logits.shape)
    for n in range(N):
        z = logits[n] - np.max(logits[n])
        log_p = z - np.log(np.sum(np.exp(z)))
        perte -= log_p[labels[n]]
        gradient[n] = np.exp(log_p)
        gradient[n, labels[n]] -= 1
    return perte / N, gradient / N

# %%
def fully_connected_backward(grad_output, x, weights):
    a_plat = x.flatten()
    grad_x = np.dot(weights, grad_output)
    grad_weights = np.zeros(weights.shape)
    for f in range(len(a_plat)):
        for u in range(len(grad_output)):
            grad_weights[f, u] = a_plat[f] * grad_output[u]
    return grad_x.reshape(x.shape), grad_weights, np.array(grad_output)

# %%
def max_pooling_backward(grad_output, image, pool_size=2, stride=2):
    grad = np.zeros(image.shape)
    h, w = grad_output.shape
    for i in range(h):
        for j in range(w):
            meilleur = -np.inf
            for m in range(pool_size):
                for n in range(pool_size):
                    if image[i * stride + m, j * stride + n] >= meilleur:
                        meilleur = image[i * stride + m, j * stride + n]
                        ligne, colonne = i * stride + m, j * stride + n
            grad[ligne, colonne] += grad_output[i, j]
    return grad

# %%
def relu_backward(grad_output, x):
    grad = grad_output.copy()
    grad[x <= 0] = 0
    return grad

# %%
def conv2d_backward(grad_output, image, kernel, padding=0, stride=1):
    h, w = image.shape
    kh, kw = kernel.shape
    agrandie = np.zeros((h + 2 * padding, w + 2 * padding))
    agrandie[padding:padding + h, padding:padding + w] = image
    grad_agrandie = np.zeros(agrandie.shape)
    grad_kernel = np.zeros(kernel.shape)
    for i in range(grad_output.shape[0]):
        for j in range(grad_output.shape[1]):
            g = grad_output[i, j]
            for m in range(kh):
                for n in range(kw):
                    grad_agrandie[i * stride + m, j * stride + n] += g * kernel[m, n]
                    grad_kernel[m, n] += g * agrandie[i * stride + m, j * stride + n]
    return grad_agrandie[padding:padding + h, padding:padding + w], grad_kernel
