"""Downloads as Moodle and Canvas make them: whose file it is, and the platform's own number."""

import zipfile

import pytest
from notebooks import COURSE, OTHER, RIGHT, code, dumped, only, places, write

from autograder.intake import collect
from autograder.intake.layout import split_platform

# A class that handed in at Moodle, names and all; ``Download submissions in folders`` is ticked.
IN_FOLDERS = {
    "Zoé Petit-Martin_1041_assignsubmission_file_/convolution.ipynb": RIGHT,
    "Zoé Petit-Martin_1041_assignsubmission_onlinetext_/onlinetext.html": b"<p>Voil&agrave; !</p>",
    "Jean-Baptiste O'Neill_1042_assignsubmission_file_/rendu/convolution (1).ipynb": RIGHT,
    "Groupe A-Ana de la Cruz_1043_assignsubmission_file_/convolution.ipynb": RIGHT,
    "李 小龙_1044_assignsubmission_file_/convolution.ipynb": RIGHT,
}
MOODLE = {
    "Zoé Petit-Martin": "1041",
    "Jean-Baptiste O'Neill": "1042",
    "Groupe A-Ana de la Cruz": "1043",
    "李 小龙": "1044",
}
# The same from Canvas: late, handed in again, of a group, with a name of two words, hidden.
CANVAS = {
    "petitmartinzoé_20311_887001_convolution.ipynb": ("petitmartinzoé", "20311"),
    "oneilljeanbaptiste_LATE_20312_887002_convolution-2.ipynb": ("oneilljeanbaptiste", "20312"),
    "groupe_3_20313_887003_convolution.ipynb": ("groupe_3", "20313"),
    "anon_aB3dE_887004_convolution.ipynb": ("anon_aB3dE", None),
    "LATE_anon_x9Y8z_887005_convolution-1.ipynb": ("anon_x9Y8z", None),
}


def numbers(intake):
    return {student: number for (student, _), number in intake.numbers.items()}


def test_a_class_that_handed_in_at_moodle(tmp_path):
    for path, data in IN_FOLDERS.items():
        write(tmp_path, path, data)
    intake = collect(tmp_path, COURSE)
    assert intake.notes == intake.rejections == ()
    assert places(intake) == {(student, "convolution") for student in MOODLE}
    assert numbers(intake) == {student: ("moodle", number) for student, number in MOODLE.items()}


def test_the_same_without_folders_and_as_it_is_downloaded(tmp_path):
    names = {path.replace("_file_/rendu/", "_file_").replace("_/", "_") for path in IN_FOLDERS}
    with zipfile.ZipFile(tmp_path / "CNN-TP 2-881.zip", "w") as archive:
        for name in names:
            archive.writestr(name, RIGHT if name.endswith(".ipynb") else b"<p>Bonjour</p>")
    intake = collect(tmp_path / "CNN-TP 2-881.zip", COURSE)
    assert intake.notes == intake.rejections == ()
    assert numbers(intake) == {student: ("moodle", number) for student, number in MOODLE.items()}


def test_a_class_that_handed_in_at_canvas(tmp_path):
    for name in CANVAS:
        write(tmp_path, name)
    intake = collect(tmp_path, COURSE)
    assert intake.notes == intake.rejections == ()
    assert places(intake) == {(student, "convolution") for student, _ in CANVAS.values()}
    known = {student: ("canvas", number) for student, number in CANVAS.values() if number}
    assert numbers(intake) == known
    assert {one.notices for one in intake.submissions} == {()}


@pytest.mark.parametrize("alone", [True, False])
def test_while_names_are_hidden_moodles_number_is_the_name(tmp_path, alone):
    write(tmp_path, "Participant_1041_assignsubmission_file_/convolution.ipynb")
    expected = {("Participant_1041", "convolution")}
    if not alone:
        write(tmp_path, "Participant_1042_assignsubmission_file_convolution.ipynb", OTHER)
        expected.add(("Participant_1042", "convolution"))
    intake = collect(tmp_path, COURSE)
    assert places(intake) == expected
    assert intake.numbers["Participant_1041", "convolution"] == ("moodle", "1041")


@pytest.mark.parametrize(
    "name",
    [
        "petitzoe_20311_text.html",
        "petitzoe_LATE_20311_text.html",
        "petitzoe_20311_link.html",
        "anon_aB3dE_887004_rapport.pdf",
    ],
)
def test_what_was_typed_into_canvas_is_no_notebook_and_no_one_is_lost(tmp_path, name):
    write(tmp_path, "roymarie_20312_887002_convolution.ipynb")
    write(tmp_path, name, b"<p>Voir mon d\xc3\xa9p\xc3\xb4t</p>")
    intake = collect(tmp_path, COURSE)
    assert places(intake) == {("roymarie", "convolution")}
    (note,) = intake.notes
    assert note.startswith(f"{name}: no notebook")


def test_a_text_beside_the_notebook_is_no_matter(tmp_path):
    write(tmp_path, "petitzoe_20311_text.html", b"<p>Merci</p>")
    write(tmp_path, "petitzoe_20311_887001_convolution.ipynb")
    assert only(collect(tmp_path, COURSE)).student == "petitzoe"


def test_namesakes_keep_their_numbers(tmp_path):
    for number in ("11", "12"):
        path = f"Marie Roy_{number}_assignsubmission_file_/convolution.py"
        write(tmp_path, path, b"def pad(): " + number.encode())
    found = collect(tmp_path, COURSE).numbers
    assert found == {
        ("Marie Roy_11", "convolution"): ("moodle", "11"),
        ("Marie Roy_12", "convolution"): ("moodle", "12"),
    }


def test_a_number_belongs_to_one_assignment_and_rejections_have_it_too(tmp_path):
    """Moodle numbers a student anew for each assignment."""
    write(tmp_path, "convolution/Al Roy_31_assignsubmission_file_/convolution.ipynb")
    write(tmp_path, "pooling/Al Roy_57_assignsubmission_file_/pooling.ipynb", b"{")
    intake = collect(tmp_path, COURSE)
    assert len(intake.rejections) == 1
    assert intake.numbers == {
        ("Al Roy", "convolution"): ("moodle", "31"),
        ("Al Roy", "pooling"): ("moodle", "57"),
    }


def test_where_nothing_came_from_a_platform_there_are_no_numbers(tmp_path):
    write(tmp_path, "alice/convolution/convolution.ipynb")
    write(tmp_path, "bob.ipynb", OTHER)
    assert collect(tmp_path, COURSE).numbers == {}


@pytest.mark.parametrize(
    "name",
    ["anon_aB3dE_8_x.ipynb", "anonyme_12_34567_x.py", "text.html", "zoe_12_text.html", "1_2_3_4"],
)
def test_names_that_no_platform_gives(name):
    assert split_platform(name) is None


def test_what_nbgraders_collectors_leave_beside_a_notebook(tmp_path):
    """The time of submission, pages of feedback, Jupyter's own copies."""
    write(tmp_path, "alice/convolution/convolution.ipynb")
    for junk in (
        "timestamp.txt",
        "feedback/convolution.html",
        ".ipynb_checkpoints/convolution-checkpoint.ipynb",
    ):
        write(tmp_path, f"alice/convolution/{junk}", b"2026-11-20 10:00:00 UTC")
    write(tmp_path, "bob/convolution/timestamp.txt", b"2026-11-20 10:00:00 UTC")
    intake = collect(tmp_path, COURSE)
    assert places(intake) == {("alice", "convolution")}
    assert intake.submissions[0].notices == ()
    assert [note.partition(":")[0] for note in intake.notes] == ["bob/convolution"]


def test_a_number_of_canvas_does_not_hide_in_a_students_own_file_name(tmp_path):
    write(tmp_path, "dupont_20311_887001_martin_20312_887002_convolution.ipynb")
    write(tmp_path, "roy_20319_887009_devoir.ipynb", dumped(code("def pad(): 1", "pad")))
    intake = collect(tmp_path, COURSE)
    assert numbers(intake) == {"dupont": ("canvas", "20311"), "roy": ("canvas", "20319")}
