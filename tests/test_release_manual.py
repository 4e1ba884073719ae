"""Tasks that a person marks, from assignment.yaml to the two cells of a released notebook."""

import json

import pytest
from mini_course import NOTEBOOK, REFERENCE, YAML, problems_of
from released import by_id, source

from autograder import course, release
from autograder.errors import CourseError
from autograder.notebook import stub

TASK = """
  why:
    title: {fr: "Pourquoi", en: "Why"}
    points: 1.5
    mark_scheme: {fr: "1 point pour la raison.", en: "1 point for the reason."}
"""
ANSWER = '\nwhy = {"fr": "Parce que.", "en": "Because of it."}\n'
PLACE = '\n# %% [markdown] task="why"\n'


@pytest.fixture
def talk(root):
    """The mini course with a question in words."""
    add(root / YAML, TASK, before="hints:")
    add(root / NOTEBOOK, PLACE)
    add(root / REFERENCE, ANSWER)
    return root


def add(file, text, before=None):
    old = file.read_text(encoding="utf-8")
    new = old.replace(before, f"{text.lstrip(chr(10))}{before}") if before else old + text
    file.write_text(new, encoding="utf-8")


def notebook(data):
    return by_id(json.loads(data))


def test_the_source_notebook_holds_scheme_and_answer(talk):
    cells = notebook(release.source_notebook(course.load(talk), "mini", "en"))
    asked = source(cells["why-asked"])
    assert asked.startswith("**To be written: Why** (out of 1.5, marked by a person)\n\n===")
    for text in ("=== BEGIN MARK SCHEME ===", "1 point for the reason.", "Because of it."):
        assert text in asked
    assert asked.endswith("=== END MARK SCHEME ===")
    assert source(cells["why"]) == "Because of it."


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_students_see_neither(talk, tmp_path, lang):
    release.build(course.load(talk), tmp_path / "out", langs=[lang])
    data = (tmp_path / "out" / lang / "mini/mini.ipynb").read_bytes()
    for secret in ("MARK SCHEME", "1 point", "reason", "raison", "Because", "Parce"):
        assert secret not in data.decode()
    cells = notebook(data)
    assert source(cells["why"]) == stub.TEXTS[lang]
    marks = {id: cells[id]["metadata"]["nbgrader"] for id in ("why", "why-asked")}
    assert (marks["why"]["grade"], marks["why"]["solution"], marks["why"]["points"]) == (1, 1, 1.5)
    assert marks["why-asked"]["locked"] is True
    assert not marks["why-asked"]["grade"]
    assert {cells[id]["cell_type"] for id in marks} == {"markdown"}


def test_the_loader_reads_the_scheme(talk):
    tasks = {task.id: task for task in course.load(talk).assignments["mini"].tasks}
    assert tasks["why"].manual
    assert tasks["why"].mark_scheme.fr == "1 point pour la raison."
    assert not tasks["largest"].manual


@pytest.mark.parametrize(
    "answer",
    [
        "",
        'why = "Because."',
        'why = {"fr": "Parce que."}',
        'why = {"fr": "a", "en": "b", "de": "c"}',
        'why = {"fr": "a", "en": str(1)}',
        "def why():\n    return 1\n",
    ],
)
def test_an_answer_is_a_text_in_each_language(talk, answer):
    file = talk / REFERENCE
    file.write_text(file.read_text(encoding="utf-8").replace(ANSWER, f"\n{answer}\n"))
    assert "text not found" in problems_of(talk)[REFERENCE, "why"]


def test_a_machine_s_task_needs_code(talk):
    file = talk / REFERENCE
    file.write_text(ANSWER.replace("why", "largest") + ANSWER)
    found = problems_of(talk)
    assert "function or class not found" in found[REFERENCE, "largest"]


@pytest.mark.parametrize(("task", "needed"), [("why", "largest"), ("largest", "why")])
def test_nothing_depends_on_a_person(talk, task, needed):
    text = (talk / YAML).read_text(encoding="utf-8")
    points = {"why": "points: 1.5", "largest": "points: 2"}[task]
    text = text.replace(points, f"{points}\n    depends: [{needed}]")
    (talk / YAML).write_text(text, encoding="utf-8")
    assert "depends on nothing" in problems_of(talk)[YAML, f"tasks.{task}.depends"]


def test_an_assignment_without_tests_is_none(talk):
    head, _, rest = (talk / YAML).read_text(encoding="utf-8").partition("tasks:\n")
    hints = rest[rest.index("hints:") :]
    (talk / YAML).write_text(f"{head}tasks:{TASK}{hints}", encoding="utf-8")
    assert "at least one task without mark_scheme" in problems_of(talk)[YAML, "tasks"]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ('\n# %% task="why"\n', "a Markdown cell"),
        (PLACE + PLACE, "one cell for this task, found 2"),
        (PLACE + "# Some text.\n", "no code"),
        ('\n# %% [markdown] task="why" lang="fr"\n', "for both languages"),
    ],
)
def test_its_place_is_one_empty_markdown_cell(talk, place, expected):
    file = talk / NOTEBOOK
    file.write_text(file.read_text(encoding="utf-8").replace(PLACE, place), encoding="utf-8")
    with pytest.raises(CourseError, match=expected):
        release.source_notebook(course.load(talk), "mini", "fr")


def test_a_test_cannot_bear_its_points(talk):
    file = talk / "assignments/mini/test_mini.py"
    file.write_text(file.read_text().replace('points("largest"', 'points("why"', 1))
    with pytest.raises(CourseError, match="with a task of: largest, normalize"):
        release.source_notebook(course.load(talk), "mini", "fr")
