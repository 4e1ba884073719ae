"""What a student reads about one test cell. Pure.

Lines that the student has in the notebook may be shown, with what their own code gave; of a hidden
line only a message that its author wrote as plain text.
"""

from __future__ import annotations

import ast

from autograder import messages
from autograder.compare import show
from autograder.messages import Call, plain
from autograder.model import Language, Outcome, Text
from autograder.stock.model import Differs, SourceCell
from autograder.stock.play import Judged
from autograder.stock.proxy import Proxy
from autograder.stock.remote import ChildLost, NoSuchName, Unusable

_LINE = 160  # characters shown of a line of code

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
RAISES = Text("{} lève `{}`.", "{} raises `{}`.")
CREDIT = Text("{:g} points sur {:g}.", "{:g} of {:g} points.")
DIFFERS: dict[Differs, Text] = {
    Differs.OVER_MAX: Text(
        "Le test donne plus de points que la cellule n'en vaut : une personne décidera.",
        "The test gives more points than the cell is worth: a person will decide.",
    ),
}


def of_test(judged: Judged, seconds: float, lang: Language) -> str:
    """One sentence about a test cell that ended; "" if it gave all its points."""
    cell, outcome = judged.cell, judged.outcome
    if outcome is Outcome.PASSED:
        return _credit(judged, lang)
    if outcome in (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED):
        subject = Text(f"Le test « {cell.grade_id} »", f"The test “{cell.grade_id}”").to(lang)
        return messages.lost(subject, outcome, seconds, lang)
    evaluated = judged.evaluated
    if evaluated is None or evaluated.error is None:
        return Text("Ce test échoue.", "This test fails.").to(lang)
    said = _authored(judged)
    if said:
        return said
    if not _is_visible(judged):
        return _hidden(evaluated.error, lang)
    return _visible(judged, evaluated.error, lang)


def _credit(judged: Judged, lang: Language) -> str:
    if judged.credit.points is None:
        return DIFFERS[Differs.OVER_MAX].to(lang)
    if judged.credit.points == judged.cell.points:
        return ""
    return CREDIT.to(lang).format(judged.credit.points, judged.cell.points)


def _hidden(error: BaseException, lang: Language) -> str:
    sentence = HIDDEN.to(lang)
    if isinstance(error, AssertionError | ChildLost | Unusable | NameError | NoSuchName):
        return sentence
    return f"{sentence} {messages.raised_hidden(type(error).__name__, lang)}"


def _visible(judged: Judged, error: BaseException, lang: Language) -> str:
    line = FAILS.to(lang).format(plain(_statement(judged), _LINE))
    called = _called(judged, lang)
    if isinstance(error, AssertionError):
        if called:
            return line + RETURNS.to(lang).format(*called)
        return line + "."
    said = plain(f"{type(error).__name__}: {error}".rstrip(": "))
    subject = FAILS.to(lang).format(plain(_statement(judged), _LINE))
    return Text(f"{subject} : `{said}`.", f"{subject}: `{said}`.").to(lang)


def _called(judged: Judged, lang: Language) -> tuple[str, str] | None:
    """The last call, and what it gave."""
    if judged.called is None:
        return None
    call, result = judged.called
    if isinstance(result, BaseException):
        return None
    if isinstance(result, Proxy):
        kind = result.__about__.name
        return call.to(lang), Text(f"un objet `{kind}`", f"a `{kind}` object").to(lang)
    return Call(call.name, call.args, call.kwargs).to(lang), show(result, lang)


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
    """Whether these lines of a cell, first and last, are in what students got."""
    known = {line.strip() for line in cell.released.splitlines()}
    first, last = lines
    wanted = cell.source.splitlines()[first - 1 : last]
    return bool(wanted) and all(line.strip() in known for line in wanted)


def _authored(judged: Judged) -> str:
    """The message of an ``assert`` that its author wrote for students: a plain text."""
    evaluated = judged.evaluated
    if evaluated is None or evaluated.line is None:
        return ""
    if not isinstance(evaluated.error, AssertionError):
        return ""
    for node in ast.walk(ast.parse(judged.cell.source)):
        if isinstance(node, ast.Assert) and node.lineno == evaluated.line[0]:
            constant = isinstance(node.msg, ast.Constant) and isinstance(node.msg.value, str)
            if constant or (node.msg is not None and _is_visible(judged)):
                return plain(str(evaluated.error))
    return ""
