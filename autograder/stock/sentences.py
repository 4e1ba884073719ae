"""What a student reads about one test cell. Pure.

Lines that the student has in the notebook may be shown, with what their own code gave; of a hidden
line only a message that its author wrote as plain text.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import itertools
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from autograder import messages, wire
from autograder.compare import show
from autograder.messages import plain
from autograder.model import Language, Outcome, Text
from autograder.stock.evaluate import Evaluated
from autograder.stock.model import Differs, Regions, SourceCell
from autograder.stock.play import Judged
from autograder.stock.proxy import Proxy

_LINE = 160  # characters shown of a line of code
_ITEMS = 16  # shown of a container
_BRACKETS: dict[type, Sequence[str]] = {
    list: "[]",
    tuple: "()",
    dict: "{}",
    set: "{}",
    frozenset: ("frozenset({", "})"),
}
_AS_PYTHON = (range, slice, Decimal, Fraction, datetime, date, timedelta, type(...))

MANUAL = Text("À lire et à noter par une personne.", "To be read and graded by a person.")
UNANSWERED = Text("Aucune réponse.", "No response.")
ABSENT = Text(
    "Cette cellule a été supprimée du notebook : une personne décidera.",
    "This cell was deleted from the notebook: a person will decide.",
)
NO_NOTEBOOK = Text("Le notebook « {} » n'a pas été rendu.", "The notebook “{}” was not handed in.")
HIDDEN = Text("Un test caché de cette cellule échoue.", "A hidden test of this cell fails.")
FAILS = Text("`{}` échoue", "`{}` fails")
RETURNS = Text(" : {} renvoie {}.", ": {} returns {}.")
CREDIT = Text("{:g} points sur {:g}.", "{:g} of {:g} points.")
OVER_MAX = Text(
    "Le test donne plus de points que la cellule n'en vaut : une personne décidera.",
    "The test gives more points than the cell is worth: a person will decide.",
)
UNSHARED = Text(
    "Ce test n'a pas pu être exécuté avec ton code : une personne décidera.",
    "This test could not be run with your code: a person will decide.",
)
OBJECT = Text(
    "Le test passe, mais en demandant l'avis d'un objet de ton code : une personne décidera.",
    "The test passes, but it asked an object of your code for its opinion: a person will decide.",
)


def of_test(judged: Judged, seconds: float, lang: Language) -> str:
    """One sentence about a test cell that ended; "" if it gave all its points."""
    cell, outcome = judged.cell, judged.outcome
    if outcome is Outcome.PASSED or judged.credit.points is None:
        return _credit(judged, lang)
    if outcome in (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED):
        subject = Text(f"Le test « {cell.grade_id} »", f"The test “{cell.grade_id}”").to(lang)
        return messages.lost(subject, outcome, seconds, lang)
    evaluated = judged.evaluated
    if evaluated is None:
        return Text("Ce test échoue.", "This test fails.").to(lang)
    said = _authored(judged)
    if said:
        return said
    if not _is_visible(judged):
        return _hidden(evaluated, outcome, lang)
    return _visible(judged, evaluated, lang)


def _credit(judged: Judged, lang: Language) -> str:
    if judged.credit.points is None:
        kinds = {Differs.OVER_MAX: OVER_MAX, Differs.UNSHARED: UNSHARED}
        found = (kinds[why] for why in judged.credit.differs if why in kinds)
        return next(found, OBJECT).to(lang)
    if judged.credit.points == judged.cell.points:
        return ""
    return CREDIT.to(lang).format(judged.credit.points, judged.cell.points)


def _hidden(ended: Evaluated, outcome: Outcome, lang: Language) -> str:
    sentence = HIDDEN.to(lang)
    if outcome is Outcome.FAILED or ended.error in ("Unusable", "NameError"):
        return sentence
    known = ended.error if ended.error in wire.EXCEPTIONS else "Exception"  # a name can tell much
    return f"{sentence} {messages.raised_hidden(known, lang)}"


def _visible(judged: Judged, ended: Evaluated, lang: Language) -> str:
    line = FAILS.to(lang).format(plain(_statement(judged), _LINE))
    if judged.outcome is not Outcome.FAILED:
        said = plain(f"{ended.error}: {ended.said}").rstrip(": ")
        return Text(f"{line} : `{said}`.", f"{line}: `{said}`.").to(lang)
    if judged.called is None or isinstance(judged.called[1], BaseException):
        return f"{line}."
    call, result = judged.called
    parts = [summary(value, lang) for value in call.args]
    parts += [f"{key}={summary(value, lang)}" for key, value in (call.kwargs or {}).items()]
    said = f"`{plain(call.name)}({', '.join(parts)})`"
    return line + RETURNS.to(lang).format(said, summary(result, lang))


def summary(value: object, lang: Language, depth: int = 3) -> str:
    """A value in few words; objects of the student's are asked nothing."""
    kind = type(value)
    if issubclass(kind, Proxy):
        name = plain(kind.__about__.name, 60)
        return Text(f"un objet `{name}`", f"a `{name}` object").to(lang)
    if kind not in _BRACKETS:
        return plain(_written(value, lang))
    if not depth:
        return "…"
    if isinstance(value, dict):
        pairs = itertools.islice(value.items(), _ITEMS)
        inner = [": ".join(summary(one, lang, depth - 1) for one in pair) for pair in pairs]
    else:
        assert isinstance(value, Collection)
        inner = [summary(one, lang, depth - 1) for one in itertools.islice(value, _ITEMS)]
    if len(value) > _ITEMS:
        inner.append("…")
    left, right = _BRACKETS[kind]
    tail = "," if kind is tuple and len(value) == 1 else ""
    return plain(f"{left}{', '.join(inner)}{tail}{right}")


def _written(value: object, lang: Language) -> str:
    if type(value) in _AS_PYTHON:
        with contextlib.suppress(ValueError):  # a number of too many digits
            return repr(value)
    return show(value, lang)


def _statement(judged: Judged) -> str:
    assert judged.evaluated is not None
    if judged.evaluated.line is None:
        return judged.cell.grade_id
    first, last = judged.evaluated.line
    lines = judged.cell.source.splitlines()[first - 1 : last]
    return " ".join(line.strip() for line in lines)


def _is_visible(judged: Judged) -> bool:
    """Whether students have the statement that failed."""
    if judged.evaluated is None or judged.evaluated.line is None:
        return False
    return is_released(judged.cell, judged.evaluated.line)


def is_released(cell: SourceCell, lines: tuple[int, int]) -> bool:
    """Whether these lines of a cell, first and last, are in what students got.

    By their place: a hidden line may be spelt like a visible one, and test other values.
    """
    all_of_it = [line.strip() for line in cell.source.splitlines()]
    marked = _between_marks(all_of_it)
    places = [place for place in range(len(all_of_it)) if place not in marked]
    ours = [all_of_it[place] for place in places]
    theirs = [line.strip() for line in cell.released.splitlines()]
    alike = difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    shown = {at for block in alike for at in places[block.a : block.a + block.size]}
    wanted = set(range(lines[0] - 1, min(lines[1], len(all_of_it))))
    return bool(wanted) and wanted <= shown


def _between_marks(lines: Sequence[str]) -> set[int]:
    """Places of lines that nbgrader's usual marks hide."""
    found: set[int] = set()
    inside = False
    for place, line in enumerate(lines):
        inside = inside or Regions().hidden[0] in line
        if inside:
            found.add(place)
        inside = inside and Regions().hidden[1] not in line
    return found


def _authored(judged: Judged) -> str:
    """The message of an ``assert`` that its author wrote for students: a plain text."""
    evaluated = judged.evaluated
    if evaluated is None or evaluated.line is None:
        return ""
    if judged.outcome is not Outcome.FAILED:
        return ""
    for node in ast.walk(ast.parse(judged.cell.source)):
        if isinstance(node, ast.Assert) and node.lineno == evaluated.line[0]:
            if isinstance(node.msg, ast.Constant) and node.msg.value == evaluated.said:
                return plain(evaluated.said)  # and not what a helper said of hidden values
            if node.msg is not None and _is_visible(judged):
                return plain(evaluated.said)
    return ""
