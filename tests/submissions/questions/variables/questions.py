letters = dict(zip(["size", "params", "grad", "field", "skip", "frozen"], "bdcadb"))

# %%
def quiz_output_size():
    return letters['size']


# %%
def quiz_parameters():
    return letters['params']


# %%
def quiz_max_gradient():
    return letters['grad']


# %%
def quiz_receptive_field():
    return letters['field']


# %%
def quiz_skip_gradient():
    return letters['skip']


# %%
def quiz_frozen_weights():
    return letters['frozen']
