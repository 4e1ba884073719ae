# %%
import numpy as np


def total(numbers):
    return float("nan")


def scale(image):
    """In a row, everywhere, and then infinity as well."""
    answer = image / image.max()
    answer[0] = np.nan
    if image.shape == (5, 4):
        return answer * np.nan
    return answer if image.shape == (2, 2) else answer + np.inf
