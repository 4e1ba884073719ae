"""The visible tests of a task → its check cell. Whatever is not plainly visible is refused.

The cell is the tests' own text: the ``student.`` in front of each call is cut out, the constants
that the tests need stand above them, and hidden tests leave no trace.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from autograder.errors import CourseError, Problem
from autograder.model import LANGUAGES, Language, Task
from autograder.release.solution import bound_names, free_names
from autograder.release.text import PythonText, Span

_HEADINGS: dict[Language, str] = {
    "fr": "# Vérification de `{}` : exécute cette cellule. Elle s'arrête à la première erreur.",
    "en": "# Check of `{}`: run this cell. It stops at the first mistake.",
}
_ENDINGS: dict[tuple[Language, bool], str] = {
    ("fr", False): "{} : tout est juste.",
    ("fr", True): "{} : ces exemples sont justes. D'autres tests compteront pour ta note.",
    ("en", False): "{}: all is right.",
    ("en", True): "{}: these examples are right. Other tests will count for your score.",
}
_FORM: dict[Language, str] = {  # where no visible test earns anything
    "fr": "{} : c'est bien une réponse. Cette cellule ne dit pas si elle est juste.",
    "en": "{}: this is an answer. This cell does not say whether it is right.",
}
_MARKS = frozenset({"points", "hidden", "depends"})


@dataclass(frozen=True)
class Test:
    """One test function of an assignment's test file."""

    __test__ = False

    name: str
    task: str
    hidden: bool
    points: float
    node: ast.FunctionDef


class TestFile:
    """An assignment's tests, read but never imported.

    Raises:
        CourseError: every mistake of the file.
    """

    __test__ = False

    def __init__(
        self, source: str, file: str, tasks: Iterable[Task], hints: Container[str]
    ) -> None:
        self.file = file
        self.task_ids = frozenset(task.id for task in tasks)
        self.problems: list[Problem] = []
        try:
            self._text = PythonText(source)
        except SyntaxError as error:
            raise CourseError(
                [Problem(file, f"line {error.lineno}", f"Python; {error.msg}")]
            ) from None
        top = self._text.module.body
        self._functions = {node.name for node in top if isinstance(node, ast.FunctionDef)}
        self.tests = tuple(self._tests())
        for test in self.tests:
            if sum(other.name == test.name for other in self.tests) > 1:
                self._note(test.node, test.name, "a name of its own; another test bears it too")
        for task in tasks:
            if not any(test.task == task.id and not test.hidden for test in self.tests):
                self._note(None, task.id, "at least one visible test of this task")
            worth = round(sum(test.points for test in self.tests if test.task == task.id), 6)
            if worth != task.points:
                self._note(None, task.id, f"tests worth {task.points:g} points, found {worth:g}")
        self._check_hints(hints)
        if self.problems:
            raise CourseError(self.problems)

    @property
    def names(self) -> frozenset[str]:
        """What the visible tests read from outside themselves."""
        visible = (test.node for test in self.tests if not test.hidden)
        return frozenset().union(*(free_names(ast.unparse(node)) for node in visible))

    def check_cell(self, task: Task, lang: Language, provided: frozenset[str]) -> str:
        """The cell that checks ``task``; ``provided`` are names that cells above it define."""
        tests = [test for test in self.tests if test.task == task.id and not test.hidden]
        functions = [self._function(test) for test in tests]
        definitions = self._definitions(functions, provided, tests)
        ending = _ENDINGS[lang, any(test.task == task.id and test.hidden for test in self.tests)]
        if not any(test.points for test in tests):
            ending = _FORM[lang]
        calls = [f"{test.name}()" for test in tests]
        closing = "\n".join([*calls, f"print({ending.format(task.id)!r})"])
        ours = [each for each in definitions if each.startswith("def ")]
        constants = [each for each in definitions if each not in ours]
        heading = "\n".join([_HEADINGS[lang].format(task.id), *constants])
        return "\n\n\n".join([heading, *ours, *functions, closing])

    # ------------------------------------------------------------ reading

    def _tests(self) -> Iterator[Test]:
        for node in self._text.module.body:
            name = getattr(node, "name", "")
            if isinstance(node, ast.FunctionDef) and name.startswith("test"):
                test = self._test(node)
                if test is not None:
                    yield test
            elif name.lower().startswith("test"):
                self._note(node, name, "tests written as plain functions")
            elif isinstance(node, ast.Assign) and "pytestmark" in _bound(node):
                self._note(node, "pytestmark", "markers on each test; a whole file cannot have one")

    def _test(self, node: ast.FunctionDef) -> Test | None:
        marks = {name: call for each in node.decorator_list for name, call in [_mark(each)]}
        hidden = "hidden" in marks
        if "points" not in marks:
            self._note(node, node.name, '@pytest.mark.points("task id", points)')
            return None
        unknown = [ast.unparse(each) for each in node.decorator_list if not _mark(each)[0]]
        if not hidden and (unknown or not set(marks) <= _MARKS):
            sentence = f"only the markers {', '.join(sorted(_MARKS))} on a visible test"
            self._note(node, node.name, sentence)
        if hidden:
            self._check_languages(node, marks["hidden"])
        return self._pointed(node, marks["points"], hidden)

    def _pointed(self, node: ast.FunctionDef, call: ast.Call | None, hidden: bool) -> Test | None:
        arguments = [] if call is None else call.args
        values = [each.value for each in arguments if isinstance(each, ast.Constant)]
        match values:
            case [str(task), int() | float() as points] if task in self.task_ids:
                return Test(node.name, task, hidden, float(points), node)
        known = ", ".join(sorted(self.task_ids))
        self._note(node, node.name, f"@pytest.mark.points(task, points) with a task of: {known}")
        return None

    def _check_languages(self, node: ast.FunctionDef, call: ast.Call | None) -> None:
        """A hidden test has its sentence in each language and nothing else."""
        found = sorted(each.arg or "**" for each in call.keywords) if call else []
        if found != sorted(LANGUAGES) or (call and call.args):
            sentence = "@pytest.mark.hidden with fr=… and en=…, found"
            self._note(node, node.name, f"{sentence} {', '.join(found) or 'neither'}")

    def _check_hints(self, hints: Container[str]) -> None:
        """Ids written out in ``mistakes=`` have a text; those that a function makes are unknown."""
        for statement in self._text.module.body:
            for key in _mistakes(statement):
                if key.value not in hints:
                    place = getattr(statement, "name", "mistakes")
                    sentence = f"in mistakes=, ids of hints in assignment.yaml, found {key.value!r}"
                    self._note(key, place, sentence)

    def _note(self, node: ast.AST | None, key: str, expected: str) -> None:
        line = getattr(node, "lineno", None)
        self.problems.append(Problem(self.file, f"line {line}, {key}" if line else key, expected))

    # ------------------------------------------------------------ writing

    def _function(self, test: Test) -> str:
        """The test as a student sees it: no decorators, no ``student``."""
        arguments = [each.arg for each in test.node.args.args]
        if arguments != ["student"]:
            raise self._refused(test, "the one argument `student`, for a visible test")
        spans = list(self._student_spans(test))
        return self._text.cut(test.node, [*spans, *self._mistakes_spans(test.node)])

    def _student_spans(self, test: Test) -> Iterator[Span]:
        """Where ``student`` (the argument) and ``student.`` (in front of names) are written.

        ``student.inside(f)`` becomes ``f``: in a notebook, everything is inside.
        """
        yield Span.of(test.node.args.args[0])
        owners = 0
        for node in ast.walk(test.node):
            if isinstance(node, ast.Call) and (ours := _inside(node)) is not None:
                if ours.id not in self._functions:
                    raise self._refused(test, f"a function of this file inside, not {ours.id}")
                yield from Span.around(ours, node)
            if isinstance(node, ast.Attribute) and _is_student(node.value):
                owners += 1
                if node.attr == "inside":
                    continue
                if node.attr not in self.task_ids | {"raises"}:
                    sentence = f"a task, raises or inside after `student.`, not {node.attr}"
                    raise self._refused(test, sentence)
                yield Span.before(node, node.attr)
        if owners != sum(_is_student(node) for node in ast.walk(test.node)):
            raise self._refused(test, "`student` only in front of a function's name")

    def _mistakes_spans(self, function: ast.FunctionDef) -> Iterator[Span]:
        """``mistakes=…`` is for the grader's hints; the notebook's ``same`` has no such thing."""
        for node in ast.walk(function):
            if isinstance(node, ast.keyword) and node.arg == "mistakes":
                yield self._text.argument(node)

    def _definitions(
        self, functions: list[str], provided: frozenset[str], tests: list[Test]
    ) -> list[str]:
        """The top-level statements that ``functions`` need, in the file's order."""
        ours = {name.id for test in tests for name in map(_inside, ast.walk(test.node)) if name}
        wanted = set(free_names("\n".join(functions)))
        needed: set[ast.stmt] = set()
        while missing := wanted - provided:
            name = min(missing)
            statements = [node for node in self._text.module.body if name in _bound(node)]
            if not statements or not (name in ours or all(map(_may_be_shown, statements))):
                sentence = "only numpy, same, tasks, and constants that need no other module"
                users = [n for n, text in enumerate(functions) if name in free_names(text)]
                test = tests[users[0] if users else 0]
                raise self._refused(test, f"{sentence} in the visible tests, not {name}")
            needed.update(statements)
            provided |= {name}
            for statement in statements:
                wanted |= free_names(ast.unparse(statement))
        return [self._text.cut(node) for node in self._text.module.body if node in needed]

    def _refused(self, test: Test, expected: str) -> CourseError:
        return CourseError([Problem(self.file, f"line {test.node.lineno}, {test.name}", expected)])


def _mark(decorator: ast.expr) -> tuple[str, ast.Call | None]:
    """Name and call of ``@pytest.mark.<name>(…)``; an empty name for anything else."""
    call = decorator if isinstance(decorator, ast.Call) else None
    path = ast.unparse(call.func if call else decorator)
    return (path.removeprefix("pytest.mark.") if path.startswith("pytest.mark.") else "", call)


def _mistakes(statement: ast.stmt) -> Iterator[ast.Constant]:
    """The keys of each dictionary written as ``mistakes={…}``."""
    for node in ast.walk(statement):
        if isinstance(node, ast.keyword) and node.arg == "mistakes":
            keys = node.value.keys if isinstance(node.value, ast.Dict) else []
            yield from (key for key in keys if isinstance(key, ast.Constant))


def _inside(node: ast.AST) -> ast.Name | None:
    """``f`` in ``student.inside(f)``."""
    match node:
        case ast.Call(ast.Attribute(owner, "inside"), [ast.Name() as name], []):
            return name if _is_student(owner) else None
    return None


def _is_student(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "student"


def _bound(node: ast.stmt) -> frozenset[str]:
    """Names that a top-level statement defines or changes (``X[0] = 1`` changes X)."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    changed = {
        each.id
        for target in targets
        if target is not None
        for each in ast.walk(target)
        if isinstance(each, ast.Name)
    }
    return bound_names(ast.unparse(node)) | changed


def _may_be_shown(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import):
        return all(_is_standard(alias.name) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return _is_standard(node.module or "")
    # No functions: one that computes an expected value would be an answer.
    return isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names
