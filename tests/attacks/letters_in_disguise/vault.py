# %%
def tоtal(numbers):  # the second letter is Cyrillic
    return sum(numbers)

# %%
def shout(text):
    return text.upper()  # ‮ yllanigiro ton si siht
