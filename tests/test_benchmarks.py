"""The measuring instruments measure: CPU and memory of a whole process tree, copies that differ."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from benchmarks import corpus, floor, measure

ROOT = Path(__file__).parent.parent
BURN = "import time\nwhile time.process_time() < 0.3: pass\n"
HOLD = "import time\nheld = b'x' * 2**26\ntime.sleep(1)\n"


MEASURE = """
import sys
from pathlib import Path
from benchmarks import measure

usage = measure.run([sys.executable, "-I", "-S", "-c", sys.argv[1]], Path(sys.argv[2]))
print(usage.wall, usage.cpu, usage.peak)
"""


def measured(script: str, folder: Path) -> measure.Usage:
    """Measured in a process of its own: it reaps every child there is, also other tests'."""
    found = subprocess.run(
        [sys.executable, "-c", MEASURE, script, folder / "log"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        raise RuntimeError(found.stderr)
    wall, cpu, peak = found.stdout.split()
    return measure.Usage(float(wall), float(cpu), int(peak))


def test_cpu_of_a_child_counts(tmp_path):
    parent = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}])"
    usage = measured(parent, tmp_path)
    assert 0.3 <= usage.cpu < 3
    assert usage.wall >= 0.3


def test_cpu_of_an_orphan_counts(tmp_path):
    """Its parent ends at once; what it burns afterwards is the command's all the same."""
    orphan = f"import os\nif os.fork() == 0:\n    exec({BURN!r})\n"
    assert measured(orphan, tmp_path).cpu >= 0.3


def test_memory_of_a_child_counts(tmp_path):
    parent = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {HOLD!r}])"
    assert 2**26 < measured(parent, tmp_path).peak < 2**27


def test_a_command_that_fails_is_not_a_measurement(tmp_path):
    with pytest.raises(RuntimeError, match=r"CommandFailed(.|\n)*exit 3\nsaid why"):
        measured("print('said why'); raise SystemExit(3)", tmp_path)


def a_notebook(answer: str) -> corpus.Notebook:
    cell = nbformat.v4.new_code_cell(answer, id="answer")
    cell.metadata["nbgrader"] = {"solution": True, "locked": False, "grade_id": "f"}
    check = nbformat.v4.new_code_cell("import torch", id="check")
    check.metadata["nbgrader"] = {"solution": False, "locked": True, "grade_id": "f-check"}
    return dict(nbformat.v4.new_notebook(cells=[cell, check]))


def test_copies_differ_and_are_valid(tmp_path):
    corpus.write([a_notebook("def f(): ..."), a_notebook("def f(): return 1")], 5, tmp_path, "mini")
    files = sorted(tmp_path.glob("*/mini/mini.ipynb"))
    assert len(files) == len({path.read_bytes() for path in files}) == 5
    for path in files:
        nbformat.validate(nbformat.read(path, as_version=4))
    assert len(list(corpus.part(tmp_path, 2, tmp_path.parent / "few").iterdir())) == 2


def test_notebooks_are_told_apart_by_what_the_student_wrote():
    plain, tensors = a_notebook("import numpy"), a_notebook("import torch")
    assert corpus.numpy_only([plain, tensors]) == [plain]
    assert corpus.with_torch([plain, tensors]) == [tensors]


def test_the_floor_runs_the_cells_and_the_calls(tmp_path):
    target = tmp_path / "ran"
    source = f"def f(n):\n    open({str(target)!r}, 'a').write(str(n))"
    recording = floor.Recording(
        [(1, source)], [("call", (1, "f", (1,), {})), ("call", (2, "g", (), {}))]
    )
    floor._replay_in_fork(recording)
    floor._replay_in_fork(recording)
    assert Path(target).read_text() == "11"
