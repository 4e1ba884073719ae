"""nbgrader's exchange on this course: handed out, handed in, graded, and the feedback given back.

nbgrader's own commands run as they do on a shared machine: the teacher's in the course, the
student's as another account where the tests may change it, and the exchange between them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SLUG = "output_size"
WORK = ROOT / "examples/submissions/dupont_camille" / SLUG / f"{SLUG}.ipynb"  # all points
NOBODY = 65534
CONFIG = """
c = get_config()
c.Exchange.root = {exchange!r}
c.CourseDirectory.course_id = "cnn"
"""

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Place:
    """A shared machine: the course, the exchange, and the student's home."""

    root: Path
    uid: int  # of the student

    @property
    def course(self) -> Path:
        return self.root / "course"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def student(self) -> str:
        import pwd

        return pwd.getpwuid(self.uid).pw_name

    def collected(self, *path: str) -> Path:
        return self.course.joinpath("submissions", self.student, SLUG, *path)

    def teacher(self, *arguments: str) -> str:
        return nbgrader(self, self.course, *arguments)

    def pupil(self, *arguments: str) -> str:
        return nbgrader(self, self.home, *arguments, uid=self.uid)


def nbgrader(place: Place, cwd: Path, *arguments: str, uid: int | None = None) -> str:
    """Run ``nbgrader ARGUMENTS`` in a process of its own; what it printed, once it succeeded.

    A fork, because the import takes most of the time of a command.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own, at import
        from nbgrader.apps import NbGraderApp
        from nbgrader.apps.nbgraderapp import main  # noqa: F401 - all that commands import
    log = place.root / "log"
    child = os.fork()
    if child == 0:
        code = 1
        try:
            out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            for stream in (1, 2):
                os.dup2(out, stream)
            sys.stdout = sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115 - till the end
            warnings.simplefilter("ignore")
            os.chdir(cwd)
            if uid is not None and os.geteuid() == 0:
                os.setgroups([])
                os.setgid(uid)
                os.setuid(uid)
            os.environ |= {"HOME": str(place.home), "JUPYTER_DATA_DIR": str(place.home / "data")}
            NbGraderApp.launch_instance(list(arguments))
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    said = log.read_text()
    assert os.waitstatus_to_exitcode(status) == 0, said
    return said


@pytest.fixture
def place(monkeypatch):
    """Our own configuration and one assignment, in a folder that another account may reach."""
    with tempfile.TemporaryDirectory() as folder:
        uid = NOBODY if os.geteuid() == 0 else os.geteuid()
        place = Place(Path(folder).resolve(), uid)
        place.root.chmod(0o755)
        place.home.mkdir()
        os.chown(place.home, uid, -1)
        set_up(place.course)
        site = place.root / "site"  # what whoever runs the machine sets
        site.mkdir()
        exchange = place.root / "exchange"
        exchange.mkdir()
        (site / "nbgrader_config.py").write_text(CONFIG.format(exchange=str(exchange)))
        monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(site))
        # nbgrader starts ``alembic`` by name when it makes its database.
        monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        yield place


def set_up(course: Path) -> None:
    for kept in (f"release/fr/{SLUG}", f"assignments/{SLUG}"):
        shutil.copytree(ROOT / kept, course / kept)
    for kept in (
        "nbgrader_config.py",
        "assignments/networks.py",
        f"reference/{SLUG}.py",
        "reference/__init__.py",
    ):
        (course / kept).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / kept, course / kept)


def autograder(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", *arguments]
    return subprocess.run(
        command, cwd=place.course, capture_output=True, text=True, check=False, timeout=120
    )


def write_feedback(place: Place) -> bytes:
    """Our page, where ``nbgrader release_feedback`` looks for it."""
    made = autograder(place, "feedback", "--layout", "nbgrader")
    assert (made.returncode, made.stderr) == (0, "")
    folder = place.course / "build/feedback" / place.student / SLUG
    page = (folder / f"{SLUG}.html").read_bytes()
    assert "20 sur 20" in page.decode()
    return page


def hand_in(place: Place) -> None:
    """Released, fetched, solved, submitted, collected."""
    place.teacher("release_assignment", SLUG)
    place.pupil("fetch_assignment", SLUG)
    shutil.copyfile(WORK, place.home / SLUG / f"{SLUG}.ipynb")
    place.pupil("submit", SLUG)
    place.teacher("collect", SLUG)


def test_handed_out_handed_in_graded_and_given_back(place):
    place.teacher("release_assignment", SLUG)

    place.pupil("fetch_assignment", SLUG)
    mine = place.home / SLUG / f"{SLUG}.ipynb"
    assert mine.read_bytes() == (ROOT / f"release/fr/{SLUG}/{SLUG}.ipynb").read_bytes()
    shutil.copyfile(WORK, mine)
    (mine.parent / "notes.txt").write_text("à relire")
    place.pupil("submit", SLUG)

    place.teacher("collect", SLUG)
    assert place.collected(f"{SLUG}.ipynb").read_bytes() == WORK.read_bytes()
    beside = {path.name for path in place.collected().iterdir()}
    assert beside == {f"{SLUG}.ipynb", "notes.txt", "timestamp.txt", "submission_secret.txt"}

    graded = autograder(place, "grade", "submissions", "--quiet")
    assert (graded.returncode, graded.stderr) == (0, "")
    exported = autograder(place, "export", "--format", "csv", "--from", "results")
    assert exported.stdout == f"student,{SLUG},total\n{place.student},20,20\n"

    page = write_feedback(place)
    place.teacher("release_feedback", SLUG)
    place.pupil("fetch_feedback", SLUG)
    (fetched,) = (place.home / SLUG / "feedback").glob("*/*.html")
    assert fetched.name == f"{SLUG}.html"
    assert fetched.read_bytes() == page
    assert fetched.parent.name == place.collected("timestamp.txt").read_text()


AUTOGRADED = """
from pathlib import Path
from autograder import executed, terminal

root = Path.cwd()
options = executed.Options(root, root / "results", root / "submissions")
executed.write(options, lambda total: terminal.Progress(total, quiet=True))
"""


def test_nbgraders_own_feedback_on_what_we_write_finds_its_way_back(place):
    hand_in(place)
    autograder(place, "grade", "submissions", "--quiet")
    made = autograder(place, "gradebook")
    assert made.returncode == 0, made.stderr
    shown = subprocess.run(
        [sys.executable, "-c", AUTOGRADED], cwd=place.course, capture_output=True, check=False,
        text=True, timeout=120,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    place.teacher("generate_feedback", SLUG)
    place.teacher("release_feedback", SLUG)
    place.pupil("fetch_feedback", SLUG)
    (fetched,) = (place.home / SLUG / "feedback").glob("*/*.html")
    assert "20.0 / 20.0" in fetched.read_text()
    exported = autograder(place, "export", "--format", "nbgrader")
    assert "scores taken from the gradebook" in exported.stderr
    fields = exported.stdout.splitlines()[1].split(",")
    assert (fields[3], fields[-4:]) == (place.student, ["20.0", "0.0", "20.0", "20.0"])
    assert fields[2] == place.collected("timestamp.txt").read_text().removesuffix(" UTC")


def test_what_is_handed_in_again_is_graded_again(place):
    place.teacher("release_assignment", SLUG)
    place.pupil("fetch_assignment", SLUG)
    place.pupil("submit", SLUG)
    place.teacher("collect", SLUG)
    assert autograder(place, "grade", "submissions", "--quiet").returncode == 0
    first = autograder(place, "export", "--format", "csv", "--from", "results")
    shutil.copyfile(WORK, place.home / SLUG / f"{SLUG}.ipynb")
    place.pupil("submit", SLUG)
    assert "No newer" not in place.teacher("collect", SLUG, "--update")
    assert autograder(place, "grade", "submissions", "--quiet").returncode == 0
    again = autograder(place, "export", "--format", "csv", "--from", "results")
    assert first.stdout.splitlines()[1] == f"{place.student},0,0"
    assert again.stdout.splitlines()[1] == f"{place.student},20,20"
