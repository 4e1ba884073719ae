"""Archives: honest ones are read, the others refused whole; nothing is ever written."""

import io
import random
import stat
import struct
import warnings
import zipfile

import pytest
from notebooks import (
    COURSE,
    FLAT,
    OTHER,
    POOLING,
    RIGHT,
    only,
    places,
    rejected,
    write,
)

from autograder.intake import collect
from autograder.notebook import refusals, stripped


def zipped(*files, method=zipfile.ZIP_DEFLATED):
    """An archive of (name or ZipInfo, content) pairs."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")  # duplicate names are meant
        for name, data in files:
            archive.writestr(name, data)
    return buffer.getvalue()


def special(name, mode):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def renamed(archive, old, new):
    """The archive with a name that ``zipfile`` would not write, of the same length."""
    assert len(old) == len(new)
    assert archive.count(old) == 2
    return archive.replace(old, new)


def flagged(archive, bits):
    """The archive with ``bits`` set in the flags of every entry."""
    data = bytearray(archive)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            (flags,) = struct.unpack_from("<H", data, start + offset)
            struct.pack_into("<H", data, start + offset, flags | bits)
            start = data.find(mark, start + 4)
    return bytes(data)


GOOD = ("convolution.ipynb", RIGHT)


# ---------------------------------------------------------------- honest archives


@pytest.mark.parametrize(
    "files",
    [
        [GOOD],
        [("./convolution.ipynb", RIGHT)],
        [("rendu/", b""), ("rendu/convolution.ipynb", RIGHT), ("rendu/plot.png", b"x" * 99)],
        [GOOD, ("__MACOSX/._convolution.ipynb", b"\0"), (".DS_Store", b""), ("data.npz", b"PK")],
        [GOOD, ("convolution.ipynb.png", b""), ("image.tar.gz", b"")],
    ],
)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_in_the_place_of_a_notebook(tmp_path, files, method):
    write(tmp_path, "alice/convolution/tp.zip", zipped(*files, method=method))
    submission = only(collect(tmp_path, COURSE))
    assert (submission.student, submission.assignment) == ("alice", "convolution")
    assert (submission.name, submission.notices) == ("convolution.ipynb", ())
    assert submission.data == stripped(RIGHT, submission.name)


def test_a_zip_of_a_script(tmp_path):
    write(tmp_path, "alice/convolution/convolution.zip", zipped(("a/convolution.py", b"x")))
    assert only(collect(tmp_path, COURSE)).name == "convolution.py"


def test_a_zip_in_a_students_folder_or_under_the_students_name(tmp_path):
    both = zipped(("convolution/convolution.ipynb", RIGHT), ("tp/pooling.ipynb", POOLING))
    write(tmp_path, "alice/rendu.zip", both)
    write(tmp_path, "bob.zip", both)
    write(tmp_path, "Zoé Petit_12_assignsubmission_file_convolution.zip", zipped(GOOD))
    intake = collect(tmp_path, COURSE)
    assert intake.notes == intake.rejections == ()
    assert places(intake) == {
        ("alice", "convolution"),
        ("alice", "pooling"),
        ("bob", "convolution"),
        ("bob", "pooling"),
        ("Zoé Petit", "convolution"),
    }


def test_a_zip_named_by_its_path(tmp_path):
    file = write(tmp_path, "alice/convolution/tp.zip", zipped(("bob_convolution.ipynb", RIGHT)))
    assert only(collect(file, COURSE)).student == "alice"
    file = write(tmp_path, "Ana_convolution.zip", zipped(GOOD))
    assert only(collect(file, COURSE)).student == "Ana"


@pytest.mark.parametrize("prefix", ["", "submissions/"])
def test_a_download_of_the_whole_course(tmp_path, prefix):
    files = [(f"{prefix}{name}/convolution/convolution.ipynb", RIGHT) for name in ("a", "b", "c")]
    files.append((f"{prefix}a/pooling/pooling.ipynb", POOLING))
    intake = collect(write(tmp_path, "download.zip", zipped(*files)), COURSE)
    assert places(intake) == {(name, "convolution") for name in "abc"} | {("a", "pooling")}
    assert intake.notes == ()


def test_a_flat_download_with_archives_and_many_files(tmp_path):
    files = [(name, RIGHT) for name in FLAT]
    files += [(f"S{n:03}_{n}_assignsubmission_file_/convolution.ipynb", RIGHT) for n in range(300)]
    files.append(("Ana_999_assignsubmission_file_/tp.zip", zipped(GOOD)))
    intake = collect(write(tmp_path, "moodle.zip", zipped(*files)), COURSE)
    assert places(intake) >= set(FLAT.values()) | {("Ana", "convolution"), ("S299", "convolution")}
    assert len(intake.submissions) == len(FLAT) + 301
    assert intake.notes == intake.rejections == ()


def test_a_moodle_download_with_a_folder_around_it(tmp_path):
    names = [f"CNN-101/S{n}_{n}_assignsubmission_file_/convolution.ipynb" for n in (1, 2)]
    intake = collect(write(tmp_path, "cnn.zip", zipped(*((n, RIGHT) for n in names))), COURSE)
    assert places(intake) == {("S1", "convolution"), ("S2", "convolution")}


def test_one_students_file_does_not_stop_a_whole_download(tmp_path):
    files = [
        ("good_1_assignsubmission_file_/convolution.ipynb", RIGHT),
        ("slash_2_assignsubmission_file_/convolution\\.ipynb", RIGHT),
        ("../up_3_assignsubmission_file_/convolution.ipynb", RIGHT),
        ("../../etc/passwd", b""),
        ("twice_4_assignsubmission_file_/convolution.ipynb", RIGHT),
        ("twice_4_assignsubmission_file_/Convolution.ipynb", OTHER),
        ("big_5_assignsubmission_file_/convolution.ipynb", bytes(30 * 1024 * 1024)),
        ("zip_6_assignsubmission_file_/convolution.zip", REFUSED["above"][0]),
        ("bad_7_assignsubmission_file_/convolution.ipynb", b"uniquely damaged"),
    ]
    archive = zipped(*files, method=zipfile.ZIP_STORED)
    archive = archive.replace(b"uniquely damaged", b"uniquely_damaged")
    intake = collect(write(tmp_path, "moodle.zip", archive), COURSE)
    assert {one.student for one in intake.submissions} == {"good", "twice"}
    assert {one.student: one.reason for one in intake.rejections} == {
        "slash": refusals.ZIP_PATH,
        "up": refusals.ZIP_PATH,
        "big": refusals.TOO_LARGE,
        "zip": refusals.ZIP_PATH,
        "bad": refusals.ZIP_BROKEN,
    }
    assert intake.notes == ()


def test_accents_written_by_a_mac(tmp_path):
    archive = flagged(zipped(("éé.ipynb", RIGHT)), 0)
    plain = archive.replace(struct.pack("<H", 0x800), struct.pack("<H", 0))  # UTF-8, not declared
    assert plain != archive
    write(tmp_path, "alice/convolution/tp.zip", plain)
    assert only(collect(tmp_path, COURSE)).name == "éé.ipynb"


def test_several_notebooks_in_an_archive(tmp_path):
    two = zipped(("a.ipynb", RIGHT), ("b.ipynb", OTHER))
    write(tmp_path, "alice/convolution/tp.zip", two)
    assert rejected(collect(tmp_path, COURSE)).reason == refusals.which(["a.ipynb", "b.ipynb"])


# ---------------------------------------------------------------- refused archives


def bomb(name, size=60 * 1024 * 1024):
    return zipped(GOOD, (name, bytes(size)))


REFUSED = {
    "above": (zipped(GOOD, ("../evil.txt", b"")), refusals.ZIP_PATH),
    "above, deeper": (zipped(GOOD, ("a/../../evil.ipynb", RIGHT)), refusals.ZIP_PATH),
    "absolute": (zipped(GOOD, ("/tmp/evil.ipynb", RIGHT)), refusals.ZIP_PATH),
    "drive": (zipped(GOOD, ("C:/evil.ipynb", RIGHT)), refusals.ZIP_PATH),
    "backslash": (zipped(GOOD, ("..\\evil.ipynb", RIGHT)), refusals.ZIP_PATH),
    "nul": (renamed(zipped(GOOD, ("aXb.ipynb", RIGHT)), b"aXb", b"a\0b"), refusals.ZIP_PATH),
    "link": (zipped((special("convolution.ipynb", stat.S_IFLNK), b"/etc/x")), refusals.ZIP_LINK),
    "device": (zipped(GOOD, (special("zero", stat.S_IFCHR), b"")), refusals.ZIP_LINK),
    "fifo": (zipped(GOOD, (special("pipe", stat.S_IFIFO), b"")), refusals.ZIP_LINK),
    "password": (flagged(zipped(GOOD), 1), refusals.ZIP_ENCRYPTED),
    "lzma": (zipped(GOOD, method=zipfile.ZIP_LZMA), refusals.ZIP_METHOD),
    "bzip2": (zipped(GOOD, method=zipfile.ZIP_BZIP2), refusals.ZIP_METHOD),
    "nested": (zipped(GOOD, ("more.ZIP", zipped(GOOD))), refusals.ZIP_NESTED),
    "twice": (zipped(GOOD, GOOD), refusals.ZIP_DUPLICATE),
    "case": (zipped(GOOD, ("Convolution.IPYNB", OTHER)), refusals.ZIP_DUPLICATE),
    "spelling": (zipped(("e\u0301.py", b""), ("\xe9.py", b"x")), refusals.ZIP_DUPLICATE),
    "201 files": (zipped(GOOD, *((f"{n}.txt", b"") for n in range(200))), refusals.ZIP_ENTRIES),
    "5000 files": (zipped(GOOD, *((f"{n}.txt", b"") for n in range(5000))), refusals.ZIP_ENTRIES),
    "bomb beside": (bomb("zeros.bin"), refusals.ZIP_SIZE),
    "bomb inside": (bomb("zeros.ipynb", 19 * 1024 * 1024), refusals.ZIP_SIZE),
    "nothing": (zipped(("rapport.pdf", b"%PDF")), refusals.ZIP_NO_NOTEBOOK),
    "empty": (zipped(), refusals.ZIP_NO_NOTEBOOK),
    "no zip": (b"Rar!\x1a\x07", refusals.ZIP_BROKEN),
    "no bytes": (b"", refusals.ZIP_BROKEN),
    "cut": (zipped(GOOD)[:-30], refusals.ZIP_BROKEN),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_archives_with_their_reason(tmp_path, monkeypatch, case):
    archive, reason = REFUSED[case]
    root = tmp_path / "root"
    file = write(root, "alice/convolution/convolution.zip", archive)
    write(root, "bob/convolution/convolution.ipynb")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    intake = collect(root, COURSE)
    assert places(intake) == {("bob", "convolution")}
    assert [(one.student, one.reason) for one in intake.rejections] == [("alice", reason)]
    assert rejected(collect(file, COURSE)).reason == reason
    assert sorted(tmp_path.rglob("*")) == before


def test_an_archive_that_cannot_be_attributed_is_a_line_with_its_reason(tmp_path):
    write(tmp_path, "alice/tp.zip", REFUSED["above"][0])
    (note,) = collect(tmp_path, COURSE).notes
    assert note.startswith("alice/tp.zip: ")
    assert refusals.ZIP_PATH.en in note
    intake = collect(tmp_path, COURSE, assignments=["convolution"])
    assert [(r.student, r.reason) for r in intake.rejections] == [("alice", refusals.ZIP_PATH)]


def test_a_member_too_large_for_a_file_is_named_as_such(tmp_path):
    large = random.Random(2).randbytes(21 * 1024 * 1024)
    archive = zipped(GOOD, ("big.ipynb", large), method=zipfile.ZIP_STORED)
    write(tmp_path, "alice/convolution/tp.zip", archive)
    assert only(collect(tmp_path, COURSE)).name == "convolution.ipynb"
    write(tmp_path, "alice/convolution/tp.zip", zipped(("convolution.ipynb", large)))
    assert rejected(collect(tmp_path, COURSE)).reason == refusals.TOO_LARGE
