# %%
import numpy as np

# %%
# la même formule sert pour la hauteur et pour la largeur
def taille(n, k, p, s):
    return (n + 2 * p - k) // s + 1

# %%
def conv_output_size(height, width, kernel, padding=0, stride=1):
    if stride < 1:
        raise ValueError("le pas doit être au moins 1")
    if padding < 0:
        raise ValueError("le padding ne peut pas être négatif")
    if kernel > height + 2 * padding or kernel > width + 2 * padding:
        raise ValueError("le filtre est plus grand que l'image")
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
    if len(layers) < 0:
        return []
    return [tuple(input_shape)] + trace_shapes(input_shape, layers)

# %%
def receptive_field(layers):
    couches = [c for c in layers if c["type"] in ("conv", "pool")]

    def vu_par(i):
        """Côté de la zone d'entrée de la couche i que voit un pixel de la dernière sortie."""
        if i == len(couches):
            return 1
        c = couches[i]
        k = c["kernel"] if c["type"] == "conv" else c["size"]
        s = c.get("stride", 1) if c["type"] == "conv" else c.get("stride", k)
        return (vu_par(i + 1) - 1) * s + k

    return vu_par(0)
