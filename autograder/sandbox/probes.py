"""Runs inside the sandbox, as a cell: tries what must be refused and says what was not.

Only the grader's own self-test runs this, before any student's code; its word can be believed.
"""

import ctypes
import errno
import fcntl
import mmap
import os
import resource
import socket
import threading
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

READING = "files outside cannot be read"
CHANGING = "files outside cannot be changed"
SHARED = "no memory that no limit counts"
PROGRAMS = "no programs, no signals"
NETWORK = "no network, no sockets"
CALLS = "dangerous system calls are refused"
RIGHTS = "no rights, nothing inherited"
LIMITED = "memory, time, processes and files are limited"
WORLD = "processes and files of its own"
_Attempt = tuple[str, str, Callable[[], object]]  # the protection, what is wrong, how it shows

REFUSED = frozenset({errno.EPERM, errno.EACCES, errno.ENOENT, errno.ENOSYS, errno.EROFS})

MIB = 2**20
MAPPED = 2**44  # more than any warm process maps: the limit counts from there on

_libc = ctypes.CDLL(None, use_errno=True)


def probe(
    namespaces: bool, limits: dict[str, float], environment: list[str], gpu: bool = False
) -> dict[str, list[str]]:
    """By protection, sentences about what it lets through; it holds if there are none.

    Args:
        namespaces: whether the child should have a world of its own (S2).
        limits: the fields of ``model.Limits`` that this child was given.
        environment: the only variables there may be.
        gpu: whether the child may use one, with what NVIDIA's driver needs besides.
    """
    attempts = _attempts() if not gpu else (*_beside_a_gpu(), *_attempts(left_out=_OF_A_GPU))
    found: dict[str, list[str]] = {}
    for protection, sentence, attempt in attempts:
        through = found.setdefault(protection, [])
        if not _is_refused(attempt):
            through.append(sentence)
    found[RIGHTS] = list(_identity(environment))
    found[LIMITED] = list(_limits(limits, gpu))
    if namespaces:
        found[WORLD] = list(_own_world(limits))
    else:
        if not all(map(_is_refused, _changes("."))):  # here even of its own
            found[CHANGING].append("modes and times of files can be changed")
        if not _is_refused(partial(_call, 302, os.getppid(), 7, 0, 0)):
            found[CALLS].append("limits of other processes can be read and set (prlimit64)")
    return found


_OF_A_GPU = ("/proc/self/maps", "/proc/1/environ", "/sys/kernel", "memfd_create", "shared memory")


def _beside_a_gpu() -> Iterable[_Attempt]:
    """What must fail where there are a /proc, a /sys and commands to a driver."""
    for path in (
        "/proc/sys/kernel/core_pattern",
        "/proc/sysrq-trigger",
        "/sys/kernel/uevent_helper",
    ):
        yield CHANGING, f"the machine can be changed ({path})", partial(os.open, path, os.O_WRONLY)
    yield READING, "processes of others can be seen", partial(os.stat, "/proc/2")
    yield NETWORK, "sockets can be connected", partial(_call, 42, 0, 0, 0)


def _attempts(left_out: Iterable[str] = ()) -> Iterable[_Attempt]:
    """What must fail, and the sentence to report if it does not."""
    for path in ("/etc/passwd", "/proc/self/maps", "/proc/1/environ", "/sys/kernel"):
        if path in left_out:
            continue
        yield READING, f"files outside can be read ({path})", partial(os.open, path, os.O_RDONLY)
    yield READING, "the root folder can be listed", partial(os.open, "/", os.O_RDONLY)
    for folder in (Path("/usr/lib"), Path("/"), Path(os.__file__).parent):
        name = folder / ".autograder-probe"
        written = partial(os.open, name, os.O_CREAT)
        yield CHANGING, f"files outside can be written ({folder})", written
    for change in _changes(os.__file__):
        yield CHANGING, "modes and times of files outside can be changed", change
    if "shared memory" not in left_out:
        uncounted = partial(mmap.mmap, -1, mmap.PAGESIZE)
        yield SHARED, "shared memory that no limit counts can be had", uncounted
    zeros = partial(os.open, "/dev/zero", os.O_RDWR)
    yield SHARED, "shared memory can be had from /dev/zero", zeros
    yield PROGRAMS, "programs can be started", partial(os.execv, "/bin/sh", ["sh", "-c", "exit"])
    yield PROGRAMS, "pipes with names can be made", partial(os.mkfifo, "probe.fifo")
    yield PROGRAMS, "signals can be sent", partial(os.kill, 1, 0)
    yield PROGRAMS, "its own process can be opened to others", partial(_call, 157, 4, 1)
    yield CHANGING, "files can be locked", _lock
    yield CHANGING, "devices and files take commands", _command
    for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK):
        yield NETWORK, f"sockets can be made ({family.name})", partial(socket.socket, family)
    for call, number, *arguments in _CALLS:
        if call in left_out:
            continue
        yield CALLS, f"the system call {call} is open", partial(_call, number, *arguments)


def _lock() -> None:
    with open(os.__file__, "rb") as file:  # noqa: PTH123 - as student code would
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)


def _command() -> None:
    """A harmless one, the size of a file; the filter refuses it as a file would that knows none."""
    with open(os.__file__, "rb") as file:  # noqa: PTH123 - as student code would
        try:
            fcntl.ioctl(file, 0x5460, bytes(8))
        except OSError as error:
            if error.errno == errno.ENOTTY:
                raise PermissionError(errno.EPERM, "refused") from None
            raise


def _changes(path: str) -> tuple[Callable[[], object], ...]:
    """Changes of mode and of times that would leave both as they are."""
    now = Path(path).stat()
    times = (now.st_atime_ns, now.st_mtime_ns)
    return partial(os.chmod, path, now.st_mode & 0o7777), partial(os.utime, path, ns=times)


# name, number on x86-64, arguments that would succeed or fail otherwise than by a refusal
_CALLS: tuple[tuple[str, int, *tuple[int, ...]], ...] = (
    *(("ptrace", 101, 0), ("setns", 308, 0, 0), ("unshare", 272, 0x10000000)),
    *(("mount", 165, 0, 0, 0, 0), ("pivot_root", 155, 0, 0), ("chroot", 161, 0)),
    *(("clone", 56, 0x10000000), ("clone3", 435, 0, 0), ("mknod", 133, 0, 0, 0)),
    *(("process_vm_readv", 310, 0), ("pidfd_open", 434, 0, 0), ("prlimit64", 302, 1, 7, 0, 0)),
    *(("setpriority", 141, 0, 0, 0), ("sched_setaffinity", 203, 0, 0, 0), ("bpf", 321, 0, 0)),
    *(("perf_event_open", 298, 0), ("userfaultfd", 323, 1), ("io_uring_setup", 425, 1, 0)),
    *(("keyctl", 250, 0, -3, 1), ("add_key", 248, 0), ("personality", 135, 0xFFFFFFFF)),
    *(("memfd_create", 319, 0), ("memfd_secret", 447, 0), ("shmget", 29, 0, 4096, 0o1600)),
    *(("inotify_init1", 294, 0), ("flock", 73, 0, 4), ("open_by_handle_at", 304, 0, 0, 0)),
    *(("name_to_handle_at", 303, 0), ("fanotify_init", 300, 0, 0), ("kexec_load", 246, 0)),
    *(("init_module", 175, 0), ("quotactl", 179, 0), ("process_madvise", 440, 0)),
    *(("sendmsg", 46, 0, 0, 0), ("seccomp", 317, 2, 0, 0)),
)


def _call(number: int, *arguments: int) -> None:
    words = [ctypes.c_long(word) for word in arguments]
    if _libc.syscall(ctypes.c_long(number), *words) < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _is_refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError as error:
        return error.errno in REFUSED
    return False


def _identity(environment: list[str]) -> Iterable[str]:
    """What the process can see of itself."""
    if 0 in (os.getuid(), os.geteuid(), os.getgid(), os.getegid()):
        yield "student code would run as root"
    if any(_is_open(fd) for fd in range(5, 256)):
        yield "descriptors of the grader stay open"
    if left := set(os.environ) - set(environment):
        yield f"the environment holds more than it should: {', '.join(sorted(left))}"


def _own_world(limits: dict[str, float]) -> Iterable[str]:
    """S2: processes and files of its own. (Its network cannot be seen: there are no sockets.)"""
    if (os.getpid(), os.getppid()) != (1, 0):
        yield "student code would see other processes"
    folder = os.statvfs(".")
    if folder.f_blocks * folder.f_frsize > limits["disk_mib"] * MIB:
        yield "the size of the child's folder is not limited"


def _limits(limits: dict[str, float], gpu: bool) -> Iterable[str]:
    """Limits that would hold only on paper, or are not there."""
    if _threads(int(4 * limits["processes"])) >= 4 * limits["processes"]:
        yield "the number of processes is not limited"
    memory = resource.RLIMIT_DATA if gpu else resource.RLIMIT_AS
    for what, which, most in (
        ("the memory", memory, MAPPED + limits["memory_mib"] * MIB),
        ("the size of a file", resource.RLIMIT_FSIZE, limits["disk_mib"] * MIB),
        ("the number of open files", resource.RLIMIT_NOFILE, limits["open_files"]),
        ("the CPU time", resource.RLIMIT_CPU, limits["cpu_seconds"]),
        ("the size of core dumps", resource.RLIMIT_CORE, 0),
        ("the stack", resource.RLIMIT_STACK, 64 * MIB),
        ("memory that stays in place", resource.RLIMIT_MEMLOCK, 0),
        ("the size of message queues", resource.RLIMIT_MSGQUEUE, 0),
    ):
        hard = resource.getrlimit(which)[1]
        if hard == resource.RLIM_INFINITY or hard > most:
            yield f"{what} is not limited"


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _threads(wanted: int) -> int:
    """How many threads can be started, up to ``wanted``."""
    threading.stack_size(1 << 18)  # so that memory is not what stops them
    done = threading.Event()
    started: list[threading.Thread] = []
    try:
        while len(started) < wanted:
            thread = threading.Thread(target=done.wait)
            thread.start()
            started.append(thread)
    except RuntimeError:
        pass
    finally:
        done.set()
    for thread in started:
        thread.join()
    return len(started)
