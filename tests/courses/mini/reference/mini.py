"""Reference solutions of the assignment ``mini``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def largest(numbers: list[int]) -> int:
    """Return the largest of ``numbers``; ValueError if there is none."""
    if not numbers:
        raise ValueError("an empty list has no largest number")
    return max(numbers)


def normalize(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``values`` (n,) divided by their largest absolute value."""
    magnitude = np.abs(values)
    # tolist() gives plain numbers, which is what `largest` takes.
    scale = largest(magnitude.tolist())
    return values / scale
