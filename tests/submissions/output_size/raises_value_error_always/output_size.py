# %%
def conv_output_size(*args, **kwargs):
    raise ValueError('non')

# %%
def same_padding(*args, **kwargs):
    raise ValueError('non')

# %%
def pool_output_size(*args, **kwargs):
    raise ValueError('non')

# %%
def trace_shapes(*args, **kwargs):
    raise ValueError('non')

# %%
def receptive_field(*args, **kwargs):
    raise ValueError('non')
