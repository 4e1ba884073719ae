"""The sentences a student reads about a test: what was called, what came back, what was expected.

Pure: renderers and the pytest plugin only join these. A hidden test never passes ``expected`` here;
it shows the sentence its author wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.compare import show
from autograder.model import Language, Outcome, Text

SHOWN_TEXT = 300  # characters of a student's own exception message


@dataclass(frozen=True)
class Call:
    """One call of a student's function as the test wrote it."""

    name: str
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] | None = None

    def to(self, lang: Language) -> str:
        """``name(arguments)`` with long arrays named by their shape."""
        parts = [show(value, lang) for value in self.args]
        parts += [f"{key}={show(value, lang)}" for key, value in (self.kwargs or {}).items()]
        return f"`{self.name}({', '.join(parts)})`"


def plain(text: str, limit: int = SHOWN_TEXT) -> str:
    """One line of a student's own text: no control or direction marks, at most ``limit`` long."""
    line = "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def wrong_value(
    call: Call | None, returned: object, expected: object, difference: Text, lang: Language
) -> str:
    """A visible test compared two values and they differ."""
    subject = call.to(lang) if call else Text("Ta fonction", "Your function").to(lang)
    came, wanted = show(returned, lang), show(expected, lang)
    if came == wanted or type(returned) is not type(expected):  # the difference is not in view
        wanted += f" ({difference.to(lang)})"
    if lang == "fr":
        return f"{subject} renvoie {came} ; attendu : {wanted}."
    return f"{subject} returns {came}; expected: {wanted}."


def not_raised(call: Call | None, returned: object, kinds: tuple[str, ...], lang: Language) -> str:
    """The test expected an exception and the call came back with a value."""
    subject = call.to(lang) if call else Text("Ta fonction", "Your function").to(lang)
    if lang == "fr":
        return f"{subject} renvoie {show(returned, lang)} ; attendu : {' ou '.join(kinds)}."
    return f"{subject} returns {show(returned, lang)}; expected: {' or '.join(kinds)}."


def raised(call: Call, kind: str, text: str, lang: Language) -> str:
    """Student code raised; ``text`` is what it said."""
    said = f"`{kind}: {plain(text)}`" if text.strip() else f"`{kind}`"
    return f"{call.to(lang)} lève {said}." if lang == "fr" else f"{call.to(lang)} raises {said}."


def raised_hidden(kind: str, lang: Language) -> str:
    """The same for a hidden test: only the class of the exception, from a closed list."""
    return f"Ton code lève `{kind}`." if lang == "fr" else f"Your code raises `{kind}`."


def unwritten(name: str, lang: Language) -> str:
    """The stub is still there."""
    if lang == "fr":
        return f"`{name}` n'est pas encore écrite."
    return f"`{name}` is not written yet."


def missing(name: str, broken_cells: tuple[str, ...], lang: Language) -> str:
    """The notebook defines no such name; ``broken_cells`` says which cells failed and how."""
    because = " ".join(broken_cells)
    if lang == "fr":
        return f"Le nom `{name}` n'est défini nulle part dans le notebook. {because}".strip()
    return f"The name `{name}` is not defined anywhere in the notebook. {because}".strip()


LOST = {
    Outcome.TIMEOUT: Text(
        "{} n'a pas fini à temps (limite : {:g} s).", "{} did not finish in time (limit: {:g} s)."
    ),
    Outcome.MEMORY: Text(
        "{} demande plus de mémoire que permis.", "{} asks for more memory than it may use."
    ),
    Outcome.CRASHED: Text(
        "{} a arrêté brutalement le processus Python.", "{} ended the Python process abruptly."
    ),
}
AGAIN = Text(
    "{} n'est plus appelée : elle a déjà dépassé deux fois le temps permis.",
    "{} is not called any more: it has already run out of time twice.",
)


def lost(subject: str, outcome: Outcome, seconds: float, lang: Language) -> str:
    """The child that ran ``subject`` is gone: out of time, out of memory, or dead."""
    return LOST[outcome].to(lang).format(subject, seconds)


def lost_again(name: str, lang: Language) -> str:
    """A function that ran out of time twice is not called a third time."""
    return AGAIN.to(lang).format(f"`{name}`")


def skipped(dependency: str, lang: Language) -> str:
    """A test failed whose dependency failed too: one mistake, one message."""
    if lang == "fr":
        return f"À revoir quand `{dependency}` passera : ce test en dépend."
    return f"Look at this one once `{dependency}` passes: it depends on it."


def unusable(call: Call | None, returned: object, lang: Language) -> str:
    """The test could not work with what the student returned."""
    subject = call.to(lang) if call else Text("Ta fonction", "Your function").to(lang)
    if lang == "fr":
        return f"{subject} renvoie {show(returned, lang)}, que le test ne peut pas utiliser."
    return f"{subject} returns {show(returned, lang)}, which the test cannot use."


def cell_failed(number: int, kind: str, text: str) -> Text:
    """A cell raised; the cells after it ran all the same."""
    said = f"{kind}: {plain(text, 160)}" if text.strip() else kind
    return Text(
        f"La cellule de code n° {number} s'arrête sur une erreur ({said}).",
        f"Code cell {number} stops with an error ({said}).",
    )


def cell_lost(number: int, outcome: Outcome, seconds: float) -> Text:
    """A cell ended its process; it is left out and the others ran without it."""
    return Text(
        lost(f"La cellule de code n° {number}", outcome, seconds, "fr") + " Elle a été ignorée.",
        lost(f"Code cell {number}", outcome, seconds, "en") + " It was left out.",
    )


def cell_skipped_syntax(number: int, codes: tuple[str, ...]) -> Text:
    """Magics and shell lines of a cell were not run."""
    shown = ", ".join(plain(code, 40) for code in codes[:5])
    return Text(
        f"Cellule de code n° {number} : commandes Jupyter non exécutées ({shown}).",
        f"Code cell {number}: Jupyter commands were not run ({shown}).",
    )
