"""Which of several files is graded; links, pipes, permissions; whatever the names and bytes."""

import os
import random
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from notebooks import (
    COURSE,
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

from autograder.intake import Intake, collect
from autograder.notebook import read, refusals, stripped

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
    assert submission.data == stripped(files[chosen], chosen)
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


def stubbed(*tasks):
    body = '    """Doc."""\n    # À toi de jouer\n    raise NotImplementedError()'
    return dumped(*(code(f"def {task}(\n    image,\n):\n{body}", task) for task in tasks))


STUB = stubbed("pad", "convolve2d")


@pytest.mark.parametrize(
    ("work", "data"),
    [
        ("convolution (1).ipynb", RIGHT),
        ("old/essai.ipynb", RIGHT),
        ("essai.ipynb", answered(tasks=["pad"])),
        ("essai.py", b"def pad(x):\n    return x"),
    ],
)
def test_the_released_stub_beside_the_work_answers_nothing(tmp_path, work, data):
    write(tmp_path, "alice/convolution/convolution.ipynb", STUB)
    write(tmp_path, f"alice/convolution/{work}", data)
    submission = only(collect(tmp_path, COURSE))
    assert submission.data == stripped(data, submission.name)
    (notice,) = submission.notices
    assert "The others were not read: “convolution.ipynb”" in notice.en


def test_the_stub_alone_is_still_attributed_and_read(tmp_path):
    write(tmp_path, "alice/devoir.ipynb", STUB)
    write(tmp_path, "alice/notes.ipynb", dumped(code("x = 1")))
    intake = collect(tmp_path, COURSE, assignments=["convolution"])
    assert [one.name for one in intake.submissions] == ["devoir.ipynb"]
    write(tmp_path, "bob/convolution/essai.ipynb", STUB)
    write(tmp_path, "bob/convolution/a.ipynb", dumped(code("x = 1")))
    (submission,) = collect(tmp_path, COURSE, students=["bob"]).submissions
    assert submission.name == "essai.ipynb"


def test_two_files_of_canvas_are_shown_by_the_names_that_differ(tmp_path):
    for number, data in ((1, RIGHT), (2, OTHER)):
        write(tmp_path, f"dupont_12345_6789{number}_convolution-{number}.ipynb", data)
    reason = rejected(collect(tmp_path, COURSE)).reason
    assert reason == refusals.which(["convolution-1.ipynb", "convolution-2.ipynb"])


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
    big.write_bytes(b"{")
    assert rejected(collect(tmp_path, COURSE)).reason == refusals.INCOMPLETE


def test_a_file_may_have_twenty_megabytes_and_no_byte_more(tmp_path):
    for size, student in ((20 * 1024 * 1024, "alice"), (20 * 1024 * 1024 + 1, "bob")):
        write(tmp_path, f"{student}/convolution/convolution.ipynb", RIGHT.ljust(size))
    intake = collect(tmp_path, COURSE)
    assert places(intake) == {("alice", "convolution")}
    assert [(one.student, one.reason) for one in intake.rejections] == [("bob", refusals.TOO_LARGE)]


def test_a_folder_full_of_scripts_is_refused(tmp_path):
    for number in range(51):
        write(tmp_path, f"alice/convolution/lib/{number}.py", b"")
    assert rejected(collect(tmp_path, COURSE)).reason == refusals.TOO_MANY_FILES


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
    from autograder.intake.files import Root
    from autograder.notebook.refusals import Unreadable

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
