"""What a child of a GPU slot may do that no other may, shown with other device files in its place.

No machine of ours has a GPU: /dev/full stands for its file. CUDA itself is not tried here.
"""

from __future__ import annotations

import contextlib
import errno
import itertools

import pytest
from conftest import LIMITS, run, value_of
from test_sandbox_seccomp import ALLOW, answer, refusal

from autograder.errors import SandboxUnavailable
from autograder.model import Lost, Outcome, Raised, Returned, Tier
from autograder.sandbox import gpu, seccomp
from autograder.sandbox.gpu import Gpu
from autograder.sandbox.grant import Grant
from autograder.sandbox.selftest import selftest

STAND_IN = Grant(gpu=Gpu("0000:01", "a stand-in", ("/dev/full",)))

REPORT = """Model: \t\t NVIDIA H100 80GB HBM3
IRQ:   \t\t 41
GPU UUID: \t GPU-{uuid}
Bus Type: \t PCIe
Bus Location: \t {place}
Device Minor: \t {minor}
"""


@pytest.fixture(scope="module")
def gpu_sandbox(nursery):
    if nursery.tier is not Tier.S2:
        pytest.skip("only S2 lets a process near a GPU")
    with contextlib.closing(nursery.sandbox(0, STAND_IN)) as sandbox:
        yield sandbox


@pytest.fixture
def gpu_child(gpu_sandbox):
    with contextlib.closing(gpu_sandbox.child(LIMITS)) as child:
        yield child


def test_the_file_of_the_device_takes_commands(gpu_child):
    source = """
import fcntl
found = []
with open("/dev/full", "r+b", buffering=0) as device:
    for command in (0xC0384657, 0x25, 0x30000001, 0x8902):
        try:
            fcntl.ioctl(device, command)
        except OSError as error:
            found.append(error.errno)
with open("/dev/null", "r+b", buffering=0) as other:
    try:
        fcntl.ioctl(other, 0xC0384657)
    except OSError as error:
        found.append(error.errno)
return found
"""
    # ENOTTY is the device's own answer, and the filter's to other commands; EACCES is Landlock's.
    found = value_of(gpu_child, source)
    assert found[:4] == [errno.ENOTTY] * 4
    assert found[4] in (errno.EACCES, errno.ENOTTY)  # before ABI 5 Landlock does not look


def test_the_device_has_its_name_there_and_only_there(gpu_child, child):
    source = "import os\nreturn os.environ['CUDA_VISIBLE_DEVICES']"
    assert value_of(gpu_child, source) == "0"  # the first of those whose files are there
    assert value_of(child, source) == ""


def test_others_are_not_near_it(child):
    for path in ("/dev/full", "/proc/self/comm", "/sys/devices"):
        reply = run(child, f"import os; os.close(os.open({path!r}, os.O_RDONLY))")
        assert isinstance(reply, Raised), path
        assert reply.kind in ("FileNotFoundError", "PermissionError")


def test_it_sees_its_own_processes_only_and_names_its_threads(gpu_child):
    source = """
import ctypes, os, threading
from pathlib import Path
numbers = sorted(int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit())
def work():
    Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text("cuda-thread")
    names.append(Path(f"/proc/self/task/{threading.get_native_id()}/comm").read_text())
names = []
thread = threading.Thread(target=work)
thread.start()
thread.join()
return numbers, os.getpid(), names
"""
    assert value_of(gpu_child, source) == ([1], 1, ["cuda-thread\n"])


@pytest.mark.parametrize(
    "path",
    [
        "/proc/sys/kernel/hostname", "/proc/sys/vm/overcommit_memory", "/proc/sysrq-trigger",
        "/sys/kernel/mm/transparent_hugepage/enabled", "/proc/self/uid_map",
    ],
)  # fmt: skip
def test_the_machine_cannot_be_changed_through_it(gpu_child, path):
    reply = run(gpu_child, f"import os; os.write(os.open({path!r}, os.O_WRONLY), b'1')")
    assert isinstance(reply, Raised), path
    assert reply.kind in ("PermissionError", "FileNotFoundError", "OSError")


def test_address_space_without_rights_is_free_and_memory_is_not(gpu_child):
    reserve = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
none, private, anonymous, noreserve = 0, 0x2, 0x20, 0x4000
flags = private | anonymous | noreserve
found = libc.mmap(None, ctypes.c_size_t(1 << 40), none, flags, -1, ctypes.c_long(0))
assert found not in (None, ctypes.c_void_p(-1).value), ctypes.get_errno()
"""
    assert run(gpu_child, reserve) == Returned([])
    assert run(gpu_child, "x = bytearray(b'1') * (150 << 20)") == Returned([])
    reply = run(gpu_child, "y = bytearray(400 << 20)")
    assert isinstance(reply, Raised)
    assert reply.kind == "MemoryError"


def test_shared_memory_counts(gpu_child):
    source = """
import mmap, time
x = mmap.mmap(-1, 400 << 20)
for _ in range(400):
    x.write(b"1" * (1 << 20))
time.sleep(60)
"""
    reply = run(gpu_child, source)
    assert isinstance(reply, Lost), reply
    assert reply.outcome is Outcome.MEMORY


def test_the_self_test_passes_there(gpu_sandbox):
    selftest(gpu_sandbox)


def test_a_socket_that_nobody_can_reach(gpu_child):
    source = """
import socket
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
    listening.bind("\\0cuda-uvmfd-1")
    listening.listen()
    found = []
    for attempt in (listening.accept, lambda: listening.connect("\\0other")):
        try:
            attempt()
        except OSError as error:
            found.append(type(error).__name__)
return found
"""
    assert value_of(gpu_child, source) == ["PermissionError", "PermissionError"]


def test_memory_by_name_is_there(gpu_child):
    assert run(gpu_child, "import os; os.close(os.memfd_create('x'))") == Returned([])


def test_the_rest_stays_closed(gpu_child):
    for source in (
        "import socket; socket.socket()",
        "import os; os.execv('/bin/true', ['true'])",
        "open('/etc/passwd')",
        "open('/usr/lib/x', 'w')",
    ):
        assert isinstance(run(gpu_child, source), Raised), source


def test_tier_s1_lets_no_process_near_it(nursery):
    if nursery.tier is not Tier.S1:
        pytest.skip("this is about S1")
    with pytest.raises(SandboxUnavailable, match="--device cpu"):
        nursery.sandbox(0, STAND_IN)


# ---------------------------------------------------------------- the filter


@pytest.fixture(scope="module")
def program():
    return seccomp.program(namespaces=True, gpu=True)


def test_the_filter_opens_what_the_driver_needs_and_no_more(program):
    usual = seccomp.program(namespaces=True)
    numbers = set(range(1024)) - {16, 41}  # ioctl, socket: see below
    more = {n for n in numbers if answer(program, n) == ALLOW != answer(usual, n)}
    assert more == set(seccomp._ALLOWED_WITH_GPU.values())
    assert all(answer(program, n) == answer(usual, n) for n in numbers - more)


def test_commands_of_the_driver(program):
    unified = (0, 1, 0x25, 0xFF, 0x30000001, 0x30000002)
    unified = (0, 1, 0x25, 0xFF, 0x30000001, 0x30000002)
    for command, high in itertools.product(unified, (0, 1 << 32)):
        assert answer(program, 16, 3, command | high) == ALLOW
    for command in (0xC0384657, 0x4600, 0x46FF, *seccomp._IOCTL_COMMANDS):
        assert answer(program, 16, 3, command) == ALLOW
    for command in (0x100, 0x4500, 0x4700, 0x5412, 0x541C, 0x8902, 0x30000003, 0xC0385712):
        assert answer(program, 16, 3, command) == refusal(errno.ENOTTY), hex(command)


def test_sockets_of_one_kind(program):
    for flags in (0, 0x80000, 0x800, 0x80800):
        assert answer(program, 41, 1, 5 | flags, 0) == ALLOW
    for family, kind in ((1, 1), (1, 2), (2, 1), (2, 5), (10, 2), (16, 3), (0, 5), (1, 5 | 0x100)):
        assert answer(program, 41, family, kind, 0) == refusal(errno.EPERM)
    for number in (42, 43, 44, 46, 53, 288):  # connect, accept, sendto, sendmsg, socketpair
        assert answer(program, number) == refusal(errno.EPERM)


def test_shared_memory_is_there(program):
    assert answer(program, 9, 0, 4096, 3, 0x21) == ALLOW


# ---------------------------------------------------------------- which devices there are


@pytest.fixture
def machine(tmp_path):
    """The root of a machine with three devices, one of whose files is missing."""
    there = (("0000:b1", "aaaa", 0), ("0000:17", "bbbb", 2), ("0000:c0", "cc", 5))
    for place, uuid, minor in there:
        report = tmp_path / "proc/driver/nvidia/gpus" / f"{place}:00.0" / "information"
        report.parent.mkdir(parents=True)
        report.write_text(REPORT.format(uuid=uuid, place=place, minor=minor))
    (tmp_path / "dev").mkdir()
    for name in ("nvidia0", "nvidia2", "nvidiactl", "nvidia-uvm"):
        (tmp_path / "dev" / name).touch()
    return tmp_path


def test_devices_in_the_order_of_their_places(machine):
    second, first = gpu.found(machine)
    assert (second.place, first.place) == ("0000:17:00.0", "0000:b1:00.0")
    assert first.model == "NVIDIA H100 80GB HBM3"
    assert first.files[:3] == ("/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm")


@pytest.mark.parametrize(
    ("visible", "found"),
    [
        (None, ["bbbb", "aaaa"]), ("", []), ("0", ["bbbb"]), ("1,0", ["aaaa", "bbbb"]), ("2", []),
        ("7", []), ("GPU-aa", ["aaaa"]), (" GPU-aaaa , 0", ["aaaa", "bbbb"]), ("-1", []),
    ],
)  # fmt: skip
def test_the_instructor_may_leave_some_out(machine, visible, found):
    places = {"bbbb": "0000:17:00.0", "aaaa": "0000:b1:00.0"}
    assert [one.place for one in gpu.found(machine, visible)] == [places[uuid] for uuid in found]


def test_a_library_that_lies_elsewhere(machine, monkeypatch):
    assert gpu.found(machine)[0].libraries == ""
    for folder in ("usr/local/nvidia/lib64", "opt/driver"):
        (machine / folder).mkdir(parents=True)
        (machine / folder / "libcuda.so.1").touch()
    assert gpu.found(machine)[0].libraries == "/usr/local/nvidia/lib64"
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere::/opt/driver")
    assert gpu.found(machine)[0].libraries == "/opt/driver"


def test_no_driver_no_device(machine, tmp_path):
    (machine / "dev" / "nvidiactl").unlink()
    assert gpu.found(machine) == ()
    assert gpu.found(tmp_path / "elsewhere") == ()
