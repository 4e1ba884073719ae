"""What a person sees: nothing that a student wrote acts on the terminal, and nothing is missing."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from screens import COURSE, a_score, rejected, shown

from autograder import terminal
from autograder.model import Checked, Finding, Outcome, Score, Tier

NASTY = "\x1b]0;owned\x07\x9b2J\r\b\u202e[red]\u2066\u200b\0\ud800"


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


# ---------------------------------------------------------------- a student's own check


def findings(lang: str, *found: Finding) -> list[str]:
    screen = io.StringIO()
    console = Console(file=screen, markup=False, highlight=False, emoji=False, width=110)
    terminal.show_findings(Checked(found, ()), lang, console)
    return screen.getvalue().splitlines()


@pytest.mark.parametrize(
    ("right", "wrong", "fr", "en"),
    [
        (0, 2, "0 test visible sur 2 passe.", "0 of 2 visible tests pass."),
        (1, 0, "1 test visible sur 1 passe.", "1 of 1 visible test passes."),
        (1, 11, "1 test visible sur 12 passe.", "1 of 12 visible tests passes."),
        (2, 1, "2 tests visibles sur 3 passent.", "2 of 3 visible tests pass."),
    ],
)
def test_the_count_of_visible_tests_is_good_grammar(right, wrong, fr, en):
    found = [Finding("relu", f"test_{n}", Outcome.PASSED, "") for n in range(right)]
    found += [Finding("relu", f"bad_{n}", Outcome.FAILED, "Non.") for n in range(wrong)]
    assert findings("fr", *found)[-1].startswith(fr)
    assert findings("en", *found)[-1].startswith(en)


def test_the_same_sentence_of_a_task_is_shown_once_with_a_count():
    unwritten = "`relu` n'est pas encore écrite."
    found = [Finding("relu", f"test_{n}", Outcome.FAILED, unwritten) for n in range(3)]
    found.insert(1, Finding("relu", "test_other", Outcome.FAILED, "Autre chose."))
    found.append(Finding("pool", "test_pool", Outcome.FAILED, unwritten))
    found.append(Finding("pool", "test_a", Outcome.PASSED, ""))
    found.append(Finding("pool", "test_b", Outcome.PASSED, ""))
    assert findings("fr", *found)[:-1] == [
        "relu",
        f"  ✗ {unwritten} (3 tests)",
        "  ✗ Autre chose.",
        "pool",
        f"  ✗ {unwritten}",
        "  ✓ test_a",
        "  ✓ test_b",
    ]


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


# ---------------------------------------------------------------- what the sandbox refused


def asked(student: str, *calls: str, assignment: str = "pooling") -> Score:
    return replace(a_score(student, 5, 0), assignment=assignment, refused=calls)


def about_refusals(*scores: Score) -> list[str]:
    return [line for line in shown([*scores]).splitlines() if "refused" in line]


def test_each_refused_call_is_one_line_at_the_end_those_of_most_submissions_first():
    scores = [
        asked("zoe", "kill", "socket"),
        asked("adam", "socket"),
        asked("zoe", "socket", assignment="relu"),
        asked("bob", "bpf"),
        asked("eve"),
        replace(rejected("tom", "No."), refused=("bpf",)),
    ]
    assert shown(scores).splitlines()[-4:] == [
        "5 graded, 1 rejected",
        "refused by the sandbox: socket (3 submissions, e.g. adam/pooling)",
        "refused by the sandbox: bpf (2 submissions, e.g. bob/pooling)",
        "refused by the sandbox: kill (1 submission: zoe/pooling)",
    ]


def test_where_nothing_was_refused_there_is_no_word_of_it():
    assert about_refusals(asked("zoe"), asked("adam")) == []
    assert about_refusals() == []


def test_no_more_lines_than_a_person_reads():
    many = [asked(f"s{number}", *(f"call {n}" for n in range(16))) for number in range(3)]
    lines = about_refusals(*many, asked("zoe", "call 9"))
    assert len(lines) == terminal.MOST_REFUSED == 8
    assert lines[0] == "refused by the sandbox: call 9 (4 submissions, e.g. s0/pooling)"


def test_hostile_names_do_nothing_there_either():
    (line,) = about_refusals(asked(NASTY + "x" * 300, NASTY, assignment="[red]" + "y" * 300))
    assert "[red]" in line
    assert len(line) < 160
    assert not any(letter in line for letter in "\x1b\x07\x9b\r\b\u202e\u2066\0\ud800")


# ---------------------------------------------------------------- the progress bar


def bar(screen: io.StringIO, **options: object) -> terminal.Progress:
    console = Console(file=screen, width=100, force_terminal=True, color_system=None)
    return terminal.Progress(2, screen=console, **options)


def test_the_bar_shows_student_count_rate_and_time_left(monkeypatch):
    monkeypatch.setattr(terminal.progress, "_REFRESH_SECONDS", 0.0)
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
