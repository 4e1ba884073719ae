"""Where no control group holds a submission: what the grader itself sees of its processes."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from conftest import LIMITS, run, value_of

from autograder.errors import SandboxUnavailable
from autograder.model import PATIENCE, Limits, Lost, Outcome, Returned, Tier
from autograder.sandbox import watch
from autograder.sandbox.launcher import Nursery
from autograder.sandbox.slot import Sandbox


@pytest.fixture
def one_core() -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    yield
    os.sched_setaffinity(0, before)


@pytest.fixture
def unheld(one_core) -> Iterator[Sandbox]:
    with Nursery(("numpy",), tier=Tier.S2, slots=1) as nursery:
        try:
            sandbox = nursery.sandbox(0)
        except SandboxUnavailable as error:
            pytest.skip(str(error))
        with contextlib.closing(sandbox):
            yield sandbox


# Each process computes for a moment, starts the next one and ends: nobody waits for any of them,
# so that nobody counts their time. The first process is always ready, and hardly ever runs.
SHORT_LIVES = """
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
def chain():
    while True:
        end = time.process_time() + 0.01
        while time.process_time() < end: pass
        if os.fork(): os._exit(0)
for _ in range(8):
    if not os.fork(): chain()
while True: os.sched_yield()
"""


def test_who_keeps_its_own_core_busy_does_not_wait(unheld):
    child = unheld.child(replace(LIMITS, cell_seconds=0.25))
    start = time.monotonic()
    late = Lost(Outcome.TIMEOUT, "no answer in time")
    assert run(child, SHORT_LIVES, seconds=1.0) == late
    assert time.monotonic() - start < 10


def test_patience_has_an_end(unheld, monkeypatch):
    """Whatever the kernel tells of waiting."""
    monkeypatch.setattr(watch.Waiting, "seconds", lambda self, pid: time.monotonic())
    child = unheld.child(LIMITS)
    start = time.monotonic()
    run(child, "import time; time.sleep(60)", seconds=0.3)
    assert time.monotonic() - start < 0.3 + PATIENCE * 0.3 + 2
    assert child.waited == pytest.approx(PATIENCE * 0.3)


# Every process writes to all that it has inherited, and so gets a copy of it.
COPIES = """
import ctypes, gc, os, time
gc.unfreeze()
r, w = os.pipe()
for _ in range({count}):
    if not os.fork():
        for page in {{id(one) >> 12 for one in gc.get_objects()}}:
            byte = ctypes.c_char.from_address(page << 12)
            byte.value = byte.value
        os.write(w, b"x")
        time.sleep(60)
count = 0
while count < {count}: count += len(os.read(r, 15))
"""


def test_copies_of_what_was_warm_are_counted(unheld):
    child = unheld.child(LIMITS)
    assert run(child, COPIES.format(count=8), seconds=20) == Returned([])
    tree = watch.tree(child.process_id)
    assert len(tree) == 9
    warm = unheld._warm_bytes
    counted = [watch.private_bytes(pid, warm, alone=False) for pid in tree[1:]]
    before = [max(0, watch.own_bytes(pid) - warm) for pid in tree[1:]]
    assert sum(before) < sum(counted) / 4, "copies were none"
    assert min(counted) > 4 * 2**20
    child.close()
    child = unheld.child(replace(LIMITS, memory_mib=32))
    late = run(child, COPIES.format(count=12) + "time.sleep(5)", seconds=20)
    assert late == Lost(Outcome.MEMORY, "too much in all its processes together")


CLOSES_ITS_PIPE = """
import os, time
for _ in range(4):
    if not os.fork():
        os.close(3); os.close(4)
        block = bytearray(b"x") * (40 << 20)
        time.sleep(60)
os.close(3); os.close(4)
time.sleep(60)
"""


def test_memory_is_watched_until_the_end(unheld):
    """Also once the pipe is closed, when nothing more is to be expected."""
    child = unheld.child(replace(LIMITS, memory_mib=64))
    greedy = Lost(Outcome.MEMORY, "too much in all its processes together")
    assert run(child, CLOSES_ITS_PIPE, seconds=20) == greedy


# 32,000 areas of memory, which take long to be taken down, in the first process; others compute.
SLOW_TO_END = """
import ctypes, os
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
r, w = os.pipe()
for _ in range(31):
    if not os.fork():
        os.close(w)
        os.read(r, 1)
        while True: pass
count = 64000
base = libc.mmap(None, count * 4096, 3, 0x22, -1, 0)
for at in range(0, count, 2):
    libc.mprotect(base + at * 4096, 4096, 1)
for at in range(1, count, 2):
    ctypes.c_char.from_address(base + at * 4096).value = b"x"
os.close(r)
os.close(w)
"""
WORKS = (
    "import time\nend = time.process_time() + 0.6\nwhile time.process_time() < end: pass\nreturn 1"
)


def test_who_is_ending_takes_nothing_from_the_next(nursery, one_core):
    """With control groups, too: it was killed, and its processes take a second to be gone."""
    if nursery.tier is not Tier.S2:
        pytest.skip("no process can be started")
    limits = Limits(call_seconds=1.0, cell_seconds=20.0, processes=32)
    with contextlib.closing(nursery.sandbox(0)) as sandbox:
        slow = sandbox.child(limits)
        assert run(slow, SLOW_TO_END, seconds=60) == Returned([])
        tree = watch.tree(slow.process_id)
        assert len(tree) == 32
        slow.close()
        child = sandbox.child(limits)
        assert [pid for pid in tree if watch.own_bytes(pid)] == []
        assert value_of(child, WORKS) == 1  # 0.6 of the 1.0 s that it may use
