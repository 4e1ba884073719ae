"""The same tests again as an ordinary user, and as root where root may use tier S1."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ORDINARY = 54321  # no account is needed
AGAIN = ("refusals", "limits", "state", "endings", "lifetime", "selftest")


@pytest.mark.parametrize(("uid", "tiers"), [(ORDINARY, "S2 or S1"), (0, "S1")])
def test_the_suite_again_as(uid, tiers):
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    python = _interpreter(ORDINARY)  # for root, too: its slots are ordinary users
    done = subprocess.run(
        [
            *(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", tiers),
            *(
                f"--deselect={FOLDER}/test_sandbox_selftest.py::test_a_missing_protection_is_noticed",
            )
            * (uid == 0),
            *(str(FOLDER / f"test_sandbox_{name}.py") for name in AGAIN),
        ],
        **_as(uid),
        cwd=FOLDER.parents[1],
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert "Permission denied" not in done.stdout, "a tier was left out"


def _as(uid: int) -> dict[str, object]:
    libraries = os.pathsep.join(path for path in sys.path if path.endswith("-packages"))
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "PYTHONPATH": libraries}
    return {
        **{"user": uid, "group": uid, "extra_groups": []},
        **{"env": {**environment, "PYTHONDONTWRITEBYTECODE": "1"}},
        **{"capture_output": True, "text": True, "timeout": 300},
    }


def _interpreter(uid: int) -> str:
    """A Python that this user can run with our libraries: ours, or the system's of our version."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}"):
        try:
            imports = [python, "-c", "import numpy, pytest, autograder.model"]
            done = subprocess.run(imports, **_as(uid), cwd=FOLDER.parents[1])
        except OSError:
            continue
        if done.returncode == 0:
            return python
    pytest.skip(f"user {uid} can reach neither {sys.executable} nor our libraries")
