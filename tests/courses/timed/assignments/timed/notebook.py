# %% [markdown] lang="fr"
# # Apprendre
#
# `train(images, labels, device, seed)` renvoie un modèle, `predict(model, images)` des classes.

# %% [markdown] lang="en"
# # Learning
#
# `train(images, labels, device, seed)` returns a model, `predict(model, images)` class numbers.

# %%
import numpy as np
import torch
from torch import nn

# %% task="train"

# %% task="predict"
