# %%
import numpy as np

# %%
def conv_params(kernel, in_channels, out_channels=1, bias=True):
    formes = [(kernel, kernel, in_channels, out_channels)]
    if bias:
        formes.append((out_channels,))
    return sum(np.prod(f) for f in formes)

# %%
def dense_params(in_features, out_features, bias=True):
    poids = np.broadcast_to(0.0, (in_features, out_features))
    return poids.size + (out_features if bias else 0)

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
    for couche in layers:
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
    return np.sum(np.full(depth, 3 * 3 * channels * channels + channels * int(bias)))
