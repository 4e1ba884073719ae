"""The assignments of an nbgrader course, from its gradebook and its source folder."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace

import pytest
from stock_courses import (
    HIDDEN,
    Made,
    checked,
    code,
    every_kind,
    notebook,
    packaged,
    text,
    write_notebook,
)

from autograder.errors import CourseError
from autograder.stock import config, course
from autograder.stock.database import released
from autograder.stock.model import Regions

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # nbgrader's and nbconvert's


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    made = Made(tmp_path_factory.mktemp("course"), {"p1": every_kind(), "p2": every_kind()})
    (made.root / "source/ps1/data").mkdir()
    (made.root / "source/ps1/data/a.csv").write_text("1")
    (made.root / "source/ps1/junk.pyc").write_text("1")
    return made.release()


def essence(assignment):
    return {name: (one.cells, one.kernelspec) for name, one in assignment.notebooks.items()}


# ---------------------------------------------------------------- from the gradebook


def test_the_gradebook_says_what_each_cell_is(made):
    found = made.load()
    cells = found.notebooks["p1"].by_id
    assert list(cells)[:6] == ["intro", "given", "f", "f-test", "g", "g-test"]
    assert list(cells)[6:] == ["g-more", "why", "plot", "task"]
    assert (cells["f-test"].source, cells["f-test"].released) == (HIDDEN, "assert f(1) == 2")
    assert (cells["task"].released, cells["task"].points) == ("Do this", 6)
    assert [name for name, cell in cells.items() if cell.is_test] == ["f-test", "g-test", "g-more"]
    assert [name for name, cell in cells.items() if cell.is_manual] == ["why", "plot", "task"]
    assert "SOLUTION" not in cells["f"].source
    assert found.max_score == 2 * 21.5
    assert found.notebooks["p1"].kernelspec["name"] == "python3"
    assert found.registered
    assert found.notes == ()


def test_the_answered_notebook_comes_from_the_source(made):
    answered = made.load().notebooks["p1"].answered
    ours = [one["source"] for one in every_kind()["cells"]]
    assert [one["source"] for one in answered["cells"]] == ours
    assert type(answered["cells"][0]["metadata"]) is dict


def test_files_of_the_course_are_listed_without_notebooks_and_junk(made):
    assert list(made.load().files) == ["data/a.csv"]


def test_reading_changes_nothing_on_disk(made):
    before = {file: file.read_bytes() for file in made.root.rglob("*") if file.is_file()}
    course.load(made.settings, ["ps1", "no-such"])
    assert {file: file.read_bytes() for file in made.root.rglob("*") if file.is_file()} == before


def test_unknown_names_are_left_out(made):
    assert course.load(made.settings, ["no-such"]) == {}


def test_without_the_source_the_gradebook_is_enough(made, tmp_path):
    shutil.copy(made.root / "gradebook.db", tmp_path / "gradebook.db")
    found = course.load(config.read(tmp_path), ["ps1"])["ps1"]
    assert essence(found) == essence(made.load())
    assert found.notebooks["p1"].answered is None


def test_a_source_that_changed_since_is_said(made, tmp_path):
    shutil.copytree(made.root, tmp_path / "c")
    content = every_kind()
    del content["cells"][4]
    write_notebook(tmp_path / "c/source/ps1/p1.ipynb", content)
    found = course.load(config.read(tmp_path / "c"), ["ps1"])["ps1"]
    assert "f-test" in found.notes[0]
    assert "f-test" in found.notebooks["p1"].by_id


def test_without_names_what_was_handed_in_is_loaded(tmp_path, made):
    shutil.copytree(made.root, tmp_path / "c")
    settings = config.read(tmp_path / "c")
    assert course.load(settings) == {}
    (tmp_path / "c/submitted/ann/ps1").mkdir(parents=True)
    assert list(course.load(settings)) == ["ps1"]


def test_a_gradebook_that_is_none_is_named_without_its_password(tmp_path):
    (tmp_path / "gradebook.db").write_text("no database at all, but long enough to be looked at")
    with pytest.raises(CourseError, match="cannot be read"):
        course.load(config.read(tmp_path), ["ps1"])
    settings = replace(config.read(tmp_path), db_url="nothing://me:secret@host/db")
    with pytest.raises(CourseError) as caught:
        course.load(settings, ["ps1"])
    assert "secret" not in str(caught.value)


def test_a_gradebook_of_an_older_nbgrader_asks_for_its_upgrade(made, tmp_path):
    shutil.copy(made.root / "gradebook.db", tmp_path / "gradebook.db")
    with sqlite3.connect(tmp_path / "gradebook.db") as connection:
        connection.execute("ALTER TABLE notebook DROP COLUMN kernelspec")
    connection.close()
    with pytest.raises(CourseError, match="nbgrader db upgrade"):
        course.load(config.read(tmp_path), ["ps1"])


def test_an_empty_gradebook_has_no_assignment(tmp_path):
    (tmp_path / "gradebook.db").touch()
    assert course.load(config.read(tmp_path), ["ps1"]) == {}


# ---------------------------------------------------------------- never released


def test_what_was_never_released_is_read_from_its_source_and_then_registered(made, tmp_path):
    shutil.copytree(made.root / "source", tmp_path / "source")
    settings = config.read(tmp_path)
    found = course.load(settings, ["ps1"])["ps1"]
    assert essence(found) == essence(made.load())
    assert not found.registered
    assert "not in the gradebook" in found.notes[0]
    assert not (tmp_path / "gradebook.db").exists()
    course.register(settings, found)
    again = course.load(settings, ["ps1"])["ps1"]
    assert again.registered
    assert essence(again) == essence(found)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["gradebook.db", "source"]


def test_header_and_footer_belong_to_the_notebook(tmp_path):
    made = Made(tmp_path, {"p": notebook(checked("assert 1", "t", 1))},
                settings="c.IncludeHeaderFooter.header = 'source/head.ipynb'")  # fmt: skip
    write_notebook(tmp_path / "source/head.ipynb", notebook(text("Name:", "name", locked=True)))
    found = made.load().notebooks["p"]
    assert list(found.by_id) == ["name", "t"]
    assert [one["source"] for one in found.answered["cells"]] == ["Name:", "assert 1"]


@pytest.mark.parametrize(
    ("broken", "said"),
    [(notebook(checked("assert 1", "t", 1), checked("assert 2", "t", 1)), "Duplicate|validate"),
     (notebook(checked("### BEGIN HIDDEN TESTS\nassert 1", "t", 1)), "hidden tests"),
     (notebook(checked("### AUTOTEST f(1)", "t", 1)), "autotests.yml")],
)  # fmt: skip
def test_a_source_that_nbgrader_refuses_says_why(tmp_path, broken, said):
    with pytest.raises(CourseError, match=said):
        Made(tmp_path, {"p": broken}).load()


def test_mistakes_of_all_assignments_are_reported_together(tmp_path):
    for name in ("ps1", "ps2"):
        write_notebook(tmp_path / f"source/{name}/p.ipynb", {"nbformat": 4})
    with pytest.raises(CourseError) as caught:
        course.load(config.read(tmp_path), ["ps1", "ps2"])
    assert len(caught.value.problems) == 2


def test_a_course_in_another_language_is_refused(tmp_path):
    content = notebook(checked("stopifnot(1)", "t", 1))
    content["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    with pytest.raises(CourseError, match="Python"):
        Made(tmp_path, {"p": content}).load()


@pytest.mark.filterwarnings("ignore")  # jupyter_client's own, about the kernel's transport
def test_autotest_lines_are_expanded_once(tmp_path):
    shutil.copy(packaged("tests", "apps", "files", "autotests.yml"), tmp_path)
    source = packaged("tests", "apps", "files", "autotest-simple.ipynb").read_text()
    made = Made(tmp_path, {"p1": json.loads(source)})
    found = made.load()
    test = next(cell for cell in found.notebooks["p1"].cells if cell.is_test)
    assert "AUTOTEST" not in test.source
    assert "assert" in test.source
    course.register(made.settings, found)
    assert essence(made.load()) == essence(found)
    (tmp_path / "autotests.yml").unlink()  # nothing is expanded any more: the gradebook has it
    answered = made.load().notebooks["p1"].answered
    assert "AUTOTEST" not in json.dumps(answered)


def test_the_course_of_nbgraders_documentation(tmp_path):
    shutil.copytree(packaged("docs", "source", "user_guide", "source"), tmp_path / "source")
    found = course.load(config.read(tmp_path), ["ps1"])["ps1"]
    assert found.max_score == 13
    assert list(found.files) == ["jupyter.png"]
    assert len(found.notebooks["problem1"].cells) == 10


# ---------------------------------------------------------------- what students got


@pytest.mark.parametrize(
    ("source", "rest"),
    [("a\n# BEGIN HIDDEN TESTS\nb\n# END HIDDEN TESTS\nc", "a\nc"), ("a", "a"),
     ("# BEGIN MARK SCHEME\nx\n# END MARK SCHEME", ""), ("a\n# END HIDDEN TESTS", "a")],
)  # fmt: skip
def test_hidden_parts_are_cut_as_nbgrader_cuts_them(source, rest):
    assert released(source, "code", Regions(), "t") == rest


def test_the_courses_own_delimiters_count():
    regions = Regions(hidden=("VVV", "AAA"))
    assert released("a\n#VVV\nb\n#AAA", "code", regions, "t") == "a"


def test_a_region_without_end_is_no_release():
    with pytest.raises(CourseError, match="No end hidden tests"):
        released("# BEGIN HIDDEN TESTS\nassert f(3)", "code", Regions(), "t")


def test_plain_cells_stay_as_they_are(made):
    answered = made.load().notebooks["p1"].answered
    assert code("import math")["source"] in [one["source"] for one in answered["cells"]]
