"""The real images, where a machine has them: CIFAR-10, and photographs of cats and dogs.

They are looked for in the folder named in ``AUTOGRADER_DATA``, else in ``../shared/data`` beside
the repository; a test that asks for them is skipped with the reason where there are none.

* the fixture ``real_data`` (every test file has it, through ``conftest.py``) points
  ``AUTOGRADER_DATA`` there for one test and returns the folder;
* ``folder()`` does the looking alone, for a fixture that lives longer than a test.

Decoded copies go to the user's own cache, so only the first test that asks ever waits for them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.data import folders

BESIDE = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def folder() -> Path:
    """The folder of real images; skips the test that asks if there is none."""
    found = folders.data_folder() if os.environ.get(folders.VARIABLE) else BESIDE
    if not found.is_dir():
        pytest.skip(f"no real images: {found} is not there, set {folders.VARIABLE}")
    return found


@pytest.fixture
def real_data(monkeypatch):
    found = folder()
    monkeypatch.setenv(folders.VARIABLE, str(found))
    return found
