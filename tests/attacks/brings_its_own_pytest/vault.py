# %%
def total(numbers):
    return "all hooks are mine"
