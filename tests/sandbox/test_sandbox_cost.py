"""What isolation costs can be measured for every tier that this machine has."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from users import ORDINARY, as_user, interpreter

COMMAND = ("-m", "benchmarks.isolation", "--only", "numpy", "--rounds", "2", "--seed", "7")


def test_a_short_run_measures_a_plain_fork_and_both_tiers():
    # As root S1 needs a Python that others can read.
    python = interpreter(ORDINARY) if os.getuid() == 0 else sys.executable
    done = subprocess.run([python, *COMMAND], **as_user(os.getuid()))
    assert done.returncode == 0, done.stderr
    facts, _, table = done.stdout.partition("\n\n")
    assert re.search(r"2 rounds .*, core \d+, seed 7$", facts, re.M)
    assert "- NumPy: numpy, as for convolution" in facts
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()[2:]]
    kinds = [["NumPy", "plain fork"], ["NumPy", "tier S2"], ["NumPy", "tier S1"]]
    assert [row[:2] for row in rows] == kinds, done.stdout
    for row in rows:
        times = [*row[2:4], *row[6:8]]
        assert all(float(time.removesuffix(" ms")) > 0 for time in times), done.stdout
