"""Cutting pieces out of Python text by the places that ``ast`` gives, which count UTF-8 bytes."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

Place = tuple[int, int]  # line from 1, column in bytes from 0


class Node(Protocol):
    """What of an ``ast`` node matters here."""

    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


@dataclass(frozen=True, order=True)
class Span:
    """A piece of text, from ``start`` up to ``end``."""

    start: Place
    end: Place

    @classmethod
    def of(cls, node: Node) -> Span:
        """The whole of ``node``."""
        return cls((node.lineno, node.col_offset), _end(node))

    @classmethod
    def around(cls, inner: Node, outer: Node) -> Iterator[Span]:
        """What stands in ``outer`` in front of ``inner`` and behind it."""
        yield cls((outer.lineno, outer.col_offset), (inner.lineno, inner.col_offset))
        yield cls(_end(inner), _end(outer))

    @classmethod
    def before(cls, node: ast.Attribute, name: str) -> Span:
        """``owner.`` in ``owner.name``."""
        line, column = _end(node)
        return cls((node.lineno, node.col_offset), (line, column - len(name.encode())))


class PythonText:
    """Python source from which statements are taken in part; comments are always left out.

    Raises:
        SyntaxError: it is not Python.
    """

    def __init__(self, source: str) -> None:
        self.module = ast.parse(source)
        self._lines = list(io.StringIO(source))  # not splitlines: Python's lines end only at \n
        self._data = source.encode()
        self._starts = [0, *accumulate(len(line.encode()) for line in self._lines)]
        self._commas: list[Place] = []
        self._comments: list[Span] = []
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                self._comments.append(self._comment(*token.start))
            elif token.string == ",":
                self._commas.append(self._place(*token.start))

    def cut(self, statement: ast.stmt, spans: Iterable[Span] = ()) -> str:
        """The text of ``statement`` without ``spans``, its docstring and its comments.

        A function's text begins at ``def``: its decorators are not part of it.
        """
        whole = Span.of(statement)
        inside = [each for each in self._comments if whole.start <= each.start < whole.end]
        kept, position = [], self._offset(whole.start)
        for span in sorted([*spans, *inside, *_docstring(statement)]):
            start = self._offset(span.start)
            if start > position:
                kept.append(self._data[position:start])
            position = max(position, self._offset(span.end))
        kept.append(self._data[position : self._offset(whole.end)])
        return b"".join(kept).decode()

    def argument(self, keyword: ast.keyword) -> Span:
        """A keyword argument, with the comma in front of it."""
        start = (keyword.lineno, keyword.col_offset)
        comma = max((place for place in self._commas if place < start), default=start)
        return Span(comma, _end(keyword))

    def _place(self, line: int, column: int) -> Place:
        """A place in bytes; ``tokenize`` counts characters."""
        return line, len(self._lines[line - 1][:column].encode())

    def _comment(self, line: int, column: int) -> Span:
        """A comment with the blanks in front of it; alone on its line, the whole line."""
        before = self._lines[line - 1][:column].rstrip()
        if not before:
            return Span((line, 0), (line + 1, 0))
        return Span((line, len(before.encode())), (line, len(self._lines[line - 1].encode()) - 1))

    def _offset(self, place: Place) -> int:
        return self._starts[place[0] - 1] + place[1]


def _docstring(statement: ast.stmt) -> Iterator[Span]:
    """The lines of a function's docstring."""
    if isinstance(statement, ast.FunctionDef) and ast.get_docstring(statement) is not None:
        text = statement.body[0]
        yield Span((text.lineno, 0), ((text.end_lineno or text.lineno) + 1, 0))


def _end(node: Node) -> Place:
    return (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
