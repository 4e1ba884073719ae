"""Where test cells of an assignment run, and what of it stays."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder.stock.batch import among_files
from autograder.stock.model import StockAssignment

FILES = ("helper_of_a1.py", "data/words.txt", "data/deep/more.txt")


@pytest.fixture
def course(tmp_path):
    for name in FILES:
        path = tmp_path / "source" / "a1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("WORDS = 3\n")
    return tmp_path


def an_assignment(course: Path, *names: str) -> StockAssignment:
    return StockAssignment("a1", {}, {name: course / "source" / "a1" / name for name in names})


@pytest.mark.parametrize("names", [FILES, FILES[1:], FILES[2:], FILES[::-1]])
def test_paths_are_those_that_a_notebook_sees(course, names):
    with among_files(an_assignment(course, *names), course):
        assert all(Path(name).is_file() for name in names)
        assert Path.cwd() == course / "source" / "a1"


def test_modules_beside_the_notebook_are_there_and_forgotten(course):
    before = Path.cwd(), list(sys.path)
    with among_files(an_assignment(course, *FILES), course):
        from helper_of_a1 import WORDS

        assert WORDS == 3
    assert "helper_of_a1" not in sys.modules
    assert (Path.cwd(), list(sys.path)) == before


def test_without_files_it_is_the_course(course):
    with among_files(an_assignment(course), course):
        assert Path.cwd() == course
