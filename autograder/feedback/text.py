"""Text of unknown origin, made fit for a page. Pure; every step is linear in the text's length.

Escaping is not done here: the template does that to everything. Here characters that a reader does
not see become visible, orders to a terminal go, and what is too long is cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.model import Language

# Controls but for tab and newline, marks of direction, what has no width, line separators, halves
# of characters, tags. U+200C and U+200D stay: they join emoji and letters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e"
    "\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Marks that stack upon a letter; four of them leave the line, a hundred cover the page.
_STACKED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
# ECMA-48: control sequences, strings up to their end, and two-character escapes.
_ESCAPE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*"
    "(?:\x07|\x1b\\\\|\x9c)?|\x1b[ -/]*[0-~]?"
)
_CODE = re.compile("`([^`\n]+)`")
_THIN, _WIDE = (
    "\u202f",
    "\xa0",
)  # no-break spaces of French: before ; ! ? and before : or inside « »
_BEFORE_THIN, _BEFORE_WIDE, _AFTER = re.compile(" (?=[;!?])"), re.compile(" (?=[:»])"), "« "


@dataclass(frozen=True)
class Part:
    """A piece of a sentence: prose, or code as a notebook shows it."""

    text: str
    is_code: bool


def visible(text: str) -> str:
    """``text`` with a name such as ``⟨U+202E⟩`` for each character that hides or moves others."""
    if text.isascii() and text.isprintable():
        return text
    named = _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)
    return _STACKED.sub(r"\1", named)


def printed(text: str) -> str:
    """What a terminal would show in the end: no colours, and of a line that was rewritten its last
    state (a progress bar rewrites its line a thousand times)."""
    text = _ESCAPE.sub("", text).replace("\r\n", "\n")
    if "\r" not in text:
        return text
    return "\n".join(_last_state(line) for line in text.split("\n"))


def _last_state(line: str) -> str:
    written = [state for state in line.split("\r") if state.strip()]
    return written[-1] if written else ""


def one_line(text: str, longest: int) -> str:
    """``text`` on one line, at most ``longest`` characters."""
    line = " ".join(text[: 4 * longest].split())
    return visible(line if len(line) <= longest else line[: longest - 1] + "…")


def cut(text: str, characters: int, lines: int, width: int = 2000) -> tuple[str, int]:
    """The first part of ``text``, visible, and how many characters were left out.

    Args:
        characters: at most, of the original text.
        lines: at most.
        width: characters of one line; a longer one is cut and bears ``…``.
    """
    kept = text[:characters].split("\n", lines)[:lines]
    narrow = [line if len(line) <= width else line[:width] + "…" for line in kept]
    whole = "\n".join(kept)
    lost = len(text) - len(whole) + sum(len(line) - width for line in kept if len(line) > width)
    return visible("\n".join(narrow)), lost


def sentence(text: str, lang: Language) -> tuple[Part, ...]:
    """A sentence of the grader in parts: what stands in backticks is code."""
    parts = []
    for at, piece in enumerate(_CODE.split(text)):
        if piece:
            is_code = at % 2 == 1
            parts.append(
                Part(visible(piece) if is_code else visible(typeset(piece, lang)), is_code)
            )
    return tuple(parts)


def typeset(text: str, lang: Language) -> str:
    """``text`` with the no-break spaces of its language: « x », x : y ; z ?"""
    if lang != "fr":
        return text
    text = text.replace(_AFTER, "«" + _WIDE)
    return _BEFORE_WIDE.sub(_WIDE, _BEFORE_THIN.sub(_THIN, text))


def points(value: float, lang: Language) -> str:
    """Points with at most two decimals, a comma before them in French."""
    plain = f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
    plain = "0" if plain == "-0" else plain
    return plain.replace(".", ",").replace("-", "−") if lang == "fr" else plain.replace("-", "−")
