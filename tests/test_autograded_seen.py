"""nbgrader's feedback and form grader show what was written, and nothing acts in the browser.

The course is the one that nbgrader's package brings; commands and templates are the real ones.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import nbformat
import pytest
from browser import Seen, chromium, open_page, opened  # noqa: F401 - a fixture
from test_images import png
from test_markup import HOSTILE

from autograder import autograded, outputs
from autograder.autograded import Page

pytestmark = pytest.mark.slow
GUIDE = Path(str(resources.files("nbgrader"))) / "docs" / "source" / "user_guide"
NO_TASK = ("task", False)  # as good as nothing
STUDENT, SENTENCE = "bitdiddle", "squares(1) renvoie 2 ; attendu : [1]."


@dataclass(frozen=True)
class Course:
    root: Path
    marked: dict[str, frozenset[str]]  # by notebook

    def released(self, name: str) -> dict[str, Any]:
        return json.loads((self.root / "release" / "ps1" / f"{name}.ipynb").read_text())


def nbgrader(root: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "nbgrader", *arguments]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr[-2000:]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    if not (GUIDE / "source" / "ps1").is_dir():
        pytest.skip("this nbgrader comes without its documentation's course")
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(GUIDE / "source" / "ps1", root / "source" / "ps1")
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.MonkeyPatch.context() as patch:  # nbgrader starts alembic by its name
        programs = [str(Path(sys.executable).parent), os.environ["PATH"]]
        patch.setenv("PATH", os.pathsep.join(programs))
        nbgrader(root, "generate_assignment", "ps1", "--create")
        yield Course(root, submitted(root))


def submitted(root: Path) -> dict[str, frozenset[str]]:
    """Enters a submission into the real gradebook; what each notebook's graded cells are."""
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SAWarning

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_student(STUDENT)
        with warnings.catch_warnings():  # nbgrader's own, about the order of its objects
            warnings.simplefilter("ignore", SAWarning)
            submission = gradebook.update_or_create_submission("ps1", STUDENT)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = grade.max_score / 2, False
        gradebook.db.commit()
        return {
            one.name: frozenset(cell.name for cell in one.source_cells)
            for one in gradebook.find_assignment("ps1").notebooks
        }


def with_shown(notebook: dict[str, Any], shown: list[dict[str, Any]]) -> dict[str, Any]:
    """``notebook`` with these outputs at its first test cell."""
    notebook = copy.deepcopy(notebook)
    for number, cell in enumerate(notebook["cells"]):
        marks = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and marks.get("grade") and not marks.get("solution"):
            notebook["cells"][number] |= {"outputs": shown, "execution_count": 7}
            return notebook
    raise AssertionError("no test cell")


def rich(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def hostile(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with everything hostile: cells, outputs, marks, names, attachments."""
    notebook = copy.deepcopy(notebook)
    quoted = '"><img src=x onerror=boom()><script>boom()</script>'
    shown = [rich(**{"text/html": text, "text/markdown": text}) for text in HOSTILE]
    shown += [
        rich(**{"application/javascript": "boom()"}),
        rich(**{"image/svg+xml": "<svg onload='boom()'><script>boom()</script></svg>"}),
        rich(**{"text/latex": quoted}),
        rich(**{"image/png": quoted}),
        rich(**{"application/vnd.jupyter.widget-view+json": {"model_id": quoted}}),
        {"output_type": "stream", "name": "stdout", "text": quoted},
        {"output_type": "error", "ename": quoted, "evalue": quoted, "traceback": [quoted]},
    ]
    marks = {"grade_id": quoted, "grade": True, "points": quoted, "solution": False}
    code = {"cell_type": "code", "source": quoted, "execution_count": 1, "outputs": shown}
    notebook["cells"] += [{**code, "metadata": {"nbgrader": marks, "tags": [quoted]}, "id": quoted}]
    for cell_type, text in [(kind, one) for kind in ("markdown", "raw") for one in HOSTILE]:
        metadata = {"raw_mimetype": "text/html", "nbgrader": marks}
        attached = {"a.png": {quoted: quoted, "image/svg+xml": quoted}}
        notebook["cells"].append(
            {"cell_type": cell_type, "source": text, "metadata": metadata, "attachments": attached}
        )
    notebook["metadata"]["title"] = quoted
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": quoted}
    return notebook


def write(course: Course, notebook: dict[str, Any]) -> Path:
    """As a run does; the folder that holds it."""
    folder = course.root / "autograded" / STUDENT / "ps1"
    pages = {
        "problem1": Page(notebook, course.marked["problem1"]),
        "problem2": Page(course.released("problem2"), course.marked["problem2"]),
    }
    image = (course.root / "source" / "ps1" / "jupyter.png").read_bytes()
    autograded.write(folder, pages, {"jupyter.png": image})
    return folder


def formgrader(folder: Path, target: Path) -> Path:
    """The page that the form grader serves for a notebook in ``folder``."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config

    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    known = dict.fromkeys(("assignment_id", "submission_id", "last_name", "first_name"), "x")
    known |= {"notebook_id": "problem1", "student": STUDENT, "notebook_path": "x", "base_url": ""}
    exporter = HTMLExporter(config=config)
    html, _ = exporter.from_filename(
        str(folder / "problem1.ipynb"), resources={**known, "index": 0, "total": 1}
    )
    target.write_text(html, encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def shown(course: Course) -> list[dict[str, Any]]:
    """What a right run shows, from the child's word to the notebook."""
    said = [
        {"output_type": "stream", "name": "stdout", "text": "printed\n"},
        {"output_type": "display_data", "data": {"image/png": png(), "text/plain": "<Figure>"}},
        {"output_type": "execute_result", "data": {"text/html": "<b>table</b>", "text/plain": "t"}},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mred\x1b[0m"]},
    ]
    sentence = {"output_type": "error", "ename": "failed", "evalue": "", "traceback": [SENTENCE]}
    return [*outputs.shown(said, 7), sentence]


@pytest.fixture(scope="module")
def pages(course: Course, shown: list, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages of nbgrader's: of an honest notebook, of a hostile one, and of that left as it was."""
    target = tmp_path_factory.mktemp("pages")
    honest = with_shown(course.released("problem1"), shown)
    pages = {}
    for name, notebook in (("honest", honest), ("hostile", hostile(honest))):
        folder = write(course, notebook)
        nbgrader(course.root, "generate_feedback", "ps1", "--force")
        feedback = course.root / "feedback" / STUDENT / "ps1" / "problem1.html"
        pages[f"{name} feedback"] = shutil.copy(feedback, target / f"{name}_feedback.html")
        pages[f"{name} form grader"] = formgrader(folder, target / f"{name}_form.html")
    left = hostile(honest)
    del left["metadata"]["widgets"]  # this nbconvert does not survive, and what follows
    for cell in left["cells"]:
        cell["source"] = "".join(cell["source"]).replace("attachment:", "")
    (target / "problem1.ipynb").write_text(json.dumps(left))
    with warnings.catch_warnings():  # of nbconvert, about what it cannot show
        warnings.simplefilter("ignore", UserWarning)
        pages["as it was"] = formgrader(target, target / "as_it_was.html")
    return pages


def test_what_is_written_is_a_valid_notebook(course, shown):
    folder = write(course, hostile(with_shown(course.released("problem1"), shown)))
    nbformat.validate(nbformat.read(folder / "problem1.ipynb", as_version=4))


def test_marks_and_text_are_those_of_the_release(course, shown):
    folder = write(course, with_shown(course.released("problem1"), shown))
    written = json.loads((folder / "problem1.ipynb").read_text())["cells"]
    released = course.released("problem1")["cells"]
    for ours, theirs in zip(written, released, strict=True):
        marks = theirs["metadata"].get("nbgrader", {})
        expected = {name: value for name, value in marks.items() if (name, value) != NO_TASK}
        assert ours["metadata"].get("nbgrader", {}) == expected
        assert ours["source"] == "".join(theirs["source"])


def test_feedback_has_scores_and_outputs(pages):
    html = pages["honest feedback"].read_text()
    assert re.search(r"problem1 \(Score: 5\.0 / 10\.0\)", html), re.findall(r"Score: [^)]*", html)
    assert SENTENCE in html
    assert "printed" in html
    assert "<b>table</b>" in html
    assert "data:image/png;base64," in html
    assert "ansi-red-fg" in html


def test_the_form_grader_shows_outputs(pages):
    html = pages["honest form grader"].read_text()
    assert SENTENCE in html
    assert 'class="score tabbable"' in html


@pytest.mark.parametrize("page", ["feedback", "form grader"])
def test_nothing_hostile_acts_in_a_browser(pages, chromium, page):  # noqa: F811
    """Scripts and requests are those of nbgrader's own page, which an honest notebook has too."""
    honest = open_page(chromium, pages[f"honest {page}"])
    found = open_page(chromium, pages[f"hostile {page}"])
    assert foreign(found, honest) == {}
    assert controls(chromium, pages[f"hostile {page}"]) == controls(
        chromium, pages[f"honest {page}"]
    )


def controls(chromium: Any, page: Path) -> list[str]:  # noqa: F811
    """What an instructor sets scores with, of each cell."""
    with opened(chromium, page) as (shown, _):
        assert shown.get_by_text("Part A").count()
        found = shown.locator(".nbgrader_cell input, .nbgrader_cell button, .score, textarea")
        return [one.get_attribute("id") or one.inner_text() for one in found.all()]


def test_it_would_act_if_it_were_left_as_it_was(pages, chromium):  # noqa: F811
    """Or the test above could not fail."""
    honest = open_page(chromium, pages["honest form grader"])
    found = foreign(open_page(chromium, pages["as it was"]), honest)
    assert found["scripts"]
    assert any("evil.example" in request for request in found["requests"])


def foreign(found: Seen, honest: Seen) -> dict[str, Any]:
    """What the page did that the page of an honest notebook does not do."""
    deeds = {name: value for name, value in found.deeds.items() if isinstance(value, list)}
    usual = {name: [address(one) for one in value] for name, value in honest.deeds.items()}
    more = {
        name: [one for one in value if address(one) not in usual.get(name, ()) and not beside(one)]
        for name, value in deeds.items()
    }
    return {name: value for name, value in more.items() if value}


def beside(said: str) -> bool:
    """Whether it is a request for an image that would lie in the submission's own folder."""
    return re.fullmatch(r"file:///\S+/pages\d*/[\w%.]+(/x\.png)?", said) is not None


def address(said: str) -> str:
    """Without the page's own name."""
    return said.replace("hostile_", "honest_").replace("as_it_was", "honest_form")
