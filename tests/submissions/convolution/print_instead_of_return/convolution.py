# %%
import numpy as np
import torch
import torch.nn.functional as F


def vers_tenseur(a):
    return torch.from_numpy(np.array(a, dtype=np.float64))

# %%
def convolve1d(signal, kernel, padding=0, stride=1):
    if len(kernel) > len(signal) + 2 * padding:
        raise ValueError("kernel")
    y = F.conv1d(vers_tenseur(signal).view(1, 1, -1), vers_tenseur(kernel).view(1, 1, -1), stride=stride, padding=padding)
    return y.view(-1).numpy()

# %%
def convolve2d(image, kernel, padding=0, stride=1):
    if (np.array(kernel.shape) > np.array(image.shape) + 2 * padding).any():
        raise ValueError("image trop petite pour ce noyau")
    y = F.conv2d(vers_tenseur(image)[None, None], vers_tenseur(kernel)[None, None], stride=stride, padding=padding)
    print(y[0, 0].numpy())

# %%
def convolve_multichannel(image, kernels, bias=None, padding=0, stride=1):
    x = vers_tenseur(image).permute(2, 0, 1).unsqueeze(0)
    w = vers_tenseur(kernels).permute(3, 2, 0, 1)
    b = None if bias is None else vers_tenseur(bias)
    if w.shape[2] > x.shape[2] + 2 * padding or w.shape[3] > x.shape[3] + 2 * padding:
        raise ValueError("image trop petite pour ces noyaux")
    y = F.conv2d(x, w, b, stride=stride, padding=padding)
    return y.squeeze(0).permute(1, 2, 0).numpy()

# %%
def relu(x):
    return F.relu(vers_tenseur(x)).numpy()

# %%
def classic_kernel(name):
    v = torch.tensor([[1., 0., -1.]] * 3)
    s = torch.tensor([[-1., 0., 1.], [-2., 0., 2.], [-1., 0., 1.]])
    g = torch.tensor([1., 2., 1.])
    tous = {
        "vertical": v, "horizontal": v.T, "blur": torch.ones(3, 3) / 9,
        "sobel_x": s, "sobel_y": s.T, "gaussian": torch.outer(g, g) / 16,
        "laplacian": torch.tensor([[0., 1., 0.], [1., -4., 1.], [0., 1., 0.]]),
    }
    if name not in tous:
        raise ValueError(f"{name} ?")
    return tous[name].numpy()
