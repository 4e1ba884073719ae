"""What a person sees: nothing that a student wrote acts on the terminal, and nothing is missing."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from autograder import terminal
from autograder.model import (
    Assignment,
    Course,
    Outcome,
    Score,
    Task,
    TaskScore,
    TestResult,
    Text,
    Tier,
)

NAME = Text("Pooling", "Pooling")
POOLING = Assignment(
    "pooling", NAME, (Task("relu", NAME, 5.0), Task("max_pool2d", NAME, 7.5)), Path("pooling")
)
COURSE = Course(Path(), {"pooling": POOLING})
NASTY = "\x1b]0;owned\x07\x9b2J\r\b\u202e[red]\u2066\u200b\0\ud800"


def a_score(student: str, relu: float, pool: float, outcome: Outcome = Outcome.PASSED) -> Score:
    test = TestResult("test_relu", "relu", "visible", outcome, relu, 5.0)
    tasks = (TaskScore("relu", relu, 5.0, (test,)), TaskScore("max_pool2d", pool, 7.5, ()))
    return Score(student, "pooling", "graded", relu + pool, 12.5, Tier.S2, 0.01, tasks)


def rejected(student: str, reason: str, assignment: str = "pooling") -> Score:
    return Score(student, assignment, "rejected", None, 12.5, Tier.S2, 0.0, reason=reason)


def shown(scores: list[Score], *notes: str, color: bool = False, **more: object) -> str:
    screen = io.StringIO()
    console = Console(
        file=screen, markup=False, highlight=False, emoji=False, width=110, force_terminal=color
    )
    terminal.show(scores, COURSE, notes, screen=console, **more)
    return screen.getvalue()


# ---------------------------------------------------------------- text of unknown origin


def test_plain_keeps_what_a_person_reads():
    text = "« é » œ 名前 𝛼 🙂\n\tx\u00a0;\u202f!"
    assert terminal.plain(text) == text


def test_plain_drops_what_acts():
    assert terminal.plain(NASTY + "a") == "]0;owned2J[red]a"
    assert terminal.one_line("a\nb\r\n\tc\x0b d") == "a b c d"
    assert terminal.one_line("x" * 50, 10) == "x" * 9 + "…"


@given(st.text())
def test_no_text_moves_the_cursor(text):
    for letter in terminal.one_line(text):
        assert letter.isprintable() or not letter.isascii()
        assert not "\x7f" <= letter <= "\x9f"
        assert not "\u202a" <= letter <= "\u202e"


def test_hostile_names_and_reasons_reach_the_screen_harmless():
    out = shown([a_score(NASTY, 5, 1), rejected(f"b{NASTY}", NASTY)], NASTY)
    assert not any(letter in out for letter in "\x1b\x07\x9b\r\b\u202e\u2066\0\ud800")
    assert out.count("[red]") == 5  # shown as written, not obeyed


# ---------------------------------------------------------------- the tables


def test_a_table_has_a_row_a_student_and_a_column_a_task():
    lines = shown([a_score("zoe", 5, 0), a_score("adam", 2.5, 7.5)]).splitlines()
    assert lines[0].strip() == "pooling: mean 7.5/12.5"
    words = [line.split() for line in lines]
    assert ["adam", "2.5", "7.5", "10", "graded"] in words
    assert ["zoe", "5", "0", "5", "graded"] in words
    assert words.index(["adam", "2.5", "7.5", "10", "graded"]) + 1 == words.index(
        ["zoe", "5", "0", "5", "graded"]
    )
    assert ["student", "/5", "/7.5", "total", "status"] in words


@pytest.mark.parametrize("outcome", Outcome)
def test_code_that_did_not_end_well_is_named(outcome):
    out = shown([a_score("zoe", 0, 0, outcome)])
    named = outcome in (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED, Outcome.NOT_GRADED)
    assert (f"graded, {outcome.value.replace('_', ' ')}" in out) == named


def test_colours_only_on_a_terminal():
    scores = [a_score("zoe", 5, 0)]
    assert "\x1b[" in shown(scores, color=True)
    assert "\x1b[" not in shown(scores)


def test_results_of_an_assignment_that_is_gone_are_shown_all_the_same():
    old = Score("zoe", "old", "graded", 1.0, 2.0, Tier.S1, 0.1, (TaskScore("f", 1.0, 2.0, ()),))
    assert ["zoe", "1", "1", "graded"] in [line.split() for line in shown([old]).splitlines()]


def test_no_student_is_lost_in_a_large_class_with_long_names():
    scores = [a_score(f"{number:03d}_" + "x" * 60, 5, 7.5) for number in range(200)]
    out = shown(scores)
    assert all(f" {number:03d}_xxx" in out for number in range(200))
    assert max(map(len, out.splitlines())) <= 110


# ---------------------------------------------------------------- what needs a person


def test_everything_that_needs_a_person_has_its_line():
    ours = Score("leo", "pooling", "not_graded", None, 12.5, Tier.S2, 0.0, reason="No isolation.")
    out = shown([a_score("zoe", 5, 0), ours, rejected("ana", "Not\nJSON.")], "unknown: foo")
    for line in (
        "! rejected: ana/pooling: Not JSON.",
        "! not graded: leo/pooling: No isolation.",
        "! unknown: foo",
    ):
        assert line in out.splitlines()


def test_a_long_reason_is_one_line_that_is_not_broken():
    out = shown([rejected("ana", "word " * 60)])
    assert "! rejected: ana/pooling: " + ("word " * 60).strip() in out.splitlines()


def test_the_last_line_counts():
    ours = Score("leo", "pooling", "not_graded", None, 12.5, Tier.S2, 0.0)
    scores = [a_score("zoe", 5, 0), a_score("eva", 5, 0), ours, rejected("ana", "x")]
    assert shown(scores, reused=1, seconds=1.26).splitlines()[-1] == (
        "2 graded, 1 rejected, 1 not graded, 1 of them unchanged since the last run, in 1.3 s"
    )
    assert terminal.summary([]) == "0 graded"


# ---------------------------------------------------------------- JSON


def test_json_holds_every_result_and_note_and_no_raw_control_character():
    scores = [rejected("zoe", NASTY), a_score("adam", 5, 0)]
    text = terminal.as_json(scores, ["a note"])
    document = json.loads(text)
    assert [result["student"] for result in document["results"]] == ["adam", "zoe"]
    assert document["results"][1]["reason"] == NASTY
    assert document["notes"] == ["a note"]
    assert all(letter.isprintable() or letter == "\n" for letter in text)


# ---------------------------------------------------------------- the progress bar


def bar(screen: io.StringIO, **options: object) -> terminal.Progress:
    console = Console(file=screen, width=100, force_terminal=True, color_system=None)
    return terminal.Progress(2, screen=console, **options)


def test_the_bar_shows_student_count_rate_and_time_left(monkeypatch):
    monkeypatch.setattr(terminal, "_REFRESH_SECONDS", 0.0)
    screen = io.StringIO()
    with bar(screen) as progress:
        progress.working(f"[b]zoe{NASTY}", "pooling")
        progress.done()
        progress.done()
    out = screen.getvalue()
    assert "[b]zoe]0;owned2J[red] pooling" in out
    assert "1/2" in out
    assert "2/2" in out
    assert "/s" in out
    assert "0:00:00" in out


def test_the_bar_is_silent_when_asked_or_when_nobody_watches():
    screen = io.StringIO()
    with bar(screen, quiet=True) as progress:
        progress.working("zoe")
        progress.done(2)
    unwatched = io.StringIO()
    with terminal.Progress(1, screen=Console(file=unwatched)) as progress:
        progress.done()
    assert screen.getvalue() == ""
    assert unwatched.getvalue() == ""


def test_the_bar_starts_no_thread():
    """A forked worker process must not inherit a lock that a drawing thread held."""
    import threading

    before = threading.active_count()
    with bar(io.StringIO()) as progress:
        progress.working("zoe")
        assert threading.active_count() == before


def test_a_terminal_of_another_encoding_gets_question_marks(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    terminal.show([a_score("zoé", 5, 0)], COURSE)
    assert b"zo?" in raw.getvalue()
