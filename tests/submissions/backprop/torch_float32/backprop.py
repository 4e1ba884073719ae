# %%
import numpy as np
import torch
import torch.nn.functional as F


def feuille(a):
    return torch.tensor(a, dtype=torch.float32, requires_grad=True)


def recu(g):
    return torch.tensor(g, dtype=torch.float32)

# %%
def softmax_cross_entropy(logits, labels):
    z = feuille(logits)
    loss = F.cross_entropy(z, torch.tensor(labels))
    loss.backward()
    return loss.item(), z.grad.numpy()

# %%
def fully_connected_backward(grad_output, x, weights):
    x, w, b = feuille(x), feuille(weights), feuille(np.zeros(weights.shape[1]))
    (x.flatten() @ w + b).backward(recu(grad_output))
    return x.grad.numpy(), w.grad.numpy(), b.grad.numpy()

# %%
def max_pooling_backward(grad_output, image, pool_size=2, stride=2):
    x = feuille(image)
    F.max_pool2d(x[None, None], pool_size, stride)[0, 0].backward(recu(grad_output))
    return x.grad.numpy()

# %%
def relu_backward(grad_output, x):
    x = feuille(x)
    torch.relu(x).backward(recu(grad_output))
    return x.grad.numpy()

# %%
def conv2d_backward(grad_output, image, kernel, padding=0, stride=1):
    x, k = feuille(image), feuille(kernel)
    y = F.conv2d(x[None, None], k[None, None], stride=stride, padding=padding)[0, 0]
    y.backward(recu(grad_output))
    return x.grad.numpy(), k.grad.numpy()
