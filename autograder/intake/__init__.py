"""From a folder, file, zip or LMS export to submissions. Reads; writes and follows nothing.

Every file is read once, and all that follows (choice, digest, cells) comes from those bytes. Of a
notebook only what can be graded is kept: a class hands in gigabytes of outputs.

A file that cannot be read becomes a ``Rejection`` for its student; what cannot even be attributed
to a student and an assignment becomes a line for the instructor. Neither stops the others.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder import notebook
from autograder.errors import UsageError
from autograder.intake.choice import Candidate, Choice, choose
from autograder.intake.gather import Keep, gather
from autograder.intake.layout import Place, fold
from autograder.model import Course, Rejection, Submission, Text
from autograder.notebook.text import shown

MAX_ID_BYTES = 200  # a student's id names a result file


@dataclass(frozen=True)
class Intake:
    """What came in. ``notes`` are lines for the instructor about what could not be attributed.

    ``numbers``: of a download, by student and assignment, the platform and its number for the
    student: what finds the student's line when scores go back.
    """

    submissions: tuple[Submission, ...]
    rejections: tuple[Rejection, ...]
    notes: tuple[str, ...]
    numbers: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


def collect(
    root: Path,
    course: Course,
    *,
    assignments: Sequence[str] | None = None,
    students: Sequence[str] | None = None,
    keep: Keep = notebook.stripped,
) -> Intake:
    """Every submission at ``root``: a folder of students, of one assignment or of one student, an
    LMS download (folder or zip), or a single file.

    ``assignments`` and ``students`` select; ``keep=whole`` keeps outputs and prose. Raises
    ``UsageError`` if ``root`` cannot be read, or if something selected does not exist; nothing
    else.
    """
    chosen = _Selection(_slugs(course, assignments), _ids(students))
    gathered = gather(root, course.assignments, chosen.may_hold, keep)
    notes = gathered.notes if students is None else []
    found = [_attributed(candidate, course, chosen.slugs) for candidate in gathered.candidates]
    notes += [line for line in found if isinstance(line, str)]
    candidates = _tell_namesakes_apart(one for one in found if isinstance(one, Candidate))
    groups = dict(_groups(candidates, notes))
    _check_found(chosen.students, {*gathered.students, *(student for student, _ in groups)})
    verdicts = [_decide(course, *key, group) for key, group in groups.items() if chosen.holds(*key)]
    if not verdicts and not notes:
        notes.append(f"{root}: nothing to grade here")
    return Intake(
        tuple(one for one in verdicts if isinstance(one, Submission)),
        tuple(one for one in verdicts if isinstance(one, Rejection)),
        tuple(dict.fromkeys(notes)),
        {key: number for key, group in groups.items() if (number := _number(group))},
    )


def whole(data: bytes, name: str) -> bytes:
    """The file as it is. Raises ``Unreadable``, as if it were to be graded."""
    notebook.stripped(data, name)
    return data


# ---------------------------------------------------------------- what was asked for


@dataclass(frozen=True)
class _Selection:
    slugs: frozenset[str]
    students: frozenset[str] | None

    def may_hold(self, place: Place) -> bool:
        """Whether a file at ``place`` can still turn out to be asked for: read it, then."""
        if place.assignment and place.assignment not in self.slugs:
            return False
        if self.students is None or place.student in self.students:
            return True
        # Namesakes are told apart by the number that will join their names, once all are known.
        name = fold(place.student)
        return bool(place.number) and any(fold(one).startswith(name) for one in self.students)

    def holds(self, student: str, slug: str) -> bool:
        """Whether this submission was asked for."""
        return slug in self.slugs and (self.students is None or student in self.students)


def _slugs(course: Course, assignments: Sequence[str] | None) -> frozenset[str]:
    for slug in assignments or ():
        if slug not in course.assignments:
            known = ", ".join(sorted(course.assignments))
            raise UsageError(f"no assignment {slug!r}; this course has {known}")
    return frozenset(course.assignments if assignments is None else assignments)


def _ids(students: Sequence[str] | None) -> frozenset[str] | None:
    if students is None:
        return None
    return frozenset(unicodedata.normalize("NFC", student).strip() for student in students)


def _check_found(asked: frozenset[str] | None, found: set[str]) -> None:
    missing = sorted((asked or frozenset()) - found)
    if missing:
        raise UsageError(f"no submission of {', '.join(map(repr, missing))}")


# ---------------------------------------------------------------- whose, and for what


def _attributed(candidate: Candidate, course: Course, slugs: frozenset[str]) -> Candidate | str:
    """The candidate with its assignment, or the line that says why it has none."""
    place, path = candidate.place, shown(candidate.path)
    if fault := _bad_id(place.student):
        return f"{path}: {fault}"
    slug = place.assignment or _answered(candidate, course)
    if not slug and len(slugs) == 1 and (place.number or isinstance(candidate.content, Text)):
        (slug,) = slugs
    if slug:
        return replace(candidate, place=replace(place, assignment=slug))
    if isinstance(candidate.content, Text):
        return f"{path}: {candidate.content.en}"
    return f"{path}: nothing tells which assignment this is"


def _answered(candidate: Candidate, course: Course) -> str:
    """The one assignment whose tasks the file answers best, or ""."""
    data, name = candidate.content, candidate.place.name
    if isinstance(data, Text):
        return ""
    for names in (notebook.answer_ids(data, name), notebook.defined_names(data, name)):
        counts = {slug: len(_tasks(course, slug) & names) for slug in course.assignments}
        best = [slug for slug, count in counts.items() if count and count == max(counts.values())]
        if best:
            return best[0] if len(best) == 1 else ""
    return ""


def _bad_id(student: str) -> str:
    """Why ``student`` cannot name a result file; "" if it can."""
    if not student or student.startswith(".") or {"/", "\\"} & set(student):
        return "not a name for a student's folder"
    if any(unicodedata.category(char)[0] == "C" for char in student):
        return "the student's name holds control or invisible characters"
    return "" if len(student.encode()) <= MAX_ID_BYTES else "the student's name is too long"


def _tell_namesakes_apart(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Two students of one name, told apart by the platform's number, which joins their names."""
    numbers, found = defaultdict[str, set[str]](set), list(candidates)
    for one in found:
        numbers[f"{one.place.assignment}/{one.place.student}"].add(one.place.number)
    doubled = {key.partition("/")[2] for key, several in numbers.items() if len(several) > 1}
    return [_numbered(one) if one.place.student in doubled else one for one in found]


def _numbered(candidate: Candidate) -> Candidate:
    place = candidate.place
    student = f"{place.student}_{place.number}" if place.number else place.student
    return replace(candidate, place=replace(place, student=student))


def _groups(
    candidates: list[Candidate], notes: list[str]
) -> Iterator[tuple[tuple[str, str], list[Candidate]]]:
    """The candidates of each student and assignment. Ids that differ only in case, or are written
    with other code points, would share a result file: none of them is graded, and a note says so.
    """
    spellings = defaultdict[str, set[str]](set)
    groups = defaultdict[tuple[str, str], list[Candidate]](list)
    for one in candidates:
        spellings[fold(one.place.student)].add(one.place.spelling)
        groups[one.place.student, one.place.assignment].append(one)
    for several in spellings.values():
        if len(several) > 1:
            names = ", ".join(sorted(map(shown, several)))
            notes.append(f"{names}: names too alike to be kept apart; rename one of the folders")
    for (student, slug), group in sorted(groups.items()):
        if len(spellings[fold(student)]) == 1:
            yield (student, slug), group


def _number(group: list[Candidate]) -> tuple[str, str] | None:
    """The platform and its number, if all of a student's files agree on it."""
    numbers = {(one.place.platform, one.place.number) for one in group}
    (number,) = numbers if len(numbers) == 1 else [("", "")]
    return number if all(number) else None


def _decide(
    course: Course, student: str, slug: str, group: list[Candidate]
) -> Submission | Rejection:
    choice = choose(group, slug, _tasks(course, slug))
    if isinstance(choice, Choice):
        return Submission(student, slug, choice.name, choice.data, choice.notices)
    return Rejection(student, slug, choice)


def _tasks(course: Course, slug: str) -> frozenset[str]:
    return frozenset(task.id for task in course.assignments[slug].tasks)
