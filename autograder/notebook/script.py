"""A notebook handed in as a Python script: where its cells begin.

Understood are the marks of editors and of notebook exports (``# %%``, ``# In[3]:``,
``# <codecell>``) and of jupytext's light format (``# +``, ``# -``). Without marks the script is one
cell. Students' text is never parsed here, only cut at lines, so a mark inside a block of code is
recognised by what follows it: no cell starts indented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.notebook import refusals
from autograder.notebook.refusals import Unreadable
from autograder.notebook.text import decode

_PERCENT = re.compile(r"#[ \t]?%%+((?:[ \t].*)?)")  # `# %%time` is a magic, commented out
_EXPORT = re.compile(r"# (?:In\s?\[[\d *]{0,9}\]:?|<(code|markdown)cell>)\s*")
_LIGHT = re.compile(r"# -|# \+(?: (?:[\[{]|[\w.-]{1,40}=).*)?")
_PROSE = re.compile(r"\[(?:markdown|md|raw)\]", re.IGNORECASE)
_GRADE_ID = re.compile(r'"?grade_id"?\s?[:=]\s?"([^"\n]{1,200})"')
_TASK = re.compile(r'\btask="([^"\n]{1,200})"')
_COOKIE = re.compile(rb"[ \t\f]*#[^\n]{0,200}?coding[:=][ \t]*([-\w.]{1,40})")
# Only encodings whose decoders are quick and plain: a script may name any codec of Python.
_ENCODINGS = {
    **dict.fromkeys(("utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"), "utf-8"),
    **dict.fromkeys(("latin-1", "latin1", "iso-8859-1"), "latin-1"),
    **dict.fromkeys(("cp1252", "windows-1252"), "cp1252"),
    "iso-8859-15": "iso-8859-15",
}


def text(data: bytes) -> str:
    """The script's text, in UTF-8 or in the encoding that its first two lines declare.

    Raises ``Unreadable`` for bytes that are not such text.
    """
    for line in data[:1000].splitlines()[:2]:
        declared = _COOKIE.match(line)
        if declared is None:
            continue
        name = declared[1].decode("ascii", "replace").lower().replace("_", "-")
        if name not in _ENCODINGS:
            raise Unreadable(refusals.ODD_ENCODING)
        return decode(data, _ENCODINGS[name])
    return decode(data)


def code_cells(script: str) -> list[str]:
    """The sources of the code cells, in order; Markdown cells of the percent format are dropped."""
    cells: list[str] = []
    prose = False
    for mark, body in _pieces(script):
        if cells and not prose and _starts_indented(body):
            cells[-1] += f"{mark}\n{body}"
            continue
        prose = _is_prose(mark)
        if not prose and (mark or _has_code(body)):
            cells.append(body)
    return cells


def named_cells(script: str) -> Iterator[tuple[str, str]]:
    """Pairs of a name that a cell's mark gives it (grade id, or ``task="…"``) and its text."""
    for mark, body in _pieces(script):
        for name in _GRADE_ID.findall(mark) + _TASK.findall(mark):
            yield name, body


def _pieces(script: str) -> Iterator[tuple[str, str]]:
    """Pairs of a mark's line ("" before the first) and the text below it."""
    mark, body = "", list[str]()
    for line in script.split("\n"):
        if _is_mark(line):
            yield mark, "\n".join([*body, ""])
            mark, body = line, []
        else:
            body.append(line)
    yield mark, "\n".join(body)


def _is_mark(line: str) -> bool:
    if not line.startswith("#"):
        return False
    bare = line.rstrip()
    return any(pattern.fullmatch(bare) for pattern in (_PERCENT, _EXPORT, _LIGHT))


def _is_prose(mark: str) -> bool:
    percent = _PERCENT.fullmatch(mark.rstrip())
    if percent is not None:
        return _PROSE.search(percent[1]) is not None
    return mark.startswith("# <markdown") or (mark.startswith("# +") and bool(_PROSE.search(mark)))


def _code_lines(body: str) -> Iterator[str]:
    return (line for line in body.split("\n") if line.strip() and not line.lstrip().startswith("#"))


def _has_code(body: str) -> bool:
    return next(_code_lines(body), None) is not None


def _starts_indented(body: str) -> bool:
    return next(_code_lines(body), "x")[0] in " \t"
