"""Neither a sibling nor the grader's own processes can be touched (T13, T16, T23, T24, T28)."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

import pytest
from conftest import LIMITS, run, value_of
from test_sandbox_lifetime import _parent_of, tier  # noqa: F401 - a fixture
from test_sandbox_refusals import TRY_ALL, child_scan

from autograder.model import Lost, Returned, Tier
from autograder.sandbox import watch
from autograder.sandbox.launcher import Nursery

# what would act on process {0}, or read it, by the numbers of x86-64 where Python has no name
AT_ANOTHER = [
    *("os.kill({0}, 9)", "os.kill({0}, 0)", "os.kill(-{0}, 9)", "call(200, {0}, 9)"),
    *("call(129, {0}, 9, 0)", "call(297, {0}, {0}, 9, 0)", "os.pidfd_open({0})"),
    *("call(424, {0}, 9, 0, 0)", "call(438, {0}, 3, 0)", "call(101, 16, {0}, 0, 0)"),
    *("call(101, 0x4206, {0}, 0, 0)", "call(310, {0}, 0, 0, 0, 0, 0)"),
    *("call(311, {0}, 0, 0, 0, 0, 0)", "call(312, {0}, {0}, 0, 0, 0)"),
    *("resource.prlimit({0}, resource.RLIMIT_CPU)", "os.sched_setaffinity({0}, {{0}})"),
    *("resource.prlimit({0}, resource.RLIMIT_NOFILE, (9, 9))",),
    *("os.setpriority(os.PRIO_PROCESS, {0}, 19)", "os.getpriority(os.PRIO_PROCESS, {0})"),
    *("os.sched_setscheduler({0}, os.SCHED_IDLE, os.sched_param(0))", "os.getpgid({0})"),
    *("os.getsid({0})", "os.setpgid({0}, {0})", "call(251, 1, {0}, 7)"),
    *("call(256, {0}, 0, 0, 0)", "call(279, {0}, 0, 0, 0, 0, 0)"),
    "open('/proc/{0}/mem', 'rb')",
]
# allowed for a process' own threads; with S2 no other's number means anything
OF_ITS_OWN = ["call(234, {0}, {0}, 9)", "call(274, {0}, 0, 0)", "os.sched_getaffinity({0})"]


def test_siblings_zygote_and_grader_are_out_of_reach(nursery, sandbox, open_child):
    """T16. In S1 one question is answered: on which cores a process may run."""
    child, sibling = open_child(), open_child()
    other = nursery.sandbox(1)
    with contextlib.closing(other):
        far = other.child(LIMITS)
        targets = [sibling.process_id, far.process_id, _parent_of(child.process_id)]
        targets += [nursery._process.pid, os.getpid()]
        before = [state_of(pid) for pid in targets]
        assert run(child, TRY_ALL) == Returned([])
        calls = [call.format(pid) for pid in targets for call in AT_ANOTHER]
        assert refused(child, calls) <= {"EPERM", "ENOENT", "EACCES", "ENOSYS"}
        for pid in targets:
            signalled, list_of, cores = refused_each(child, [c.format(pid) for c in OF_ITS_OWN])
            if sandbox.tier is Tier.S2:
                assert (signalled, list_of, cores) == ("ESRCH",) * 3
            else:
                assert (signalled, list_of) == ("EPERM", "EPERM")
                assert cores.startswith("not refused: {")
        assert refused(child, ["os.kill(-1, 9)", "os.killpg(0, 9)"]) == {"EPERM"}
        assert [state_of(pid) for pid in targets] == before
        for each in (child, sibling, far):
            assert value_of(each, "return 5") == 5


def state_of(pid: int) -> tuple[object, ...]:
    """What another process could have changed."""
    limits = Path(f"/proc/{pid}/limits").read_text()
    return os.sched_getaffinity(pid), os.getpriority(os.PRIO_PROCESS, pid), limits


def refused_each(child, calls) -> list[str]:
    reply = child.call("attempts", (calls,), {}, 10)
    assert isinstance(reply, Returned), reply
    return reply.value


def refused(child, calls) -> set[str]:
    return set(refused_each(child, calls))


def test_a_secret_of_the_grader_is_in_none_of_their_memory(tier, monkeypatch):  # noqa: F811
    """T23. The secret is there before the warm process starts, in every place that it might copy.

    Inside, all memory near the child's objects is searched; as root every byte of the child, of
    its zygote and of the warm process, from outside.
    """
    first, second = f"marker-{os.getpid()}-", os.urandom(8).hex()
    marker = first + second
    monkeypatch.setenv("AUTOGRADER_TEST_MARKER", marker)
    monkeypatch.setattr("sys.argv", ["pytest", marker])
    kept = [marker * 1000, {marker: marker}]
    with Nursery((), tier=tier, slots=1) as nursery, contextlib.closing(nursery.sandbox(0)) as one:
        child = one.child(LIMITS)
        assert run(child, "planted = bytes([122, 122]) + b'-planted-' + bytes([122, 122])") == (
            Returned([])
        )
        if os.getuid() == 0:
            pids = watch.tree(nursery._process.pid)
            assert child.process_id in pids
            memories = {pid: memory_of(pid) for pid in pids}
            assert b"zz-planted-zz" in memories[child.process_id]  # the search can find
            assert not [pid for pid, memory in memories.items() if marker.encode() in memory]
        found, scanned = child_scan(child, [first, second])
    assert scanned > 2**20
    assert not found
    assert len(kept) == 2


def memory_of(pid: int) -> bytes:
    """Everything that a process can read of its own memory but files that are only mapped."""
    found = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            start, end, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if "r" not in rights or line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            memory.seek(int(start, 16))
            with contextlib.suppress(OSError):  # beyond the end of the file that is mapped there
                found.append(memory.read(int(end, 16) - int(start, 16)))
    return b"".join(found)


def test_no_memory_is_shared_with_the_warm_process(nursery, sandbox, open_child):
    """T24: what is mapped shared and writable before a fork would join all children."""
    assert run(open_child(), "x = 1") == Returned([])
    warm = nursery._process.pid
    maps = Path(f"/proc/{warm}/maps").read_text().splitlines()
    assert maps
    assert not [line for line in maps if re.search(r"^\S+ .w.s", line)]


CHANGES = """
import os, random, sys
import numpy as np
os.environ["LEFT"] = "x"
np.left = 1
sys.modules["left"] = np
random.seed(0)
np.random.seed(0)
open("shared", "wb").write(bytes(4096))
import mmap
shared = mmap.mmap(os.open("shared", os.O_RDWR), 4096)
shared[0] = 7
"""
SEEN = """
import os, random, sys
import numpy as np
return [os.environ.get("LEFT"), hasattr(np, "left"), "left" in sys.modules, os.listdir("."),
        random.random(), float(np.random.rand())]
"""


def test_children_side_by_side_share_no_state(open_child):
    """T24, while both live, and one of them before the other changes anything."""
    one, two = open_child(), open_child()
    assert run(two, "import numpy") == Returned([])
    assert run(one, CHANGES) == Returned([])
    *_, files, first, second = value_of(one, SEEN)
    assert files == ["shared"]
    *rest, third, fourth = value_of(two, SEEN)
    assert rest == [None, False, False, []]
    assert third != first
    assert fourth != second


@pytest.mark.parametrize(
    ("worst", "ends"),
    [
        ("import os\nos._exit(0)", True),
        ("import ctypes\nctypes.string_at(0)", True),
        ("import os\nfor fd in range(64):\n    try: os.close(fd)\n    except OSError: pass", True),
        ("import os\nfor pid in (-1, 0, 1, os.getppid()):\n    try: os.kill(pid, 9)\n"
         "    except OSError: pass", False),
        ("x = []\nwhile True: x.append(bytearray(1 << 20))", False),
        ("import os\ntry:\n    while True: os.fork() or os._exit(0)\nexcept OSError: pass", False),
    ],
)  # fmt: skip
def test_the_zygote_serves_on_whatever_a_child_does(sandbox, open_child, worst, ends):
    """T28 and the end of T13: the same zygote, and the next submission does not notice."""
    child = open_child()
    zygote = _parent_of(child.process_id)
    assert isinstance(run(child, worst), Lost) == ends
    child.close()
    following = open_child()
    assert _parent_of(following.process_id) == zygote
    assert run(following, "x = bytearray(b'1') * (150 << 20)") == Returned([])
