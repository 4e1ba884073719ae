"""Reference solutions of the assignment ``vault``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WORDS = ("abacus", "quokka-5e0c7a91d348")


def total(numbers: list[int]) -> int:
    """Return the sum of ``numbers``."""
    return sum(numbers)


def scale(image: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``image`` (h, w) divided by its largest value."""
    return image / image.max()


def shout(text: str) -> str:
    """Return ``text`` in capitals."""
    return text.upper()


def word(number: int) -> str:
    """Return the first or the second word that was said in class."""
    return WORDS[number - 1]
