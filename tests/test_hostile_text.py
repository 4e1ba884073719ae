"""The hostile texts through every renderer that is no page: the screen, JSON, the tables."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata

import hostile
import pytest
from hostile import HOSTILE
from rich.console import Console
from screens import shown

from autograder import results, terminal
from autograder.export import Options, exported
from autograder.model import Checked, Finding, Outcome

ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
COLOUR = re.compile("\x1b\\[[0-9;]*m")  # rich's own, and nothing else begins with an escape
NAME = 1000  # a name in a table is no longer than this: intake takes 200 bytes
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")

each = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def seen(lines):
    """Nothing that a terminal obeys, or that hides what stands beside it."""
    return not any(unicodedata.category(one) in UNSEEN for one in lines if one != "\n")


# ---------------------------------------------------------------- the screen


@each
@pytest.mark.parametrize("color", [False, True])
def test_the_table_of_scores_shows_it_and_obeys_nothing(text, color):
    out = shown([hostile.everywhere(text, text), hostile.refused(text)], text, color=color)
    assert seen(COLOUR.sub("", out))
    assert len(out) < 20_000


@each
def test_it_is_one_line_for_whoever_has_to_look(text):
    lines = terminal.needs_a_person([hostile.refused(text)], [text])
    assert len(lines) == 2
    assert all("\n" not in line and seen(line) for line in lines)


@each
def test_a_students_own_check_shows_it_and_obeys_nothing(text):
    screen = io.StringIO()
    console = Console(file=screen, markup=False, highlight=False, emoji=False, force_terminal=False)
    finding = Finding(text, text, Outcome.FAILED, text)
    terminal.show_findings(Checked((finding, finding), (text,)), "fr", console)
    assert seen(screen.getvalue())


# ---------------------------------------------------------------- JSON


@each
def test_a_result_comes_back_whole_and_its_file_hides_nothing(text, tmp_path):
    score = hostile.everywhere(text, text)
    path = results.write(score, tmp_path)
    raw = path.read_bytes().decode("utf-8")
    assert results.read(tmp_path, score.assignment, score.student) == score
    assert not ACTS.search(raw)
    assert seen(raw)
    assert path.resolve().parent.parent == tmp_path.resolve()


@each
def test_json_on_the_screen_hides_nothing(text):
    out = terminal.as_json([hostile.everywhere(text, text)], [text])
    assert seen(out)
    assert json.loads(out)["notes"] == [text]


# ---------------------------------------------------------------- tables


@each
def test_the_table_of_scores_runs_nothing_and_has_its_rows(text, tmp_path):
    results.write(hostile.everywhere(text[:NAME], text[:NAME]), tmp_path)
    data = results.write_scores_csv(tmp_path).read_bytes().decode("utf-8")
    heading, row = csv.reader(io.StringIO(data))
    assert len(row) == len(heading) == len(results.CSV_COLUMNS)
    assert not row[0].startswith(FORMULA)
    assert not ACTS.search("".join(row))


@each
def test_an_exported_table_runs_nothing_and_has_its_rows(text, tmp_path):
    results.write(hostile.everywhere(text[:NAME], text[:NAME]), tmp_path)
    file = exported(Options("csv", tmp_path, tmp_path, source="results", tasks=True))
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert len(rows[0]) == len(rows[1])
    cells = [*rows[0], rows[1][0]]
    assert not any(cell.startswith(FORMULA) for cell in cells)
    assert not ACTS.search("".join(cells))
