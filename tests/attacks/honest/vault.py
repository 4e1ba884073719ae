# %%
import numpy as np


# %%
def total(numbers):
    result = 0
    for number in numbers:
        result += number
    return result


# %%
def scale(image):
    return image / np.max(image)


# %%
def shout(text):
    return text.upper()


# %%
def word(number):
    return {1: "abacus", 2: "quokka-5e0c7a91d348"}[number]
