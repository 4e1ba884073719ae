"""What test cells set in the process where they run is put back before the next student."""

from __future__ import annotations

import contextlib
import decimal
import random
import warnings
from collections.abc import Iterator

import numpy as np


@contextlib.contextmanager
def settings_kept() -> Iterator[None]:
    """Undo what cells set: warnings, NumPy's errors and print options, decimals, random numbers."""
    drawn, numbers = random.getstate(), np.random.get_state()
    try:
        with (
            warnings.catch_warnings(),
            np.errstate(),
            np.printoptions(),
            decimal.localcontext(),
        ):
            yield
    finally:
        random.setstate(drawn)
        np.random.set_state(numbers)
