"""What a cell shows, as safe pieces of a page: text, pictures, tables. Everything else is named.

Input is an output of nbformat 4 as JSON gives it, of unknown origin: any type may stand anywhere.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from autograder import images
from autograder.feedback import tables
from autograder.feedback.text import cut, printed

TEXT_CHARACTERS, TEXT_LINES = 20_000, 400  # of one output
MAX_OUTPUTS = 60  # of one cell
MAX_IMAGE = 2_000_000  # bytes of one picture
_TEXTS = ("text/plain", "text/markdown", "text/latex")


@dataclass(frozen=True)
class Text:
    """Plain text; ``lost`` characters of it were left out."""

    text: str
    is_error: bool = False
    lost: int = 0

    @property
    def lines(self) -> int:
        """How many lines are kept."""
        return self.text.count("\n") + 1


@dataclass(frozen=True)
class Picture:
    """A PNG image in base64; ``number`` counts those of the cell from 1."""

    data: str
    width: int
    height: int
    number: int


@dataclass(frozen=True)
class Table:
    """HTML that nh3 has cleaned."""

    html: Markup


@dataclass(frozen=True)
class LeftOut:
    """Something that is not shown: ``reason`` is a word of the frame, ``count`` how many."""

    reason: str
    count: int = 1


Piece = Text | Picture | Table | LeftOut


@dataclass
class Room:
    """What may still go on one page, so that a notebook of 20 MB does not make a page of 100 MB."""

    characters: int = 1_000_000
    html: int = 400_000
    image_bytes: int = 6_000_000
    pixels: int = 100_000_000

    def takes(self, **sizes: int) -> bool:
        """Whether there is room for all of ``sizes``; takes it, then."""
        if any(getattr(self, name) < size for name, size in sizes.items()):
            return False
        for name, size in sizes.items():
            setattr(self, name, getattr(self, name) - size)
        return True


def pieces(outputs: object, room: Room) -> Iterator[Piece]:
    """What is shown of the ``outputs`` of one cell, in their order."""
    listed = outputs if isinstance(outputs, list) else []
    pictures = 0
    for output in listed[:MAX_OUTPUTS]:
        piece = _piece(output, room, pictures + 1)
        pictures += isinstance(piece, Picture)
        if piece is not None:
            yield piece
    if len(listed) > MAX_OUTPUTS:
        yield LeftOut("more_outputs", len(listed) - MAX_OUTPUTS)


def _piece(output: object, room: Room, number: int) -> Piece | None:
    if not isinstance(output, dict):
        return LeftOut("kind_refused")
    kind = output.get("output_type")
    if kind == "stream":
        return _text(_joined(output.get("text")), room, is_error=output.get("name") == "stderr")
    if kind == "error":
        return _text(_error(output), room, is_error=True)
    if kind in ("display_data", "execute_result"):
        return _shown(output.get("data"), room, number)
    return LeftOut("kind_refused")


def _error(output: dict[object, object]) -> str:
    """The traceback, or the error's own name and text where there is none."""
    trace = output.get("traceback")
    lines = [line for line in trace if isinstance(line, str)] if isinstance(trace, list) else []
    if lines:
        return "\n".join(lines)
    return f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}"


def _shown(data: object, room: Room, number: int) -> Piece | None:
    """The best of several versions of one thing."""
    if not isinstance(data, dict):
        return LeftOut("kind_refused")
    if "image/png" in data:
        return _picture(_joined(data["image/png"]), room, number)
    if (table := _table(_joined(data.get("text/html")), room)) is not None:
        return table
    for kind in _TEXTS:
        if text := _joined(data.get(kind)):
            return _text(text, room)
    return LeftOut("kind_refused")


def _text(text: str, room: Room, *, is_error: bool = False) -> Piece | None:
    if not text.strip():
        return None
    kept, lost = cut(printed(text[: 50 * TEXT_CHARACTERS]), TEXT_CHARACTERS, TEXT_LINES)
    lost += max(len(text) - 50 * TEXT_CHARACTERS, 0)
    kept = kept.strip("\n")
    return Text(kept, is_error, lost) if room.takes(characters=len(kept)) else LeftOut("full")


def _picture(encoded: str, room: Room, number: int) -> Piece:
    if len(encoded) > 2 * MAX_IMAGE:
        return LeftOut("picture_refused")
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):  # characters that are none of base64's
        return LeftOut("picture_refused")
    found = images.checked(data)
    if found is None or found.mime != "image/png" or len(found.data) > MAX_IMAGE:
        return LeftOut("picture_refused")
    if not room.takes(image_bytes=len(found.data), pixels=found.width * found.height):
        return LeftOut("full")
    text = base64.b64encode(found.data).decode("ascii")
    return Picture(text, found.width, found.height, number)


def _table(html: str, room: Room) -> Table | None:
    """The table in ``html``; None if there is none, or no room: its plain text is shown, then."""
    if "<table" not in html.lower():
        return None
    if len(html) > tables.MAX_CHARACTERS or not room.takes(html=len(html)):
        return None
    found = tables.cleaned(html)
    return Table(found) if found is not None else None


def _joined(value: object) -> str:
    """A string, or the strings of a list together; "" for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return ""
