"""Named cases of a student's notebook with the course's cells put back, and bad input."""

from __future__ import annotations

import copy
import json
import time
from dataclasses import replace

import pytest
from stock_courses import (
    HIDDEN,
    Made,
    answer,
    checked,
    code,
    every_kind,
    notebook,
    with_ids,
)

from autograder.stock import marked, restore
from autograder.stock.model import Differs, SourceCell, SourceNotebook

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # nbgrader's and nbconvert's
GRADED = {"f-test", "g-test", "g-more", "why", "plot", "task"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Made(tmp_path_factory.mktemp("course"), {"p1": every_kind()}).release()


@pytest.fixture(scope="module")
def source(made):
    return made.load().notebooks["p1"]


@pytest.fixture
def released(made):
    return with_ids(copy.deepcopy(made.released["p1"]))


@pytest.fixture
def run(made, source):
    def run(content, own=source, **settings):
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        return restore.restored(data, own, replace(made.settings, **settings))

    return run


def place(content, grade_id):
    ids = [one["metadata"].get("nbgrader", {}).get("grade_id") for one in content["cells"]]
    return ids.index(grade_id)


def cell_of(content, grade_id):
    return content["cells"][place(content, grade_id)]


# ---------------------------------------------------------------- what comes back


def test_the_released_notebook_gets_its_hidden_tests_and_is_unanswered(run, released, source):
    assert "HIDDEN" not in json.dumps(released)
    found = run(released)
    assert cell_of(found.notebook, "f-test")["source"] == HIDDEN
    assert found.unanswered == {"f", "g", "why", "plot"}
    assert found.present == set(source.by_id)
    assert (found.differs, found.notes) == ({}, ())
    assert [(one.position, one.number) for one in found.steps][:3] == [(1, 1), (2, 2), (3, 3)]
    assert [one.test.grade_id for one in found.steps if one.test] == ["f-test", "g-test", "g-more"]


def test_the_mark_scheme_is_back_for_the_person_who_grades(run, released):
    assert "2 each" in cell_of(run(released).notebook, "task")["source"]


def test_an_answer_is_the_students_and_a_test_is_the_courses(run, released):
    cell_of(released, "f")["source"] = "def f(x): return 1"
    cell_of(released, "f-test")["source"] = "pass"
    cell_of(released, "f-test")["metadata"]["nbgrader"]["points"] = 100
    found = run(released)
    assert cell_of(found.notebook, "f")["source"] == "def f(x): return 1"
    test = cell_of(found.notebook, "f-test")
    assert (test["source"], test["metadata"]["nbgrader"]["points"]) == (HIDDEN, 2)
    assert found.unanswered == {"g", "why", "plot"}
    assert found.differs == {}


def test_a_test_that_became_text_runs_all_the_same(run, released):
    cell_of(released, "g-test").update(cell_type="markdown")
    found = run(released)
    assert "g-test" in [one.test.grade_id for one in found.steps if one.test]
    assert cell_of(found.notebook, "g-test")["outputs"] == []


def test_outputs_and_counts_of_the_students_are_gone(run, released):
    output = {"output_type": "stream", "name": "stdout", "text": "fake"}
    cell_of(released, "f-test").update(outputs=[output], execution_count=7)
    assert "fake" not in json.dumps(run(released).notebook)


def test_of_a_cell_that_is_there_twice_the_last_counts(run, released):
    twin = copy.deepcopy(cell_of(released, "f"))
    twin["source"] = "def f(x): return 'last'"
    released["cells"].append(twin)
    found = run(released)
    assert place(found.notebook, "f") == len(released["cells"]) - 1
    assert set(found.differs) == GRADED
    assert found.differs["why"] == (Differs.DUPLICATE,)
    assert "twice" in found.notes[0]
    assert found.notebook["cells"][3]["metadata"] == {}


def test_changed_flags_are_put_back_and_named(run, released):
    cell_of(released, "f-test")["metadata"]["nbgrader"]["grade"] = False
    found = run(released)
    assert cell_of(found.notebook, "f-test")["metadata"]["nbgrader"]["grade"] is True
    assert found.differs["g-test"] == (Differs.FLAGS,)


def test_a_written_answer_stays_for_a_person_whatever_the_student_marks_it_as(run, released):
    """nbgrader gives all points, by machine, for a code answer without its mark ``solution``."""
    cell_of(released, "plot")["metadata"]["nbgrader"]["solution"] = False
    found = run(released)
    assert found.differs == {"plot": (Differs.FLAGS,)}
    assert not any(one.test and one.test.grade_id == "plot" for one in found.steps)


def test_a_cell_that_the_course_does_not_know_has_no_marks(run, released):
    released["cells"].append(code("1 / 0", "mine", solution=False))
    found = run(released)
    assert found.notebook["cells"][-1]["metadata"] == {}
    assert found.differs == {}
    assert "mine" in found.notes[0]


def test_a_deleted_cell_is_absent(run, released):
    del released["cells"][place(released, "g-test")]
    found = run(released)
    assert "g-test" not in found.present
    assert found.differs == {}


def test_a_deleted_cell_is_put_back_if_the_course_says_so(run, released):
    for name in ("g-test", "g-more", "task"):
        del released["cells"][place(released, name)]
    found = run(released, add_missing_cells=True)
    ids = [one["metadata"].get("nbgrader", {}).get("grade_id") for one in found.notebook["cells"]]
    assert ids[6:] == ["g", "g-test", "g-more", "why", "plot", "task"]
    assert cell_of(found.notebook, "g-test")["source"].startswith("# This cell (id:g-test) was")
    assert found.present >= {"g-test", "g-more", "task"}
    assert found.differs == {}


def test_a_cell_is_put_back_even_where_nbgrader_knows_no_place(run, released):
    for name in ("f", "f-test"):
        del released["cells"][place(released, name)]
    found = run(released, add_missing_cells=True)
    assert place(found.notebook, "f-test") == place(found.notebook, "given") + 1
    assert Differs.DELETED in found.differs["f-test"]


def test_a_student_cannot_keep_a_test_from_running_with_a_tag(run, released):
    """nbclient would skip both, and nbgrader would then give the test all its points."""
    for name in ("f", "f-test"):
        cell_of(released, name)["metadata"]["tags"] = ["skip-execution"]
    found = run(released)
    assert 3 not in [one.position for one in found.steps]
    assert "f-test" in [one.test.grade_id for one in found.steps if one.test]
    assert found.differs == {"f-test": (Differs.FLAGS,)}


# ---------------------------------------------------------------- kernels


@pytest.mark.parametrize("theirs", ["ir", "python3", "no-such", ""])
def test_the_courses_kernel_wins(run, released, theirs):
    released["metadata"]["kernelspec"] = {"name": theirs, "display_name": "x", "language": "R"}
    found = run(released)
    assert found.notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert found.differs == {}


@pytest.mark.parametrize(
    ("spec", "differs"),
    [({"name": "python3"}, False), ({"name": "mine", "language": "python"}, False),
     ({"name": "ir", "language": "R"}, True), ({"name": "julia-1.9"}, True), ({}, False)],
)  # fmt: skip
def test_without_one_the_students_is_kept_and_named_if_it_is_not_python(
    run, released, source, spec, differs
):
    released["metadata"] = {"kernelspec": spec}
    found = run(released, replace(source, kernelspec={}))
    assert set(found.differs) == (GRADED if differs else set())


# ---------------------------------------------------------------- checksums


@pytest.mark.parametrize("source", ["", "x = 1", "é = 'ü'\n", "a\r\nb"])
@pytest.mark.parametrize("flags", [(True, False, True), (True, True, False), (False, True, False)])
def test_our_checksum_is_nbgraders(source, flags):
    import nbformat
    from nbgrader.utils import compute_checksum

    own = SourceCell("id-1", "code", source, source, *flags, False, 1.5, "")
    grade, solution, locked = flags
    theirs = code(source, "id-1", grade=grade, solution=solution, locked=locked, points=1.5)
    assert marked.checksum(source, own) == compute_checksum(nbformat.from_dict(theirs))


def test_it_is_quick(run):
    content = notebook(*[answer(f"def f{n}(x): return x", f"f{n}") for n in range(40)])
    content["cells"] += [checked(f"assert f{n}(1)", f"t{n}", 1) for n in range(40)]
    own = tuple(
        SourceCell(f"t{n}", "code", "1", "1", True, False, True, False, 1, "x") for n in range(40)
    )
    data, best = json.dumps(content).encode(), 1.0
    for _ in range(5):
        started = time.perf_counter()
        run(data, SourceNotebook("p", own))
        best = min(best, time.perf_counter() - started)
    assert best < 0.05  # 1 ms; nbgrader's own steps take a hundred times as long
