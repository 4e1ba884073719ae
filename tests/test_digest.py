"""The digest changes with all that can change a verdict, and with nothing else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.digest import assignment_digest, digest
from autograder.model import Assignment, Submission, Text, Tier

SUBMISSION = Submission("dupont_camille", "mini", "mini.ipynb", b"{}")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name in ("assignment.yaml", "test_mini.py", "notebook.py", "helper.py", "figures/a.svg"):
        path = tmp_path / "assignments" / "mini" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "mini.py").write_text("def f(): ...")
    return tmp_path


def of(course: Path, submission: Submission = SUBMISSION, lang="fr", tier=Tier.S2) -> str:
    folder = course / "assignments" / "mini"
    assignment = Assignment("mini", Text("m", "m"), (), folder)
    reference = course / "reference" / "mini.py"
    return digest(submission, assignment_digest(assignment, reference, lang, tier))


@pytest.mark.parametrize(
    "name",
    ["assignments/mini/assignment.yaml", "assignments/mini/test_mini.py", "reference/mini.py",
     "assignments/mini/helper.py"],
)  # fmt: skip
def test_one_byte_of_what_decides_changes_it(course, name):
    before = of(course)
    (course / name).write_text((course / name).read_text() + " ")
    assert of(course) != before


def test_submission_language_and_tier_change_it(course):
    digests = [
        of(course),
        of(course, replace(SUBMISSION, data=b"{} ")),
        of(course, replace(SUBMISSION, name="mini.py")),
        of(course, replace(SUBMISSION, notices=(Text("a", "b"),))),
        of(course, replace(SUBMISSION, name="mini.ipynb{", data=b"}")),
        of(course, lang="en"),
        of(course, tier=Tier.S1),
    ]
    assert len(set(digests)) == len(digests)


def test_prose_pictures_caches_and_the_place_do_not(course, tmp_path_factory):
    before = of(course)
    folder = course / "assignments" / "mini"
    (folder / "notebook.py").write_text("new prose")
    (folder / "figures" / "a.svg").write_text("new picture")
    for cache in ("__pycache__/test_mini.pyc", ".ipynb_checkpoints/x"):
        (folder / cache).parent.mkdir()
        (folder / cache).write_text("cache")
    assert of(course, replace(SUBMISSION, student="leo")) == before
    elsewhere = tmp_path_factory.mktemp("copy") / "course"
    shutil.copytree(course, elsewhere)
    assert of(elsewhere) == before
