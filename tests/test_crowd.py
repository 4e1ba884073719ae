"""Twenty hostile submissions at once: the machine stays usable, and honest ones beside them keep
their scores. Once where the kernel's control groups hold them, once where the grader watches."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attacked
import pytest
import yaml

from autograder.isolation import affordable
from autograder.model import Limits
from autograder.sandbox import hierarchy
from autograder.sandbox.held import each_bytes

pytestmark = pytest.mark.alone

AT_ONCE = 20
# What takes from others: cores, memory, processes, disk, output, and time at the end.
HOSTILE = (
    *("eats_memory", "forks_without_end", "fills_the_disk", "floods_the_output", "never_stops"),
    *("hides_memory", "leaves_daemons", "works_in_the_background", "does_not_listen"),
    "answers_for_ever",
)
HONEST = """
# %%
import time
import numpy as np

def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass

# %%
work(0.8)

# %%
def total(numbers):
    work(0.2)
    return sum(numbers)

def scale(image):
    work(0.2)
    return image / np.max(image)

def shout(text):
    work(0.2)
    return text.upper()

def word(number):
    return {1: "abacus", 2: "@WORD@"}[number]
"""
COMMAND = """
import sys
from autograder.sandbox import hierarchy
if sys.argv.pop(1) == "watchdog":
    hierarchy.found = lambda: (None, "left out by the test")
from autograder.cli import main
sys.exit(main())
"""
LIMITS = Limits(
    **yaml.safe_load(
        (attacked.COURSE / "assignments" / "vault" / "assignment.yaml").read_text(encoding="utf-8")
    )["limits"]
)
FULL = 12.0
SECONDS = 5.0  # to start a program, on a machine that others load as well


class Neighbour(threading.Thread):
    """Another user of the machine: starts a program twenty times a second, looks at the memory."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self.free: list[int] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.05):
            start = time.monotonic()
            subprocess.run(["/bin/true"], check=True)
            self.seconds.append(time.monotonic() - start)
            self.free.append(hierarchy.free_memory())


@pytest.fixture(scope="module", params=["cgroup", "watchdog"])
def graded(request: pytest.FixtureRequest) -> Iterator[tuple[list[dict[str, Any]], Neighbour]]:
    """One run over hostile and honest submissions, and who lived beside it."""
    groups, why = hierarchy.found()
    if groups:
        groups.close()
    elif request.param == "cgroup":
        pytest.skip(why)
    if affordable(AT_ONCE, [LIMITS]) < AT_ONCE:
        pytest.skip("this machine has too little memory for so many at once")
    with tempfile.TemporaryDirectory(prefix="crowd-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        hand_in(root)
        neighbour = Neighbour()
        neighbour.start()
        try:
            done = grade(root, request.param)
        finally:
            neighbour.ended.set()
            neighbour.join()
        assert done.returncode == 0, done.stdout + done.stderr
        results = (root / "results" / "vault").glob("*.json")
        yield [json.loads(path.read_text(encoding="utf-8")) for path in results], neighbour


def hand_in(root: Path) -> None:
    """In the order in which a worker takes three: two hostile ones, then an honest one."""
    for number in range(AT_ONCE):
        first, second = HOSTILE[number % 10], HOSTILE[(number + 5) % 10]
        for letter, case in (("a", first), ("b", second), ("c", "honest")):
            folder = root / "submissions" / f"{number:02}{letter}_{case}" / "vault"
            folder.mkdir(parents=True)
            text = HONEST.replace("@WORD@", attacked.WORD)
            if case != "honest":
                (source,) = (attacked.CASES / case).glob("*.py")
                text = source.read_text(encoding="utf-8").replace("@RUN@", str(root))
            (folder / "vault.py").write_text(text, encoding="utf-8")


def grade(root: Path, held: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", COMMAND, held, "grade", str(root / "submissions")]
    command += ["--course", str(attacked.COURSE), "--results", str(root / "results")]
    command += ["--jobs", str(AT_ONCE), "--quiet"]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def test_honest_submissions_keep_their_scores(graded):
    results, _ = graded
    honest = [one for one in results if "honest" in one["student"]]
    assert len(honest) == AT_ONCE
    assert [one for one in honest if one["score"] != FULL or one["notices"]] == []


def test_hostile_ones_get_no_more_than_alone(graded):
    results, _ = graded
    hostile = [one for one in results if "honest" not in one["student"]]
    assert len(hostile) == 2 * AT_ONCE
    # What is right and passed before its memory was looked at earns the points that it is worth.
    assert [one for one in hostile if one["status"] != "graded" or one["score"] > 2] == []


def test_others_can_work_meanwhile(graded):
    _, neighbour = graded
    assert len(neighbour.seconds) > 20
    assert max(neighbour.seconds) < SECONDS, sorted(neighbour.seconds)[-5:]
    taken = max(neighbour.free) - min(neighbour.free)
    assert taken < AT_ONCE * each_bytes(LIMITS)


def test_nothing_of_it_is_left(graded):
    groups, _ = hierarchy.found()
    if groups:
        below = [place.parent for place in groups.places]
        groups.close()
        left = [path for place in below for path in place.glob("autograder-*")]
        assert [path for path in left if not Path("/proc", path.name.split("-")[1]).exists()] == []
    assert list(Path(tempfile.gettempdir()).glob("crowd-*/pwned")) == []
