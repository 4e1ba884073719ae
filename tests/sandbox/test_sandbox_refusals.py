"""What student code tries and must not get, on every tier (acceptance table T01-T22)."""

from __future__ import annotations

import os
import re
import textwrap

import pytest
from conftest import run, value_of

from autograder.model import Lost, Outcome, Tier

# what, how, the expected errno on each tier
FILES = [
    ("open('/etc/passwd')", "ENOENT", "EACCES"),
    ("open('/etc/shadow')", "ENOENT", "EACCES"),
    ("open('/etc/hostname')", "ENOENT", "EACCES"),
    ("os.listdir('/')", "EACCES", "EACCES"),
    ("os.listdir('/root')", "ENOENT EACCES", "EACCES"),
    ("os.listdir('/home')", "ENOENT EACCES", "EACCES"),
    ("os.listdir('/proc')", "ENOENT", "EACCES"),
    ("os.listdir('/sys')", "ENOENT", "EACCES"),
    ("os.listdir('/dev')", "EACCES", "EACCES"),
    ("os.listdir('/var')", "ENOENT", "EACCES"),
    ("open('/proc/self/mem', 'rb')", "ENOENT", "EACCES"),
    ("open('/proc/1/environ')", "ENOENT", "EACCES"),
    ("open('/proc/self/root/etc/passwd')", "ENOENT", "EACCES"),
    ("open('/dev/tty')", "ENOENT", "EACCES"),
    ("open('/dev/shm/x', 'w')", "ENOENT", "EACCES"),
    ("open('../../../../../../etc/passwd')", "ENOENT", "EACCES"),
    ("open('/usr/lib/x', 'w')", "EROFS EACCES", "EACCES"),
    ("open('/x', 'w')", "EROFS EACCES", "EACCES"),
    ("open(os.__file__, 'a')", "EROFS EACCES", "EACCES"),
    ("open(np.__file__, 'a')", "EROFS EACCES", "EACCES"),
    ("os.unlink(np.__file__)", "EROFS EACCES", "EACCES"),
    ("(os.symlink('/etc/passwd', 'link'), open('link'))", "ENOENT EACCES ELOOP", "EACCES"),
    ("open('/' + 'a' * 5000)", "ENAMETOOLONG", "ENAMETOOLONG"),
    ("os.mkfifo('fifo')", "EPERM", "EPERM"),
    ("os.mknod('node', 0o20666, os.makedev(1, 3))", "EPERM", "EPERM"),
    ("os.chroot('.')", "EPERM", "EPERM"),
    ("os.link(np.__file__, 'hard')", "EPERM", "EPERM"),
    ("open('/dev/zero', 'r+b')", "ENOENT", "EACCES"),
    ("os.chmod(os.__file__, 0o644)", "EROFS", "EPERM"),
    ("os.utime(os.__file__, (0, 0))", "EROFS", "EPERM"),
    ("os.fchmod((f := open(os.__file__)).fileno(), 0o644)", "EROFS", "EPERM"),
    ("os.utime((f := open(os.__file__)).fileno(), (0, 0))", "EROFS", "EPERM"),
]
PROCESSES = [
    ("os.execv('/bin/sh', ['sh'])", "EPERM", "EPERM"),
    ("subprocess.run(['/bin/true'])", "EPERM", "EPERM"),
    ("os.kill(1, 0)", "EPERM", "EPERM"),
    ("os.kill(-1, 9)", "EPERM", "EPERM"),
    ("os.kill(os.getppid(), 9)", "EPERM", "EPERM"),
    ("os.killpg(0, 9)", "EPERM", "EPERM"),
    ("os.setsid()", "EPERM", "EPERM"),
    ("os.setpgid(0, 0)", "EPERM", "EPERM"),
    ("os.setuid(0)", "EPERM", "EPERM"),
    ("os.nice(-5)", "EPERM", "EPERM"),
    ("os.setpriority(os.PRIO_PROCESS, 0, 0)", "EPERM", "EPERM"),
    ("os.sched_setaffinity(0, {0})", "EPERM", "EPERM"),
    ("os.pidfd_open(os.getpid())", "EPERM", "EPERM"),
    ("call(160, resource.RLIMIT_NPROC, 0)", "EPERM", "EPERM"),
    ("resource.prlimit(os.getppid() or 1, resource.RLIMIT_CPU)", "EPERM", "EPERM"),
    ("os.memfd_create('x')", "EPERM", "EPERM"),
    ("mmap.mmap(-1, 4096)", "EPERM", "EPERM"),
    ("call(9, 0, 4096, 3, 0x23, -1, 0)", "EPERM", "EPERM"),
    ("fcntl.flock(open(os.__file__), fcntl.LOCK_SH)", "EPERM", "EPERM"),
    ("fcntl.lockf(open(os.__file__), fcntl.LOCK_SH)", "EPERM", "EPERM"),
    *((f"fcntl.fcntl(open(os.__file__), {n}, b' ' * 32)", "EPERM", "EPERM") for n in (36, 37, 38)),
    ("fcntl.fcntl(os.open('.', 0), fcntl.F_NOTIFY, 1)", "EPERM", "EPERM"),
    ("fcntl.fcntl(open(os.__file__), fcntl.F_SETLEASE, fcntl.F_RDLCK)", "EPERM", "EPERM"),
    ("fcntl.fcntl(1, fcntl.F_SETOWN, 1)", "EPERM", "EPERM"),
    ("fcntl.fcntl(1, 1031, 1 << 20)", "EPERM", "EPERM"),
    ("fcntl.ioctl(0, termios.TIOCSTI, b'x')", "ENOTTY", "ENOTTY"),
]
SOCKETS = [
    (f"socket.socket({family})", "EPERM", "EPERM")
    for family in (
        *("socket.AF_UNIX", "socket.AF_INET", "socket.AF_INET6", "socket.AF_NETLINK"),
        *("socket.AF_PACKET", "socket.AF_ALG", "socket.AF_VSOCK"),
        "socket.AF_INET, socket.SOCK_DGRAM",
    )
] + [("socket.socketpair()", "EPERM", "EPERM")]
CALLS = [
    (f"call({numbers})", errno, errno)
    for numbers, errno in (
        *(("272, 0x10000000", "EPERM"), ("272, 0x20000", "EPERM"), ("308, 3, 0", "EPERM")),
        *(("56, 0x10000011", "EPERM"), ("56, 0x20011", "EPERM"), ("56, 0x91", "EPERM")),
        *(("435, 0, 0", "ENOSYS"), ("437, 0, 0, 0, 0", "ENOSYS"), ("425, 1, 0", "ENOSYS")),
        *(("426, 1, 0", "ENOSYS"), ("427, 1, 0", "ENOSYS"), ("440, 0", "ENOSYS")),
        *(("165, 0, 0, 0, 0, 0", "EPERM"), ("166, 0, 0", "EPERM"), ("155, 0, 0", "EPERM")),
        *(("428, 0, 0, 0", "EPERM"), ("442, 0, 0, 0, 0, 0", "ENOSYS")),
        *(("101, 0", "EPERM"), ("310, 1", "EPERM"), ("311, 1", "EPERM"), ("312, 1", "EPERM")),
        *(("321, 0, 0, 0", "EPERM"), ("298, 0, 0, -1, -1, 0", "EPERM"), ("323, 1", "EPERM")),
        *(("250, 0, -3, 1", "EPERM"), ("248, 0", "EPERM"), ("249, 0", "EPERM")),
        *(("135, 0xFFFFFFFF", "EPERM"), ("447, 0", "ENOSYS"), ("29, 0, 4096, 950", "EPERM")),
        *(("68, 0, 950", "EPERM"), ("64, 0, 1, 950", "EPERM"), ("240, 0, 0", "EPERM")),
        *(("253", "EPERM"), ("294, 0", "EPERM"), ("300, 0, 0", "EPERM"), ("303, 0", "EPERM")),
        *(("304, 0, 0, 0", "EPERM"), ("246, 0", "EPERM"), ("175, 0", "EPERM")),
        *(("179, 0", "EPERM"), ("227, 0, 0", "EPERM"), ("169, 0", "EPERM"), ("170, 0", "EPERM")),
        *(("157, 4, 1", "EPERM"), ("157, 1, 0", "EPERM"), ("157, 22, 1", "EPERM")),
        *(("317, 1, 0, 0", "EPERM"), ("424, 3, 9, 0, 0", "EPERM"), ("438, 3, 3, 0", "EPERM")),
        # the kernel reads only half of the command: the other half must not get it past us
        *(("16, 0, 0x100005412, 0", "ENOTTY"), ("72, 0, 0x100000006, 0", "EPERM")),
        *(("157, 0x100000004, 1", "EPERM"), ("301, 0", "EPERM"), ("320, 0", "EPERM")),
        *(("313, 0", "EPERM"), ("443, 0", "ENOSYS"), ("254, 0, 0, 0", "EPERM")),
    )
]

TRY_ALL = textwrap.dedent("""
    import ctypes, errno, fcntl, mmap, os, resource, socket, subprocess, termios
    import numpy as np

    libc = ctypes.CDLL(None, use_errno=True)

    def call(number, *words):
        if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, words)) < 0:
            raise OSError(ctypes.get_errno(), "")

    def attempt(expression):
        try:
            return f"not refused: {eval(expression)!r}"[:80]
        except OSError as error:
            return errno.errorcode.get(error.errno, type(error).__name__)
        except Exception as error:
            return repr(error)

    def attempts(expressions):
        return [attempt(expression) for expression in expressions]
""")


@pytest.mark.parametrize("table", [FILES, PROCESSES, SOCKETS, CALLS])
def test_attempts_are_refused_with_the_expected_errno(sandbox, child, table):
    assert not hasattr(run(child, TRY_ALL), "kind")
    expressions = [expression for expression, *_ in table]
    answers = child.call("attempts", (expressions,), {}, 10).value
    column = 1 if sandbox.tier is Tier.S2 else 2
    wrong = [
        f"{row[0]}: expected {row[column]}, got {answer}"
        for row, answer in zip(table, answers, strict=True)
        if answer not in row[column].split()
    ]
    assert not wrong, "\n".join(wrong)


def test_without_a_file_system_of_its_own_not_even_its_own_files_change(sandbox, child):
    """The filter cannot tell whose file it is, and Landlock does not guard modes and times."""
    if sandbox.tier is Tier.S2:
        pytest.skip("all but its own files are mounted read-only")
    run(child, TRY_ALL + "open('own', 'w').close()\npath = ctypes.cast(b'own', ctypes.c_void_p)")
    calls = [
        *("90, path.value, 0o777", "91, os.open('own', 0), 0o777", "268, -100, path.value, 0o777"),
        *("452, -100, path.value, 0o777, 0", "280, -100, path.value, 0, 0", "132, path.value, 0"),
        *("235, path.value, 0", "261, -100, path.value, 0", "188, path.value, 0, 0, 0, 0"),
        *("92, path.value, -1, -1", "93, 0, -1, -1", "260, -100, path.value, -1, -1, 0"),
    ]
    answers = child.call("attempts", ([f"call({call})" for call in calls],), {}, 10).value
    assert answers == ["EPERM"] * len(calls), dict(zip(calls, answers, strict=True))


def test_memory_of_a_file_can_be_mapped_both_ways(child):
    source = """
import mmap
with open("file", "wb+") as file:
    file.write(bytes(4096))
    file.flush()
    shared, private = mmap.mmap(file.fileno(), 4096), mmap.mmap(-1, 4096, mmap.MAP_PRIVATE)
    shared[0], private[0] = 5, 6
    file.seek(0)
    return [file.read(1)[0], private[0]]
"""
    assert value_of(child, source) == [5, 6]


def test_x32_system_calls_kill(child):
    reply = run(child, TRY_ALL + "call(0x40000000 + 39)")
    assert reply == Lost(Outcome.CRASHED, "signal SIGSYS")


def test_identity(sandbox, child):
    uid, gid, pid, parent, groups = value_of(
        child,
        "import os\nreturn [os.getuid(), os.getgid(), os.getpid(), os.getppid(), os.geteuid()]",
    )
    assert 0 not in (uid, gid, groups)
    if sandbox.tier is Tier.S2:
        assert (uid, gid, pid, parent) == (65534, 65534, 1, 0)
    elif os.getuid() == 0:
        assert uid >= 100_000


def test_only_the_listed_descriptors_and_environment(child):
    fds, environment = value_of(
        child,
        """
import os
def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
return [[fd for fd in range(1024) if is_open(fd)], dict(os.environ)]
""",
    )
    assert fds == [0, 1, 2, 3, 4]
    assert set(environment) == {
        *("PATH", "LANG", "LOGNAME", "HOME", "TMPDIR", "MPLBACKEND", "KERAS_BACKEND"),
        "MALLOC_ARENA_MAX",
        *("GLIBC_TUNABLES", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
        *("OMP_WAIT_POLICY", "HDF5_USE_FILE_LOCKING", "TORCH_HOME"),
        *("CUDA_VISIBLE_DEVICES", "PYTORCH_NVML_BASED_CUDA_CHECK"),
    }
    assert environment["HOME"] == environment["TMPDIR"]
    assert value_of(child, "import os; return os.getcwd()") == environment["HOME"]


def test_the_course_and_the_grader_cannot_be_imported(child):
    source = """
import importlib, sys
found = []
for name in ("reference", "assignments", "tests", "conftest", "autograder.compare",
             "autograder.student", "autograder.pytest_plugin", "autograder.score"):
    try:
        importlib.import_module(name)
    except (ImportError, PermissionError):
        continue
    found.append(name)
return [found, sys.argv, [name for name in sys.modules if name.startswith("_pytest.")]]
"""
    assert value_of(child, source) == [[], [""], []]


def test_only_its_own_folder_is_writable(child):
    assert value_of(
        child,
        """
import os
with open("here.txt", "w") as file:
    file.write("x")
with open(os.path.expanduser("~/here.txt")) as file:
    return [file.read(), os.listdir(".")]
""",
    ) == ["x", ["here.txt"]]


def test_a_string_of_the_grader_is_nowhere_in_the_childs_memory(child):
    """T23: also what the grader deleted; the warm process was started apart from it."""
    marker = f"marker-{os.getpid()}-" + os.urandom(8).hex()
    os.environ["AUTOGRADER_TEST_MARKER"] = marker
    try:
        halves = [marker[:12], marker[12:]]
        found, scanned = child_scan(child, halves)
    finally:
        del os.environ["AUTOGRADER_TEST_MARKER"]
    assert scanned > 4 * 2**20
    assert not found
    assert re.match(r"marker-\d+-[0-9a-f]{16}$", marker)


def test_the_scan_finds_what_is_there(child):
    """The test above can fail: a string of the child's own is found."""
    run(child, "planted = bytes([122, 122]) + b'-planted-' + bytes([122, 122])")
    assert child_scan(child, ["zz-plan", "ted-zz"])[0]


def child_scan(child, halves):
    """Look for ``halves`` joined in all memory around the child's objects, by a pipe's EFAULT."""
    source = """
import ctypes, os
libc = ctypes.CDLL(None)
def scan(first, second):
    needle, size, scanned, found = None, 1 << 16, 0, False
    reader, writer = os.pipe()
    small = [bytes(size) for size in range(0, 512, 16)]  # Python keeps each size apart
    starts = {id(o) >> 22 for o in (os, scan, first, [], b"x" * 300000, object(), 10**40, *small)}
    pages = sorted({page for start in starts for page in range(start - 12, start + 13)})
    for page in pages:
        address, end = page << 22, (page + 1) << 22
        while address < end:
            # A byte first: older kernels keep whole pages that could not be read in the pipe.
            if libc.write(writer, ctypes.c_void_p(address), ctypes.c_size_t(1)) <= 0:
                address += 4096
                continue
            os.read(reader, 1)
            count = libc.write(writer, ctypes.c_void_p(address), ctypes.c_size_t(size))
            block = os.read(reader, count)
            address += count
            scanned += count
            at = block.find(first.encode())
            while at >= 0:
                if block[at + len(first):at + len(first) + len(second)] == second.encode():
                    found = True
                at = block.find(first.encode(), at + 1)
    return [found, scanned]
"""
    run(child, source)
    return child.call("scan", tuple(halves), {}, 10).value
