"""From results and submissions on disk to pages on disk, for a course of ours."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace

import pytest
from click.testing import CliRunner
from feedback_pages import a_test, code, stream
from hostile import HOSTILE
from mini_course import MINI

from autograder import results
from autograder.cli import cli
from autograder.errors import ResultsError, UsageError
from autograder.feedback import Options, write
from autograder.model import Outcome, Score, TaskScore, Tier

SOURCE = "def largest(numbers):\n    return max(numbers)  # mine\n"
NAMES = ["ada", "Léo Martin", "=cmd", "-rf", *(name[:60] for name in HOSTILE.values())]


def a_score(student="ada", **more):
    passed = a_test("test_largest", "largest", Outcome.PASSED, 2.0, 2.0)
    failed = a_test("test_normalize", "normalize", Outcome.FAILED, 0.0, 3.0, message="Non.")
    tasks = (TaskScore("largest", 2.0, 2.0, (passed,)), TaskScore("normalize", 0, 3.0, (failed,)))
    score = Score(student, "mini", "graded", 2.0, 5.0, Tier.S2, 0.2, tasks)
    return replace(score, provenance={"lang": "en"}, **more)


def a_notebook(*cells):
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def place(tmp_path):
    """A course, a result, and what was handed in for it."""
    shutil.copytree(MINI, tmp_path / "course")
    results.write(a_score(), tmp_path / "results")
    hand_in(tmp_path, "ada", a_notebook(code(SOURCE, "largest"), code("largest([1])")))
    return tmp_path


def hand_in(place, student, text, suffix=".ipynb"):
    file = place / "submissions" / student / "mini" / f"mini{suffix}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def options(place, **more):
    folders = {"results": place / "results", "submissions": place / "submissions"}
    return Options(**{**folders, "root": place / "course", "out": place / "out", **more})


def executed(place, *cells, student="ada"):
    """What the grader ran, where the course's configuration says."""
    (place / "course/nbgrader_config.py").write_text("c = get_config()\n")
    file = place / "course/autograded" / student / "mini/mini.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(a_notebook(*cells))
    return file


def page(place, student="ada"):
    return (place / "out/mini" / f"{results.file_name(student)}.html").read_text("utf-8")


# ---------------------------------------------------------------- what is written, and where


def test_a_page_for_each_result_with_the_courses_titles(place):
    report = write(options(place))
    assert (report.written, report.kept, report.notes) == (1, 0, ())
    assert "<h1>Two functions</h1>" in page(place)
    assert "The largest number of a list" in page(place)
    assert "# mine" in page(place)
    assert "The outputs of your cells are not shown here." in page(place)


def test_the_frame_may_be_in_another_language(place):
    write(options(place, lang="fr"))
    assert '<html lang="fr">' in page(place)
    assert "<h1>Deux fonctions</h1>" in page(place)


def test_what_did_not_change_is_not_written_again(place):
    write(options(place))
    before = (place / "out/mini/ada.html").stat()
    report = write(options(place))
    assert (report.written, report.kept) == (0, 1)
    assert (place / "out/mini/ada.html").stat().st_mtime_ns == before.st_mtime_ns
    results.write(a_score(notices=("New.",)), place / "results")
    assert write(options(place)).written == 1
    assert "New." in page(place)


def test_every_name_gives_a_page_inside_the_folder(place):
    names = [name for name in NAMES if name.strip()]
    for name in names:
        results.write(a_score(name), place / "results")
    report = write(options(place))
    pages = sorted((place / "out").rglob("*.html"))
    assert report.written == len(pages) == len(set(names))
    assert {one.parent for one in pages} == {place / "out/mini"}
    assert not list((place / "out").rglob("*.tmp"))


def test_only_what_is_asked_for(place):
    results.write(a_score("bob"), place / "results")
    assert write(options(place, students=("bob",))).written == 1
    assert [one.name for one in (place / "out/mini").iterdir()] == ["bob.html"]


@pytest.mark.parametrize("asked", [{"students": ("eve",)}, {"assignments": ("other",)}])
def test_what_is_not_there_is_a_mistake_of_the_command(place, asked):
    with pytest.raises(UsageError, match=r"no results of .*(eve|other)"):
        write(options(place, **asked))
    assert not (place / "out").exists()


def test_no_results_is_a_mistake_of_the_command(place):
    with pytest.raises(UsageError, match="run `autograder grade` first"):
        write(options(place, results=place / "elsewhere"))


def test_a_page_that_cannot_be_written_leaves_the_old_one(place, monkeypatch):
    write(options(place))
    old = page(place)
    results.write(a_score(notices=("New.",)), place / "results")

    def full(fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResultsError, match="make room on the disk or choose another with --out"):
        write(options(place))
    assert page(place) == old
    assert [one.name for one in (place / "out/mini").iterdir()] == ["ada.html"]


def test_a_link_at_the_pages_place_is_replaced_and_not_followed(place):
    target = place / "target"
    target.write_text("kept")
    (place / "out/mini").mkdir(parents=True)
    (place / "out/mini/ada.html").symlink_to(target)
    write(options(place))
    assert target.read_text() == "kept"
    assert "# mine" in page(place)


# ---------------------------------------------------------------- where the code comes from


def test_what_the_grader_ran_is_shown_with_its_outputs(place):
    executed(place, code(SOURCE, "largest", [stream("ran here")]))
    write(options(place))
    assert "ran here" in page(place)
    assert "are not shown here" not in page(place)


@pytest.mark.parametrize("data", ["", "{", "[]", '{"cells": 3}'])
def test_a_damaged_notebook_of_the_graders_gives_way_to_the_submission(place, data):
    executed(place).write_text(data)
    write(options(place))
    assert "# mine" in page(place)


def test_a_link_in_place_of_what_the_grader_ran_is_not_followed(place):
    file = executed(place)
    secret = place / "secret.ipynb"
    secret.write_text(a_notebook(code("SECRET = 1", "largest")))
    file.unlink()
    file.symlink_to(secret)
    write(options(place))
    assert "SECRET" not in page(place)


def test_a_script_is_shown_in_its_cells(place):
    results.write(a_score("bob"), place / "results")
    hand_in(place, "bob", f"# %%\n{SOURCE}\n# %%\nlargest([1])\n", ".py")
    assert write(options(place)).notes == ()
    assert "# mine" in page(place, "bob")
    assert "Code cell 2" in page(place, "bob")


def test_a_missing_submission_needs_a_person(place):
    shutil.rmtree(place / "submissions")
    report = write(options(place))
    assert report.notes == ("ada/mini: the submission is not there, so its page shows no code",)
    assert "Your file was not there" in page(place)


def test_a_rejected_file_has_its_page_and_needs_nobody(place):
    rejected = replace(a_score(), status="rejected", score=None, tasks=(), reason="No JSON.")
    results.write(rejected, place / "results")
    hand_in(place, "ada", "no notebook")
    assert write(options(place)).notes == ()
    assert "No JSON." in page(place)


def test_names_that_leave_their_folder_read_nothing(place):
    executed(place, code("SECRET = 1", "largest"), student="x")
    for name in ("../x", "..", ".", "x/../x", "/etc"):
        results.write(a_score(name), place / "results")
    write(options(place, lang="en"))
    pages = [one.read_text() for one in (place / "out/mini").iterdir()]
    assert len(pages) == 6
    assert not any("SECRET" in one for one in pages)


# ---------------------------------------------------------------- the command


def test_the_command_says_what_it_did(place):
    arguments = ["feedback", "--course", place / "course", "--results", place / "results"]
    arguments += ["--submissions", place / "submissions", "--out", place / "out"]
    run = CliRunner().invoke(cli, [*map(str, arguments)])
    assert (run.exit_code, run.output) == (0, f"{place / 'out'}: 1 written, 0 as before\n")
    shutil.rmtree(place / "submissions")
    run = CliRunner().invoke(cli, [*map(str, arguments)])
    assert run.exit_code == 1
    assert "ada/mini: the submission is not there" in run.stderr


def test_a_hundred_pages_take_a_few_seconds(place):
    source = "\n".join(f"x{n} = {n}  # a line of code" for n in range(60))
    cells = [code(source, "largest", [stream("0.123 0.456\n" * 40)]) for _ in range(20)]
    for number in range(100):
        results.write(a_score(f"s{number:02}"), place / "results")
        executed(place, *cells, student=f"s{number:02}")
    write(options(place, students=("s00",)))  # what is imported is not what is measured
    started = time.process_time()
    assert write(options(place)).written == 100
    assert time.process_time() - started < 5
