"""Which way a test cell goes: evaluated in the trusted process, or run inside the child.

Inside goes what turns a student's data into code or files here, what asks for the student's source,
and what gave other points here than in a kernel with the course's own answers. A student can never
send a cell inside.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from autograder.stock.given import imported
from autograder.stock.model import SourceCell

# What makes code, files or a process of data: here it would do so with what a student returned.
_NAMES = frozenset(
    (
        *("eval", "exec", "compile", "__import__", "open", "input", "breakpoint"),
        *("globals", "locals", "vars", "get_ipython", "In", "Out", "_", "__", "_i"),
    )
)
_MODULES = frozenset(
    (
        *("os", "sys", "subprocess", "shutil", "pathlib", "glob", "tempfile", "io", "importlib"),
        *("builtins", "__main__", "inspect", "dis", "gc", "code", "ctypes", "socket", "signal"),
        *("pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle", "sqlite3", "yaml"),
        *("threading", "multiprocessing", "concurrent", "asyncio", "urllib", "requests", "http"),
        *("matplotlib", "IPython", "ipywidgets", "sympy", "nbformat", "runpy", "ast", "logging"),
        *("mock", "unittest.mock"),  # they patch what is the student's, in the student's process
    )
)
# What student code gives stays in its process: what stands for it here is no generator.
_KINDS = frozenset(("GeneratorType", "FunctionType", "LambdaType", "MethodType", "CoroutineType"))
_OF_LIBRARIES = _KINDS | frozenset(
    (
        *("read_pickle", "read_csv", "read_json", "load", "loadtxt", "genfromtxt", "fromfile"),
        *("save", "savez", "savetxt", "memmap", "eval"),
    )
)
_BUILTIN = frozenset(name for name in vars(builtins) if callable(vars(builtins)[name]))
_OF_ALL = frozenset(
    ("__globals__", "__code__", "__closure__", "__subclasses__", "__builtins__", "query", "to_csv")
)


@dataclass(frozen=True)
class Way:
    """How one test cell is run.

    Args:
        construct: why it runs inside the child; "": it is evaluated in the trusted process.
        allowed: what it may do with objects that stay in the child; None: everything.
        proved: whether the course's own answers were tried.
        doubted: there are none, so a person decides where an object of the student's had a say.
    """

    construct: str = ""
    allowed: frozenset[str] | None = None
    proved: bool = False
    doubted: bool = False

    @property
    def inside(self) -> bool:
        """Whether the student's process runs it."""
        return bool(self.construct)


Ways = Mapping[str, Way]  # by grade id


@dataclass(frozen=True)
class Tried:
    """What one test cell gave, once, somewhere."""

    points: float | None
    problem: str = ""  # what stopped it
    used: frozenset[str] = field(default_factory=frozenset)


def by_reading(cell: SourceCell, modules: Mapping[str, str]) -> Way:
    """The way of ``cell`` as its text says; ``modules``: what imports of the notebook bind."""
    try:
        tree = ast.parse(cell.source)
    except (SyntaxError, ValueError):
        return Way("a command or other syntax of IPython")
    known = {**modules, **imported(cell.source)}
    return Way(next(_constructs(tree, known), ""))


def _constructs(tree: ast.Module, modules: Mapping[str, str]) -> Iterator[str]:
    yield from (f"`{name}` is bound" for name in _builtins_forbidden(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            if node.id in _NAMES and node.id not in modules:
                yield f"`{node.id}`"
            elif _forbidden(modules.get(node.id, "")):
                yield f"`{modules[node.id]}`"
        elif isinstance(node, ast.Import):
            yield from (f"`import {one.name}`" for one in node.names if _forbidden(one.name))
        elif isinstance(node, ast.ImportFrom) and _forbidden(node.module or ""):
            yield f"`from {node.module} import`"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del) and node.id in modules:
            yield f"`del {node.id}`"
        elif isinstance(node, ast.Attribute) and _reads_files(node, modules):
            yield f"`.{node.attr}`"
        elif isinstance(node, ast.Attribute) and _patches(node, modules):
            yield f"`{ast.unparse(node)}` is changed"
        elif isinstance(node, ast.Call) and _sets_of(node, modules):
            yield f"`{ast.unparse(node)}`"
        elif isinstance(node, ast.Global):
            yield "`global`"
        elif isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith | ast.AsyncFunctionDef):
            yield "`await`"


def _reads_files(node: ast.Attribute, modules: Mapping[str, str]) -> bool:
    library = isinstance(node.value, ast.Name) and node.value.id in modules
    return node.attr in _OF_ALL or (library and node.attr in _OF_LIBRARIES)


def _patches(node: ast.Attribute, modules: Mapping[str, str]) -> bool:
    """Whether it changes a library: that is meant for the student's code, which has its own."""
    base: ast.expr = node
    while isinstance(base, ast.Attribute):
        base = base.value
    changed = isinstance(node.ctx, ast.Store | ast.Del)
    return changed and isinstance(base, ast.Name) and base.id in modules


def _sets_of(node: ast.Call, modules: Mapping[str, str]) -> bool:
    """``setattr(np, …)``, the same in other words."""
    if not (isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr")):
        return False
    return bool(node.args) and ast.unparse(node.args[0]).partition(".")[0] in modules


def _builtins_forbidden(tree: ast.Module) -> Iterator[str]:
    """Built-in functions in whose place the cell puts something, as a trap for student code."""
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names, trap = [statement.name], True
        elif isinstance(statement, ast.Assign):
            names = [one.id for one in statement.targets if isinstance(one, ast.Name)]
            value = statement.value
            trap = isinstance(value, ast.Lambda | ast.Name)
            trap = trap or (isinstance(value, ast.Constant) and value.value is None)
        else:
            continue
        yield from (name for name in names if trap and name in _BUILTIN)


def _forbidden(module: str) -> bool:
    parts = module.split(".")
    if parts[0] == "types" and _KINDS.intersection(parts):
        return True
    return parts[0] in _MODULES or ".".join(parts[:2]) in _MODULES


def by_trying(read: Way, outside: tuple[Tried, Tried], kernel: tuple[Tried, Tried]) -> Way:
    """The way of a cell whose text allows the trusted process, after it was tried.

    Args:
        read: what ``by_reading`` says.
        outside: evaluated here, with the course's answers and with the released stubs.
        kernel: run as nbgrader does, likewise.
    """
    if read.inside:
        return Way(read.construct, proved=True)
    for here, there, answers in zip(outside, kernel, ("answers", "stubs"), strict=True):
        if here.points != there.points:
            what = (
                f"{here.points} points with the course's own {answers}, {there.points} in a kernel"
            )
            return Way(f"{here.problem}: {what}" if here.problem else what, proved=True)
    return Way(allowed=outside[0].used, proved=True)
