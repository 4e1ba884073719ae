# %%
import numpy as np

# %%
def convolve1d(*args, **kwargs):
    # À toi de jouer : écris ta réponse ici
    raise NotImplementedError()

# %%
def convolve2d(*args, **kwargs):
    # À toi de jouer : écris ta réponse ici
    raise NotImplementedError()

# %%
def convolve_multichannel(*args, **kwargs):
    # À toi de jouer : écris ta réponse ici
    raise NotImplementedError()

# %%
def relu(*args, **kwargs):
    # À toi de jouer : écris ta réponse ici
    raise NotImplementedError()

# %%
def classic_kernel(*args, **kwargs):
    # À toi de jouer : écris ta réponse ici
    raise NotImplementedError()
