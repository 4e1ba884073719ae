"""IPython's syntax without IPython: a notebook cell becomes plain Python, line for line.

A cell that compiles is left alone. In any other, magics, shell lines and help become a statement
that does nothing, so that line numbers stay, and are named in a notice.
"""

from __future__ import annotations

import ast
import re
import warnings
from types import CodeType

# %%name at the top: these run the rest of the cell, every other one replaces it.
_BODY_RUNS = frozenset({"capture", "prun", "time", "timeit"})
# %name statement: these run what follows on their line.
_LINE_RUNS = frozenset({"prun", "time", "timeit"})

_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_NOTICE_LENGTH = 80

_COMMAND = re.compile(r"[ \t]*(%{1,2}[A-Za-z_]|!|\?)")
_ASSIGNED = re.compile(r"([ \t]*[\w., \t\[\]'\"]*[\w\]])[ \t]*=[ \t]*(!|%[A-Za-z_])")
_HELP = re.compile(r"[ \t]*%{0,2}[\w.*]+\?{1,2}[ \t]*;?$")


def compile_cell(source: str, filename: str) -> tuple[CodeType, tuple[str, ...]]:
    """The cell's code and what was left out of it, as the student wrote it.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as ``compile`` does.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return _compile(source, filename), ()
    except SyntaxError:
        plain, notices = to_python(source)
        if not notices:
            raise
    return _compile(plain, filename), notices


def _compile(source: str, filename: str) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # "\d" in a string is not our business
        code: CodeType = compile(source, filename, "exec", _FLAGS, dont_inherit=True)
    return code


def to_python(source: str) -> tuple[str, tuple[str, ...]]:
    """``source`` with IPython's commands replaced, on as many lines, and those commands."""
    lines = source.split("\n")
    notices: list[str] = []
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[first].lstrip().startswith("%%"):
        notices.append(_shown(lines[first]))
        if _name(lines[first]) not in _BODY_RUNS:
            return "\n" * (len(lines) - 1), tuple(notices)
        lines[first] = ""
    _replace_commands(lines, notices)
    return "\n".join(lines), tuple(notices)


def _replace_commands(lines: list[str], notices: list[str]) -> None:
    """Replace one command after the other, only where a statement can begin."""
    index = 0
    while index < len(lines):
        if not _is_command(lines[index]) or _continues(lines[:index]):
            index += 1
            continue
        end = index
        while lines[end].endswith("\\") and end + 1 < len(lines):
            end += 1
        notices.append(_shown(lines[index]))
        lines[index] = _replacement(lines[index])
        lines[index + 1 : end + 1] = [""] * (end - index)
        index = end + 1


def _is_command(line: str) -> bool:
    return bool(_COMMAND.match(line) or _ASSIGNED.match(line) or _HELP.match(line))


def _continues(lines: list[str]) -> bool:
    """Whether what comes after ``lines`` is inside a bracket, a string or a continued line.

    There, ``% b`` is a remainder and not a magic. The answer comes from the compiler: a name put
    there would be part of the same statement.
    """
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines = lines[:-1]
    return bool(lines) and (lines[-1].endswith("\\") or _open_at_end("\n".join(lines)))


def _open_at_end(source: str) -> bool:
    """Whether ``source`` ends within a bracket or a triple-quoted string."""
    depth = index = 0
    while index < len(source):
        char = source[index]
        if char == "#":
            index = _find(source, "\n", index)
        elif char in "\"'":
            quote = char * 3 if source.startswith(char * 3, index) else char
            index = _end_of_string(source, quote, index + len(quote))
            if index > len(source):
                return len(quote) == 3
            continue
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(0, depth - 1)
        index += 1
    return depth > 0


def _end_of_string(source: str, quote: str, index: int) -> int:
    """The index after the closing ``quote``; beyond the end if there is none."""
    while index < len(source):
        if source[index] == "\\":
            index += 2
        elif source.startswith(quote, index):
            return index + len(quote)
        elif source[index] == "\n" and len(quote) == 1:
            return index  # not closed on its line: the compiler will say so
        else:
            index += 1
    return len(source) + 1


def _find(source: str, char: str, start: int) -> int:
    found = source.find(char, start)
    return len(source) if found < 0 else found


def _replacement(line: str) -> str:
    """Plain Python for one command, with its indentation."""
    indent = line[: len(line) - len(line.lstrip())]
    assigned = _ASSIGNED.match(line)
    if assigned and not _COMMAND.match(line):
        return f"{assigned[1]} = []"  # what a shell line without output gives
    name, _, rest = line.strip().partition(" ")
    if name.lstrip("%") in _LINE_RUNS and not rest.startswith("-"):
        return f"{indent}{rest or 'pass'}"
    return f"{indent}pass"


def _name(line: str) -> str:
    return line.strip().lstrip("%").partition(" ")[0]


def _shown(line: str) -> str:
    return line.strip()[:_NOTICE_LENGTH]
