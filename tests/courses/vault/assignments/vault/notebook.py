# %% [markdown] lang="fr"
# # Quatre fonctions
#
# `total(numbers)`, `scale(image)`, `shout(text)` et `word(number)` : le premier ou le second mot
# dit en cours.

# %% [markdown] lang="en"
# # Four functions
#
# `total(numbers)`, `scale(image)`, `shout(text)` and `word(number)`: the first or the second word
# that was said in class.

# %%
import numpy as np

# %% task="total"

# %% task="scale"

# %% task="shout"

# %% task="word"
