"""A function or class of ``reference/`` → the solution cell of its task, which nbgrader empties."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator

from autograder.errors import CourseError, Problem
from autograder.model import Language, Task

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_LINE_LENGTH = 88
_GIVEN = "super().__init__()"  # stays in the stub of a class: without it no layer can be assigned

Definition = ast.FunctionDef | ast.ClassDef


def solution_cell(task: Task, reference: str, file: str, lang: Language) -> str:
    """The source of the cell: signature, title as docstring, the answer between two marks.

    A class is written with its bases and its methods, each with an answer of its own.

    Args:
        task: whose function or class is wanted.
        reference: content of the reference module, which must define it.
        file: the module's name, for messages.
        lang: language of the docstring.

    Raises:
        CourseError: the function or class cannot stand in a notebook by itself.
    """
    module = ast.parse(reference)
    definitions = {node.name: node for node in module.body if isinstance(node, Definition)}
    writer = _Writer(reference.split("\n"), _aliases(module), file)
    definition, docstring = definitions[task.id], _docstring(task.title.to(lang))
    if isinstance(definition, ast.ClassDef):
        return "\n".join(writer.class_lines(definition, docstring))
    return "\n".join(writer.function_lines(definition, docstring))


def _docstring(title: str) -> str:
    stop = "" if title.endswith((".", "!", "?", "…")) else "."
    escaped = title.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""{escaped}{stop}"""'


def free_names(source: str) -> frozenset[str]:
    """Global names that ``source`` reads but neither binds nor finds among the builtins."""
    top = symtable.symtable(source, "cell", "exec")
    bound = {symbol.get_name() for symbol in top.get_symbols() if _is_bound(symbol)}
    read = {name for table in _tables(top) for name in _global_reads(table)}
    return frozenset(read - bound - set(dir(builtins)))


def bound_names(source: str) -> frozenset[str]:
    """Names that ``source`` defines at its top level."""
    top = symtable.symtable(source, "cell", "exec")
    return frozenset(symbol.get_name() for symbol in top.get_symbols() if _is_bound(symbol))


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)


def _global_reads(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
            yield symbol.get_name()


class _Writer:
    """Writes definitions of one reference module, whose ``lines`` and type ``aliases`` it knows."""

    def __init__(self, lines: list[str], aliases: dict[str, ast.expr], file: str) -> None:
        self.lines = lines
        self.aliases = aliases
        self.file = file

    def class_lines(self, node: ast.ClassDef, docstring: str) -> Iterator[str]:
        """The class with a docstring; its methods have none, which would be in one language."""
        if node.decorator_list:
            raise self._problem(node, "a class without decorators")
        bases = ", ".join(ast.unparse(each) for each in (*node.bases, *node.keywords))
        yield f"class {node.name}({bases}):" if bases else f"class {node.name}:"
        yield f"    {docstring}"
        documented = ast.get_docstring(node) is not None
        for method in node.body[documented:]:
            if not isinstance(method, ast.FunctionDef) or _is_private(method.name):
                raise self._problem(node, "a class of methods that students write: all public")
            yield ""
            yield from self.function_lines(method)

    def function_lines(self, node: ast.FunctionDef, docstring: str = "") -> Iterator[str]:
        """The function or method, with its answer between the two marks."""
        if node.decorator_list:
            raise self._problem(node, "a function without decorators")
        answer, given = self._answer(node)
        indent = " " * node.col_offset
        yield from (indent + line for line in _signature(node, self.aliases))
        inner = [*([docstring] if docstring else []), *given, BEGIN]
        yield from (f"{indent}    {line}" for line in inner)
        yield from answer
        yield f"{indent}    {END}"

    def _answer(self, node: ast.FunctionDef) -> tuple[list[str], list[str]]:
        """The body as written, comments and all, without its docstring; and what is given of it."""
        before = int(ast.get_docstring(node) is not None)
        if before == len(node.body):
            raise self._problem(node, "a function with an answer; it holds only a docstring")
        given = ast.unparse(node.body[before]) == _GIVEN and before + 1 < len(node.body)
        before += given
        last = node.body[before - 1]
        start = (last.end_lineno or last.lineno) if before else node.body[0].lineno - 1
        if start < node.lineno:
            raise self._problem(node, "its body below its first line")
        answer = self.lines[start : node.end_lineno]
        while not answer[0].strip():
            del answer[0]
        return answer, [_GIVEN] if given else []

    def _problem(self, node: Definition, expected: str) -> CourseError:
        return CourseError([Problem(self.file, f"line {node.lineno}, {node.name}", expected)])


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


# ---------------------------------------------------------------- the signature a student sees


def _signature(function: ast.FunctionDef, aliases: dict[str, ast.expr]) -> list[str]:
    """``def f(…) -> …:`` with its annotations in terms that a notebook knows, wrapped if long."""
    parameters = list(_parameters(function.args, aliases))
    returns = f" -> {_annotation(function.returns, aliases)}" if function.returns else ""
    line = f"def {function.name}({', '.join(parameters)}){returns}:"
    if len(line) <= _LINE_LENGTH:
        return [line]
    return [f"def {function.name}(", *(f"    {each}," for each in parameters), f"){returns}:"]


def _parameters(args: ast.arguments, aliases: dict[str, ast.expr]) -> Iterator[str]:
    positional = [*args.posonlyargs, *args.args]
    missing = [None] * (len(positional) - len(args.defaults))
    for index, (each, default) in enumerate(
        zip(positional, [*missing, *args.defaults], strict=True)
    ):
        yield _parameter(each, default, aliases)
        if index + 1 == len(args.posonlyargs):
            yield "/"
    if args.vararg:
        yield f"*{_parameter(args.vararg, None, aliases)}"
    elif args.kwonlyargs:
        yield "*"
    for each, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield _parameter(each, default, aliases)
    if args.kwarg:
        yield f"**{_parameter(args.kwarg, None, aliases)}"


def _parameter(each: ast.arg, default: ast.expr | None, aliases: dict[str, ast.expr]) -> str:
    annotation = f": {_annotation(each.annotation, aliases)}" if each.annotation else ""
    if default is None:
        return each.arg + annotation
    equals = " = " if annotation else "="
    return f"{each.arg}{annotation}{equals}{ast.unparse(default)}"


def _annotation(annotation: ast.expr, aliases: dict[str, ast.expr]) -> str:
    return ast.unparse(_Plain(aliases).visit(annotation))


def _aliases(module: ast.Module) -> dict[str, ast.expr]:
    """Names that the module gives to types, such as ``Array = NDArray[np.float64]``."""
    return {
        node.targets[0].id: node.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


class _Plain(ast.NodeTransformer):
    """``NDArray[np.float64]`` says to a beginner less than ``np.ndarray``; aliases say nothing."""

    def __init__(self, aliases: dict[str, ast.expr]) -> None:
        self.aliases = aliases

    def visit_Name(self, node: ast.Name) -> ast.expr:
        alias = self.aliases.get(node.id)
        return node if alias is None else self.visit(alias)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if ast.unparse(node.value).rpartition(".")[2] == "NDArray":
            return ast.parse("np.ndarray", mode="eval").body
        self.generic_visit(node)
        return node
