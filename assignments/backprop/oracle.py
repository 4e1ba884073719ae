"""What is right, by torch's autograd in float64. Never the reference."""

import numpy as np
import torch
import torch.nn.functional as functional


def as_tensor(values):
    """The values as a float64 tensor."""
    return torch.from_numpy(np.array(values, dtype=float, order="C"))


def gradients(layer, grad_output, *inputs):
    """The gradient of each of ``inputs``, when that of the layer's output is ``grad_output``."""
    tensors = [as_tensor(each).requires_grad_() for each in inputs]
    found = torch.autograd.grad(layer(*tensors), tensors, as_tensor(grad_output))
    return tuple(each.numpy() for each in found)


def conv2d_backward(grad_output, image, kernel, padding=0, stride=1):
    """``functional.conv2d`` backwards, on an (h, w) image and a (kh, kw) kernel."""

    def layer(x, k):
        return functional.conv2d(x[None, None], k[None, None], None, stride, padding)[0, 0]

    return gradients(layer, grad_output, image, kernel)


def max_pooling_backward(grad_output, image, pool_size=2, stride=2):
    """``functional.max_pool2d`` backwards; of equal maxima torch takes the first in row order."""

    def layer(x):
        return functional.max_pool2d(x[None], pool_size, stride)[0]

    return gradients(layer, grad_output, image)[0]


def relu_backward(grad_output, x):
    """``functional.relu`` backwards."""
    return gradients(functional.relu, grad_output, x)[0]


def fully_connected_backward(grad_output, x, weights):
    """``flatten(x) @ weights + bias`` backwards; the bias itself plays no part."""

    def layer(x, w, b):
        return functional.linear(x.flatten(), w.T, b)

    return gradients(layer, grad_output, x, weights, np.zeros(weights.shape[1]))


def softmax_cross_entropy(logits, labels):
    """``functional.cross_entropy``: the loss and the gradient of the logits."""
    tensor = as_tensor(logits).requires_grad_()
    loss = functional.cross_entropy(tensor, torch.from_numpy(labels.copy()))
    return loss.item(), torch.autograd.grad(loss, tensor)[0].numpy()
