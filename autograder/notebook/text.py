"""Students' files as text: decoding, and the characters that deceive a reader.

Nothing here interprets Python. Every pattern is linear in the length of its input, because the
input is chosen by the student.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from autograder.model import Text
from autograder.notebook import refusals
from autograder.notebook.refusals import Unreadable

MAX_SHOWN = 80  # characters of a file name that a message may show

# Left out on purpose: U+200C and U+200D, which join emoji, and French no-break spaces.
_INVISIBLE = (
    "\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
)
_HIDDEN_CHARACTER = re.compile(f"[{_INVISIBLE}]")
# Cyrillic, and the Greek letters drawn like Latin ones, inside a Latin word: `dθ` is fine.
_FOREIGN = "\u0400-\u04ffΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"
_LOOKALIKE = re.compile(f"[A-Za-z_][{_FOREIGN}]|[{_FOREIGN}][A-Za-z_]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, encoding: str = "utf-8") -> str:
    """The text of ``data``: a byte order mark decides, otherwise ``encoding``.

    Line ends become ``\\n``. Raises ``Unreadable`` when the bytes are not text in that encoding.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], name
            break
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        if "end of data" in fault.reason or "truncated" in fault.reason:
            raise Unreadable(refusals.INCOMPLETE) from None
        raise Unreadable(refusals.NOT_TEXT) from None
    return unix_lines(text)


def unix_lines(text: str) -> str:
    """``text`` with every line end written ``\\n``."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def has_surrogate(text: str) -> bool:
    """Whether ``text`` holds half a character, which no file and no frame can carry."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def deception(source: str, number: int) -> Text | None:
    """The notice for code that reads differently from what it does, None for honest code."""
    hidden = _HIDDEN_CHARACTER.search(source)
    if hidden is not None:
        code = f"U+{ord(hidden[0]):04X}"
        return Text(
            fr=f"La cellule de code {number} contient un caractère invisible ({code}). S'il vient "
            "d'un copier-coller, retape la ligne au clavier.",
            en=f"Code cell {number} holds an invisible character ({code}). If it comes from a copy "
            "and paste, type the line again.",
        )
    if not source.isascii() and _LOOKALIKE.search(source):
        return Text(
            fr=f"La cellule de code {number} mélange des alphabets dans un même mot : une lettre y "
            "ressemble à une autre. Retape ce nom au clavier.",
            en=f"Code cell {number} mixes alphabets inside one word: a letter there looks like "
            "another one. Type that name again.",
        )
    return None


def shown(name: str) -> str:
    """A file or folder name made fit for a message: one line, no control or direction marks."""
    visible = "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char)[0] == "C" else char
        for char in name[: 4 * MAX_SHOWN]
    )
    if len(visible) <= MAX_SHOWN:
        return visible
    return f"{visible[: MAX_SHOWN - 20]}…{visible[-19:]}"
