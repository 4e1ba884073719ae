"""Content hashes: what decides a verdict, so that only what changed is graded again."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder import __version__
from autograder.model import Assignment, Language, Submission, Tier


def assignment_digest(
    assignment: Assignment, reference: Path, lang: Language, tier: Tier, track: str = ""
) -> str:
    """Hash of all that decides a verdict beside the submission; compute it once an assignment.

    Every file of the assignment's folder counts but the prose (``notebook.py`` and ``figures/``),
    then the modules beside that folder, which assignments share, the reference module, the grader
    itself, the language of the messages, the tier, and the track of its trainings.
    """
    files = [path for path in _deciding_files(assignment) if path.is_file()]
    names_and_bytes = [(path.name.encode(), path.read_bytes()) for path in [*files, reference]]
    return hashed(
        [
            *(grader_digest(), lang, tier.value, track),
            *(part for pair in names_and_bytes for part in pair),
        ]
    )


def digest(submission: Submission, assignment_digest: str) -> str:
    """Content hash of a grading; equal digests mean an equal verdict (seeds apart).

    Outputs, which ``intake`` drops, do not count: a notebook that was only run again is unchanged.
    """
    notices = [text for notice in submission.notices for text in (notice.fr, notice.en)]
    return hashed([assignment_digest, submission.name, *notices, submission.data])


def _deciding_files(assignment: Assignment) -> Iterator[Path]:
    yield from sorted(assignment.folder.parent.glob("[!.]*.py"))
    for path in sorted(assignment.folder.rglob("*")):
        inside = path.relative_to(assignment.folder)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in inside.parts)
        if not hidden and inside.parts[0] != "figures" and path != assignment.notebook_file:
            yield path


@functools.cache
def grader_digest() -> str:
    """The version number alone would not notice a grader that was edited in place."""
    package = Path(__file__).parent
    sources = sorted(package.rglob("*.py"))
    return hashed([__version__, *(source.read_bytes() for source in sources)])


def hashed(parts: Iterable[str | bytes]) -> str:
    """Hash of a list of texts and bytes; no two lists hash alike."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)  # lengths: see above
    return total.hexdigest()
