"""What students handed in to an nbgrader course: folders in which anything may lie."""

from __future__ import annotations

import json
import os
import pickle
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from autograder.errors import SandboxError
from autograder.notebook import MAX_BYTES
from autograder.stock import submitted
from autograder.stock.model import Differs, SourceNotebook, StockAssignment, StockSettings
from autograder.stock.submitted import submissions, submitted_assignments

NOTEBOOKS = {name: SourceNotebook(name, ()) for name in ("p1", "p2")}


@pytest.fixture
def settings(tmp_path):
    return StockSettings(tmp_path, ignore=("*.pyc", "__pycache__", "secret*"))


@pytest.fixture
def hand_in(tmp_path):
    def hand_in(student="ann", assignment="ps1", **files):
        folder = tmp_path / "submitted" / student / assignment
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in ({"p1.ipynb": "{}"} | files).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(content)
        return folder

    return hand_in


def one(settings, files=None, **given):
    (found,) = submissions(settings, StockAssignment("ps1", NOTEBOOKS, files or {}), **given)
    return found


# ---------------------------------------------------------------- who


def test_students_come_in_order_and_only_for_this_assignment(settings, hand_in):
    for student in ("zoe", "ann", "bob"):
        hand_in(student)
    hand_in("carl", "ps2")
    found = submissions(settings, StockAssignment("ps1", NOTEBOOKS))
    assert [one.student for one in found] == ["ann", "bob", "zoe"]
    assert submitted_assignments(settings) == ["ps1", "ps2"]


def test_some_are_left_out(settings, hand_in):
    for student in ("ann", "anton", "bob"):
        hand_in(student)
    assignment = StockAssignment("ps1", NOTEBOOKS)
    assert [one.student for one in submissions(settings, assignment, ["an*"])] == ["ann", "anton"]
    assert [one.student for one in submissions(settings, assignment, ["bob"])] == ["bob"]
    without = replace(settings, student_id_exclude=("ann", "bob"))
    assert [one.student for one in submissions(without, assignment)] == ["anton"]


def test_another_structure_of_folders(settings, tmp_path):
    own = replace(settings, directory_structure="c/{assignment_id}/{nbgrader_step}/{student_id}/x")
    folder = tmp_path / "c/ps1/submitted/ann/x"
    folder.mkdir(parents=True)
    (folder / "p1.ipynb").write_text("{}")
    assert one(own).student == "ann"
    assert submitted_assignments(own) == ["ps1"]


def test_names_with_signs_of_patterns_are_only_names(tmp_path):
    root = tmp_path / "co[u]rse*"
    folder = root / "submitted/a[1]/ps[1]"
    folder.mkdir(parents=True)
    (folder / "p1.ipynb").write_text("{}")
    found = submissions(StockSettings(root), StockAssignment("ps[1]", NOTEBOOKS))
    assert [one.student for one in found] == ["a[1]"]
    assert len(submissions(StockSettings(root), StockAssignment("ps[1]", NOTEBOOKS), ["a[1]"])) == 1


def test_a_folder_without_notebook_is_no_submission(settings, hand_in):
    folder = hand_in()
    (folder / "p1.ipynb").unlink()
    (folder / "readme.txt").write_text("later")
    assert submissions(settings, StockAssignment("ps1", NOTEBOOKS)) == []


# ---------------------------------------------------------------- notebooks


def test_a_missing_notebook_stays_missing_and_an_unknown_one_is_left_out(settings, hand_in):
    hand_in(**{"p1 copy.ipynb": "{}"})
    found = one(settings)
    assert dict(found.notebooks) == {"p1": b"{}"}
    assert found.notebooks.get("p2") is None
    assert found.notes == ("p1 copy.ipynb: no notebook of this assignment, left out",)


def test_only_unknown_notebooks_are_a_submission_all_the_same(settings, hand_in):
    (hand_in() / "p1.ipynb").rename(settings.root / "submitted/ann/ps1/renamed.ipynb")
    found = one(settings)
    assert len(found.notebooks) == 0
    assert "renamed" in found.notes[0]


def test_notebooks_further_down_do_not_count(settings, hand_in):
    hand_in(**{"old/p2.ipynb": "{}"})
    found = one(settings)
    assert list(found.notebooks) == ["p1"]
    assert list(found.files) == []


def test_a_notebook_that_is_too_long_is_read_only_so_far(settings, hand_in):
    with (hand_in() / "p1.ipynb").open("wb") as file:
        file.truncate(MAX_BYTES * 3)
    assert len(one(settings).notebooks["p1"]) == MAX_BYTES + 1


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_notebook_that_is_no_file_is_empty_and_noted(settings, hand_in, kind):
    file = hand_in() / "p1.ipynb"
    file.unlink()
    file.symlink_to("/etc/passwd") if kind == "link" else os.mkfifo(file)
    found = one(settings)
    assert found.notebooks["p1"] == b""
    assert found.notes[0].startswith("p1.ipynb: ")


# ---------------------------------------------------------------- other files


def test_files_are_read_from_any_depth_but_not_what_the_course_ignores(settings, hand_in):
    names = ("a.txt", "data/b.csv", "c.pyc", "__pycache__/d.txt", "secret.txt", "data/secrets/e")
    folder = hand_in()
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    assert dict(one(settings).files) == {"a.txt": b"a.txt", "data/b.csv": b"data/b.csv"}


def test_the_courses_files_are_laid_over_theirs_unless_they_are_to_edit_them(
    settings, hand_in, tmp_path
):
    hand_in(**{"helper.py": "theirs", "own.py": "theirs", "data/a.csv": "theirs"})
    ours = {}
    for name in ("helper.py", "own.py", "data/a.csv", "more.txt"):
        ours[name] = tmp_path / "source/ps1" / name
        ours[name].parent.mkdir(parents=True, exist_ok=True)
        ours[name].write_text("ours")
    settings = replace(settings, exclude_overwriting={"ps1": ("own.py",), "ps2": ("helper.py",)})
    found = one(settings, ours)
    assert dict(found.files) == {
        "data/a.csv": b"ours", "helper.py": b"ours", "more.txt": b"ours", "own.py": b"theirs",
    }  # fmt: skip


def test_links_lead_nowhere(settings, hand_in):
    folder = hand_in()
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "etc").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    found = one(settings)
    assert dict(found.files) == {}
    assert len(found.notes) == 3


def test_too_much_is_left_out_and_noted(settings, hand_in, monkeypatch):
    monkeypatch.setattr(submitted, "MAX_FILES", 10)
    hand_in(**{"a": "12345", "b": "1234567", "c": "12345", "d": "1"})
    found = one(settings)
    assert dict(found.files) == {"a": b"12345", "c": b"12345"}
    assert [note[:2] for note in found.notes] == ["b:", "d:"]


def test_too_many_files_are_left_out_and_noted(settings, hand_in, monkeypatch):
    monkeypatch.setattr(submitted, "MAX_COUNT", 1)
    hand_in(a="1", b="2")
    assert list(one(settings).files) == ["a"]


def test_files_travel_to_another_process_unread_and_are_missed_if_they_vanish(settings, hand_in):
    folder = hand_in(a="1")
    found = pickle.loads(pickle.dumps(one(settings)))
    assert found.files["a"] == b"1"
    assert len(pickle.dumps(found)) < 2_000
    (folder / "a").unlink()
    with pytest.raises(SandboxError, match="a changed"):
        found.files["a"]


def test_a_name_that_no_terminal_should_print_is_made_visible(settings, hand_in):
    hand_in(**{"x\x1b[2J.ipynb": "{}"})
    assert "\x1b" not in one(settings).notes[0]


# ---------------------------------------------------------------- when


@pytest.mark.parametrize(
    ("text", "time"),
    [("2015-02-02 15:58:23.948203 PST", datetime(2015, 2, 2, 23, 58, 23, 948203)),
     ("2015-02-02 15:58:23 +0100", None), ("2015-02-02 15:58:23", datetime(2015, 2, 2, 15, 58, 23)),
     (" 2015-02-02 15:58:23 UTC\n", datetime(2015, 2, 2, 15, 58, 23)), ("", None), ("\n", None)],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::dateutil.parser.UnknownTimezoneWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # nbgrader's own, at import
def test_the_time_is_read_by_nbgraders_own_rule(settings, hand_in, text, time):
    from nbgrader.utils import parse_utc

    hand_in(**{"timestamp.txt": text})
    found = one(settings)
    assert found.timestamp == (parse_utc(text.strip()) if text.strip() else None)
    assert time is None or found.timestamp in (time, datetime(2015, 2, 2, 15, 58, 23, 948203))
    assert (found.differs, found.notes) == ((), ())


@pytest.mark.parametrize(
    "text", ["invalid", "2015-99-99", "9" * 300, "\ufffd", "1 2 3 4", "x" * 2000]
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # nbgrader's own, at import
def test_a_time_that_is_none_is_named_and_stops_nobody(settings, hand_in, text):
    hand_in(**{"timestamp.txt": text})
    found = one(settings)
    assert found.timestamp is None
    assert found.differs == (Differs.TIMESTAMP,)
    assert "timestamp.txt" in found.notes[0]


def test_a_time_that_is_no_text_is_named(settings, hand_in):
    (hand_in() / "timestamp.txt").write_bytes(b"\xff\xfe\x00")
    assert one(settings).differs == (Differs.TIMESTAMP,)


def test_without_a_time_there_is_none(settings, hand_in):
    hand_in()
    assert (one(settings).timestamp, one(settings).differs) == (None, ())


def test_listing_a_class_reads_no_content(settings, hand_in, monkeypatch):
    for number in range(30):
        hand_in(f"s{number:02}", **{"big.bin": "x" * 1000, "p2.ipynb": json.dumps({})})
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("read"))
    assert len(submissions(settings, StockAssignment("ps1", NOTEBOOKS))) == 30
