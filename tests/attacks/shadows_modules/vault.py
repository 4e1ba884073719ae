# %%
import json
import random

import numpy


def total(numbers):
    mine = [m.__name__ for m in (json, random, numpy) if "PWNED" in vars(m)]
    return sum(numbers) if mine else "these are the real ones"
