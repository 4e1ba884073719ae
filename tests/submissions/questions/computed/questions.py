
# %%
def quiz_output_size():
    size = (28 - 3 + 1) // 2
    return {14: "a", 13: "b", 26: "c", 12: "d"}[size]


# %%
def quiz_parameters():
    return "abcd"[[640, 1728, 28, 1792].index((3 * 3 * 3 + 1) * 64)]


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
    return "abcd"[[1024, 1026, 512, 11177538].index(512 * 2 + 2)]
