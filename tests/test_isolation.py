"""Which modules are warm for which notebook."""

from pathlib import Path

import pytest

from autograder.isolation import preload_for, shared
from autograder.model import Assignment, Cell, StudentSource, Text

ASSIGNMENT = Assignment(
    "demo", Text("", ""), (), Path(), preload_on_use=("matplotlib.pyplot", "scipy.signal", "torch")
)


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("import numpy as np", ()),
        ("import matplotlib.pyplot as plt", ("matplotlib.pyplot",)),
        ("from scipy import signal", ("scipy.signal",)),
        ("import torch\nimport matplotlib", ("matplotlib.pyplot", "torch")),
        ("torchlight = 1", ()),
    ],
)
def test_modules_that_a_cell_names_are_warm(source, named):
    found = preload_for(ASSIGNMENT, StudentSource((Cell(1, source),)))
    assert found == ("numpy", *named)


def test_one_process_serves_all_that_need_more_than_the_smallest():
    base, needed = ("numpy",), {("numpy",), ("numpy", "b"), ("numpy", "a"), ("torch", "c")}
    assert shared(base, ("numpy", "a"), needed) == ("numpy", "a", "b")
    assert shared(base, ("numpy", "b"), needed) == ("numpy", "a", "b")
    assert shared(base, base, needed) == base
