"""The sentences a student reads about a test: what was called, what came back, what was expected.

Pure: renderers and the pytest plugin only join these. A hidden test never passes ``expected`` here;
it shows the sentence its author wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.compare import show
from autograder.model import Language, Outcome, Text

SHOWN_TEXT = 300  # characters of a student's own exception message
MAX_BROKEN = 3  # failing cells that a sentence about a missing name tells of
MAX_NOTICES = 10  # of each kind that a result tells: about a notebook's text, about its cells


@dataclass(frozen=True)
class Call:
    """One call of a student's function as the test wrote it."""

    name: str
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] | None = None

    def to(self, lang: Language) -> str:
        """``name(arguments)`` with long arrays named by their shape."""
        parts = [_argument(value, lang) for value in self.args]
        parts += [f"{key}={_argument(value, lang)}" for key, value in (self.kwargs or {}).items()]
        return f"`{self.name}({', '.join(parts)})`"


def _argument(value: object, lang: Language) -> str:
    """A value, or the call that made the object which stands there."""
    call = getattr(value, "call", None)
    return call.to(lang).strip("`") if isinstance(call, Call) else show(value, lang)


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
    if came == wanted or "is wrong" not in difference.en:  # there is more to say than both values
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


def raised(call: Call, kind: str, text: str, lang: Language, expected: tuple[str, ...] = ()) -> str:
    """Student code raised; ``text`` is what it said, ``expected`` the exceptions that were due."""
    said = _said(kind, text, lang)
    if lang == "fr":
        due = f" ; attendu : {' ou '.join(expected)}" if expected else ""
        return f"{call.to(lang)} lève {said}{due}."
    due = f"; expected: {' or '.join(expected)}" if expected else ""
    return f"{call.to(lang)} raises {said}{due}."


_PLACE = re.compile(r"\s*\((?:cell (\d+), )?line (\d+)\)$")  # how the sandbox ends its texts


def _said(kind: str, text: str, lang: Language, limit: int = SHOWN_TEXT) -> str:
    """``kind: text`` and the place it comes from, in ``lang``."""
    place = _PLACE.search(text)
    text = plain(text[: place.start()] if place else text, limit)
    said = f"`{kind}: {text}`" if text else f"`{kind}`"
    if not place:
        return said
    cell, line = place.groups()
    if lang == "fr":
        return said + (
            f" (cellule de code n° {cell}, ligne {line})" if cell else f" (ligne {line})"
        )
    return said + (f" (code cell {cell}, line {line})" if cell else f" (line {line})")


def raised_by(name: str, kind: str, text: str) -> Text:
    """The same without the arguments, in both languages."""
    return Text(
        f"`{name}` lève {_said(kind, text, 'fr')}.", f"`{name}` raises {_said(kind, text, 'en')}."
    )


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
    because = " ".join(broken_cells[:MAX_BROKEN])
    if because:
        if len(broken_cells) > MAX_BROKEN:
            because += f" {more_cells(len(broken_cells) - MAX_BROKEN).to(lang)}"
        does_not_exist = Text("n'existe pas", "does not exist").to(lang)
        return f"`{plain(name)}` {does_not_exist}. {because}"
    if lang == "fr":
        return f"Le nom `{plain(name)}` n'est défini nulle part dans le notebook."
    return f"The name `{plain(name)}` is not defined anywhere in the notebook."


LOST = {
    Outcome.TIMEOUT: Text(
        "{} n'a pas fini à temps (limite : {:g} s).", "{} did not finish in time (limit: {:g} s)."
    ),
    Outcome.MEMORY: Text(
        "{} demande plus de mémoire qu'il n'est permis.", "{} asks for more memory than it may use."
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


def more_cells(count: int) -> Text:
    """So many further cells are not spoken of one by one."""
    return Text(
        f"Il en va de même d'autres cellules de code ({count}).",
        f"So it is with other code cells ({count}).",
    )


def cell_failed(number: int, kind: str, text: str) -> Text:
    """A cell raised; the cells after it ran all the same."""
    return Text(
        f"La cellule de code n° {number} s'arrête sur une erreur : {_said(kind, text, 'fr', 160)}.",
        f"Code cell {number} stops with an error: {_said(kind, text, 'en', 160)}.",
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
