"""What the filter refuses has a name that the grader knows, and stays refused whoever listens."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import run, value_of

from autograder.model import Lost, Outcome, Returned, Tier
from autograder.sandbox.refusals import MOST

ATTEMPTS = """
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def refused(number, *args):
    ctypes.set_errno(0)
    return libc.syscall(number, *args), ctypes.get_errno()
"""


def test_a_call_has_its_name_before_the_answer_is_here(child):
    assert child.refused == frozenset()
    code = "import socket\ntry:\n    socket.socket()\nexcept PermissionError:\n    print('no')"
    assert run(child, code) == Returned([])
    assert child.printed == "no\n"
    assert child.refused == {"socket"}


def test_every_door_has_its_own_name(child):
    run(child, ATTEMPTS)
    found = value_of(child, "return [refused(n, 0, 0, 0)[1] for n in (62, 101, 165, 272, 321, 72)]")
    assert found == [1] * 5 + [0]  # fcntl(0, 0, 0) copies a descriptor
    assert value_of(child, "return refused(72, 0, 6, 0)[1]") == 1
    assert child.refused == {"kill", "ptrace", "mount", "unshare", "bpf", "fcntl"}


def test_what_libraries_try_first_is_not_told(child):
    """clone3 before every thread, say: they fall back, and nobody need know."""
    run(child, ATTEMPTS)
    assert value_of(child, "return refused(435, 0, 0)[1]") == 38
    value_of(child, "import threading\nt = threading.Thread(target=int)\nt.start()\nt.join()")
    assert child.refused == frozenset()


def test_so_many_names_and_no_more(child):
    run(child, ATTEMPTS)
    numbers = "[n for n in range(160, 186) if n != 173]"
    assert value_of(child, f"return {{refused(n, 0, 0)[1] for n in {numbers}}} == {{1}}") is True
    assert len(child.refused) == MOST


def test_the_way_to_the_listener_is_closed(child):
    run(child, ATTEMPTS)
    assert value_of(child, "return refused(46, 0, 0, 0), refused(317, 2, 0, 0)") == ((-1, 1),) * 2
    assert child.refused == frozenset()  # of the two that nobody tells


def test_names_outlive_the_child(child):
    run(child, ATTEMPTS + "refused(62, 1, 0)")
    reply = run(child, "refused(41, 0, 0)\nos._exit(3)")
    assert isinstance(reply, Lost)
    assert child.refused == {"kill", "socket"}
    child.close()
    assert child.refused == {"kill", "socket"}


def test_each_child_has_its_own(open_child):
    one, other = open_child(), open_child()
    run(one, ATTEMPTS + "refused(62, 1, 0)")
    run(other, ATTEMPTS + "refused(41, 0, 0)")
    assert (one.refused, other.refused) == ({"kill"}, {"socket"})
    one.close()
    third = open_child()
    assert (one.refused, other.refused, third.refused) == ({"kill"}, {"socket"}, frozenset())


def test_processes_and_threads_of_a_child_count_as_it(sandbox, child):
    run(child, ATTEMPTS)
    thread = "import threading\nt = threading.Thread(target=refused, args=(62, 1, 0))\n"
    value_of(child, thread + "t.start()\nt.join()")
    assert child.refused == {"kill"}
    if sandbox.tier is Tier.S2:
        value_of(child, "if not os.fork():\n    refused(41, 0, 0)\n    os._exit(0)\nos.wait()")
        assert child.refused == {"kill", "socket"}


def test_a_storm_of_them_ends_and_hinders_nobody(open_child):
    """Its zygote answers each; the next child is opened by the same one."""
    storm = (
        "import threading\n"
        "def blow():\n    while True:\n        refused(62, 1, 0)\n"
        "for _ in range(8):\n    threading.Thread(target=blow, daemon=True).start()\nblow()"
    )
    stormy = open_child()
    run(stormy, ATTEMPTS)
    calm = open_child()
    assert run(stormy, storm, seconds=1.0) == Lost(Outcome.TIMEOUT, "no answer in time")
    assert value_of(calm, "return 1") == 1
    assert value_of(open_child(), "return 2") == 2


def test_one_who_dies_while_asking_hinders_nobody(open_child):
    for _ in range(20):
        dying = open_child()
        run(dying, ATTEMPTS)
        run(dying, "import threading\nfor _ in range(8):\n"
            "    threading.Thread(target=lambda: [refused(62, 1, 0) for _ in range(99)]).start()\n"
            "os._exit(0)")  # fmt: skip
    assert value_of(open_child(), "return 1") == 1


# A filter of somebody else's that has a listener, as containers have that answer some calls
# themselves: the kernel allows only one.
UNDER_A_LISTENER = """
import struct, sys
from autograder.model import Cell, Limits, Tier
from autograder.sandbox import kernel, selftest
from autograder.sandbox.launcher import Nursery
kernel.set_no_new_privileges()
kernel.install_filter(struct.pack("=HBBI", 6, 0, 0, 0x7FFF0000), listen=True)
with Nursery((), tier=Tier(sys.argv[1]), slots=1) as nursery:
    sandbox = nursery.sandbox(0)
    selftest.selftest(sandbox)
    child = sandbox.child(Limits())
    child.run(Cell(1, "import socket\\nsocket.socket()"), 10)
    print(sorted(child.refused), child.alive)
"""


def test_where_somebody_listens_already_it_is_refused_all_the_same(sandbox):
    command = [sys.executable, "-c", UNDER_A_LISTENER, sandbox.tier]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[] True\n", done.stderr


@pytest.mark.parametrize("module", ["numpy", "decimal"])
def test_honest_work_asks_for_nothing_that_is_refused(child, module):
    run(child, f"import {module}, threading, tempfile, shutil, random, json")
    run(child, "with tempfile.TemporaryFile() as file:\n    file.write(b'x')")
    assert child.refused == frozenset()
