"""Which modules are warm for which notebook."""

from pathlib import Path

import pytest

from autograder.isolation import preload_for, widest
from autograder.model import Assignment, Cell, StudentSource, Text

ASSIGNMENT = Assignment(
    "demo", Text("", ""), (), Path(), preload_on_use=("matplotlib.pyplot", "scipy.signal", "torch")
)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("import numpy as np", 0),
        ("import matplotlib.pyplot as plt", 1),
        ("from scipy import signal", 2),
        ("import torch", 3),
        ("torchlight = 1", 0),
    ],
)
def test_modules_are_warm_up_to_the_last_one_named(source, count):
    found = preload_for(ASSIGNMENT, StudentSource((Cell(1, source),)))
    assert found == ("numpy", *ASSIGNMENT.preload_on_use[:count])


def test_the_widest_process_serves_the_narrower_ones():
    needed = {("numpy",), ("numpy", "a"), ("numpy", "a", "b"), ("numpy", "c")}
    assert widest(("numpy", "a"), needed) == ("numpy", "a", "b")
    assert widest(("numpy", "c"), needed) == ("numpy", "c")
