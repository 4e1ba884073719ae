"""Names as letters, to be compared: without accents, case, blanks and punctuation."""

from __future__ import annotations

import unicodedata


def squashed(text: str) -> str:
    """Letters and digits only, without accents and case."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in bare if letter.isalnum())


def words_of(text: str) -> list[str]:
    """The words of ``text``, each as ``squashed`` gives it."""
    spaced = "".join(one if one.isalnum() else " " for one in unicodedata.normalize("NFC", text))
    return list(filter(None, map(squashed, spaced.split())))
