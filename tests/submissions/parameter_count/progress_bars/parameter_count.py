# %%
import numpy as np
from tqdm import trange
from tqdm.auto import tqdm

# %%
def conv_params(kernel, in_channels, out_channels=1, bias=True):
    poids = kernel * kernel * in_channels
    if bias:
        poids = poids + 1
    return poids * out_channels

# %%
def dense_params(in_features, out_features, bias=True):
    if bias:
        return in_features * out_features + out_features
    return in_features * out_features

# %%
def dense_equivalent_params(height, width, channels, kernel, padding=0, stride=1, bias=True):
    h = (height + 2 * padding - kernel) // stride + 1
    w = (width + 2 * padding - kernel) // stride + 1
    entrees = height * width * channels
    sorties = h * w
    total = entrees * sorties
    if bias:
        total += sorties
    return total

# %%
def network_params(input_shape, layers):
    h, w, c = input_shape
    n = None  # nombre de valeurs une fois à plat
    total = 0
    for couche in tqdm(layers, desc="couches"):
        if couche["type"] == "conv":
            k, p, s = couche["kernel"], couche.get("padding", 0), couche.get("stride", 1)
            total += (k * k * c + 1) * couche["filters"]
            h, w, c = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1, couche["filters"]
        elif couche["type"] == "pool":
            k = couche["size"]
            s = couche.get("stride", k)
            h, w = (h - k) // s + 1, (w - k) // s + 1
        elif couche["type"] == "flatten":
            n = h * w * c
        else:
            if n is None:
                n = h * w * c
            total += (n + 1) * couche["units"]
            n = couche["units"]
    return total

# %%
def stacked_3x3_params(channels, depth, bias=False):
    total = 0
    for _ in trange(depth):
        total += conv_params(3, channels, channels, bias)
    return total
