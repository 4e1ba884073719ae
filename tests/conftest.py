"""One thread each for NumPy and torch, as in the grader; read when they are imported."""

import os
import random
import shutil
from pathlib import Path

import pytest
from real_data import real_data as real_data  # a fixture for every test file

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("KERAS_BACKEND", "torch")


@pytest.fixture(scope="session")
def seed():
    """Of random inputs; pytest shows it with the arguments of a test that fails."""
    return random.SystemRandom().randrange(2**32)


@pytest.fixture
def root(tmp_path):
    """A copy of the mini course that a test may spoil."""
    shutil.copytree(Path(__file__).parent / "courses" / "mini", tmp_path / "course")
    return tmp_path / "course"
