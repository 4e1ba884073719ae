
# %% [markdown] task="why_fewer_parameters"
# Un filtre ne regarde que 3×3 pixels et sert partout : 28 paramètres, contre 1,8 million.

# %% [markdown] task="pooling_intuition"
# On garde « c'est là », pas où exactement. Les deux fenêtres donnent 4.

# %% [markdown] task="valid_or_same"
# Sans zéros, 32 → 28 → 24 → 20 ; avec deux zéros de chaque côté, on reste à 32.

# %% [markdown] task="why_3x3"
# Deux 3×3 voient 5×5 avec 18 C² poids au lieu de 25 C², et une ReLU de plus.

# %% [markdown] task="why_skip_connections"
# y = F(x) + x : le gradient passe par le + 1.

# %% [markdown] task="extraction_or_fine_tuning"
# Geler le backbone, ou l'entraîner aussi avec un petit pas. Avec 400 photos : geler.

# %% [markdown] task="why_pooling"
# Quatre fois moins de valeurs, donc 25 088 poids au lieu de 100 352.

# %%
def quiz_output_size():
    return "b"


# %%
def quiz_parameters():
    return "d"


# %%
def quiz_max_gradient():
    return "c"


# %%
def quiz_receptive_field():
    return "a"


# %%
def quiz_skip_gradient():
    return "d"


# %%
def quiz_frozen_weights():
    return "b"
