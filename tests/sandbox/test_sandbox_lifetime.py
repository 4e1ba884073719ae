"""Warm processes, slots and zygotes: who starts, shares and outlives whom (T28, H1, H32)."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from conftest import LIMITS, SECONDS, run, value_of
from test_sandbox_state import is_gone

from autograder.errors import SandboxError, SandboxUnavailable
from autograder.isolation import Isolation
from autograder.model import Cell, Returned, Tier
from autograder.sandbox import channel, watch
from autograder.sandbox.channel import READY
from autograder.sandbox.child import Child, Ties
from autograder.sandbox.launcher import Nursery
from autograder.sandbox.line import Line
from autograder.sandbox.slot import Sandbox
from autograder.workers import Place

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=[Tier.S2, Tier.S1])
def tier(request: pytest.FixtureRequest) -> Tier:
    try:
        with Nursery((), tier=request.param, slots=1) as nursery:
            nursery.sandbox(0).close()
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    return request.param


def test_two_slots_are_apart(nursery, sandbox):
    other = nursery.sandbox(1)
    source = "import os; x = os.getuid(); open('file', 'w').close()"
    one, two = sandbox.child(LIMITS), other.child(LIMITS)
    try:
        assert run(one, source) == Returned([])
        assert value_of(two, "import os; return os.listdir('.')") == []
    finally:
        one.close()
        other.close()
    assert not two.alive  # a sandbox takes its children along


def test_a_forked_worker_uses_its_own_slot(tier):
    with Nursery(("numpy",), tier=tier, slots=2, warm=True) as nursery:
        reader, writer = os.pipe()
        worker = os.fork()
        if worker == 0:
            sandbox = nursery.sandbox(1)
            child = sandbox.child(LIMITS)
            os.write(writer, b"1" if run(child, "x = 1") == Returned([]) else b"0")
            os._exit(0)  # without closing anything: its zygote must notice
        sandbox = nursery.sandbox(0)
        child = sandbox.child(LIMITS)
        assert run(child, "x = 1") == Returned([])
        assert os.read(reader, 1) == b"1"
        os.waitpid(worker, 0)
        os.close(reader)
        os.close(writer)
        time.sleep(0.3)
        mine = watch.tree(nursery._process.pid)
        assert len(mine) == (4 if tier is Tier.S2 else 3)  # the worker's are gone
        child.close()
        sandbox.close()


def test_closing_the_nursery_ends_everything(tier):
    nursery = Nursery((), tier=tier, slots=1)
    sandbox = nursery.sandbox(0)
    child = sandbox.child(LIMITS)
    assert run(child, "x = 1") == Returned([])
    pids = watch.tree(nursery._process.pid)
    assert len(pids) >= 3
    nursery.close()
    assert is_gone(pids)
    with pytest.raises(SandboxError):
        sandbox.child(LIMITS)
    with pytest.raises(SandboxError):
        nursery.sandbox(0)
    sandbox.close()


def test_a_killed_zygote_is_our_fault_and_is_replaced(tier):
    with Nursery((), tier=tier, slots=1) as nursery:
        sandbox = nursery.sandbox(0)
        child = sandbox.child(LIMITS)
        pid = child.process_id
        zygote = _parent_of(pid)
        os.kill(zygote, signal.SIGKILL)
        assert is_gone([zygote, pid])
        with pytest.raises(SandboxError):
            sandbox.child(LIMITS)
        sandbox.close()
        fresh = nursery.sandbox(0)
        replaced = fresh.child(LIMITS)
        assert run(replaced, "x = 1") == Returned([])
        fresh.close()


def test_a_worker_whose_zygote_ended_goes_on_with_another(tier):
    """As the pipeline does it: the failure is ours, and the next submission is served."""
    with Isolation(tier, [()], slots=1) as isolation:
        place = Place(isolation, 0)
        zygote = _parent_of(place.child((), LIMITS).process_id)
        os.kill(zygote, signal.SIGKILL)
        assert is_gone([zygote])
        with pytest.raises(SandboxError):
            place.child((), LIMITS)
        assert run(place.child((), LIMITS), "x = 1") == Returned([])


def test_a_child_without_a_descriptor_is_our_fault(tier):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def answer():
        for fd in channel.receive(theirs)[1]:
            os.close(fd)
        channel.send(theirs, {"child": 1})  # what arrives where no descriptor is free

    with theirs:
        before = os.listdir("/proc/self/fd")  # noqa: PTH208
        sandbox = Sandbox(ours, tier)
        zygote = threading.Thread(target=answer)
        zygote.start()
        with pytest.raises(SandboxError, match="open files"):
            sandbox.child(LIMITS)
        zygote.join()
        assert os.listdir("/proc/self/fd") == before  # noqa: PTH208
        sandbox.close()


def test_a_child_that_the_zygote_cannot_hold_is_ended(tier):
    with Nursery((), tier=tier, slots=1) as nursery, contextlib.closing(nursery.sandbox(0)) as one:
        zygote = watch.tree(nursery._process.pid)[-1]
        try:
            before = resource.prlimit(zygote, resource.RLIMIT_NOFILE)
        except PermissionError:
            pytest.skip("root without CAP_SYS_RESOURCE cannot limit another user's process")
        free = 3 + (tier is Tier.S1)  # the child's pipes, and the lock of its folder
        resource.prlimit(zygote, resource.RLIMIT_NOFILE, (_with_free(zygote, free), before[1]))
        folders = _folders()
        with pytest.raises(SandboxError, match="Too many open files"):
            one.child(LIMITS)
        assert watch.tree(zygote) == [zygote]
        assert _folders() <= folders
        resource.prlimit(zygote, resource.RLIMIT_NOFILE, before)
        assert run(one.child(LIMITS), "x = 1") == Returned([])


def _with_free(pid: int, free: int) -> int:
    """The limit on descriptors that leaves so many to a process."""
    used = {int(path.name) for path in Path(f"/proc/{pid}/fd").iterdir()}
    return next(limit for limit in range(256) if limit - len(used & set(range(limit))) == free)


def _folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("*autograder-child-*"))


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


GRADER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from autograder.model import Cell, Limits, Tier
from autograder.sandbox import watch
from autograder.sandbox.channel import READY
from autograder.sandbox.child import Child, Ties
from autograder.sandbox.launcher import Nursery
from autograder.sandbox.line import Line

tier = Tier(sys.argv[2])
nursery = Nursery((), tier=tier, slots=1)
child = nursery.sandbox(0).child(Limits())
source = "import os, time, threading; threading.Thread(target=time.sleep, args=(600,)).start()\\n"
if tier is Tier.S2:
    source += "if os.fork() == 0 and os.fork() == 0: time.sleep(600)\\n"
source += "time.sleep(0.2)"
child.run(Cell(1, source), 5)
print(*watch.tree(nursery._process.pid), flush=True)
child.run(Cell(2, "while True: time.sleep(1)"), 600)
"""


def test_nothing_outlives_a_killed_grader(tier):
    search = os.pathsep.join(path for path in sys.path if path)
    grader = subprocess.Popen(
        [sys.executable, "-c", GRADER, str(ROOT), tier],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": search},
    )
    assert grader.stdout is not None
    pids = [int(word) for word in grader.stdout.readline().split()]
    grader.kill()
    grader.wait()
    grader.stdout.close()
    assert len(pids) >= 3
    assert is_gone(pids)


def test_a_module_that_is_not_there_is_named(tier):
    with (
        Nursery(("no_such_module_here",), tier=tier, slots=1) as nursery,
        pytest.raises(SandboxError, match="no_such_module_here"),
    ):
        nursery.sandbox(0)


def test_warm_imports_and_reports(tier):
    with Nursery(("numpy",), tier=tier, slots=1) as nursery:
        nursery.warm()
        nursery.warm()
    with (
        Nursery(("no_such_module_here",), tier=tier, slots=1, warm=True) as nursery,
        pytest.raises(SandboxError, match="no_such_module_here"),
    ):
        nursery.warm()


def test_the_warm_process_gets_nothing_of_the_graders_environment(tier, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_GRADER", "secret")
    with Nursery((), tier=tier, slots=1) as nursery:
        nursery.warm()
        environment = Path(f"/proc/{nursery._process.pid}/environ").read_bytes()
        assert b"SECRET" not in environment
        assert b"PYTHONPATH" not in environment
        assert b"OMP_NUM_THREADS=1" in environment


def test_a_slow_start_is_no_fault_of_the_child():
    """On a machine with too much to do confining takes longer than the looks at a request."""
    pipes = [os.pipe() for _ in range(3)]
    (requests, to_child), (from_child, replies), (prints, output) = pipes
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        line = Line(to_child, from_child, prints, kept=0)
        ties = Ties(exit=lambda seconds: None, refused=frozenset, drain=lambda: None)
        child = Child(os.pidfd_open(busy.pid), line, LIMITS, ties, 0)
        ready = threading.Timer(8 * watch.INTERVAL, os.write, (replies, READY))
        ready.start()
        child.wait_until_ready(SECONDS)
        assert child.alive
        child.close()
    ready.join()
    for fd in (requests, replies, output):
        os.close(fd)


def test_many_children_one_after_the_other(sandbox):
    for number in range(50):
        child = sandbox.child(LIMITS)
        assert child.run(Cell(1, f"x = {number}"), SECONDS) == Returned([])
        child.close()
