"""Results are written whole or not at all: full disk, no permission, a writer killed half-way."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import results
from autograder.errors import ResultsError
from autograder.model import Score, Tier

ROOT = Path(__file__).parent.parent
LONGER_REASON = """
import sys
from dataclasses import replace
from pathlib import Path
from autograder import results
from autograder.errors import ResultsError

folder = Path(sys.argv[1])
score = results.read(folder, "pooling", "dupont_camille")
try:
    results.write(replace(score, reason="x" * 100_000), folder)
except ResultsError as error:
    print(error)
"""


def a_score(**changes: object) -> Score:
    score = Score("dupont_camille", "pooling", "rejected", None, 2.5, Tier.S2, 0.012)
    return replace(score, **changes)


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_full_disk_leaves_the_old_result_and_nothing_else(tmp_path):
    """A process that may write 4 KiB a file: the kernel refuses the rest as a full disk does."""
    results.write(a_score(), tmp_path)
    before = {path: path.read_bytes() for path in leftovers(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", LONGER_REASON, tmp_path],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        cwd=ROOT,
    )
    assert "dupont_camille.json cannot be written (File too large): make room" in run.stdout, run
    assert {path: path.read_bytes() for path in leftovers(tmp_path)} == before


def test_a_really_full_file_system(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("mounting a small tmpfs needs root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path],
        check=False,
        capture_output=True,
    )
    if mounted.returncode != 0:
        pytest.skip(f"no tmpfs here: {mounted.stderr.decode().strip()}")
    try:
        results.write(a_score(), tmp_path)
        with pytest.raises(ResultsError, match=r"No space left on device.*make room on the disk"):
            results.write(a_score(reason="x" * 100_000), tmp_path)
        assert results.read(tmp_path, "pooling", "dupont_camille") == a_score()
        (tmp_path / "filler").write_bytes(b"x" * (tmp_path.stat().st_blksize * 15))
        with pytest.raises(ResultsError, match="No space left"):
            results.check_writable(tmp_path)
        assert sorted(path.name for path in leftovers(tmp_path)) == [
            "dupont_camille.json",
            "filler",
        ]
    finally:
        subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.parametrize("kind", ["file in the way", "folder in the way"])
def test_something_in_the_way_is_a_clear_error(tmp_path, kind):
    if kind == "file in the way":
        (tmp_path / "pooling").write_text("not a folder")
    else:
        (tmp_path / "pooling" / "dupont_camille.json").mkdir(parents=True)
    before = leftovers(tmp_path)
    with pytest.raises(ResultsError, match=r"cannot be written .* or choose another with"):
        results.write(a_score(), tmp_path)
    assert leftovers(tmp_path) == before


def test_a_results_folder_that_is_a_file_is_named_and_left_alone(tmp_path):
    plain = tmp_path / "results"
    plain.write_text("notes")
    for folder in (plain, plain / "deeper"):
        with pytest.raises(ResultsError) as caught:
            results.check_writable(folder)
        start = f"the results folder {folder} cannot be written (a file is in the way): "
        assert str(caught.value).startswith(start)
    assert plain.read_text() == "notes"


def test_a_folder_without_permission(tmp_path):
    """As an ordinary user, whoever runs the tests."""
    tmp_path.chmod(0o755)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    pid = os.fork()
    if pid == 0:
        if os.geteuid() == 0:
            os.setresuid(12345, 12345, 12345)
        try:
            results.check_writable(locked)
        except ResultsError as error:
            named = f"the results folder {locked} cannot be written (Permission denied): make"
            os._exit(0 if str(error).startswith(named) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert leftovers(locked) == []


def test_check_writable_leaves_nothing_and_clears_what_a_killed_run_left(tmp_path):
    (tmp_path / "pooling").mkdir()
    stale, fresh = tmp_path / "pooling" / ".a.json.1.tmp", tmp_path / ".scores.csv.2.tmp"
    for path in (stale, fresh):
        path.write_text("half")
    hour_ago = time.time() - 3600
    os.utime(stale, (hour_ago, hour_ago))
    results.check_writable(tmp_path)
    assert leftovers(tmp_path) == [fresh]  # it may belong to a run that is at work right now
    results.check_writable(tmp_path / "new" / "deep")
    assert (tmp_path / "new" / "deep").is_dir()


def test_a_writer_killed_at_any_moment_leaves_whole_files(tmp_path, seed):
    pauses = random.Random(seed)
    for _ in range(10):
        pid = os.fork()
        if pid == 0:
            while True:
                results.write(a_score(reason="y" * 50_000), tmp_path)
        time.sleep(pauses.uniform(0.002, 0.02))
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        for path in tmp_path.glob("*/*.json"):
            assert json.loads(path.read_bytes())["reason"] == "y" * 50_000


def test_a_file_that_another_run_is_done_with_is_no_fault(tmp_path):
    """It is listed, and gone when it is looked at: as a link that leads nowhere."""
    (tmp_path / ".a.json.0.tmp").symlink_to("nowhere")
    results.check_writable(tmp_path)
