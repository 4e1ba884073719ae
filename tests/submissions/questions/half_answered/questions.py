
# %% [markdown] task="why_fewer_parameters"
# Un filtre ne regarde que 3×3 pixels et sert partout : 28 paramètres, contre 1,8 million.

# %% [markdown] task="pooling_intuition"
# On garde « c'est là », pas où exactement. Les deux fenêtres donnent 4.

# %% [markdown] task="valid_or_same"
# Sans zéros, 32 → 28 → 24 → 20 ; avec deux zéros de chaque côté, on reste à 32.

# %% [markdown] task="why_3x3"
# À toi de jouer : écris ta réponse ici.

# %% [markdown] task="why_skip_connections"
# À toi de jouer : écris ta réponse ici.

# %% [markdown] task="extraction_or_fine_tuning"
# À toi de jouer : écris ta réponse ici.

# %% [markdown] task="why_pooling"
# À toi de jouer : écris ta réponse ici.

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
