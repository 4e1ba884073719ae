# %%
import numpy as np

# %%
# la même formule sert pour la hauteur et pour la largeur
def taille(n, k, p, s):
    return (n + 2 * p - k) // s + 1

# %%
def conv_output_size(height, width, kernel, padding=0, stride=1):
    if stride < 1 or padding < 0 or kernel > height + 2 * padding:
        raise ValueError("paramètres impossibles")
    return taille(height, kernel, padding, stride), taille(width, kernel, padding, stride)

# %%
def same_padding(kernel):
    if kernel % 2 == 0:
        raise ValueError("il faut un noyau impair")
    return kernel // 2

# %%
def pool_output_size(height, width, pool_size=2, stride=None):
    if stride is None:
        stride = pool_size
    return taille(height, pool_size, 0, stride), taille(width, pool_size, 0, stride)

# %%
def trace_shapes(input_shape, layers):
    formes = []
    forme = input_shape
    for couche in layers:
        if couche["type"] == "conv":
            p = couche.get("padding", 0)
            s = couche.get("stride", 1)
            forme = (taille(forme[0], couche["kernel"], p, s), taille(forme[1], couche["kernel"], p, s), couche["filters"])
        elif couche["type"] == "pool":
            k = couche.get("size", 2)
            s = couche.get("stride", k)
            forme = (taille(forme[0], k, 0, s), taille(forme[1], k, 0, s), forme[2])
        elif couche["type"] == "flatten":
            total = 1
            for n in forme:
                total = total * n
            forme = (total,)
        elif couche["type"] == "dense":
            forme = (couche["units"],)
        formes.append(forme)
    return formes

# %%
def receptive_field(layers):
    champ = 1
    saut = 1
    for couche in layers:
        if couche["type"] == "conv":
            champ = champ + (couche["kernel"] - 1) * saut
            saut = saut * couche.get("stride", 1)
        elif couche["type"] == "pool":
            champ = champ + (couche["size"] - 1) * saut
            saut = saut * couche.get("stride", couche["size"])
    return champ
