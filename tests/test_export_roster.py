"""Whose line is whose, on random classes: every line is its student's, or a person is asked."""

import random

import pytest
from exported import a_score, from_canvas, from_moodle, marks_of

from autograder.export.headings import columns
from autograder.export.marks import Marks, Person
from autograder.export.names import squashed
from autograder.export.roster import Entry, match

FIRST = ["Zoé", "Jean-Paul", "Marie", "李", "Aoife", "Ana Sofía", "Øystein", "Léa", "Marie"]
LAST = ["Petit", "O'Neill", "de la Cruz", "Roy", "Müller", "Nguyễn", "小龙", "Roy-Petit", "Ng"]


def a_class(rng, size):
    """Students with their true line of the roster, and how each one's folder may be called."""
    entries, folders = [], {}
    for row in rng.sample(range(100), size):
        first, last = rng.choice(FIRST), rng.choice(LAST)
        number, login = str(20_000 + row), f"u{row:03}"
        names = (f"{last}, {first}", f"{first} {last}")
        entries.append(Entry(row, number, (login, f"{login}@x.org"), names))
        platform = squashed(f"{last}{first}")
        folders[row] = (
            (login, {}),
            (f"{login}@x.org", {}),
            (f"{first} {last}", {}),
            (f"{last}_{first}".upper(), {}),
            (f"{platform}_{number}", from_canvas(number)),
            (f"{first} {last}_{number}", from_canvas(number)),
        )
    return entries, folders


def test_no_student_ever_gets_the_line_of_another():
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    for _ in range(200):
        entries, folders = a_class(rng, rng.randrange(1, 12))
        truth, scores = {}, []
        for row, ways in folders.items():
            student, fields = rng.choice(ways)
            if rng.random() < 0.8 and student not in truth:
                truth[student] = row
                scores.append(a_score(student, **fields))
        if not scores:
            continue
        rng.shuffle(scores)
        found = match(marks_of(*scores), "canvas", rng.sample(entries, len(entries)))
        assert found.rows == {
            row: student for row, student in found.rows.items() if truth[student] == row
        }
        told = {note.partition(": ")[0] for note in found.notes}
        assert all(student in told for student in set(truth) - set(found.rows.values()))


def test_a_name_that_two_could_have_is_no_ones_even_if_one_line_is_left():
    entries = [Entry(0, "1", ("a",), ("Roy, Marie",)), Entry(1, "2", ("b",), ("Roy, Marie",))]
    found = match(marks_of(a_score("a"), a_score("Roy Marie")), "canvas", entries)
    assert found.rows == {0: "a"}
    assert "Roy Marie: fits Roy, Marie (1); Roy, Marie (2), and so does a" in found.notes


def test_two_students_for_one_line():
    entries = [Entry(0, "", ("a",), ("Roy, Marie",))]
    found = match(marks_of(a_score("Roy Marie"), a_score("marie roy")), "canvas", entries)
    assert found.rows == {}
    assert found.notes[0] == "Roy Marie: fits Roy, Marie, and so does marie roy"
    entries = [Entry(0, "7", ("mroy",), ("Roy, Marie",))]
    found = match(marks_of(a_score("mroy"), a_score("marie roy")), "canvas", entries)
    assert found.rows == {0: "mroy"}
    assert found.notes == ("marie roy: fits Roy, Marie (7), and so does mroy",)


def test_a_line_that_no_one_fits_is_told():
    entries = [Entry(0, "", ("a",), ("Roy, Marie",)), Entry(1, "", ("b",), ())]
    found = match(marks_of(a_score("marie roy"), a_score("c")), "", entries)
    assert found.rows == {0: "marie roy"}
    assert found.notes == ("c: not in the roster", "in the roster, without a result: b")


def test_names_and_addresses_that_only_the_gradebook_knows():
    marks = marks_of(a_score("s1"), a_score("s2"))
    people = {"s1": Person("s1", "Roy", "Marie"), "s2": Person("s2", "", "", "ZOE@x.org")}
    marks = Marks(marks.source, marks.assignments, people, marks.marks)
    entries = [Entry(0, "", (), ("Marie Roy",)), Entry(1, "", ("zoe@x.org",), ("Z P",))]
    assert match(marks, "", entries).rows == {0: "s1", 1: "s2"}


def test_numbers_of_another_platform_are_not_looked_at():
    entries = [Entry(0, "11", (), ("Zoé Petit",))]
    found = match(marks_of(a_score("Zoé Roy_11", **from_moodle("11"))), "canvas", entries)
    assert found.rows == {}


@pytest.mark.parametrize(
    ("name", "titles", "column"),
    [
        ("output_size", ["Output size"], 0),
        ("output_size", ["TP 1 - Output-Size (rendu)"], 0),
        ("output_size", ["Size of output", "Output"], None),
        ("cnn", ["RCNN", "CNN2"], None),
        ("cnn", ["CNN", "CNN bis"], 0),
        ("cnn", ["Projet CNN", "CNN bis"], None),
        ("cnn", [], None),
    ],
)
def test_the_column_is_the_one_with_the_name(name, titles, column):
    found, notes = columns([name], dict(enumerate(titles)), {})
    assert found == ({} if column is None else {name: column})
    assert bool(notes) == (column is None)
