# %%
import torch
from torch import nn


def compter(module):
    return sum(p.numel() for p in module.parameters())

# %%
def conv_params(kernel, in_channels, out_channels=1, bias=True):
    return (kernel * kernel * in_channels + 1) * out_channels

# %%
def dense_params(in_features, out_features, bias=True):
    # device="meta" : pas besoin de remplir 300 Mo pour compter
    return compter(nn.Linear(in_features, out_features, bias=bias, device="meta"))

# %%
def dense_equivalent_params(height, width, channels, kernel, padding=0, stride=1, bias=True):
    conv = nn.Conv2d(channels, 1, kernel, stride, padding)
    sortie = conv(torch.zeros(1, channels, height, width))
    return compter(nn.Linear(channels * height * width, sortie.numel(), bias=bias, device="meta"))

# %%
def network_params(input_shape, layers):
    carte = torch.zeros(1, 1, input_shape[0], input_shape[1])  # un seul canal suffit pour les tailles
    canaux = input_shape[2]
    entrees = None
    total = 0
    for couche in layers:
        if couche["type"] == "conv":
            k, s, p = couche["kernel"], couche.get("stride", 1), couche.get("padding", 0)
            total += compter(nn.Conv2d(canaux, couche["filters"], k, s, p, device="meta"))
            carte = nn.AvgPool2d(k, s)(nn.functional.pad(carte, (p, p, p, p)))
            canaux = couche["filters"]
        elif couche["type"] == "pool":
            carte = nn.MaxPool2d(couche["size"], couche.get("stride"))(carte)
        elif couche["type"] == "flatten":
            entrees = carte.numel() * canaux
        else:
            if entrees is None:
                entrees = carte.numel() * canaux
            total += compter(nn.Linear(entrees, couche["units"], device="meta"))
            entrees = couche["units"]
    return total

# %%
def stacked_3x3_params(channels, depth, bias=False):
    pile = nn.Sequential(*[nn.Conv2d(channels, channels, 3, padding=1, bias=bias) for _ in range(depth)])
    return compter(pile)
