"""From what a test cell's last expression gives to points. Pure."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass

import numpy as np

from autograder.stock.model import Differs

_ROUNDING = 1e-6  # of the cell's points: 3.0000001 of 3 is 3
_SCALAR = re.compile(  # np.float64(0.5), array([0.5]), tensor(0.5, dtype=torch.float64)
    r"(?:np\.\w+|array|tensor)\(\s*\[*\s*([^\s,()\[\]]+)\s*\]*\s*(?:,\s*\w+=[^()]*)?\)"
)


@dataclass(frozen=True)
class Credit:
    """Points of one cell: None if a person has to decide."""

    points: float | None
    differs: tuple[Differs, ...] = ()


def of_value(value: object, most: float) -> Credit:
    """Of a cell that ran to its end here, whose last expression gave ``value`` (None: nothing)."""
    if value is None:
        return Credit(most)
    number = _number(value)
    if number is None:
        return Credit(most)
    return _credit(number, most, _as_nbgrader(repr(value), most))


def of_text(text: str, most: float) -> Credit:
    """The same where there is only the ``repr`` that a kernel would have shown."""
    if text.strip() in ("False", "np.False_"):
        return _credit(0.0, most, most)
    scalar = _SCALAR.fullmatch(text.strip())
    try:
        number = float(scalar[1] if scalar else text)
    except ValueError:
        return Credit(most)
    return _credit(number, most, _as_nbgrader(text, most))


def _number(value: object) -> float | None:
    """A number, True and False, or an array or tensor of one; None for all else."""
    if isinstance(value, bool | np.bool_):
        return None if value else 0.0
    if isinstance(value, int | float | np.integer | np.floating):
        return _float(value)
    if isinstance(value, np.ndarray) or _is_tensor(value):
        try:
            return _number(value.item())  # type: ignore[attr-defined]
        except (ValueError, RuntimeError):  # more than one, as NumPy and torch say it
            return None
    return None


def _is_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:
        return math.inf


def _credit(number: float, most: float, nbgraders: float | None) -> Credit:
    if math.isnan(number) or number < 0:
        points: float | None = 0.0
    elif number <= most:
        points = number
    else:
        points = most if number <= most + _ROUNDING * max(1.0, most) else None
    if points is None:
        return Credit(None, (Differs.OVER_MAX,))
    return Credit(points, () if points == nbgraders else (Differs.PARTIAL,))


def _as_nbgrader(text: str, most: float) -> float | None:
    """What nbgrader makes of the text; None where it gives up."""
    try:
        number = float(text)
    except ValueError:
        return most
    if number > most:
        return None
    return number if number >= 0 else most
