
# %%
quiz_output_size = lambda: "b"


# %%
quiz_parameters = lambda: "d"


# %%
quiz_max_gradient = lambda: "c"


# %%
quiz_receptive_field = lambda: "a"


# %%
quiz_skip_gradient = lambda: "d"


# %%
quiz_frozen_weights = lambda: "b"
