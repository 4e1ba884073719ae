# %%
import numpy as np

# %%
def conv_params(kernel, in_channels, out_channels=1, bias=True):
    nb_biais = int(bias) * out_channels
    nb_poids = in_channels * out_channels * kernel ** 2
    print(nb_poids, "poids +", nb_biais, "biais")
    return nb_poids + nb_biais

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
    if len(layers) == 0:
        return 0
    couche, *suite = layers
    if couche["type"] == "dense":
        entree = 1
        for cote in input_shape:
            entree *= cote
        return entree * couche["units"] + couche["units"] + network_params((couche["units"],), suite)
    if couche["type"] == "flatten":
        return network_params((int(np.prod(input_shape)),), suite)
    h, w, c = input_shape
    if couche["type"] == "pool":
        k, p, filtres, ici = couche["size"], 0, c, 0
        s = couche.get("stride", k)
    else:
        k, p, filtres, s = couche["kernel"], couche.get("padding", 0), couche["filters"], couche.get("stride", 1)
        ici = conv_params(k, c, filtres)
    return ici + network_params(((h + 2*p - k)//s + 1, (w + 2*p - k)//s + 1, filtres), suite)

# %%
def stacked_3x3_params(channels, depth, bias=False):
    total = 0
    for _ in range(depth):
        total += conv_params(3, channels, channels, bias)
    return total
