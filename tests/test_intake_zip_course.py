"""A whole course's archive: what one student put into it stops none of the others."""

import struct
import zipfile
import zlib

from notebooks import COURSE, RIGHT, places, write
from test_intake_zip import zipped

from autograder.intake import archive, collect


def test_students_of_a_download_who_handed_in_nothing_to_grade_are_named(tmp_path):
    files = [
        ("A_1_assignsubmission_file_/convolution.ipynb", RIGHT),
        ("A_1_assignsubmission_onlinetext_/onlinetext.html", b""),
        ("Nia_2_assignsubmission_onlinetext_/onlinetext.html", b""),
        ("Bo_3_assignsubmission_file_/", b""),
        ("Cy_4_assignsubmission_file_rapport.pdf", b""),
        ("__MACOSX/x", b""),
    ]
    intake = collect(write(tmp_path, "moodle.zip", zipped(*files)), COURSE)
    assert places(intake) == {("A", "convolution")}
    assert [note.split("_")[0] for note in sorted(intake.notes)] == ["Bo", "Cy", "Nia"]


def test_marks_of_entries_inside_one_students_script_do_not_stop_a_download(tmp_path):
    script = b"# " + b"PK\x01\x02" * 40_001
    files = [(f"S{n}_{n}_assignsubmission_file_/convolution.ipynb", RIGHT) for n in (1, 2)]
    files.append(("M_3_assignsubmission_file_/convolution.py", script))
    data = zipped(*files, method=zipfile.ZIP_STORED)
    assert data.count(b"PK\x01\x02") > 40_000
    intake = collect(write(tmp_path, "moodle.zip", data), COURSE)
    assert {one.student for one in intake.submissions} == {"S1", "S2", "M"}


def deflated_zeros(mebibytes):
    """A raw deflate stream of so many MiB of zeros: one block, compressed once and repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes + packer.flush()


def test_a_film_of_gigabytes_beside_a_notebook_does_not_stop_a_download(tmp_path):
    size = 4_000 * 1024 * 1024
    zeros = deflated_zeros(4_000)
    films = [(f"S1_1_assignsubmission_file_/video{n}.mp4", zeros) for n in range(3)]
    files = [(f"S{n}_{n}_assignsubmission_file_/convolution.ipynb", RIGHT) for n in (1, 2)]
    data = bytearray(zipped(*films, *files, method=zipfile.ZIP_STORED))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):  # the films come first
        start = -1
        for _ in films:
            start = data.find(mark, start + 1)
            struct.pack_into("<H", data, start + offset, zipfile.ZIP_DEFLATED)
            struct.pack_into("<I", data, start + offset + 14, size)
    file = write(tmp_path, "moodle.zip", bytes(data))
    with zipfile.ZipFile(file) as written:
        assert sum(info.file_size for info in written.infolist()) > archive.COURSE.unpacked
    intake = collect(file, COURSE)
    assert places(intake) == {("S1", "convolution"), ("S2", "convolution")}
    assert intake.notes == intake.rejections == ()
