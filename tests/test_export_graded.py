"""From a platform's download to a file that goes back there, through the command line."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from exported import lines

COURSE = Path(__file__).parent / "courses" / "mini"
RIGHT = (COURSE / "reference" / "mini.py").read_text()
WRONG = RIGHT.replace("max(numbers)", "min(numbers)")
MOODLE = (
    "Identifier,Full name,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade)\n"
    "Participant 1041,Zoé Petit,Submitted for grading,,5.00,Yes,-\n"
    "Participant 1042,Marie Roy,Submitted for grading,,5.00,Yes,-\n"
    "Participant 1043,Marie Roy,Submitted for grading,,5.00,Yes,-\n"
)
CANVAS = (
    "Student,ID,SIS Login ID,Section,Mini (77)\n    Points Possible,,,,5\n"
    '"Petit, Zoé",20311,u1,A,\n"Roy, Marie",20312,u2,A,\n"Roy, Marie",20313,u3,A,\n'
)


@pytest.fixture
def autograder(tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "autograder", *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)

    return run


def download(path, names):
    with zipfile.ZipFile(path, "w") as archive:
        for name, source in names.items():
            archive.writestr(name, source)


def test_moodles_download_comes_back_as_its_worksheet(tmp_path, autograder):
    download(
        tmp_path / "CNN-Mini-881.zip",
        {
            "Zoé Petit_1041_assignsubmission_file_mini.py": RIGHT,
            "Marie Roy_1042_assignsubmission_file_mini.py": WRONG,
            "Marie Roy_1043_assignsubmission_file_mini.ipynb": "{",
        },
    )
    graded = autograder("grade", "CNN-Mini-881.zip", "--course", COURSE, "--quiet")
    assert graded.returncode == 1
    (tmp_path / "Grades-CNN-Mini-881.csv").write_text(MOODLE)
    done = autograder(
        "export", "--format", "moodle", "--roster", "Grades-CNN-Mini-881.csv", "--feedback"
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Feedback comments" in done.stderr
    done = autograder("export", "--format", "moodle", "--roster", "Grades-CNN-Mini-881.csv")
    grades = [line[3] for line in lines(done.stdout)[1:]]
    assert grades[0] == "5"
    assert 0 < float(grades[1]) < 5
    assert grades[2] == ""
    assert done.returncode == 1
    assert (
        done.stderr.decode().splitlines()[1].startswith("Marie Roy_1043, mini: no score: rejected")
    )


def test_canvas_download_comes_back_as_its_gradebook(tmp_path, autograder):
    """A result that was there before the number was known gets it without being graded again."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, name in (
        (old / "petitzoé" / "mini", "mini.py"),
        (new, "petitzoé_20311_887001_mini.py"),
        (new, "roymarie_LATE_20313_887002_mini-1.py"),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(RIGHT)
    found = tmp_path / "results" / "mini" / "petitzoé.json"
    assert autograder("grade", old, "--course", COURSE, "--quiet").returncode == 0
    before = json.loads(found.read_text())["provenance"]
    assert "number" not in before
    assert autograder("grade", new, "--course", COURSE, "--quiet").returncode == 0
    after = json.loads(found.read_text())["provenance"]
    assert after == before | {"platform": "canvas", "number": "20311"}

    (tmp_path / "roster.csv").write_text(CANVAS)
    done = autograder("export", "--format", "canvas", "--roster", "roster.csv", "--out", "back.csv")
    back = lines((tmp_path / "back.csv").read_bytes())
    assert [line[-1] for line in back] == ["Mini (77)", "5", "5", "", "5"]
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[1:] == [
        "in the roster, without a result: Roy, Marie (20312)"
    ]
