"""The same tests again as an ordinary user, and as root where root may use tier S1."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ORDINARY = 54321  # no account is needed
EVERYTHING = (
    *("refusals", "limits", "memory", "state", "endings", "lifetime", "selftest"),
    *("gpu", "weights"),
)

AGAIN = {
    # taking a protection out costs a second each and does not depend on the user: S1's own will do
    "an ordinary user": (
        ORDINARY,
        EVERYTHING,
        "not missing_protection or (S1 and (seccomp or Landlock or processes or modes))",
    ),
    "root in S1": (0, ("refusals", "limits", "memory", "state", "lifetime"), "S1"),
}


@pytest.mark.slow
@pytest.mark.parametrize("who", AGAIN)
def test_the_suite_again_as(who):
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    uid, names, chosen = AGAIN[who]
    python = _interpreter(ORDINARY)  # for root, too: its slots are ordinary users
    with _home(uid) as home:
        done = subprocess.run(
            [
                *(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen),
                *(f"--basetemp={home}/pytest", "-W", "error"),
                *(str(FOLDER / f"test_sandbox_{name}.py") for name in names),
            ],
            **_as(uid, home),
        )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert "Permission denied" not in done.stdout, "a tier was left out"


@contextlib.contextmanager
def _home(uid: int) -> Iterator[str]:
    """A folder of that user's, outside the test run's own, which nobody else may enter."""
    with tempfile.TemporaryDirectory(prefix="autograder-test-") as folder:
        os.chown(folder, uid, uid)
        yield folder


def _as(uid: int, home: str = "/") -> dict[str, object]:
    libraries = os.pathsep.join(path for path in sys.path if path.endswith("-packages"))
    environment = {"PATH": "/usr/bin:/bin", "HOME": home, "PYTHONPATH": libraries}
    return {
        **{"user": uid, "group": uid, "extra_groups": [], "cwd": FOLDER.parents[1]},
        **{"env": {**environment, "PYTHONDONTWRITEBYTECODE": "1"}},
        **{"capture_output": True, "text": True, "timeout": 300},
    }


def _interpreter(uid: int) -> str:
    """A Python that this user can run with our libraries: ours, or the system's of our version."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}"):
        try:
            imports = [python, "-c", "import numpy, pytest, autograder.model"]
            done = subprocess.run(imports, **_as(uid))
        except OSError:
            continue
        if done.returncode == 0:
            return python
    pytest.skip(f"user {uid} can reach neither {sys.executable} nor our libraries")
