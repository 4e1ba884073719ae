# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="fr"
# # Deux fonctions
#
# Écris deux petites fonctions. Chaque exercice est suivi d'une cellule qui vérifie ta réponse.

# %% [markdown] lang="en"
# # Two functions
#
# Write two small functions. Each exercise is followed by a cell that checks your answer.

# %%
import numpy as np

# %% [markdown] lang="fr"
# ## 1. Le plus grand
#
# `largest(numbers)` renvoie le plus grand nombre de la liste. Une liste vide lève `ValueError`.

# %% [markdown] lang="en"
# ## 1. The largest
#
# `largest(numbers)` returns the largest number of the list. An empty list raises `ValueError`.

# %% task="largest"

# %% [markdown] lang="fr"
# ## 2. Entre -1 et 1
#
# `normalize(values)` renvoie un nouveau tableau : `values` divisé par sa plus grande valeur absolue.

# %% [markdown] lang="en"
# ## 2. Between -1 and 1
#
# `normalize(values)` returns a new array: `values` divided by its largest absolute value.

# %% [markdown]
# ![-1, 0, 1](figures/scale.svg)

# %% task="normalize"

# %% tags=["figure"]
import matplotlib.pyplot as plt

plt.stem(normalize(np.array([3.0, -6.0, 1.0])))
plt.show()
