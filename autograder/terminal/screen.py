"""What may reach the screen: text of unknown origin only through ``plain``, never as markup."""

from __future__ import annotations

import sys
import unicodedata
from io import TextIOWrapper

from rich.console import Console

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LONGEST_LINE = 400
_WIDTH_WITHOUT_TERMINAL = 110


def plain(text: str) -> str:
    """``text`` without control, bidirectional and other invisible characters; keeps \\n and \\t."""
    if text.isprintable():
        return text
    return "".join(
        letter
        for letter in text
        if letter in "\n\t" or unicodedata.category(letter) not in _HIDDEN_CATEGORIES
    )


def one_line(text: str, longest: int = _LONGEST_LINE) -> str:
    """``plain`` text on one line, cut to ``longest`` characters."""
    line = " ".join(plain(text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def console(*, stderr: bool = False) -> Console:
    """A console that takes nothing for markup and survives any encoding of the terminal."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")
    width = None if stream.isatty() else _WIDTH_WITHOUT_TERMINAL
    return Console(file=stream, markup=False, highlight=False, emoji=False, width=width)
