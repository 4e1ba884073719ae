"""Python as somebody else: an ordinary user without an account, who can read our libraries."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDINARY = 54321  # no account is needed


@contextlib.contextmanager
def home_of(uid: int) -> Iterator[str]:
    """A folder of that user's, outside the test run's own, which nobody else may enter."""
    with tempfile.TemporaryDirectory(prefix="autograder-test-") as folder:
        os.chown(folder, uid, uid)
        yield folder


def as_user(uid: int, home: str = "/") -> dict[str, object]:
    libraries = os.pathsep.join(path for path in sys.path if path.endswith("-packages"))
    environment = {"PATH": "/usr/bin:/bin", "HOME": home, "PYTHONPATH": libraries}
    return {
        **{"user": uid, "group": uid, "extra_groups": [], "cwd": ROOT},
        **{"env": {**environment, "PYTHONDONTWRITEBYTECODE": "1"}},
        **{"capture_output": True, "text": True, "timeout": 300},
    }


def interpreter(uid: int) -> str:
    """A Python that this user can run with our libraries: ours, or the system's of our version."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}"):
        try:
            imports = [python, "-c", "import numpy, pytest, autograder.model"]
            done = subprocess.run(imports, **as_user(uid))
        except OSError:
            continue
        if done.returncode == 0:
            return python
    pytest.skip(f"user {uid} can reach neither {sys.executable} nor our libraries")
