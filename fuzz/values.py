"""Values of every kind that may cross, at random: extremes far more often than chance has them."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

from autograder.wire import EXCEPTIONS, OPAQUE_TYPES, Opaque
from autograder.wire.plain import DTYPES, MAX_NDIM

Array = np.ndarray[Any, Any]

_INTS = (0, 1, -1, 2, 255, 2**31, 2**53, 2**53 + 1, 2**63 - 1, -(2**63), -(2**63) + 1)
_FLOATS = (
    *(0.0, -0.0, 1.0, 0.1, 1e-5, 1 + 1e-5, 70_000.0, 2.0**53, 2.0**63),
    *(math.nan, math.inf, -math.inf, 5e-324, 1.7976931348623157e308),
)
_TEXTS = ("", "x", "é", "\0", "\u202e", "\U0001f600", "loss", "x" * 300)


def _int(rng: Random) -> int:
    return rng.choice(_INTS) if rng.random() < 0.5 else rng.getrandbits(64) - 2**63


def _float(rng: Random) -> float:
    chance = rng.random()
    if chance < 0.5:
        return rng.choice(_FLOATS)
    if chance < 0.9:
        return rng.uniform(-10, 10)
    return float(struct.unpack("<d", rng.randbytes(8))[0])


def _text(rng: Random) -> str:
    return rng.choice(_TEXTS if rng.random() < 0.8 else EXCEPTIONS)


_LEAVES: tuple[Callable[[Random], object], ...] = (
    lambda rng: None,
    lambda rng: rng.random() < 0.5,
    _int,
    _float,
    lambda rng: complex(_float(rng), _float(rng)),
    _text,
    lambda rng: rng.randbytes(rng.randint(0, 9)),
    lambda rng: Opaque(rng.choice(OPAQUE_TYPES)),
)


def array(rng: Random) -> Array:
    """An array of any dtype and up to eight sides, some of them empty."""
    ndim = rng.choice((0, 1, 1, 1, 2, 2, 3, MAX_NDIM))
    shape = tuple(rng.choice((0, 1, 2, 3) if ndim < 4 else (1, 1, 1, 2)) for _ in range(ndim))
    found = np.zeros(shape, rng.choice(DTYPES))
    if found.dtype.kind == "b" or rng.random() < 0.3:
        found.reshape(-1)[:] = [rng.randint(0, 1) for _ in range(found.size)]
    elif rng.random() < 0.5:
        found.reshape(-1).view(np.uint8)[:] = list(rng.randbytes(found.nbytes))
    elif found.dtype.kind in "fc":
        with np.errstate(over="ignore"):  # what is too large for a float16 is infinite there
            found.reshape(-1)[:] = [_float(rng) for _ in range(found.size)]
    else:
        limits = np.iinfo(found.dtype)
        found.reshape(-1)[:] = [
            rng.choice((limits.min, limits.max, 0, 1)) for _ in range(found.size)
        ]
    return found


def value(rng: Random, depth: int = 3) -> object:
    """Any value that may cross, with at most ``depth`` containers inside one another."""
    chance = rng.random()
    if depth and chance < 0.4:
        entries = [value(rng, depth - 1) for _ in range(rng.choice((0, 1, 2, 2, 3)))]
        if chance < 0.15:
            return entries
        if chance < 0.3:
            return tuple(entries)
        return {_text(rng): entry for entry in entries}
    if chance < 0.6:
        return array(rng)
    return rng.choice(_LEAVES)(rng)


# ---------------------------------------------------------------- the same with a difference


def disguised(rng: Random, original: object) -> object:
    """Almost ``original``: another type, shape or order, an entry off by a little, or nothing."""
    if isinstance(original, list | tuple):
        return _disguised_sequence(rng, original)
    if isinstance(original, dict) and original:
        return _disguised_dict(rng, original)
    if isinstance(original, np.ndarray):
        with np.errstate(all="ignore"):  # casts that wrap or overflow are the point
            return rng.choice(_OF_ARRAYS)(rng, original)
    if isinstance(original, bool | int | float | complex):
        return _disguised_number(rng, original)
    return original if rng.random() < 0.5 else rng.choice(_LEAVES)(rng)


def _disguised_sequence(rng: Random, original: list[Any] | tuple[Any, ...]) -> object:
    entries = list(original)
    chance = rng.random()
    if entries and chance < 0.6:
        at = rng.randrange(len(entries))
        entries[at] = disguised(rng, entries[at])
    elif entries and chance < 0.75:
        entries.pop(rng.randrange(len(entries)))
    elif chance < 0.85:
        entries.append(value(rng, 1))
    return tuple(entries) if rng.random() < 0.5 else entries


def _disguised_dict(rng: Random, original: dict[str, object]) -> dict[str, object]:
    key = rng.choice(list(original))
    others = {name: entry for name, entry in original.items() if name != key}
    chance = rng.random()
    if chance < 0.7:
        return {**others, key: disguised(rng, original[key])}
    return others if chance < 0.8 else {**others, _text(rng): original[key]}


def _disguised_number(rng: Random, original: complex) -> object:
    real = original.real if isinstance(original, complex) else original
    near = real * (1 + rng.choice((0, 1e-6, -2e-5, 3e-5, 1e-3))) + rng.choice((0, 0, 1e-6, 2e-5, 1))
    return rng.choice(
        (
            *(near, np.asarray(original), np.asarray([original]), bool(real), complex(near)),
            *(float(real), complex(real, near), -original),
            *((int(real), int(real) + 1) if math.isfinite(real) else ()),
        )
    )


def _with_one_off(rng: Random, original: Array) -> Array:
    changed = original.copy()
    if changed.size and changed.dtype.kind != "b":
        at = rng.randrange(changed.size)
        step = (1, 1e-6, 2e-5, 3e-5, 1e-3, math.nan, math.inf)
        whole = changed.dtype.kind in "iu"
        changed.reshape(-1)[at] += np.array(1 if whole else rng.choice(step), changed.dtype)
    return changed


def _as_other_dtype(rng: Random, original: Array) -> Array:
    return (original.real if original.dtype.kind == "c" else original).astype(rng.choice(DTYPES))


_OF_ARRAYS: tuple[Callable[[Random, Array], object], ...] = (
    _with_one_off,
    _with_one_off,
    _as_other_dtype,
    _as_other_dtype,
    lambda rng, original: original,
    lambda rng, original: original != 0,
    lambda rng, original: original[None] if original.ndim < MAX_NDIM else original[0],
    lambda rng, original: original.reshape(-1),
    lambda rng, original: original.reshape(-1)[:0],
    lambda rng, original: original.reshape(-1)[:1],
    lambda rng, original: original.T,
    lambda rng, original: np.flip(original),
    lambda rng, original: original.tolist(),
    lambda rng, original: original.item() if original.size == 1 else original.sum(),
)
