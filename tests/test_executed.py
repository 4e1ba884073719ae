"""Our own course's notebooks for the form grader: run in the real sandbox, judged elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import time
import warnings
from contextlib import nullcontext
from pathlib import Path

import pytest
from mini_course import MINI

from autograder import course, executed, release, results, run
from autograder.errors import UsageError
from autograder.gradebook import Target
from autograder.gradebook.registered import ensure
from autograder.model import Rejection, Submission
from autograder.release import manual
from autograder.stock import config
from autograder.stock import course as stock

pytestmark = pytest.mark.slow

RIGHT = (MINI / "reference/mini.py").read_text(encoding="utf-8")
CONFIG = "c = get_config()\nc.ClearMarkScheme.enforce_metadata = False\n"
TASK = '\n  why:\n    title: {fr: "Pourquoi", en: "Why"}\n    points: 2\n'
SCHEME = '    mark_scheme: {fr: "Un point par raison.", en: "A point a reason."}\n'


class Unwatched:
    def working(self, student, assignment=""):
        pass

    def done(self, count=1):
        pass


def unwatched(total):
    return nullcontext(Unwatched())


class Class:
    """A course with a few students, graded; and what became of their notebooks."""

    def __init__(self, root):
        self.root = root
        self.released = json.loads((root / "release/fr/mini/mini.ipynb").read_bytes())

    def hand_in(self, student, *more, without=(), **sources):
        """The released notebook, changed, with further cells of code."""
        notebook = json.loads(json.dumps(self.released))
        cells = [cell for cell in notebook["cells"] if cell["id"] not in without]
        for cell in cells:
            cell["source"] = sources.get(cell["id"], cell["source"])
        extra = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
        cells += [{**extra, "id": f"x{n}", "source": text} for n, text in enumerate(more)]
        notebook["cells"] = cells
        self.file(student, "mini.ipynb").write_text(json.dumps(notebook))

    def file(self, student, name):
        path = self.root / "submissions" / student / "mini" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def grade(self):
        options = run.Options(self.root / "submissions", self.root, self.root / "results", seed=1)
        run.grade(options, unwatched)

    def execute(self, **options):
        made = executed.Options(
            self.root, self.root / "results", self.root / "submissions", **options
        )
        return executed.write(made, unwatched)

    def page(self, student):
        return json.loads((self.root / "autograded" / student / "mini/mini.ipynb").read_bytes())

    def cells(self, student):
        """By grade id, those that have one; all others by id."""
        return {
            cell["metadata"].get("nbgrader", {}).get("grade_id", cell["id"]): cell
            for cell in self.page(student)["cells"]
        }

    def shown(self, student, cell):
        outputs = self.cells(student)[cell]["outputs"]
        return "\n".join("".join(one.get("text", one.get("evalue", ""))) for one in outputs)


@pytest.fixture(scope="module")
def mini(tmp_path_factory):
    """The mini course with a question in words, and seven students."""
    root = tmp_path_factory.mktemp("executed") / "course"
    shutil.copytree(MINI, root)
    yaml = root / "assignments/mini/assignment.yaml"
    text = yaml.read_text(encoding="utf-8").replace("\nhints:", f"{TASK}{SCHEME}hints:")
    text = text.replace("limits:", "limits:\n  cell_seconds: 3")
    yaml.write_text(text, encoding="utf-8")
    with (root / "assignments/mini/notebook.py").open("a") as file:
        file.write('\n# %% [markdown] task="why"\n')
    with (root / "reference/mini.py").open("a") as file:
        file.write('\nwhy = {"fr": "Parce que.", "en": "Because."}\n')
    (root / "nbgrader_config.py").write_text(CONFIG)
    release.build(course.load(root), root / "release")
    made = Class(root)
    answers = dict(zip(("largest", "normalize"), RIGHT.split("\n\n\ndef ")[1:], strict=True))
    answers = {
        name: f"from numpy.typing import NDArray\ndef {text}" for name, text in answers.items()
    }
    made.hand_in("right", "import numpy as np\n2 + 3", **answers, why="Car $a<b$.")
    wrong = answers | {"largest": answers["largest"].replace("max(", "min(")}
    made.hand_in("wrong", **wrong, why="<script>window.hit = 1</script> **x**")
    made.hand_in("hangs", "while True:\n    pass", "print('after')", **answers)
    made.hand_in("ends", "import os\nos._exit(0)", "print('after', largest([1, 2]))", **answers)
    made.hand_in("deleted", without=("largest-check", "check-tools", "why"), **answers)
    made.file("script", "mini.py").write_text(RIGHT + '\n# %% [markdown] task="why"\n# Car oui.\n')
    made.file("broken", "mini.ipynb").write_text("{")
    made.file("right", "timestamp.txt").write_text("2025-01-02 03:04:05 UTC\n")
    made.grade()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own, at import
        ensure(course.load(root), ["mini"], Target(config.read(root).db_url), "fr")
    made.report = made.execute()
    return made


def test_every_graded_student_has_a_notebook_and_no_other(mini):
    folders = {path.name for path in (mini.root / "autograded").iterdir()}
    assert folders == {"right", "wrong", "hangs", "ends", "deleted", "script"}
    assert (mini.report.written, mini.report.kept, mini.report.notes) == (6, 0, ())


def test_cells_show_what_they_give_and_checks_the_verdict(mini):
    assert "mini" not in mini.shown("right", "x0")
    assert mini.cells("right")["x0"]["outputs"][0]["data"]["text/plain"] == "5"
    shown = mini.shown("right", "largest-check")
    assert "largest : ces exemples sont justes" in shown
    assert "Correcteur · 2/2" in shown
    assert "Correcteur · 3/3" in mini.shown("right", "normalize-check")
    assert "✗" not in shown


def test_a_wrong_answer_has_its_sentence_below_the_check(mini):
    shown = mini.shown("wrong", "largest-check")
    assert "Ce n'est pas le bon résultat" in shown  # the student's own check, run again
    assert "renvoie 1 ; attendu : 3" in shown or "attendu" in shown.split("Correcteur")[1]
    assert "✗ test_" in shown


def test_figures_are_drawn(mini):
    kinds = [
        kind
        for cell in mini.page("right")["cells"]
        for output in cell.get("outputs", ())
        for kind in output.get("data", ())
    ]
    assert "image/png" in kinds


def test_the_mark_scheme_stands_above_the_student_s_answer(mini):
    ids = list(mini.cells("right"))
    cells = mini.cells("right")
    assert ids.index("why-asked") + 1 == ids.index("why")
    asked = "".join(cells["why-asked"]["source"])
    assert manual.BEGIN in asked
    assert "Un point par raison." in asked
    assert "Parce que." in asked
    assert "".join(cells["why"]["source"]) == "Car $a<b$."
    marks = cells["why"]["metadata"]["nbgrader"]
    assert (marks["grade"], marks["solution"], marks["points"]) == (True, True, 2)


def test_nothing_of_a_student_s_can_act(mini):
    assert "<script" not in json.dumps(mini.page("wrong"))


def test_a_cell_without_end_is_left_out_and_those_after_it_run(mini):
    assert "n'a pas fini à temps" in mini.shown("hangs", "x0")
    assert "after" in mini.shown("hangs", "x1")


def test_a_cell_that_ends_the_process_is_left_out(mini):
    assert "arrêté brutalement" in mini.shown("ends", "x0")
    assert "after 2" in mini.shown("ends", "x1")


def test_what_was_deleted_is_put_back_and_not_run(mini):
    cells = mini.cells("deleted")
    assert list(cells)[-2:] == ["largest-check", "why"]
    assert "".join(cells["largest-check"]["source"]).startswith("# Cette cellule manquait")
    assert mini.shown("deleted", "largest-check").startswith("Correcteur · 2/2")
    assert "".join(cells["why"]["source"]).strip() == (
        "*Cette cellule manquait dans le notebook rendu.*"
    )


def test_a_script_becomes_a_notebook(mini):
    cells = mini.cells("script")
    assert "def largest" in "".join(mini.page("script")["cells"][0]["source"])
    assert "".join(cells["why"]["source"]) == "Car oui."
    assert mini.shown("script", "largest-check").startswith("Correcteur · 2/2")


def test_the_time_of_submission_goes_along(mini):
    folder = mini.root / "autograded/right/mini"
    assert (folder / "timestamp.txt").read_text().startswith("2025-01-02")
    assert {path.name for path in folder.iterdir()} == {"mini.ipynb", "timestamp.txt"}


def test_the_source_notebook_is_where_nbgrader_looks_for_it(mini):
    source = mini.root / "source/mini/mini.ipynb"
    assert source.read_bytes() == release.source_notebook(course.load(mini.root), "mini", "fr")


def test_only_what_is_older_than_its_result_is_made_again(mini):
    again = mini.execute()
    assert (again.written, again.kept) == (0, 6)
    result = results.result_path(mini.root / "results", "mini", "wrong")
    later = time.time() + 5
    os.utime(result, (later, later))
    again = mini.execute()
    assert (again.written, again.kept) == (1, 5)
    os.utime(result, (1, 1))


def test_a_result_whose_submission_is_gone_is_told(mini, tmp_path):
    made = executed.Options(mini.root, mini.root / "results", tmp_path, ("mini",), force=True)
    report = executed.write(made, unwatched)
    assert report.written == 0
    assert "right/mini: there is a result, but no submission" in "\n".join(report.notes)


def test_a_mark_scheme_may_still_be_mended(mini):
    yaml = mini.root / "assignments/mini/assignment.yaml"
    before = yaml.read_text(encoding="utf-8")
    yaml.write_text(before.replace("Un point par raison.", "Deux points."), encoding="utf-8")
    try:
        mini.execute(force=True)
        assert "Deux points." in "".join(mini.cells("right")["why-asked"]["source"])
    finally:
        yaml.write_text(before, encoding="utf-8")


def test_a_training_that_cannot_be_read_is_told(mini):
    settings = config.read(mini.root)
    source = stock.load(settings, ["mini"])["mini"].notebooks["mini"]
    score = results.read_all(mini.root / "results")[0]
    for name, data in (("mini.ipynb", b"{"), ("mini.py", b"\xff\xfe\xff")):
        page = executed.as_handed_in(Submission("x", "mini", name, data), source, settings, score)
        assert isinstance(page, Rejection)


def test_an_assignment_that_is_not_there(mini):
    with pytest.raises(UsageError, match="no assignment other"):
        mini.execute(assignments=("other",))


# ---------------------------------------------------------------- trainings are not run again


def test_outputs_as_they_were_handed_in(mini):
    settings = config.read(mini.root)
    source = stock.load(settings, ["mini"])["mini"].notebooks["mini"]
    (score,) = [one for one in results.read_all(mini.root / "results") if one.student == "right"]
    notebook = json.loads(mini.file("right", "mini.ipynb").read_bytes())
    said = {"output_type": "stream", "name": "stdout", "text": "epoch 1: 60 %"}
    for cell in notebook["cells"]:
        if cell["id"] in ("largest", "largest-check"):
            cell |= {"outputs": [said, "junk"], "execution_count": 7}
    notebook["cells"][-1]["outputs"] = "junk"
    submission = Submission("right", "mini", "mini.ipynb", json.dumps(notebook).encode())
    page = executed.as_handed_in(submission, source, settings, score)
    assert not isinstance(page, Rejection)
    assert "n'a pas été exécuté ici" in page["cells"][0]["source"]
    by_id = {cell["id"]: cell for cell in page["cells"]}
    assert by_id["largest"]["outputs"] == [said]
    assert by_id["largest"]["execution_count"] == 7
    assert [one["text"][:13] for one in by_id["largest-check"]["outputs"]] == [
        "epoch 1: 60 %",
        "Correcteur · ",
    ]
    assert by_id["x0"]["outputs"] == []


def test_sources_follow_the_language_that_is_handed_out(mini, tmp_path):
    root = Path(shutil.copytree(mini.root, tmp_path / "course"))
    (root / "nbgrader_config.py").write_text(
        f'{CONFIG}c.CourseDirectory.release_directory = "release/en"\n'
    )
    settings = config.read(root)
    executed.sources.write(course.load(root), settings, ["mini"])
    assert "A point a reason." in (root / "source/mini/mini.ipynb").read_text()
    assert executed.sources.write(course.load(root), settings, ["mini"]) == []
