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

# Left out on purpose: U+200C and U+200D, which join emoji; for no-break spaces see ``_SPACE``.
_INVISIBLE = (
    "\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
)
_HIDDEN_CHARACTER = re.compile(f"[{_INVISIBLE}]")
# Cyrillic, and the Greek letters drawn like Latin ones, inside a Latin word: `dθ` is fine.
_FOREIGN = "\u0400-\u04ffΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"
_LOOKALIKE = re.compile(f"[A-Za-z_][{_FOREIGN}]|[{_FOREIGN}][A-Za-z_]")
# Spaces that Python does not know, and what may hold them: a comment, or a string, even unclosed.
_SPACE = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_SPACE_OR_TEXT = re.compile(
    r"#[^\n]*"
    r'|"""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*(?:""")?'
    r"|'''[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*(?:''')?"
    r'|"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"?'
    r"|'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'?"
    f"|([{_SPACE}])"
)
_SURROGATE = re.compile("[\ud800-\udfff]")

BLANKS = codecs.BOM_UTF8 + b" \t\r\n"  # what may stand before a notebook's first character
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!\x1a\x07", b"7z\xbc\xaf")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # no editor writes these

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
    if data.startswith(_ZIP):
        raise Unreadable(refusals.ZIP_RENAMED)
    if data.startswith(_BINARY):
        raise Unreadable(refusals.BINARY)
    marked = next((pair for pair in _BOMS if data.startswith(pair[0])), None)
    if marked is not None:
        data, encoding = data[len(marked[0]) :], marked[1]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        if marked is None and _CONTROL.search(data):
            raise Unreadable(refusals.BINARY) from None
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
            fr=f"La cellule de code n° {number} contient un caractère invisible ({code}). S'il "
            "vient d'un copier-coller, retape la ligne au clavier.",
            en=f"Code cell {number} holds an invisible character ({code}). If it comes from a copy "
            "and paste, type the line again.",
        )
    space = _foreign_space(source)
    if space:
        code = f"U+{ord(space):04X}"
        return Text(
            fr=f"La cellule de code n° {number} contient une espace copiée d'une page web ou d'un "
            f"document ({code}), que Python refuse. Remplace-la par une espace tapée au clavier.",
            en=f"Code cell {number} holds a space copied from a web page or a document ({code}), "
            "which Python refuses. Replace it by a space typed on the keyboard.",
        )
    if not source.isascii() and _LOOKALIKE.search(source):
        return Text(
            fr=f"La cellule de code n° {number} mélange des alphabets dans un même mot : une "
            "lettre y ressemble à une autre. Retape ce nom au clavier.",
            en=f"Code cell {number} mixes alphabets inside one word: a letter there looks like "
            "another one. Type that name again.",
        )
    return None


def _foreign_space(source: str) -> str:
    """The first space in the code proper that Python does not know; "" if there is none."""
    if source.isascii():
        return ""
    return next(filter(None, (found[1] for found in _SPACE_OR_TEXT.finditer(source))), "")


def shown(name: str) -> str:
    """A file or folder name made fit for a message: one line, no control or direction marks."""
    visible = "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char)[0] == "C" else char
        for char in name[: 4 * MAX_SHOWN]
    )
    if len(visible) <= MAX_SHOWN:
        return visible
    return f"{visible[: MAX_SHOWN - 20]}…{visible[-19:]}"
