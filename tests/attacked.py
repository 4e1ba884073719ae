"""Every case below ``tests/attacks``, graded as one class with secrets to look for."""

from __future__ import annotations

import ctypes
import functools
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from autograder.sandbox import watch

HERE = Path(__file__).resolve().parent
CASES = HERE / "attacks"
COURSE = HERE / "courses" / "vault"
COMMAND = "import sys; from autograder.cli import main; sys.exit(main())"
NEXT = "_next"  # ends the name of the honest student whose turn comes right after a case
_ADOPT_ORPHANS = 36  # prctl: what outlives its parent becomes ours, and is seen

_TESTS = (COURSE / "assignments" / "vault" / "test_vault.py").read_text(encoding="utf-8")
# The first is an answer, which no student's process ever holds; the others are hidden inputs.
WORD, *ASKED = re.findall(r'^(?:WORD|TEXT|NUMBER) = "?([\w-]+)"?$', _TESTS, re.M)


@dataclass(frozen=True)
class Case:
    """One folder: what is handed in, and ``expected.yaml``."""

    name: str

    @property
    def folder(self) -> Path:
        return CASES / self.name

    @functools.cached_property
    def expected(self) -> dict[str, Any]:
        return yaml.safe_load((self.folder / "expected.yaml").read_text(encoding="utf-8"))

    @property
    def student(self) -> str:
        return self.expected.get("student", self.name)

    def __str__(self) -> str:
        return self.name


@functools.cache
def all_cases() -> list[Case]:
    """The cases, sorted by name."""
    return sorted((Case(path.parent.name) for path in CASES.glob("*/expected.yaml")), key=str)


@dataclass(frozen=True)
class Run:
    """What one run of the command line left."""

    root: Path
    code: int
    seconds: float
    printed: str
    before: dict[str, object]
    after: dict[str, object]
    left: list[str]  # processes

    @functools.cached_property
    def files(self) -> dict[str, bytes]:
        """What was written into the results folder."""
        paths = (self.root / "results").rglob("*")
        return {path.name: path.read_bytes() for path in paths if path.is_file()}

    def result(self, student: str) -> dict[str, Any] | None:
        """The result that bears this student's name."""
        found = [json.loads(data) for name, data in self.files.items() if name.endswith(".json")]
        return next((one for one in found if one["student"] == student), None)


def run(root: Path) -> Run:
    """All cases, handed in below ``root`` and graded from there, with secrets all around."""
    shutil.copytree(COURSE, root / "course", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for folder in ("submissions", "home/autograder", "tmp", "cwd", "results/vault"):
        (root / folder).mkdir(parents=True)
    for case in all_cases():
        _hand_in(case, root)
    (root / "cwd" / "word.txt").write_text(WORD)
    _open_to_all(root)
    before, known = _listing(root), set(watch.tree(os.getpid()))
    ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    started = time.monotonic()
    try:
        done = _grade(root)
    finally:
        left = _left(known)
        ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 0, 0, 0, 0)
    seconds = time.monotonic() - started
    printed = done.stdout + done.stderr
    return Run(root, done.returncode, seconds, printed, before, _listing(root), left)


def _hand_in(case: Case, root: Path) -> None:
    """Put the case, and an honest student after it, where a class hands in."""
    folder = root / "submissions" / case.student / "vault"
    folder.mkdir(parents=True)
    for path in case.folder.iterdir():
        text = path.read_text(encoding="utf-8").replace("@RUN@", str(root))
        if path.name == "make.py":
            maker: dict[str, Any] = {}
            exec(compile(text, str(path), "exec"), maker)
            maker["make"](folder)
        elif path.name != "expected.yaml":
            (folder / path.name).write_text(text, encoding="utf-8")
    for name, text in case.expected.get("files", {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("@RUN@", str(root)), encoding="utf-8")
    if "student" not in case.expected:
        shutil.copytree(CASES / "honest", folder.parents[1] / f"{case.name}{NEXT}" / "vault")
        (folder.parents[1] / f"{case.name}{NEXT}" / "vault" / "expected.yaml").unlink()


def _open_to_all(root: Path) -> None:
    """A grader that is root runs submissions as somebody else: permissions must not help it."""
    for path in [root, *root.rglob("*")]:
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode):
            path.chmod(0o777 if stat.S_ISDIR(mode) else 0o666)


def _grade(root: Path) -> subprocess.CompletedProcess[str]:
    """The command line. Variables, descriptors and the folder it stands in tell the secret word."""
    environment = os.environ | {
        "HOME": str(root / "home"),
        "XDG_CACHE_HOME": str(root / "home"),
        "TMPDIR": str(root / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SECRET_WORD": WORD,
    }
    arguments = ["grade", str(root / "submissions"), "--course", str(root / "course")]
    arguments += ["--results", str(root / "results"), "--lang", "en"]
    with (root / "course" / "reference" / "vault.py").open() as secret:
        return subprocess.run(
            [sys.executable, "-c", COMMAND, *arguments],
            cwd=root / "cwd", env=environment, pass_fds=(secret.fileno(),),
            capture_output=True, text=True, errors="replace", timeout=300, check=False,
        )  # fmt: skip


def _listing(root: Path) -> dict[str, object]:
    """All that lies below ``root`` but the results, and what would show a change."""
    found: dict[str, object] = {}
    for path in root.rglob("*"):
        if path == root / "results" or root / "results" in path.parents:
            continue
        state = path.lstat()
        times = () if stat.S_ISDIR(state.st_mode) else (state.st_size, state.st_ctime_ns)
        found[str(path.relative_to(root))] = (state.st_mode, state.st_ino, *times)
    return found


def _left(known: set[int]) -> list[str]:
    """Names of processes that the run left, after they had some seconds to end."""
    deadline = time.monotonic() + 5
    while True:
        names = [name for pid in set(watch.tree(os.getpid())) - known if (name := _name(pid))]
        if not names or time.monotonic() > deadline:
            return names
        time.sleep(0.05)


def _name(pid: int) -> str:
    """What a process is called; "" for one that has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return ""
    return "" if text.rpartition(") ")[2].startswith("Z") else text.rpartition(")")[0]
