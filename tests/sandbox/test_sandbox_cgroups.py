"""All processes of a sandbox are limited and counted together by the kernel, where it can."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import LIMITS, run, value_of

from autograder.model import Lost, Outcome, Returned, Tier
from autograder.sandbox import hierarchy, watch
from autograder.sandbox.cgroups import MIB, Groups
from autograder.sandbox.child import Child
from autograder.sandbox.held import Held, each_bytes
from autograder.sandbox.slot import Sandbox


@pytest.fixture
def held(sandbox: Sandbox) -> Held:
    if sandbox.held is None:
        pytest.skip(hierarchy.found()[1])
    return sandbox.held


@pytest.fixture
def groups() -> Iterator[Groups]:
    groups, why = hierarchy.found()
    if groups is None:
        pytest.skip(why)
    yield groups
    groups.close()


def test_a_child_and_what_it_starts_is_in_the_group(sandbox, held, child):
    if sandbox.tier is Tier.S2:
        value_of(child, "import os, time\nif not os.fork(): time.sleep(60)")
    for pid in watch.tree(child.process_id):
        assert held.group.holds(pid)
    assert not held.group.holds(os.getpid())


BOMB = """
import os, time
for _ in range({processes}):
    if not os.fork():
        block = bytearray({mib} * 2**20)
        for at in range(0, len(block), 4096):
            block[at] = 1
        time.sleep(30)
time.sleep({seconds})
"""


def test_memory_together_ends_at_the_groups_limit(sandbox, held, open_child, monkeypatch):
    """With nobody who adds it up from outside."""
    if sandbox.tier is not Tier.S2:
        pytest.skip("one process only")
    monkeypatch.setattr(Child, "_check_memory", lambda self, processes: None)
    child = open_child()
    code = BOMB.format(processes=6, mib=200, seconds=10)
    assert run(child, code) == Lost(Outcome.MEMORY, "too much in all its processes together")
    assert held.group.killed() > 0
    most = held.group.base_bytes + each_bytes(LIMITS) + 64 * MIB  # the warm process' memory
    assert held.group.limits()[0] < most
    assert value_of(open_child(), "return len(bytearray(100 * 2**20))") == 100 * MIB


def test_a_shortage_is_nobody_elses(sandbox, held, open_child, monkeypatch):
    """Neither of the next child, while the first one ends, nor of one beside it."""
    if sandbox.tier is not Tier.S2:
        pytest.skip("one process only")
    monkeypatch.setattr(Child, "_check_memory", lambda self, processes: None)
    greedy = open_child()
    run(greedy, "import os, threading\n" + "def bomb():" + BOMB.format(
        processes=8, mib=150, seconds=0).replace("\n", "\n    ") + "\n"
        "threading.Timer(0.2, bomb).start()")  # fmt: skip
    before = held.group.killed()
    beside = open_child()
    assert run(beside, "import time\ntime.sleep(2)") == Returned([])
    assert held.group.killed() > before
    greedy.close()
    assert run(open_child(), "import time\ntime.sleep(0.3)") == Returned([])


def test_processes_together_end_at_the_groups_limit(sandbox, held, open_child):
    if sandbox.tier is not Tier.S2:
        pytest.skip("no process can be started")
    child = open_child(replace(LIMITS, processes=64))
    held.group.allow(each_bytes(LIMITS), 8)
    forks = (
        "import os, time\nfor count in range(64):\n    try:\n        pid = os.fork()\n"
        "    except BlockingIOError:\n        return count\n    if not pid: time.sleep(60)"
    )
    assert 1 <= value_of(child, forks) <= 8


def test_short_lives_that_nobody_waits_for_are_counted(sandbox, held, open_child):
    """The kernel adds the time of a child to its parent's only when the parent asks for it."""
    if sandbox.tier is not Tier.S2:
        pytest.skip("no process can be started")
    if held.cpu_seconds() is None:
        pytest.skip("this machine does not count CPU time by group")
    child = open_child(replace(LIMITS, cell_seconds=0.5))
    code = (
        "import os, signal, time\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "while True:\n    if not os.fork():\n        end = time.process_time() + 0.02\n"
        "        while time.process_time() < end: pass\n        os._exit(0)\n"
        "    try: os.wait()\n    except ChildProcessError: pass"
    )
    before = held.cpu_seconds()
    assert run(child, code, seconds=60.0) == Lost(Outcome.TIMEOUT, "no answer in time")
    assert held.cpu_seconds() - before < 5.0


def test_two_children_have_room_for_two_and_the_last_one_for_one(held, open_child):
    one = open_child()
    run(one, "import time\ntime.sleep(0.5)")  # until those of earlier tests are gone
    alone = held.group.limits()
    other = open_child()
    both = held.group.limits()
    assert both[0] - alone[0] > each_bytes(LIMITS) - MIB
    assert both[1] - alone[1] == LIMITS.processes
    other.close()
    run(one, "import time\ntime.sleep(0.5)")  # long enough to be looked at
    assert held.group.limits() == alone


USES_50_MIB = """
import os, sys
for join in sys.argv[1:]:
    os.write(int(join), b"0")
block = b"x" * (50 * 2**20)
print(len(block), flush=True)
sys.stdin.read()
"""


def test_a_limit_is_not_lowered_below_what_is_used(groups):
    group = groups.make()
    group.start()
    group.allow(200 * MIB, 20)
    joins = group.open_joins()
    command = [sys.executable, "-c", USES_50_MIB, *map(str, joins)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "pass_fds": joins}
    with subprocess.Popen(command, **pipes) as user:
        assert user.stdout.readline()
        assert group.memory_bytes() > group.base_bytes + 50 * MIB
        group.allow(10 * MIB, 1)
        assert group.limits() == (group.base_bytes + 200 * MIB, 20)
        user.stdin.close()
    for join in joins:
        os.close(join)
    group.allow(10 * MIB, 1)
    assert group.limits() == (group.base_bytes + 10 * MIB, 1)
    assert group.killed() == 0


def test_groups_are_gone_after_the_run(groups):
    group = groups.make()
    assert all((place / "cgroup.procs").exists() for place in groups.places)
    assert group.killed() == 0
    groups.close()
    assert not any(place.exists() for place in groups.places)
    groups.close()  # once more does no harm


def test_what_an_ended_run_left_is_removed_and_a_living_one_stays(groups):
    places = [place.parent for place in groups.places]
    gone = [place / f"autograder-{2**22 + 1}-0" / "slot" for place in places]
    for place in gone:
        place.mkdir(parents=True)
    other = hierarchy.opened()
    assert not any(place.parent.exists() for place in gone)
    assert all(place.exists() for place in groups.places)
    other.close()


# ---------------------------------------------------------------- where our own groups are

MEMORY = "31 25 0:27 {root} {point} rw,nosuid - cgroup cgroup rw,memory\n"
PIDS = "32 25 0:28 / {point} rw shared:9 - cgroup cgroup rw,pids\n"
UNIFIED = "30 25 0:26 / {point} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


def described(tmp_path: Path, groups: str, mounts: str) -> Path:
    (tmp_path / "cgroup").write_text(groups)
    (tmp_path / "mountinfo").write_text(mounts)
    return tmp_path


def test_version_1_is_found_below_the_mounted_part(tmp_path):
    """In a container the mount shows the container's own group as the root."""
    (tmp_path / "memory" / "job").mkdir(parents=True)
    (tmp_path / "pids" / "box").mkdir(parents=True)
    mounts = MEMORY.format(root="/box", point=tmp_path / "memory") + PIDS.format(
        point=tmp_path / "pids"
    )
    proc = described(tmp_path, "4:memory:/box/job\n3:pids:/box\n0::/\n", mounts)
    groups = hierarchy.opened(proc)
    assert groups.version == 1
    assert [place.parent for place in groups.places] == [
        tmp_path / "memory" / "job",
        tmp_path / "pids" / "box",
    ]
    groups.close()


def test_version_2_is_taken_where_it_has_the_controllers(tmp_path):
    own = tmp_path / "unified" / "scope"
    own.mkdir(parents=True)
    (own / "cgroup.controllers").write_text("cpu memory pids hugetlb\n")
    (own / "cgroup.subtree_control").write_text("")
    proc = described(tmp_path, "0::/scope\n", UNIFIED.format(point=tmp_path / "unified"))
    with pytest.raises(hierarchy.Unavailable, match="No such file"):
        hierarchy.opened(proc)  # a folder on disk gets no files by itself
    assert (own / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"
    assert sorted(path.name for path in own.iterdir()) == [
        "cgroup.controllers",
        "cgroup.subtree_control",
    ]


@pytest.mark.parametrize(
    ("groups", "controllers"),
    [("", ""), ("0::/scope\n", "cpu io\n"), ("0::/elsewhere\n", "memory pids\n")],
)
def test_without_memory_and_processes_there_is_nothing(tmp_path, groups, controllers):
    own = tmp_path / "unified" / "scope"
    own.mkdir(parents=True)
    (own / "cgroup.controllers").write_text(controllers)
    proc = described(tmp_path, groups, UNIFIED.format(point=tmp_path / "unified"))
    with pytest.raises(hierarchy.Unavailable, match="given to this process"):
        hierarchy.opened(proc)


def test_an_ordinary_user_is_told_why():
    groups, why = hierarchy.found()
    assert (groups is None) == bool(why)
    if groups:
        groups.close()


# ---------------------------------------------------------------- how much memory is free

MEMINFO = "MemTotal: 16000 kB\nMemFree: 100 kB\nMemAvailable: {kib} kB\n"


def test_free_memory_is_the_machines_where_no_group_limits_it(tmp_path):
    (tmp_path / "self").mkdir()
    (tmp_path / "meminfo").write_text(MEMINFO.format(kib=9000))
    assert hierarchy.free_memory(tmp_path) == 9000 * 1024


@pytest.mark.parametrize(
    ("outer", "inner", "free"),
    [("max", "max", 9000), ("max", "5000", 3500), ("2000", "5000", 500), ("1000", "max", 0)],
)
def test_free_memory_is_what_the_narrowest_group_leaves(tmp_path, outer, inner, free):
    """In a container most of all; a cache of files gives way."""
    own = tmp_path / "unified" / "scope"
    own.mkdir(parents=True)
    (tmp_path / "self").mkdir()
    described(tmp_path / "self", "0::/scope\n", UNIFIED.format(point=tmp_path / "unified"))
    (tmp_path / "meminfo").write_text(MEMINFO.format(kib=9000))
    (own / "cgroup.controllers").write_text("memory pids\n")
    for folder, limit in ((own.parent, outer), (own, inner)):
        most = limit if limit == "max" else str(int(limit) * 1024)
        (folder / "memory.max").write_text(most + "\n")
        (folder / "memory.current").write_text(f"{2000 * 1024}\n")
        (folder / "memory.stat").write_text(f"anon 5\ninactive_file {500 * 1024}\n")
    assert hierarchy.free_memory(tmp_path) == free * 1024
