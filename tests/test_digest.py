"""The digest changes with all that can change a verdict, and with nothing else."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.digest import assignment_digest, digest
from autograder.model import Assignment, Submission, Text, Tier

ROOT = Path(__file__).parent.parent
SLUGS = sorted(path.parent.name for path in ROOT.glob("assignments/*/assignment.yaml"))
SUBMISSION = Submission("dupont_camille", "mini", "mini.ipynb", b"{}")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name in (
        "assignment.yaml",
        "test_mini.py",
        "notebook.py",
        "helper.py",
        "__init__.py",
        "figures/a.svg",
    ):
        path = tmp_path / "assignments" / "mini" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "assignments" / "shared.py").write_text("shared")
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "mini.py").write_text("def f(): ...")
    return tmp_path


def of(
    course: Path, submission: Submission = SUBMISSION, lang="fr", tier=Tier.S2, slug="mini"
) -> str:
    assignment = Assignment(slug, Text("m", "m"), (), course / "assignments" / slug)
    reference = course / "reference" / f"{slug}.py"
    return digest(submission, assignment_digest(assignment, reference, lang, tier))


@pytest.mark.parametrize(
    "name",
    ["assignments/mini/assignment.yaml", "assignments/mini/test_mini.py", "reference/mini.py",
     "assignments/mini/helper.py", "assignments/mini/__init__.py", "assignments/shared.py"],
)  # fmt: skip
def test_one_byte_of_what_decides_changes_it(course, name):
    before = of(course)
    (course / name).write_text((course / name).read_text() + " ")
    assert of(course) != before


def imported(root: Path, file: Path) -> Iterator[Path]:
    """The modules of the course that ``file`` imports, and what these import."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        names = [alias.name for alias in getattr(node, "names", ())]
        if isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{name}" for name in names)]
        for name in names:
            module = root / f"{name.replace('.', '/')}.py"
            if module.is_file():
                yield module
                yield from imported(root, module)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_module_that_the_course_s_tests_import_changes_it(tmp_path, slug):
    for folder in ("assignments", "reference"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    modules = set(imported(tmp_path, tmp_path / f"assignments/{slug}/test_{slug}.py"))
    assert tmp_path / f"assignments/{slug}/oracle.py" in modules
    for module in modules:
        before = of(tmp_path, slug=slug)
        module.write_text(module.read_text() + "#")
        assert of(tmp_path, slug=slug) != before, module


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
