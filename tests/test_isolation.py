"""Which modules are warm for which notebook."""

from pathlib import Path

import pytest

from autograder.isolation import Isolation, affordable, preload_for, shared
from autograder.model import Assignment, Cell, Limits, StudentSource, Text, Tier
from autograder.sandbox import hierarchy

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


@pytest.mark.parametrize(
    ("free_mib", "limits", "workers"),
    [
        (10_000, [Limits(memory_mib=808, disk_mib=64)], 8),  # 1,000 MiB each, the kernel's part too
        (3_900, [Limits(memory_mib=808, disk_mib=64)], 3),
        (3_900, [Limits(memory_mib=808, disk_mib=64), Limits(memory_mib=1808, disk_mib=64)], 1),
        (100, [Limits()], 1),  # one may always
    ],
)
def test_no_more_at_once_than_fit_into_the_memory(monkeypatch, free_mib, limits, workers):
    monkeypatch.setattr(hierarchy, "free_memory", lambda: free_mib * 2**20)
    assert affordable(8, limits) == workers


def test_an_isolation_says_who_holds_its_children(monkeypatch):
    with Isolation(Tier.S2, [], 1) as isolation:
        assert isolation.held == ("watchdog" if isolation.unheld else f"cgroup v{_version()}")
    monkeypatch.setattr(hierarchy, "found", lambda: (None, "nobody gave any"))
    with Isolation(Tier.S2, [], 1) as isolation:
        assert (isolation.held, isolation.unheld) == ("watchdog", "nobody gave any")


def _version() -> int:
    groups, why = hierarchy.found()
    assert groups, why
    groups.close()
    return groups.version
