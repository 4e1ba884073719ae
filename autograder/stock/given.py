"""What the cells of the course's own notebook bind, and which of it the trusted side has itself.

A test cell calls helpers and reads data that other cells of the notebook gave to the student. Their
definitions are the course's, so they run here as well: a student may change theirs.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder.release.solution import bound_names, free_names
from autograder.stock.model import SourceNotebook

_BUILTIN = frozenset(dir(builtins))
_DEFINITIONS = (
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign),
)
# What the course's own cells do on the way to a definition: ``with open(…) as file: DATA = …``.
_BLOCKS = (ast.AugAssign, ast.Expr, ast.If, ast.Try, ast.With, ast.For)
_SIDE_EFFECTS = frozenset({"input", "exec", "eval", "compile", "exit", "quit", "display"})


@dataclass(frozen=True)
class SourceCode:
    """One code cell of the course's notebook."""

    grade_id: str  # "" for a cell without marks
    source: str
    is_test: bool
    is_answer: bool


@dataclass(frozen=True)
class Given:
    """What the trusted side knows of a notebook before a student's is looked at.

    Args:
        before: by test cell, what the cells since the last one define: each one statement.
        answers: names that are the student's, wherever they are bound.
        modules: by name, the module or the module's member that an import of the notebook binds.
        own: names that only the course's own cells bind, its tests too.
    """

    before: Mapping[str, tuple[str, ...]]
    answers: frozenset[str]
    modules: Mapping[str, str]
    own: frozenset[str] = frozenset()


def code_cells(source: SourceNotebook) -> list[SourceCode]:
    """The code cells of the course's notebook; of one that only the gradebook has, its own."""
    if source.answered is None:
        return [
            SourceCode(cell.grade_id, cell.released if cell.solution else cell.source,
                       cell.is_test, cell.solution)
            for cell in source.cells
            if cell.cell_type == "code"
        ]  # fmt: skip
    found = []
    for cell in source.answered["cells"]:
        if cell["cell_type"] == "code":
            marks = cell["metadata"].get("nbgrader", {})
            own = source.by_id.get(marks.get("grade_id", ""))
            text = own.source if own and own.is_test else cell["source"]
            answer = bool(marks.get("solution"))
            found.append(
                SourceCode(own.grade_id if own else "", text, bool(own and own.is_test), answer)
            )
    return found


def given(source: SourceNotebook) -> Given:
    """What the cells of ``source`` define for its tests."""
    cells = code_cells(source)
    before: dict[str, tuple[str, ...]] = {}
    modules: dict[str, str] = {}
    waiting: list[str] = []
    ours: set[str] = set()
    bound: set[str] = set()
    wanted = _only_imported(cells)
    for cell in cells:
        modules |= imported(cell.source)
        if cell.is_test:
            before[cell.grade_id], waiting = tuple(waiting), []
            continue
        names = _bound(cell.source)
        if cell.is_answer:
            ours -= names
            kept = [(text, own) for text, own in _imports(cell.source) if own & wanted]
        else:
            kept = list(_definitions(cell.source, ours))
        waiting += [text for text, _ in kept]
        ours.update(*(names for _, names in kept))
        bound |= names - ours
    answers = frozenset(bound - ours) | _taken(cells, ours)
    tests = frozenset().union(*(_bound(cell.source) for cell in cells if cell.is_test))
    return Given(before, answers, modules, (tests | ours) - answers)


def _only_imported(cells: list[SourceCode]) -> frozenset[str]:
    """Names that tests read and answers do nothing but import: what they bring is no answer, and a
    student who binds them to something else must not judge by it."""
    read: set[str] = set()
    defined: set[str] = set()
    for cell in cells:
        texts = [ast.unparse(one) for one in _statements(cell.source) if not _is_import(one)]
        if cell.is_test:
            read.update(*map(_read, texts))
        elif cell.is_answer:
            defined.update(*map(_bound, texts))
    return frozenset(read - defined)


def _imports(source: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each name that ``source`` imports at its top level, with a statement that does only that."""
    for statement in filter(_is_import, _statements(source)):
        assert isinstance(statement, ast.Import | ast.ImportFrom)
        for alias in statement.names:
            statement.names = [alias]
            text = ast.unparse(statement)
            yield text, _bound(text)


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _definitions(source: str, known: set[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Statements that need nothing of the student's to be run, and the names they bind."""
    known = set(known)
    for statement in _statements(source):
        text = ast.unparse(statement)
        if not isinstance(statement, (*_DEFINITIONS, *_BLOCKS)):
            continue
        if _acts(statement) or _needed(statement) - known - _BUILTIN:
            continue
        names = _bound(text)
        if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Call):
            continue
        known |= names
        yield text, names


def _acts(statement: ast.stmt) -> bool:
    """Whether it does more than define, here and now."""
    if isinstance(statement, ast.FunctionDef):
        return False
    names = (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))
    return not _SIDE_EFFECTS.isdisjoint(names)


def _needed(statement: ast.stmt) -> frozenset[str]:
    """Names that must be there when the statement runs: not those in the body of a function."""
    if isinstance(statement, ast.FunctionDef):
        head = [*statement.decorator_list, *statement.args.defaults, *statement.args.kw_defaults]
        parts = [ast.unparse(part) for part in head if part is not None]
        return frozenset().union(*map(free_names, parts))
    return free_names(ast.unparse(statement))


def _taken(cells: list[SourceCode], ours: set[str]) -> frozenset[str]:
    """Names that a test cell reads before any test cell binds them: nobody else's."""
    seen: set[str] = set()
    taken: set[str] = set()
    for cell in cells:
        if cell.is_test:
            for statement in _statements(cell.source):
                text = ast.unparse(statement)
                taken |= _read(text) - seen - ours - _BUILTIN
                seen |= _bound(text)
    return frozenset(taken)


def _read(source: str) -> frozenset[str]:
    """Names of the notebook that a statement reads or deletes, also one that it binds itself:
    ``old, f = f, spy``. In a block of statements those are its own."""
    tree = ast.parse(source)
    deleted = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
    }
    if any(hasattr(statement, "body") for statement in tree.body):
        return free_names(source) | deleted
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    read = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}
    return free_names(source) | deleted | read


def imported(source: str) -> dict[str, str]:
    """By the name it binds, what each import of ``source`` brings: ``np`` → ``numpy``."""
    found: dict[str, str] = {}
    for statement in _statements(source):
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    found[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def visible_definitions(released: str) -> list[tuple[str, frozenset[str]]]:
    """What the part of a test cell that students have defines: statements and their names."""
    found = _statements(released)
    texts = [ast.unparse(one) for one in found if isinstance(one, _DEFINITIONS)]
    return [(text, _bound(text)) for text in texts]


def _bound(source: str) -> frozenset[str]:
    try:
        return bound_names(source)
    except SyntaxError:
        return frozenset()


def _statements(source: str) -> list[ast.stmt]:
    """None of a cell that is not plain Python."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []
