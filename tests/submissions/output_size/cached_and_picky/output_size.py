# %%
import numpy as np

# %%
# la même formule sert pour la hauteur et pour la largeur
def taille(n, k, p, s):
    return (n + 2 * p - k) // s + 1

# %%
from functools import lru_cache

class TailleImpossible(ValueError):
    """Le noyau ne rentre pas."""

@lru_cache(maxsize=None)
def conv_output_size(height, width, kernel, padding=0, stride=1):
    if stride < 1 or padding < 0:
        raise TailleImpossible(f"padding={padding}, stride={stride}")
    cotes = tuple(1 + (n - kernel + 2 * padding) // stride for n in (height, width))
    if min(cotes) < 1:
        raise TailleImpossible("noyau trop grand")
    return cotes

# %%
def same_padding(kernel):
    if kernel % 2 == 0:
        raise ValueError("il faut un noyau impair")
    return kernel // 2

# %%
def pool_output_size(height, width, pool_size=2, stride=None):
    return conv_output_size(height=height, width=width, kernel=pool_size, stride=stride or pool_size)

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
