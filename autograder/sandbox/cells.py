"""IPython's syntax without IPython: a notebook cell becomes plain Python, line for line.

A cell that compiles is left alone. In any other, magics, shell lines and help become a statement
that does nothing, so that line numbers stay, and are named in a notice.
"""

from __future__ import annotations
import __future__

import ast
import functools
import operator
import re
import textwrap
import warnings
from types import CodeType

# %%name at the top: these run the rest of the cell, every other one replaces it.
_BODY_RUNS = frozenset({"capture", "prun", "time", "timeit"})
# %name statement: these run what follows on their line.
_LINE_RUNS = frozenset({"prun", "time", "timeit"})

_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_FUTURES = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)
_NOTICE_LENGTH = 80

_PROMPT = re.compile(r"[ \t]*(?:>>>|\.\.\.|In \[\d+\]:|\.{3,}:)(?: |$)")
_COMMAND = re.compile(r"[ \t]*(%{1,2}[A-Za-z_]|!|\?)")
_ASSIGNED = re.compile(r"([ \t]*[\w., \t\[\]'\"]*[\w\]])[ \t]*=[ \t]*(!|%[A-Za-z_])")
_HELP = re.compile(r"[ \t]*%{0,2}[\w.*]+\?{1,2}[ \t]*;?$")


def compile_cell(source: str, filename: str, flags: int = 0) -> tuple[CodeType, tuple[str, ...]]:
    """The cell's code and what was left out of it, as the student wrote it.

    ``flags`` are the ``future_flags`` of the cells before.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: as ``compile`` does.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return _compile(source, filename, flags), ()
    except SyntaxError:
        plain, notices = to_python(_without_prompts(source))
        if plain == source:
            raise
    return _compile(plain, filename, flags), notices


def future_flags(code: CodeType) -> int:
    """What ``from __future__ import`` in a cell means for the cells after it."""
    return int(code.co_flags & _FUTURES)


def _compile(source: str, filename: str, flags: int) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in a string is not our business
        code: CodeType = compile(source, filename, "exec", _FLAGS | flags, dont_inherit=True)
    return code


def _without_prompts(source: str) -> str:
    """Copied from a session (``>>> x``, ``In [3]: x``), or indented as a whole: as IPython does."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if _PROMPT.match(first):
        source = "\n".join(_PROMPT.sub("", line) for line in lines)
    return textwrap.dedent(source)


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
    """Replace the commands, only where a statement can begin: elsewhere ``% b`` is a remainder."""
    depth, quote = 0, ""
    block = continued = False
    index = 0
    while index < len(lines):
        line = lines[index]
        if depth or quote or continued or not _is_command(line):
            depth, quote = _scan(line, depth, quote)
            continued = line.endswith("\\")
            if line.strip() and not line.lstrip().startswith("#"):
                block = line[0] in " \t" or line.rstrip().endswith(":")
            index += 1
            continue
        end = index
        while lines[end].endswith("\\") and end + 1 < len(lines):
            end += 1
        notices.append(_shown(line))
        lines[index] = _replacement(line if block else line.lstrip())
        lines[index + 1 : end + 1] = [""] * (end - index)
        index = end + 1


def _is_command(line: str) -> bool:
    return bool(_COMMAND.match(line) or _ASSIGNED.match(line) or _HELP.match(line))


def _scan(line: str, depth: int, quote: str) -> tuple[int, str]:
    """How many brackets are open after ``line``, and which quotes of a string."""
    index = 0
    while index < len(line):
        char = line[index]
        if quote and char == "\\":
            index += 2
        elif quote:
            closed = line.startswith(quote, index)
            index += len(quote) if closed else 1
            quote = "" if closed else quote
        elif char in "\"'":
            quote = char * 3 if line.startswith(char * 3, index) else char
            index += len(quote)
        elif char == "#":
            break
        else:
            depth = max(0, depth + (char in "([{") - (char in ")]}"))
            index += 1
    if len(quote) == 1 and not line.endswith("\\"):
        quote = ""  # not closed on its line: the compiler will say so
    return depth, quote


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
