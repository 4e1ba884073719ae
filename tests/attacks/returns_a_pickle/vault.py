# %%
import os
import pickle

import numpy as np

PICKLE = b"cos\nsystem\n(S'touch @RUN@/pwned-pickle'\ntR."


class Poison:
    def __reduce__(self):
        return os.system, ("touch @RUN@/pwned-reduce",)

    __getstate__ = __getnewargs__ = lambda self: os.system("touch @RUN@/pwned-state")


def total(numbers):
    return Poison()


def scale(image):
    return np.array([[Poison(), PICKLE], [pickle, image]], dtype=object)


def shout(text):
    return PICKLE


def word(number):
    return {"__reduce__": PICKLE, "!!python/object/apply:os.system": ["touch @RUN@/pwned-yaml"]}
