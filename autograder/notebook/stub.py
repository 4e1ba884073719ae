"""Answers that nobody has written yet: what a released task cell looks like, told from its text.

Good enough to choose between two files. It decides no points but the zero of a text that a person
would have to read, were it written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.model import Language

# What a student's notebook holds in the place of a text that a person will mark.
TEXTS: dict[Language, str] = {
    "fr": "À toi de jouer : écris ta réponse ici.",
    "en": "Your turn: write your answer here.",
}
_DEFINITION = re.compile(r"(?:async )?(?:def|class) ([^\W\d]\w{0,99})")
_METHOD = re.compile(r"^[ \t]+def ", re.M)
_SIGNATURE_END = re.compile(r":[ \t]*(?:#[^\n]*)?\n")
_COMMENT = re.compile(r"^#[ \t]?", re.M)
_GIVEN = "super().__init__()"  # what the stub of a class holds besides
_RAISE = re.compile(r"raise[ \t]+NotImplementedError(?:\([^\n]*\))?")
_QUOTES = ('"""', "'''", '"', "'")
_INSIDE = ("", " ", "\t", "#", ")", "]")  # how a line that ends no function begins


def is_answer(source: str, task: str) -> bool:
    """Whether the cell of ``task`` holds more than blanks, comments and the released stub."""
    code = _without_comments(source)
    if not code or not is_text(source):
        return False
    return not _RAISE.fullmatch(code) and task not in unwritten(source)


def is_text(source: str) -> bool:
    """Whether a text cell holds more than blanks and the released stub, which a script comments."""
    words = " ".join(_COMMENT.sub("", source).split())
    return bool(words) and words not in TEXTS.values()


def unwritten(source: str) -> frozenset[str]:
    """The functions at the left margin that only raise ``NotImplementedError``.

    And the classes all of whose methods do.
    """
    stubs, written = set[str](), set[str]()
    for name, text in _definitions(source):
        _, *methods = _METHOD.split(text) if text.startswith("class") else ("", text)
        (stubs if methods and all(map(_is_stub, methods)) else written).add(name)
    return frozenset(stubs - written)


def _definitions(source: str) -> Iterator[tuple[str, str]]:
    """Name and text of each function and class at the left margin, up to the next line there."""
    name, lines = "", list[str]()
    for line in source.split("\n"):
        start = _DEFINITION.match(line)
        if start is not None or line[:1] not in _INSIDE:
            if name:
                yield name, "\n".join(lines)
            name, lines = start[1] if start else "", []
        lines.append(line)
    if name:
        yield name, "\n".join(lines)


def _is_stub(function: str) -> bool:
    _, *rest = _SIGNATURE_END.split(function, maxsplit=1)
    return bool(rest) and bool(_RAISE.fullmatch(_without_given(_without_comments(rest[0]))))


def _without_docstring(body: str) -> str:
    bare = body.lstrip("rRuU")
    for quote in _QUOTES:
        if bare.startswith(quote):
            _, _, after = bare[len(quote) :].partition(quote)
            return after.strip()
    return body


def _without_given(body: str) -> str:
    return _without_docstring(body).removeprefix(_GIVEN).strip()


def _without_comments(source: str) -> str:
    lines = (line for line in source.split("\n") if not line.lstrip().startswith("#"))
    return "\n".join(lines).strip()
