"""Tables as learning platforms exchange them: read with their own marks, written inert.

A spreadsheet runs a cell that starts like a formula, and names are a student's own choice. Such a
cell gets an apostrophe in front, and so does what follows a separator inside it: a file made with
commas is often opened with semicolons.
Source: OWASP, CSV injection, https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import UsageError

MAX_BYTES = 32 * 1024 * 1024
BOM = "\ufeff"
_DELIMITERS = (",", ";", "\t")
_NUMBER = re.compile(r"\s*[+-]?\d+(?:[.,]\d+)?\s*%?|-")  # Moodle's sign for nothing, too
_UNSEEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
_CONTROL = re.compile(f"[{_UNSEEN}\ufeff\ufff9-\ufffb\ud800-\udfff]")
_FORMULA = re.compile("(^|[\n\t;,|])(?=[\\s\"']*[=+\\-@＝＋－＠])|^(?=[\t\n])")
_DECIMALS = 6  # as the results are rounded


@dataclass(frozen=True)
class Style:
    """How a platform writes its tables. ``bom``: a byte order mark stands first."""

    delimiter: str = ","
    decimal: str = "."
    bom: bool = False


@dataclass(frozen=True)
class Table:
    """A file that a platform exported: the headings, the other lines, and how it was written."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    style: Style

    def column(self, names: Iterable[str]) -> int | None:
        """Where the first heading stands that is one of ``names``, in any case."""
        wanted = {name.casefold() for name in names}
        found = (at for at, text in enumerate(self.header) if text.strip().casefold() in wanted)
        return next(found, None)


def read(path: Path) -> Table:
    """The table in a file, its separator told by its first line.

    Raises:
        UsageError: it cannot be read, is too large, not UTF-8, or has no line below the headings.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: larger than {MAX_BYTES >> 20} MiB: no list of students")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        cure = "export it anew, or save it as “CSV UTF-8”"
        raise UsageError(f"{path}: not UTF-8; {cure}") from None
    return _parsed(path.name, text)


def _parsed(name: str, text: str) -> Table:
    bare = text.removeprefix(BOM)
    first = bare.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
    try:
        lines = list(csv.reader(io.StringIO(bare, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UsageError(f"{name}: no table of comma-separated values ({error})") from None
    filled = [line for line in lines if any(cell.strip() for cell in line)]
    if len(filled) < 2:
        raise UsageError(f"{name}: no headings with lines below them")
    header = tuple(cell.strip() for cell in filled[0])
    rows = tuple(_as_long(line, len(header)) for line in filled[1:])
    comma = any(re.fullmatch(r"-?\d+,\d+", cell) for row in rows for cell in row)
    style = Style(delimiter, "," if comma else ".", bom=text.startswith(BOM))
    return Table(name, header, rows, style)


def _as_long(line: list[str], length: int) -> tuple[str, ...]:
    return tuple((line + [""] * length)[:length])


def guarded(text: str) -> str:
    """``text`` so that no spreadsheet runs it: numbers stay numbers, names all but formulas.

    Characters that are not seen become U+FFFD.
    """
    if _NUMBER.fullmatch(text):
        return text
    one_kind = text.replace("\r\n", "\n").replace("\r", "\n")  # else `csv` leaves it without quotes
    return _FORMULA.sub(r"\1'", _CONTROL.sub("\N{REPLACEMENT CHARACTER}", one_kind))


def points(value: float | None, style: Style = Style()) -> str:
    """Points as text, without trailing zeros; "" for None."""
    if value is None:
        return ""
    text = f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace(".", style.decimal)


def written(lines: Iterable[Sequence[str]], style: Style = Style()) -> bytes:
    """The lines as a file, every cell guarded."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=style.delimiter, lineterminator="\n")
    writer.writerows([[guarded(cell) for cell in line] for line in lines])
    return ((BOM if style.bom else "") + out.getvalue()).encode()
