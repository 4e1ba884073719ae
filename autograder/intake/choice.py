"""Several files for one assignment: which one is graded, and what the student is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder import notebook
from autograder.intake.layout import Place, fold
from autograder.model import StudentSource, Submission, Text
from autograder.notebook import refusals
from autograder.notebook.text import shown


@dataclass(frozen=True)
class Candidate:
    """A file that may be the submission. ``content`` is a ``Text`` if it cannot be read: why."""

    place: Place
    content: bytes | Text
    depth: int  # folders above it
    path: str  # below the root, for the instructor


@dataclass(frozen=True)
class Choice:
    """The file to grade and what its student should know."""

    name: str
    data: bytes
    notices: tuple[Text, ...]


# Compared field by field, the larger wins: a notebook with answers, how many of the tasks are
# answered, how many have a cell at all, a notebook at all, the expected name, the folder nearest to
# the top.
Rank = tuple[bool, int, int, int, bool, bool, int]


def choose(candidates: Sequence[Candidate], slug: str, tasks: frozenset[str]) -> Choice | Text:
    """The candidate that answers the tasks, or the reason why none can be graded.

    Copies count once, and so do files with the same code. Two that differ and answer the tasks
    equally well are never chosen between: that is the student's to say.
    """
    ordered = sorted(candidates, key=lambda c: (c.depth, not _expected(c, slug), c.path))
    readable = {c.content: c for c in reversed(ordered) if isinstance(c.content, bytes)}
    broken = [c for c in ordered if isinstance(c.content, Text)]
    if len(readable) == 1 and not broken:
        return _choice(ordered[0], [], slug)  # without a look inside: by far the most frequent
    ranks = {c: _rank(c, data, slug, tasks) for data, c in readable.items()}
    if broken and not any(ids or names for _, ids, names, *_ in ranks.values()):
        reason = broken[0].content
        assert isinstance(reason, Text)
        return reason
    best = [c for c in ordered if c in ranks and ranks[c] == max(ranks.values())]
    if len(best) > 1 and len({_code(c) for c in best}) > 1:
        return refusals.which([shown(c.place.given) for c in best])
    others = [c for c in ordered if c is not best[0] and (c in ranks or c in broken)]
    return _choice(best[0], others, slug)


def _rank(candidate: Candidate, data: bytes, slug: str, tasks: frozenset[str]) -> Rank:
    name = candidate.place.name
    is_notebook = not notebook.reads_as_script(data, name)
    ids = len(tasks & notebook.answered_ids(data, name))
    names = 0 if ids else len(tasks & notebook.written_names(data, name))
    if ids or names:
        return is_notebook, ids, names, 0, False, False, -candidate.depth
    held = tasks & (notebook.answer_ids(data, name) | notebook.defined_names(data, name))
    return False, 0, 0, len(held), is_notebook, _expected(candidate, slug), -candidate.depth


def _code(candidate: Candidate) -> object:
    """What two files must share to count as one: their code, or the reason why they have none."""
    assert isinstance(candidate.content, bytes)
    read = notebook.read(Submission("", "", candidate.place.name, candidate.content))
    if isinstance(read, StudentSource):
        return tuple(cell.source for cell in read.cells)
    return read.reason


def _expected(candidate: Candidate, slug: str) -> bool:
    return fold(notebook.stem(candidate.place.name)) == fold(slug)


def _choice(candidate: Candidate, others: list[Candidate], slug: str) -> Choice:
    name, data = candidate.place.name, candidate.content
    assert isinstance(data, bytes)
    if others:
        left = [shown(c.place.given) for c in others]
        return Choice(name, data, (_several(candidate.place.given, left),))
    if not _expected(candidate, slug):
        return Choice(name, data, (_renamed(candidate.place.given, slug),))
    return Choice(name, data, ())


def _several(name: str, others: list[str]) -> Text:
    return Text(
        fr=f"Le fichier corrigé est « {shown(name)} ». Les autres n'ont pas été lus : "
        f"{refusals.french_list(others)}.",
        en=f"The file graded is “{shown(name)}”. The others were not read: "
        f"{refusals.english_list(others)}.",
    )


def _renamed(name: str, slug: str) -> Text:
    return Text(
        fr=f"Ton fichier s'appelle « {shown(name)} » ; il a été lu comme « {slug}.ipynb ».",
        en=f"Your file is called “{shown(name)}”; it was read as “{slug}.ipynb”.",
    )
