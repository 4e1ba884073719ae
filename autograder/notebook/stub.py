"""Answers that nobody has written yet: what a released task cell looks like, told from its text.

Good enough to choose between two files, and used for nothing else: it decides no points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FUNCTION = re.compile(r"(?:async )?def ([^\W\d]\w{0,99})")
_SIGNATURE_END = re.compile(r":[ \t]*(?:#[^\n]*)?\n")
_RAISE = re.compile(r"raise[ \t]+NotImplementedError(?:\([^\n]*\))?")
_QUOTES = ('"""', "'''", '"', "'")
_INSIDE = ("", " ", "\t", "#", ")", "]")  # how a line that ends no function begins


def is_answer(source: str, task: str) -> bool:
    """Whether the cell of ``task`` holds more than blanks, comments and the released stub."""
    code = _without_comments(source)
    return bool(code) and not _RAISE.fullmatch(code) and task not in unwritten(source)


def unwritten(source: str) -> frozenset[str]:
    """The functions at the left margin whose body only raises ``NotImplementedError``."""
    stubs, written = set[str](), set[str]()
    for name, text in _functions(source):
        (stubs if _is_stub(text) else written).add(name)
    return frozenset(stubs - written)


def _functions(source: str) -> Iterator[tuple[str, str]]:
    """Name and text of every function at the left margin, up to the next line that stands there."""
    name, lines = "", list[str]()
    for line in source.split("\n"):
        start = _FUNCTION.match(line)
        if start is not None or line[:1] not in _INSIDE:
            if name:
                yield name, "\n".join(lines)
            name, lines = start[1] if start else "", []
        lines.append(line)
    if name:
        yield name, "\n".join(lines)


def _is_stub(function: str) -> bool:
    _, *rest = _SIGNATURE_END.split(function, maxsplit=1)
    return bool(rest) and bool(_RAISE.fullmatch(_without_docstring(_without_comments(rest[0]))))


def _without_docstring(body: str) -> str:
    bare = body.lstrip("rRuU")
    for quote in _QUOTES:
        if bare.startswith(quote):
            _, _, after = bare[len(quote) :].partition(quote)
            return after.strip()
    return body


def _without_comments(source: str) -> str:
    lines = (line for line in source.split("\n") if not line.lstrip().startswith("#"))
    return "\n".join(lines).strip()
