"""What a class hands in is read file by file: its outputs are never in memory together."""

import base64
import random
import tracemalloc
import zipfile

import pytest
from notebooks import ANSWERS, COURSE, RIGHT, code, dumped, places, rejected, write

from autograder.intake import collect
from autograder.intake.gather import gather
from autograder.notebook import refusals

MIB = 1024 * 1024
STUDENTS = 20  # of 4 MiB each


def with_picture(number):
    picture = base64.b64encode(random.Random(number).randbytes(3 * MIB)).decode()
    outputs = [{"output_type": "display_data", "data": {"image/png": picture}, "metadata": {}}]
    cells = (code(source, task) for task, source in ANSWERS.items())
    return dumped(*cells, code(f"show({number})", outputs=outputs))


@pytest.fixture(params=["folders", "moodle.zip"])
def submissions(request, tmp_path):
    root = tmp_path / request.param
    if request.param == "folders":
        for number in range(STUDENTS):
            write(root, f"S{number}/convolution/convolution.ipynb", with_picture(number))
        return root
    with zipfile.ZipFile(root, "w") as archive:
        for number in range(STUDENTS):
            name = f"S{number}_{number}_assignsubmission_file_convolution.ipynb"
            archive.writestr(name, with_picture(number))
    return root


def test_the_outputs_of_a_class_are_not_held_together(submissions):
    tracemalloc.start()
    intake = collect(submissions, COURSE)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(places(intake)) == STUDENTS
    assert held < MIB
    assert peak < 32 * MIB  # one notebook as bytes, text and JSON, and a buffer of 20 MiB


def test_one_student_cannot_fill_the_memory_with_code(tmp_path):
    for name in ("a", "b", "convolution"):
        write(tmp_path, f"alice/convolution/{name}.py", b"#".ljust(11 * MIB))
    assert rejected(collect(tmp_path, COURSE)).reason == refusals.TOO_MANY_FILES


def test_one_student_cannot_take_the_graders_time_with_what_is_not_kept(tmp_path):
    padded = RIGHT.ljust(18 * MIB)  # white space: nothing of it is kept
    for student, count in (("alice", 8), ("bob", 1)):
        for number in range(count):
            write(tmp_path, f"{student}/convolution/{number}.ipynb", padded)
    found = gather(tmp_path, COURSE.assignments, lambda place: True).candidates
    left = [one.place.student for one in found if one.content == refusals.TOO_MANY_FILES]
    assert left == ["alice"] * 2  # six of 18 MiB are more than 100
