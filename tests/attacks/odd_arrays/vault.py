# %%
import numpy as np
from numpy.lib.stride_tricks import as_strided


def total(numbers):
    answer = np.array(sum(numbers))
    return [answer.astype(object), answer.astype("M8[s]"), answer.astype("S8"), answer.astype("V8")]


def scale(image):
    right = image / image.max()
    if image.shape == (2, 2):  # objects that would be equal
        return right.astype(object)
    if image.shape == (5, 4):  # one row, twenty times
        return as_strided(right, image.shape, (0, 8))
    return np.zeros(image.shape, [(f"field{n}", "f8") for n in range(3)])


def shout(text):
    return np.array(list(text.upper()))


def word(number):
    return np.zeros((1,) * 40)
