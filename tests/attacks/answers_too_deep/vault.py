# %%
import numpy as np


def total(numbers):
    value = 12
    for _ in range(100_000):
        value = [value]
    return value


def scale(image):
    value = []
    value.append(value)
    return value


def shout(text):
    value = "HELLO"
    for _ in range(20):
        value = {"value": (value,)}
    return value


def word(number):
    value = np.empty(1, dtype=object)
    value[0] = value
    return value
