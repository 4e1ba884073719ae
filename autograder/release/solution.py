"""A function of ``reference/`` → the solution cell of its task, which nbgrader then empties."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator

from autograder.errors import CourseError, Problem
from autograder.model import Language, Task

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_LINE_LENGTH = 88


def solution_cell(task: Task, reference: str, file: str, lang: Language) -> str:
    """The source of the cell: signature, title as docstring, the answer between two marks.

    Args:
        task: whose function is wanted.
        reference: content of the reference module, which must define it.
        file: the module's name, for messages.
        lang: language of the docstring.

    Raises:
        CourseError: the function cannot stand in a notebook by itself.
    """
    module = ast.parse(reference)
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    function = functions[task.id]
    if function.decorator_list:
        raise _problem(file, function, "a function without decorators")
    answer = _answer_lines(function, reference.split("\n"), file)
    lines = [*_signature(function, _aliases(module)), f"    {_docstring(task.title.to(lang))}"]
    return "\n".join([*lines, f"    {BEGIN}", *answer, f"    {END}"])


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


def _answer_lines(function: ast.FunctionDef, lines: list[str], file: str) -> list[str]:
    """The function's body as written, comments and all, without its docstring."""
    body = function.body
    first = body[0]
    documented = ast.get_docstring(function) is not None
    if documented and len(body) == 1:
        raise _problem(file, function, "a function with an answer; it holds only a docstring")
    start = (first.end_lineno or first.lineno) if documented else first.lineno - 1
    if start < function.lineno:
        raise _problem(file, function, "its body below its first line")
    answer = lines[start : function.end_lineno]
    while not answer[0].strip():
        del answer[0]
    return answer


def _problem(file: str, function: ast.FunctionDef, expected: str) -> CourseError:
    return CourseError([Problem(file, f"line {function.lineno}, {function.name}", expected)])


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
