"""The helpers of the check cells, ``same`` and ``raises`` above all, as students find them.

A released notebook runs without this package, so the release step copies the functions below, text
and all, into one locked cell. They must agree with ``compare.same`` (a test holds a table of values
against both); the verdict that counts is always ``compare``'s, in the grader.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.model import Language

# Sentences of the helpers; the released cell holds one language's, under the name _SAYS.
SENTENCES: dict[Language, dict[str, str]] = {
    "fr": {
        "wrong": "Ce n'est pas le bon résultat : {}.\n"
        "Ta fonction renvoie :\n{!r}\nRésultat attendu :\n{!r}",
        "none": "elle renvoie None (as-tu oublié `return` ?)",
        "type": "elle renvoie un objet de type {} au lieu de {}",
        "dtype": "le tableau contient des valeurs de type {} au lieu de {}",
        "shape": "la forme du tableau est {} au lieu de {}",
        "length": "le nombre d'éléments est {} au lieu de {}",
        "keys": "les clés sont {} au lieu de {}",
        "values": "les valeurs sont fausses",
        "silent": "Ta fonction devait lever {}, mais elle ne lève aucune exception",
        "raised": "Ta fonction devait lever {}, mais elle lève {} : {}",
        "choice": "Ta fonction renvoie {!r}\nAttendu : une de ces réponses, et une seule : {}",
    },
    "en": {
        "wrong": "The result is not right: {}.\n"
        "Your function returns:\n{!r}\nExpected result:\n{!r}",
        "none": "it returns None (did you forget `return`?)",
        "type": "it returns an object of type {} instead of {}",
        "dtype": "the array holds values of type {} instead of {}",
        "shape": "the shape of the array is {} instead of {}",
        "length": "the number of entries is {} instead of {}",
        "keys": "the keys are {} instead of {}",
        "values": "the values are wrong",
        "silent": "Your function should raise {}, but it raises no exception",
        "raised": "Your function should raise {}, but it raises {}: {}",
        "choice": "Your function returns {!r}\nExpected: one of these answers, and only one: {}",
    },
}

_HEADINGS: dict[Language, str] = {
    "fr": "# Outils des cellules de vérification : exécute cette cellule, sans la modifier.",
    "en": "# Tools of the check cells: run this cell, and leave it as it is.",
}

_SAYS = SENTENCES["en"]
_SAID_BY = {"choice": "one_of"}  # sentences of a helper that not every notebook has


def cell_source(lang: Language, used: frozenset[str] = frozenset()) -> str:
    """The locked cell that defines ``same`` and ``raises``, with its sentences in ``lang``.

    Those helpers of ``ON_USE`` that are ``used`` are defined there, too.
    """
    sentences = "\n".join(
        f"    {key!r}: {text!r},"
        for key, text in SENTENCES[lang].items()
        if key not in _SAID_BY or _SAID_BY[key] in used
    )
    says = f"_SAYS = {{\n{sentences}\n}}"
    parts = (same, _difference, _entry_differs, _plain_differs, _array_differs, _close, raises)
    sources = [_without_docstrings(inspect.getsource(part)) for part in parts]
    sources += [_without_docstrings(inspect.getsource(ON_USE[name])) for name in sorted(used)]
    functions = "\n\n\n".join(sources)
    imports = "import numpy as np"
    imports += "\nfrom typing import Any" if used & NETWORKS.keys() else ""
    return f"{_HEADINGS[lang]}\n{imports}\n\n{says}\n\n\n{functions}"


def _without_docstrings(source: str) -> str:
    """``source`` with nothing but Python left in it: the cell serves both languages."""
    lines: list[str | None] = [*source.rstrip().split("\n")]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            text = node.body[0]
            after = text.end_lineno or text.lineno
            if lines[after : after + 1] == [""]:
                after += 1  # the blank line below a class's docstring
            lines[text.lineno - 1 : after] = [None] * (after - text.lineno + 1)
    return "\n".join(line for line in lines if line is not None)


def same(
    returned: object, expected: object, *, rtol: float = 1e-5, atol: float | None = None
) -> None:
    """Stop with AssertionError unless ``returned`` is right: its type, shape and values."""
    problem = _difference(returned, expected, rtol, atol)
    if problem is not None:
        raise AssertionError(_SAYS["wrong"].format(problem, returned, expected))


def _difference(returned: object, expected: object, rtol: float, atol: float | None) -> str | None:
    """What is wrong with ``returned``, or None."""
    if isinstance(returned, np.generic) or (type(returned) is np.ndarray and returned.ndim == 0):
        returned = returned.item()
    expected = expected.item() if isinstance(expected, np.generic) else expected
    if returned is None and expected is not None:
        return _SAYS["none"]
    if isinstance(expected, np.ndarray):
        return _array_differs(returned, expected, rtol, atol)
    if isinstance(expected, list | tuple) and isinstance(returned, list | tuple):
        if len(returned) != len(expected):
            return _SAYS["length"].format(len(returned), len(expected))
        return _entry_differs(dict(enumerate(returned)), dict(enumerate(expected)), rtol, atol)
    if isinstance(expected, dict) and isinstance(returned, dict):
        if set(returned) != set(expected):
            return _SAYS["keys"].format(list(returned), list(expected))
        return _entry_differs(returned, expected, rtol, atol)
    return _plain_differs(returned, expected, rtol, atol)


def _entry_differs(
    returned: dict[object, object], expected: dict[object, object], rtol: float, atol: float | None
) -> str | None:
    """What is wrong with the first entry that is not right, or None."""
    for place in expected:
        problem = _difference(returned[place], expected[place], rtol, atol)
        if problem is not None:
            return f"[{place!r}] {problem}"
    return None


def _plain_differs(
    returned: object, expected: object, rtol: float, atol: float | None
) -> str | None:
    """Compare one number, text or None; a simpler number may stand for a float or complex one."""
    allowed = {float: (int, float), complex: (int, float, complex)}
    truth_for_number = isinstance(returned, bool) and not isinstance(expected, bool)
    if truth_for_number or not isinstance(returned, allowed.get(type(expected), type(expected))):
        return _SAYS["type"].format(type(returned).__name__, type(expected).__name__)
    tolerant = isinstance(expected, float | complex) or atol is not None
    if tolerant and isinstance(expected, int | float | complex):
        right = _close(np.asarray(returned), np.asarray(expected), rtol, atol)
    else:
        right = returned == expected
    return None if right else _SAYS["values"]


def _array_differs(
    returned: object, expected: np.ndarray, rtol: float, atol: float | None
) -> str | None:
    """Compare with an array: exact shape, a sensible kind of number, then the values."""
    if expected.shape == () and isinstance(returned, int | float | complex):
        returned = np.asarray(returned)
    if not isinstance(returned, np.ndarray) or isinstance(returned, np.ma.MaskedArray):
        return _SAYS["type"].format(type(returned).__name__, "ndarray")
    if returned.dtype.kind not in {"b": "b", "c": "iufc"}.get(expected.dtype.kind, "iuf"):
        return _SAYS["dtype"].format(returned.dtype, expected.dtype)
    if returned.shape != expected.shape:
        return _SAYS["shape"].format(returned.shape, expected.shape)
    whole = returned.dtype.kind in "biu" and expected.dtype.kind in "biu"
    if whole and (atol is None or expected.dtype.kind == "b"):
        right = bool((returned == expected).all())
    else:
        right = _close(returned, expected, rtol, atol)
    return None if right else _SAYS["values"]


def _close(returned: np.ndarray, expected: np.ndarray, rtol: float, atol: float | None) -> bool:
    """Whether all values are near; nan and infinities stand at the same places."""
    if "c" in (returned.dtype.kind, expected.dtype.kind):
        returned, expected = (np.stack([x.real, x.imag]) for x in (returned, expected))
    returned, expected = returned.astype(float), expected.astype(float)
    finite = np.isfinite(expected)
    if atol is None:
        atol = 1e-5 * max(1.0, np.abs(expected[finite]).max(initial=0.0))
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(returned - expected) <= atol + rtol * np.abs(expected)
    alike = (returned == expected) | (np.isnan(returned) & np.isnan(expected))
    return bool(np.where(finite, near, alike).all())


class raises:
    """Expect the code inside ``with`` to raise one of ``kinds``."""

    def __init__(self, *kinds: type[Exception]) -> None:
        self.kinds = kinds
        self.names = " / ".join(kind.__name__ for kind in kinds)

    def __enter__(self) -> object:
        """Nothing to prepare."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        """Whether the exception is the expected one; a stub's only if it is asked for.

        The stop button's KeyboardInterrupt goes through.
        """
        if kind is None:
            raise AssertionError(_SAYS["silent"].format(self.names))
        if kind is NotImplementedError and kind not in self.kinds:
            return False
        if not issubclass(kind, Exception):
            return False
        if not issubclass(kind, self.kinds):
            raise AssertionError(_SAYS["raised"].format(self.names, kind.__name__, error))
        return True


def one_of(returned: object, choices: tuple[str, ...]) -> None:
    """Stop with AssertionError unless ``returned`` is one of the answers on offer."""
    if not isinstance(returned, str) or returned not in choices:
        raise AssertionError(_SAYS["choice"].format(returned, ", ".join(map(repr, choices))))


# ---------------------------------------------------------------- checks of networks


def parameter_count(model: Any) -> int:
    """How many trainable numbers a torch or Keras model has; see ``networks.parameter_count``."""
    keras = hasattr(model, "trainable_weights")
    weights = model.trainable_weights if keras else model.parameters()
    return sum(int(np.prod(weight.shape)) for weight in weights if keras or weight.requires_grad)


def output_shape(model: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Shape of the output for zeros of ``shape``; see ``networks.output_shape``."""
    if hasattr(model, "trainable_weights"):
        return tuple(model(np.zeros(shape, "float32"), training=False).shape)
    import torch

    was = model.training
    model.eval()
    try:
        with torch.no_grad():
            return tuple(model(torch.zeros(shape)).shape)
    finally:
        model.train(was)


NETWORKS: dict[str, Callable[..., object]] = {
    "parameter_count": parameter_count,
    "output_shape": output_shape,
}

ON_USE: dict[str, Callable[..., object]] = {**NETWORKS, "one_of": one_of}
