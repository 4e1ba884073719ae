"""Whose file, and for which assignment: layouts, LMS downloads, names, selections."""

import os
import unicodedata
from pathlib import Path

import pytest
from notebooks import (
    COURSE,
    FLAT,
    OTHER,
    POOLING,
    RIGHT,
    dumped,
    only,
    places,
    write,
)

from autograder.errors import UsageError
from autograder.intake import collect
from autograder.notebook import stripped

# ---------------------------------------------------------------- layouts


def test_the_layout_of_nbgrader(tmp_path):
    write(tmp_path, "alice/convolution/convolution.ipynb")
    write(tmp_path, "alice/pooling/pooling.py", b"def max_pool(): pass")
    write(tmp_path, "zoé/convolution/convolution.ipynb", OTHER)
    intake = collect(tmp_path, COURSE)
    assert [(one.student, one.assignment) for one in intake.submissions] == [
        ("alice", "convolution"),
        ("alice", "pooling"),
        ("zoé", "convolution"),
    ]
    assert [one.data for one in intake.submissions] == [
        stripped(RIGHT, "convolution.ipynb"),
        b"def max_pool(): pass",
        stripped(OTHER, "convolution.ipynb"),
    ]
    assert all(one.notices == () for one in intake.submissions)
    assert intake.rejections == intake.notes == ()


def test_junk_and_other_files_are_left_alone(tmp_path):
    for junk in (
        ".ipynb_checkpoints/convolution-checkpoint.ipynb",
        "__MACOSX/convolution.ipynb",
        "._convolution.ipynb",
        ".DS_Store",
        "Thumbs.db",
        "timestamp.txt",
        "feedback/convolution.html",
        "figures/a.png",
        "venv/lib/site.py",
    ):
        write(tmp_path, f"alice/convolution/{junk}", OTHER)
    write(tmp_path, "alice/convolution/convolution.ipynb")
    write(tmp_path, ".git/config.py", b"")
    assert only(collect(tmp_path, COURSE)).notices == ()


def test_the_path_of_one_students_folder(tmp_path):
    write(tmp_path, "alice/convolution/convolution.ipynb")
    write(tmp_path, "alice/pooling/pooling.ipynb", POOLING)
    write(tmp_path, "bob/pooling/pooling.ipynb", POOLING)
    intake = collect(tmp_path / "alice", COURSE)
    assert places(intake) == {("alice", "convolution"), ("alice", "pooling")}
    assert intake.notes == ()


@pytest.mark.parametrize("root", ["alice/convolution", "alice/convolution/mon tp.ipynb", "alice"])
def test_the_path_of_one_assignment_or_of_one_file(tmp_path, root):
    write(tmp_path, "alice/convolution/mon tp.ipynb")
    submission = only(collect(tmp_path / root, COURSE))
    assert (submission.student, submission.assignment) == ("alice", "convolution")
    assert "« mon tp.ipynb »" in submission.notices[0].fr


def test_a_relative_path(tmp_path, monkeypatch):
    write(tmp_path, "alice/convolution/convolution.ipynb")
    monkeypatch.chdir(tmp_path / "alice" / "convolution")
    for root in (".", "convolution.ipynb", "../convolution"):
        assert only(collect(Path(root), COURSE)).student == "alice"


@pytest.mark.parametrize(
    ("file", "student"),
    [
        ("alice/convolution.ipynb", "alice"),
        ("Martin_convolution.ipynb", "Martin"),
        ("Convolution - Zoé Petit.ipynb", "Zoé Petit"),
        ("léa.py", "léa"),
    ],
)
def test_one_loose_file(tmp_path, file, student):
    data = b"def pad(): ...\ndef convolve2d(): ..." if file.endswith(".py") else RIGHT
    submission = only(collect(write(tmp_path, file, data), COURSE))
    assert (submission.student, submission.assignment) == (student, "convolution")


def test_files_directly_in_a_students_folder(tmp_path):
    write(tmp_path, "alice/Convolution (2).ipynb")
    write(tmp_path, "alice/output-size.ipynb", dumped())
    write(tmp_path, "alice/exo3.ipynb", POOLING)
    write(tmp_path, "bob/OutputSize.py", b"")
    intake = collect(tmp_path, COURSE)
    assert intake.notes == ()
    assert places(intake) == {
        ("alice", "convolution"),
        ("alice", "output_size"),
        ("alice", "pooling"),
        ("bob", "output_size"),
    }


def test_moodle_with_folders(tmp_path):
    write(tmp_path, "Zoé Petit_123_assignsubmission_file_/convolution.ipynb")
    write(tmp_path, "Jean-Paul Roy_124_assignsubmission_file_/rendu final.ipynb")
    write(tmp_path, "Jean-Paul Roy_124_assignsubmission_onlinetext_/onlinetext.html")
    write(tmp_path, "Ana de la Cruz_125_assignsubmission_file_/tp/pooling/x.py", b"")
    intake = collect(tmp_path, COURSE)
    assert intake.notes == ()
    assert places(intake) == {
        ("Zoé Petit", "convolution"),
        ("Jean-Paul Roy", "convolution"),
        ("Ana de la Cruz", "pooling"),
    }


def test_flat_downloads_of_moodle_and_canvas(tmp_path):
    for name in FLAT:
        write(tmp_path, name)
    intake = collect(tmp_path, COURSE)
    assert places(intake) == set(FLAT.values())
    assert intake.notes == intake.rejections == ()
    assert all(one.notices == () for one in intake.submissions if "Jean" not in one.student)


def test_a_flat_download_in_a_folder_of_its_assignment(tmp_path):
    write(tmp_path, "convolution/Zoé Petit_12_assignsubmission_file_tp.ipynb", dumped())
    write(tmp_path, "convolution/Al Roy_13_assignsubmission_file_/tp.ipynb", dumped())
    write(tmp_path, "convolution/bob/tp.ipynb", dumped())
    expected = {(student, "convolution") for student in ("Zoé Petit", "Al Roy", "bob")}
    assert places(collect(tmp_path, COURSE)) == expected
    assert places(collect(tmp_path / "convolution", COURSE)) == expected


def test_a_selected_assignment_settles_what_a_platforms_file_does_not_say(tmp_path):
    write(tmp_path, "Zoé Petit_12_assignsubmission_file_/devoir.ipynb", dumped())
    assert collect(tmp_path, COURSE).submissions == ()
    assert "which assignment" in collect(tmp_path, COURSE).notes[0]
    submission = only(collect(tmp_path, COURSE, assignments=["pooling"]))
    assert (submission.student, submission.assignment) == ("Zoé Petit", "pooling")


def test_namesakes_are_told_apart_by_the_platforms_number(tmp_path):
    write(tmp_path, "Marie Roy_11_assignsubmission_file_/convolution.py", b"def pad(): 1")
    write(tmp_path, "Marie Roy_12_assignsubmission_file_/convolution.py", b"def pad(): 2")
    intake = collect(tmp_path, COURSE)
    assert {one.student: one.data for one in intake.submissions} == {
        "Marie Roy_11": b"def pad(): 1",
        "Marie Roy_12": b"def pad(): 2",
    }
    chosen = collect(tmp_path, COURSE, students=["Marie Roy_12"])
    assert [one.data for one in chosen.submissions] == [b"def pad(): 2"]


@pytest.mark.parametrize(
    "path",
    [
        "mallory/convolution/Bob_1_assignsubmission_file_convolution.ipynb",
        "mallory/convolution/Bob_1_assignsubmission_file_/convolution.ipynb",
        "mallory_1_assignsubmission_file_/Bob_2_assignsubmission_file_/convolution.ipynb",
        "mallory_1_assignsubmission_file_Bob_2_assignsubmission_file_convolution.ipynb",
        "mallory_123_456_Bob_2_assignsubmission_file_convolution.ipynb",
        "mallory_1_assignsubmission_file_bob_123_456_convolution.ipynb",
    ],
)
def test_no_one_hands_in_under_another_name(tmp_path, path):
    write(tmp_path, path)
    assert only(collect(tmp_path, COURSE)).student == "mallory"


# ---------------------------------------------------------------- notes and selections


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("alice/painting/painting.ipynb", "alice/painting: the course has no assignment"),
        ("alice/a\nb/painting.ipynb", "the course has no assignment"),
        ("alice/Bob_1_assignsubmission_file_/convolution.ipynb", "the course has no assignment"),
        ("alice/tp/", "alice/tp: the course has no assignment"),
        ("alice/", "alice: no notebook"),
        ("alice/convolution/", "alice/convolution: no notebook"),
        ("alice/convolution/rendu.pdf", "alice/convolution: no notebook"),
        ("alice/devoir.ipynb", "alice/devoir.ipynb: nothing tells which assignment"),
        ("convolution.ipynb", "convolution.ipynb: nothing tells whose"),
        ("A Roy_1_assignsubmission_file_/cv.pdf", "A Roy_1_assignsubmission_file_: no notebook"),
        ("al\tice/convolution/convolution.ipynb", "control or invisible"),
        ("al\u202eice/convolution/convolution.ipynb", "control or invisible"),
        ("alice/tp/rapport.pdf", "alice: no notebook"),
        ("Nia Text_12_assignsubmission_onlinetext_/onlinetext.html", "Nia Text_12_assign"),
        ("convolution/Nia_12_assignsubmission_onlinetext_/a.html", "convolution/Nia_12_assign"),
        ("Nia_12_assignsubmission_onlinetext_onlinetext.html", "Nia_12_assign"),
        ("nia_12345_67890_rapport.pdf", "nia_12345_67890_rapport.pdf: no notebook"),
        (".alice/convolution/convolution.ipynb", "not a name"),
        ("é" * 120 + "/convolution/convolution.ipynb", "too long"),
        (os.fsdecode(b"a\xff/convolution/convolution.ipynb"), "control or invisible"),
    ],
)
def test_what_cannot_be_attributed_is_a_line_and_stops_nothing(tmp_path, path, words):
    write(tmp_path, "bob/convolution/convolution.ipynb")
    if path.endswith("/"):
        (tmp_path / path).mkdir(parents=True)
    else:
        write(tmp_path, path, dumped())
    intake = collect(tmp_path, COURSE)
    assert places(intake) == {("bob", "convolution")}
    assert intake.rejections == ()
    (note,) = intake.notes
    assert words in note
    assert note.isprintable()


def test_with_an_assignment_chosen_only_other_assignments_are_passed_over(tmp_path):
    write(tmp_path, "bob/convolution/convolution.ipynb")
    write(tmp_path, "bob/pooling/pooling.ipynb", POOLING)
    write(tmp_path, "pooling.ipynb", POOLING)
    (tmp_path / "bob" / "output_size").mkdir()
    write(tmp_path, "bob/painting/painting.ipynb")
    write(tmp_path, "Nia_12_assignsubmission_onlinetext_/onlinetext.html")
    intake = collect(tmp_path, COURSE, assignments=["convolution"])
    assert places(intake) == {("bob", "convolution")}
    assert [note.partition(":")[0] for note in sorted(intake.notes)] == [
        "Nia_12_assignsubmission_onlinetext_",
        "bob/painting",
    ]


def test_folders_of_pictures_beside_the_assignments_are_no_matter(tmp_path):
    write(tmp_path, "alice/convolution/convolution.ipynb")
    write(tmp_path, "alice/images/chat.png", b"")
    only(collect(tmp_path, COURSE))


def test_an_empty_root_is_a_line(tmp_path):
    assert "nothing to grade" in collect(tmp_path, COURSE).notes[0]


def test_names_that_would_share_a_result_file_are_not_graded(tmp_path):
    write(tmp_path, "bob/convolution/convolution.ipynb")
    for name in ("Zoé", unicodedata.normalize("NFD", "Zoé"), "Léa", "léa"):
        write(tmp_path, f"{name}/convolution/convolution.ipynb")
    intake = collect(tmp_path, COURSE)
    assert places(intake) == {("bob", "convolution")}
    assert len(intake.notes) == 2
    assert all("too alike" in note for note in intake.notes)


def test_student_ids_are_normalised(tmp_path):
    write(tmp_path, unicodedata.normalize("NFD", "Zoé") + "/convolution/convolution.ipynb")
    assert only(collect(tmp_path, COURSE, students=["Zoé"])).student == "Zoé"


def test_selections(tmp_path):
    for student in ("alice", "bob"):
        write(tmp_path, f"{student}/convolution/convolution.ipynb")
        write(tmp_path, f"{student}/pooling/pooling.ipynb", POOLING)
    (tmp_path / "carol").mkdir()
    intake = collect(tmp_path, COURSE, assignments=["pooling"], students=["bob"])
    assert places(intake) == {("bob", "pooling")}
    assert intake.notes == ()
    with pytest.raises(UsageError, match="dave"):
        collect(tmp_path, COURSE, students=["bob", "dave"])
    with pytest.raises(UsageError, match="painting"):
        collect(tmp_path, COURSE, assignments=["painting"])
    assert collect(tmp_path, COURSE, assignments=["output_size"]).notes


@pytest.mark.parametrize("path", ["nowhere", "a/b", "notes.txt", "x\0y"])
def test_a_wrong_path_is_a_usage_error(tmp_path, path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(UsageError):
        collect(tmp_path / path, COURSE)
