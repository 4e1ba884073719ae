# %%
import numpy as np


def total(numbers):
    """Too small by 128, of which the magnitude as a small integer is less than nothing."""
    return np.array(sum(numbers) - 128).astype(np.int8)


def scale(image):
    """Wrong by so much that the difference becomes nothing where it wraps or overflows."""
    return (image / image.max() + 256).astype(np.float16).astype(np.uint8)
