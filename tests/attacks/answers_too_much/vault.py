# %%
import os

import numpy as np


def total(numbers):
    """A frame that promises four gigabytes."""
    os.write(4, b"AG\x01\x10\x01\x00\x00\x00\xff\xff\xff\xff" + bytes(60_000))
    while True:
        pass


def scale(image):
    return np.zeros(9 << 20)  # 72 MiB


def shout(text):
    return "A" * 2_000_000


def word(number):
    return [0] * 200_000
