"""The second target: pairs of values that came through the decoder, compared."""

from __future__ import annotations

import warnings

from autograder import wire
from autograder.compare import Mismatch, difference, same, show
from autograder.compare.shown import MAX_SHOWN
from autograder.wire import Opaque, ProtocolError
from fuzz.oracle import agree


def compare_one(data: bytes) -> bool:
    """Compare the pair in the frame ``data``, both ways round; any other value with itself.

    True if there was a value. Warnings are errors here: what a student returns causes none.

    Raises:
        AssertionError: the comparator and the oracle do not agree, or it says so in a wrong way.
    """
    try:
        value = wire.decode(data[wire.HEADER_SIZE :])
    except ProtocolError:
        return False
    returned, expected = value if type(value) is tuple and len(value) == 2 else (value, value)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for atol in (None, 0.0, 0.5):
            _compare(returned, expected, atol)
            _compare(expected, returned, atol)
        for text in (show(returned, "fr"), show(returned, "en")):
            assert len(text) <= MAX_SHOWN, "shown at length"
            assert text.isprintable(), "shown as it came"
    return True


def _compare(returned: object, expected: object, atol: float | None) -> None:
    try:
        found = difference(returned, expected, atol=atol)
    except TypeError:
        assert _holds_opaque(expected), "an expected value that could be compared"
        return
    verdict = agree(returned, expected, atol)
    assert verdict is None or verdict == (found is None), f"{found}, but it should be {verdict}"
    if found is not None:
        assert found.fr.isprintable(), "a sentence that a terminal obeys"
        assert found.en.isprintable(), "a sentence that a terminal obeys"
    mistakes = {} if _holds_opaque(returned) else {"a known mistake": returned}
    mismatch = _mismatch(returned, expected, atol, mistakes)
    assert (mismatch and mismatch.difference) == found, "same and difference differ"
    if mismatch is not None:
        assert (mismatch.hint is not None) == bool(mistakes), "the wrong hint"


def _mismatch(
    returned: object, expected: object, atol: float | None, mistakes: dict[str, object]
) -> Mismatch | None:
    try:
        same(returned, expected, atol=atol, mistakes=mistakes)
    except Mismatch as mismatch:
        return mismatch
    return None


def _holds_opaque(value: object) -> bool:
    """Whether something in ``value`` could not cross: nothing can be expected to equal it."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return any(map(_holds_opaque, value))
    return isinstance(value, Opaque)
