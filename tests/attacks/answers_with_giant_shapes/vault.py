# %%
import numpy as np


def total(numbers):
    return np.zeros((0, 1 << 40))


def scale(image):
    """A column of the largest answer there may be: with a row it would be a table without end."""
    if image.shape == (2, 2):
        return np.zeros((7 << 20, 1))
    return image.reshape(-1, 1) / image.max()


def shout(text):
    return np.zeros((1 << 31, 0, 1 << 31), dtype=np.uint8)


def word(number):
    return np.broadcast_to(np.zeros(1, np.uint8), (1 << 45,))
