"""Memory stops where the limit says, of one process and of all together (T13)."""

from __future__ import annotations

import tracemalloc

import pytest
from conftest import run
from frames import SEND, frame

from autograder.model import Lost, Outcome, Raised, Returned, Tier

MIB = 2**20


@pytest.mark.parametrize(
    "source",
    [
        "x = bytearray(400 << 20)",
        "import numpy as np; x = np.ones((50, 1 << 20))",
        "x = []\nwhile True: x.append(bytearray(1 << 20))",
        "import mmap; x = mmap.mmap(-1, 400 << 20, mmap.MAP_PRIVATE)",
    ],
)
def test_memory_beyond_the_limit_is_a_memory_error(child, source):
    reply = run(child, source)
    assert isinstance(reply, Raised), reply
    assert reply.kind in ("MemoryError", "OSError")


def test_memory_used_up_for_good_is_still_said(child):
    run(child, "x = []\nwhile True:\n    x.append(bytearray(1 << 12))")
    reply = run(child, "y = bytearray(1 << 22)")
    assert isinstance(reply, Raised), reply
    assert reply.kind == "MemoryError"


def test_memory_within_the_limit_is_there(child):
    assert run(child, "x = bytearray(b'1') * (150 << 20)") == Returned([])


def is_without_processes(sandbox, reply):
    """Whether this is S1, where the first fork is refused and nothing else could take memory."""
    if sandbox.tier is Tier.S1:
        assert isinstance(reply, Raised), reply
        assert reply.kind == "PermissionError"
    return sandbox.tier is Tier.S1


def test_memory_of_all_processes_together_is_limited(sandbox, child):
    reply = run(
        child,
        "import os, time\n"
        "for _ in range(4):\n"
        "    if not os.fork():\n"
        "        x = bytearray(b'1') * (120 << 20)\n"
        "        time.sleep(60)\n"
        "time.sleep(60)",
    )
    if is_without_processes(sandbox, reply):
        return
    assert isinstance(reply, Lost), reply
    assert reply.outcome is Outcome.MEMORY


HOG = """
import ctypes, os, threading, time
libc = ctypes.CDLL(None)
def hog(wait=0):
    time.sleep(wait)
    x = bytearray(b'1') * (120 << 20)
    time.sleep(60)
"""
DISGUISES = {
    "a name that is no text": """
for _ in range(4):
    if not os.fork():
        libc.prctl(15, bytes([255, 254]) + b"\\nPid:\\t1", 0, 0, 0)
        hog()
time.sleep(60)
""",
    "zombies": """
for _ in range(10):
    os.fork() or os._exit(0)
for _ in range(3):
    os.fork() or hog()
time.sleep(60)
""",
    "a first thread that has ended": """
for _ in range(4):
    if not os.fork():
        threading.Thread(target=hog).start()
        libc.syscall(60, 0)
time.sleep(60)
""",
    "a trickle of bytes": f"""
for number in range(4):
    os.fork() or hog(0.3 * number)
{SEND}send({frame(length=10**6, payload=b"")!r})
while True:
    os.write(4, b"x")
    time.sleep(0.001)
""",
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_memory_together_is_counted_under(sandbox, child, disguise):
    reply = run(child, HOG + DISGUISES[disguise], seconds=5)
    if is_without_processes(sandbox, reply):
        return
    assert isinstance(reply, Lost), reply
    assert reply.outcome is Outcome.MEMORY, reply


def test_memory_together_is_counted_while_a_request_trickles_in(sandbox, child):
    source = """
kept = os.dup(3)
os.dup2(os.pipe()[0], 3)
def trickle():
    while os.read(kept, 4096):
        time.sleep(0.001)
for number in range(4):
    os.fork() or hog(0.3 * number)
threading.Thread(target=trickle).start()
"""
    ran = run(child, HOG + source)
    if is_without_processes(sandbox, ran):
        return
    assert ran == Returned([])
    reply = child.call("f", (bytes(32 * MIB),), {}, 5)
    assert isinstance(reply, Lost), reply
    assert reply.outcome is Outcome.MEMORY, reply


def test_a_promised_reply_takes_no_memory_before_it_comes(child):
    promise = frame(length=60 * MIB, payload=b"")
    tracemalloc.start()
    try:
        reply = run(child, f"{SEND}send({promise!r})\nwhile True: pass", seconds=0.3)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(reply, Lost)
    assert reply.outcome is Outcome.TIMEOUT
    assert peak < 4 * MIB


def test_a_value_beyond_the_largest_reply_is_the_functions_fault(child):
    run(child, "import numpy as np\ndef f():\n    return np.zeros(9 << 20)")
    assert child.call("f", (), {}, 10) == Raised("ValueError", "value too large")
