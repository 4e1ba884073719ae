"""Values as a student may read them: short, on one line, nothing that a terminal would obey.

Only numbers, our own words and ``repr`` of text are shown; ``repr`` escapes control characters and
the marks that turn the reading direction.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.model import Language, Text
from autograder.wire.plain import (
    BAD_TEXT,
    BIG_INT,
    OBJECT,
    OBJECT_ARRAY,
    ODD_ARRAY,
    ODD_KEYS,
    TEXT_ARRAY,
    Opaque,
    plain,
    plain_array,
)

MAX_SHOWN = 200  # characters of one value
MAX_ENTRIES = 16  # of a sequence or array whose values are shown

# Keyed by id: a metaclass of the student's may compare as it likes.
_PLAIN_TYPES = frozenset(
    id(cls)
    for cls in (
        *(type(None), bool, int, float, complex, str, bytes),
        *(tuple, list, dict, np.ndarray, Opaque),
    )
)

_NOUNS = {
    "NoneType": Text("None", "None"),
    "int": Text("un int", "an int"),
    "str": Text("une chaîne (str)", "a str"),
    "bytes": Text("une suite d'octets (bytes)", "a bytes object"),
    "list": Text("une liste", "a list"),
    "ndarray": Text("un tableau NumPy", "a NumPy array"),
    "function": Text("une fonction", "a function"),
    "method": Text("une méthode", "a method"),
    "type": Text("une classe", "a class"),
    "generator": Text("un générateur", "a generator"),
    "set": Text("un ensemble (set)", "a set"),
    "model": Text("un modèle", "a model"),
    "keras.Layer": Text("une couche Keras", "a Keras layer"),
    "keras.Model": Text("un modèle Keras", "a Keras model"),
    "torch.optim.Optimizer": Text("un optimiseur PyTorch", "a PyTorch optimizer"),
    OBJECT: Text("un objet Python", "a Python object"),
    BIG_INT: Text("un int de plus de 64 bits", "an int beyond 64 bits"),
    BAD_TEXT: Text("une chaîne Unicode invalide", "a str that is not valid Unicode"),
    ODD_KEYS: Text(
        "un dict dont les clés ne sont pas des chaînes", "a dict with keys that are not str"
    ),
    OBJECT_ARRAY: Text("un tableau NumPy d'objets", "a NumPy array of objects"),
    TEXT_ARRAY: Text("un tableau NumPy de textes", "a NumPy array of text"),
    ODD_ARRAY: Text(
        "un tableau NumPy sans nombres ni booléens", "a NumPy array of neither numbers nor bool"
    ),
}


def as_plain(value: object) -> Any:
    """``value`` as it would cross to the trusted side; what did cross is left alone."""
    if id(type(value)) not in _PLAIN_TYPES and not issubclass(type(value), Opaque):
        value = plain(value)
    if type(value) is int and not -(2**63) <= value < 2**63:
        return Opaque(BIG_INT)
    if isinstance(value, np.ndarray) and value.dtype.kind not in "biufc":
        return plain_array(value)
    if isinstance(value, dict) and not all(isinstance(key, str) for key in value):
        return Opaque(ODD_KEYS)
    return value


def kind(value: object) -> str:
    """The name of a plain value's type, or of the type that ``Opaque`` stands for."""
    return value.type_name if isinstance(value, Opaque) else type(value).__name__


def noun(value: object) -> Text:
    """What ``value`` is, with its article: ``un float``, ``a NumPy array``."""
    name = kind(value)
    article = "an" if name[0] in "aeio" else "a"
    return _NOUNS.get(name, Text(f"un {name}", f"{article} {name}"))


_USE = {  # by what came back and what was expected: what turns the one into the other
    ("list", "ndarray"): "np.array(...)",
    ("tuple", "ndarray"): "np.array(...)",
    ("PIL.Image", "ndarray"): "np.array(...)",
    ("torch.Tensor", "ndarray"): ".detach().numpy()",
    ("tensorflow.Tensor", "ndarray"): ".numpy()",
    ("pandas.DataFrame", "ndarray"): ".to_numpy()",
    ("pandas.Series", "ndarray"): ".to_numpy()",
    ("torch.Tensor", "float"): ".item()",
    ("torch.Tensor", "int"): ".item()",
}


def wrong_type(returned: object, expected: object) -> Text:
    """The clause for a value of the wrong type, with what would turn it into the right one."""
    if returned is None:
        return Text("est None : il manque peut-être un `return`", "is None: is a `return` missing?")
    came, wanted = noun(returned), noun(expected)
    if kind(returned) in (OBJECT_ARRAY, TEXT_ARRAY, ODD_ARRAY):
        wanted = Text("un tableau de nombres", "an array of numbers")
    text = Text(f"est {came.fr}, pas {wanted.fr}", f"is {came.en}, not {wanted.en}")
    use = _USE.get((kind(returned), kind(expected)))
    if use is None and isinstance(returned, np.ndarray) and returned.size == 1:
        use = ".item()"
    if use is None:
        return text
    return Text(f"{text.fr} : utilise `{use}`", f"{text.en}: use `{use}`")


def show(value: object, lang: Language) -> str:
    """``value`` in at most 200 characters.

    Numbers and text as Python writes them, small sequences and arrays as their values (array
    entries to six digits), larger ones as what they are: ``un tableau 5×5``, ``a list of 20 items``
    """
    value = as_plain(value)
    if isinstance(value, np.ndarray):
        return _show_array(value, lang)
    if isinstance(value, list | tuple | dict):
        return _show_container(value, lang)
    if isinstance(value, Opaque):
        return noun(value).to(lang)
    if isinstance(value, str | bytes) and len(value) > MAX_SHOWN // 2:
        return _fit(repr(value[: MAX_SHOWN // 2]) + "…")
    return _fit(repr(value))


def _fit(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _show_container(
    value: list[object] | tuple[object, ...] | dict[str, object], lang: Language
) -> str:
    if len(value) <= MAX_ENTRIES:
        text = _join_entries(value, lang)
        if len(text) <= MAX_SHOWN:
            return text
    items = Text("éléments", "items") if len(value) > 1 else Text("élément", "item")
    of = Text("de", "of").to(lang)
    name = {list: Text("une liste", "a list"), tuple: Text("un tuple", "a tuple")}
    what = name.get(type(value), Text("un dict", "a dict"))
    return f"{what.to(lang)} {of} {len(value)} {items.to(lang)}"


def _join_entries(
    value: list[object] | tuple[object, ...] | dict[str, object], lang: Language
) -> str:
    if isinstance(value, dict):
        pairs = (f"{show(key, lang)}: {show(entry, lang)}" for key, entry in value.items())
        return "{" + ", ".join(pairs) + "}"
    entries = ", ".join(show(entry, lang) for entry in value)
    if isinstance(value, list):
        return f"[{entries}]"
    return f"({entries},)" if len(value) == 1 else f"({entries})"


def _show_array(array: np.ndarray[Any, Any], lang: Language) -> str:
    if array.ndim == 0:
        return f"array({_entries(array.item())})"
    if 0 < array.size <= MAX_ENTRIES:
        text = _entries(array.tolist())
        if len(text) <= MAX_SHOWN:
            return text
    sides = "×".join(str(side) for side in array.shape)
    if array.size == 0:
        return Text(f"un tableau vide ({sides})", f"an empty array ({sides})").to(lang)
    if array.ndim == 1:
        return Text(f"un tableau de {sides} valeurs", f"an array of {sides} values").to(lang)
    return Text(f"un tableau {sides}", f"a {sides} array").to(lang)


def _entries(value: Any) -> str:
    """Nested lists of numbers, floats to six digits."""
    if isinstance(value, list):
        return "[" + ", ".join(_entries(entry) for entry in value) + "]"
    return repr(float(f"{value:.6g}")) if isinstance(value, float) else repr(value)
