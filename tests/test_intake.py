"""Whose file, for which assignment, and which of several: from folders, files and LMS downloads."""

import os
import random
import tempfile
import unicodedata
from contextlib import contextmanager
from pathlib import Path

import pytest
from notebooks import (
    COURSE,
    FLAT,
    OTHER,
    POOLING,
    RIGHT,
    answered,
    code,
    dumped,
    only,
    places,
    rejected,
    write,
)

from autograder import refusals
from autograder.errors import UsageError
from autograder.intake import Intake, collect
from autograder.notebook import read

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
    assert [one.data for one in intake.submissions] == [RIGHT, b"def max_pool(): pass", OTHER]
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
    for number, data in ((11, RIGHT), (12, OTHER)):
        write(tmp_path, f"Marie Roy_{number}_assignsubmission_file_/convolution.ipynb", data)
    intake = collect(tmp_path, COURSE)
    assert {one.student: one.data for one in intake.submissions} == {
        "Marie Roy_11": RIGHT,
        "Marie Roy_12": OTHER,
    }
    chosen = collect(tmp_path, COURSE, students=["Marie Roy_12"])
    assert [one.data for one in chosen.submissions] == [OTHER]


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


# ---------------------------------------------------------------- several files


def test_a_renamed_notebook_is_read_and_the_student_told(tmp_path):
    write(tmp_path, "alice/convolution/convolution (1).ipynb")
    submission = only(collect(tmp_path, COURSE))
    assert submission.name == "convolution (1).ipynb"
    assert "“convolution (1).ipynb”" in submission.notices[0].en


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ({"convolution.ipynb": dumped(), "essai.ipynb": RIGHT}, "essai.ipynb"),
        ({"convolution.ipynb": b"{", "essai.ipynb": RIGHT}, "essai.ipynb"),
        ({"a.ipynb": answered(tasks=["pad"]), "b.ipynb": RIGHT}, "b.ipynb"),
        (
            {"a.ipynb": dumped(code("def pad(): 1\ndef convolve2d(): 2")), "b.ipynb": RIGHT},
            "b.ipynb",
        ),
        ({"convolution.py": b"def pad(): 1\ndef convolve2d(): 2", "b.ipynb": RIGHT}, "b.ipynb"),
        ({"convolution.ipynb": dumped(), "tp.py": b"def pad(): 1"}, "tp.py"),
        ({"convolution.ipynb": dumped(), "utils.py": b"import os"}, "convolution.ipynb"),
        ({"convolution.py": b"x = 1", "utils.py": b"import os"}, "convolution.py"),
        ({"convolution.ipynb": RIGHT, "old/convolution.ipynb": OTHER}, "convolution.ipynb"),
        ({"convolution.ipynb.txt": RIGHT, "notes.py": b""}, "convolution.ipynb.txt"),
    ],
)
def test_of_several_the_one_with_the_task_cells(tmp_path, files, chosen):
    for name, data in files.items():
        write(tmp_path, f"alice/convolution/{name}", data)
    submission = only(collect(tmp_path, COURSE))
    assert submission.name == chosen
    assert submission.data == files[chosen]
    assert f"« {chosen} »" in submission.notices[0].fr
    assert len(submission.notices) == 1


def test_two_equally_good_are_for_the_student_to_tell(tmp_path):
    write(tmp_path, "alice/convolution/convolution.ipynb", RIGHT)
    write(tmp_path, "alice/convolution/convolution (1).ipynb", OTHER)
    write(tmp_path, "bob/convolution/convolution.ipynb", OTHER)
    intake = collect(tmp_path, COURSE)
    assert places(intake) == {("bob", "convolution")}
    (rejection,) = intake.rejections
    assert (rejection.student, rejection.assignment) == ("alice", "convolution")
    for name in ("convolution.ipynb", "convolution (1).ipynb"):
        assert f"« {name} »" in rejection.reason.fr
        assert f"“{name}”" in rejection.reason.en


def test_copies_count_once_and_so_does_the_same_code(tmp_path):
    again = RIGHT.replace(b'"1\\n"', b'"2\\n"')
    assert again != RIGHT
    for name, data in {"": RIGHT, " copie": RIGHT, " (1)": again}.items():
        write(tmp_path, f"alice/convolution/convolution{name}.ipynb", data)
    assert only(collect(tmp_path, COURSE)).name == "convolution.ipynb"


def test_an_unreadable_notebook_is_not_replaced_by_a_helper_script(tmp_path):
    big = write(tmp_path, "alice/convolution/convolution.ipynb", b"")
    write(tmp_path, "alice/convolution/utils.py", b"import numpy")
    os.truncate(big, 200 * 1024 * 1024)
    assert rejected(collect(tmp_path, COURSE)).reason == refusals.TOO_LARGE
    os.truncate(big, 20 * 1024 * 1024)
    assert len(only(collect(tmp_path, COURSE)).data) == 20 * 1024 * 1024


def test_a_folder_full_of_scripts_is_refused(tmp_path):
    for number in range(51):
        write(tmp_path, f"alice/convolution/lib/{number}.py", b"")
    assert rejected(collect(tmp_path, COURSE)).reason == refusals.TOO_MANY_FILES


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


# ---------------------------------------------------------------- links, pipes, permissions


def test_links_are_never_followed(tmp_path):
    secret = write(tmp_path, "reference/convolution.ipynb")
    root = tmp_path / "submissions"
    for student in ("file", "folder", "plain"):
        (root / student / "convolution").mkdir(parents=True)
    (root / "file/convolution/convolution.ipynb").symlink_to(secret)
    (root / "folder/convolution").rmdir()
    (root / "folder/convolution").symlink_to(secret.parent)
    (root / "student").symlink_to(secret.parent.parent)
    (root / "plain/convolution/images").symlink_to(secret.parent)
    (root / "loop").symlink_to(root / "loop")
    write(root, "plain/convolution/convolution.ipynb", OTHER)
    intake = collect(root, COURSE)
    assert places(intake) == {("plain", "convolution")}
    assert {one.student for one in intake.rejections} == {"file", "folder"}
    assert {one.reason for one in intake.rejections} == {refusals.LINK}
    assert [note.partition(":")[0] for note in intake.notes] == ["loop", "student"]
    single = collect(root / "file/convolution/convolution.ipynb", COURSE)
    assert rejected(single).reason == refusals.LINK


def test_the_instructors_own_link_to_the_submissions_is_followed(tmp_path):
    write(tmp_path, "disk/alice/convolution/convolution.ipynb")
    (tmp_path / "submissions").symlink_to(tmp_path / "disk")
    assert only(collect(tmp_path / "submissions", COURSE)).student == "alice"


def test_a_fifo_does_not_block(tmp_path):
    folder = tmp_path / "alice" / "convolution"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "convolution.ipynb")
    assert rejected(collect(tmp_path, COURSE)).reason == refusals.NOT_A_FILE
    assert rejected(collect(folder / "convolution.ipynb", COURSE)).reason == refusals.NOT_A_FILE


def test_a_link_put_there_after_the_listing_is_not_followed(tmp_path):
    from autograder.intake_files import Root
    from autograder.refusals import Unreadable

    secret = write(tmp_path, "secret/x.py", b"secret")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "x.py").symlink_to(secret)
    (tmp_path / "root" / "folder").symlink_to(secret.parent)
    with Root(tmp_path / "root") as root:
        for parts in (("x.py",), ("folder", "x.py")):
            with pytest.raises(Unreadable) as caught:
                root.read(parts, 100)
            assert caught.value.reason == refusals.LINK


@contextmanager
def ordinary_user():
    """Root may read everything: step down to an account that may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_may_not_be_read_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        closed = write(root, "alice/convolution/convolution.ipynb")
        write(root, "bob/convolution/convolution.ipynb")
        write(root, "carol/convolution/convolution.ipynb")
        for path in [root, *root.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        closed.chmod(0)
        (root / "bob" / "convolution").chmod(0)
        with ordinary_user():
            intake = collect(root, COURSE)
        (root / "bob" / "convolution").chmod(0o755)
        assert places(intake) == {("carol", "convolution")}
        assert {one.student: one.reason for one in intake.rejections} == {
            "alice": refusals.CLOSED,
            "bob": refusals.CLOSED,
        }


# ---------------------------------------------------------------- whatever the names and bytes


def test_random_trees_never_raise_and_always_end_in_known_assignments(tmp_path):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    words = [
        "alice",
        "convolution",
        "pooling",
        "Zoé Petit_12_assignsubmission_file_",
        "_",
        " ",
        "é",
    ]
    words += [
        "x_123_456_convolution-1",
        "a\nb",
        "-rf",
        "$(x)",
        "..x",
        "con",
        "\u202e",
        "(1)",
        "_9_",
    ]
    suffixes = [".ipynb", ".py", ".zip", ".txt", "", ".IPYNB"]
    contents = [RIGHT, OTHER, POOLING, b"", b"{", b"PK\x03\x04", b"def pad(): 1", RIGHT[:300]]
    for run in range(40):
        root = tmp_path / str(run)
        root.mkdir()
        for _ in range(12):
            folders = [rng.choice(words) for _ in range(rng.randrange(4))]
            name = "".join(rng.choices(words, k=2)) + rng.choice(suffixes)
            write(root, "/".join([*folders, name]), rng.choice(contents))
        intake = collect(root, COURSE)
        assert isinstance(intake, Intake)
        for one in (*intake.submissions, *intake.rejections):
            assert one.assignment in COURSE.assignments
            assert one.student.isprintable()
        keys = [(o.student, o.assignment) for o in (*intake.submissions, *intake.rejections)]
        assert len(keys) == len(set(keys))
        for submission in intake.submissions:
            read(submission)
