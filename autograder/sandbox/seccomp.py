"""The system calls that student code may use, as a seccomp program for x86-64.

Everything else answers EPERM. Calls that libraries try before an older one answer ENOSYS, so that
they fall back. A call of a foreign architecture (i386, x32) kills the process.
"""

from __future__ import annotations

import errno
import platform
import struct

_ALLOWED = {
    # files that Landlock has already chosen
    "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "lseek": 8,
    "pread64": 17, "pwrite64": 18, "readv": 19, "writev": 20, "access": 21, "sendfile": 40,
    "fsync": 74, "fdatasync": 75, "truncate": 76, "ftruncate": 77, "getdents": 78, "getcwd": 79,
    "chdir": 80, "rename": 82, "mkdir": 83, "rmdir": 84, "unlink": 87, "symlink": 88,
    "readlink": 89, "umask": 95, "statfs": 137, "fstatfs": 138,
    "getdents64": 217, "fadvise64": 221, "openat": 257, "mkdirat": 258, "newfstatat": 262,
    "unlinkat": 263, "renameat": 264, "readlinkat": 267, "faccessat": 269,
    "preadv": 295, "pwritev": 296, "renameat2": 316, "statx": 332,
    "faccessat2": 439,
    # descriptors, pipes, waiting
    "poll": 7, "pipe": 22, "select": 23, "dup": 32, "dup2": 33, "epoll_wait": 232,
    "epoll_ctl": 233, "pselect6": 270, "ppoll": 271, "epoll_pwait": 281, "eventfd2": 290,
    "epoll_create1": 291, "dup3": 292, "pipe2": 293, "close_range": 436,
    # memory
    "mprotect": 10, "munmap": 11, "brk": 12, "mremap": 25, "madvise": 28,
    "membarrier": 324,
    # signals to itself, clocks
    "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "pause": 34, "nanosleep": 35,
    "getitimer": 36, "alarm": 37, "setitimer": 38, "gettimeofday": 96, "times": 100,
    "sigaltstack": 131, "time": 201, "restart_syscall": 219, "clock_gettime": 228,
    "clock_getres": 229, "clock_nanosleep": 230,
    # threads, and the end
    "sched_yield": 24, "exit": 60, "gettid": 186, "futex": 202, "sched_getaffinity": 204,
    "set_tid_address": 218, "exit_group": 231, "set_robust_list": 273, "get_robust_list": 274,
    "rseq": 334,
    # harmless questions
    "getpid": 39, "uname": 63, "getrlimit": 97, "getrusage": 98, "sysinfo": 99, "getuid": 102,
    "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110, "getrandom": 318,
}  # fmt: skip

# With a process namespace of one's own, whatever is forked ends with its first process. Modes and
# times, which Landlock leaves alone, can only be changed on files of one's own: the rest is mounted
# read-only.
_ALLOWED_WITH_NAMESPACES = {
    "fork": 57, "vfork": 58, "wait4": 61, "tgkill": 234, "waitid": 247,
    "chmod": 90, "fchmod": 91, "fchmodat": 268, "utimensat": 280,
}  # fmt: skip

# What NVIDIA's driver needs besides: memory that has a name, stays in place or lies near.
_ALLOWED_WITH_GPU = {
    "mincore": 27, "sched_getparam": 143, "sched_getscheduler": 145,
    "sched_get_priority_max": 146, "sched_get_priority_min": 147, "mlock": 149, "munlock": 150,
    "mbind": 237, "set_mempolicy": 238, "get_mempolicy": 239, "memfd_create": 319,
    # It listens on a socket that has a name in this network namespace only. Nobody can connect.
    "bind": 49, "listen": 50, "setsockopt": 54,
}  # fmt: skip

# clone3 hides its flags behind a pointer, io_uring works past this filter; openat2 is unused.
_ABSENT = {"io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
           "clone3": 435, "openat2": 437}  # fmt: skip
_FIRST_UNKNOWN = 440  # process_madvise, and all that came later

_NOT_FOR_THE_GRADER = {
    "socket": 41, "connect": 42, "bind": 49, "execve": 59, "execveat": 322, "ptrace": 101,
    "process_vm_readv": 310, "process_vm_writev": 311, "pidfd_getfd": 438,
    "io_uring_setup": 425, "bpf": 321, "keyctl": 250, "add_key": 248, "request_key": 249,
    "mount": 165, "umount2": 166, "pivot_root": 155, "mount_setattr": 442, "chroot": 161,
    "unshare": 272, "setns": 308, "open_by_handle_at": 304, "init_module": 175,
    "finit_module": 313, "kexec_load": 246, "reboot": 169,
}  # fmt: skip

_MMAP, _CLONE, _TGKILL, _FCNTL, _IOCTL, _PRCTL, _PRLIMIT = 9, 56, 234, 72, 16, 157, 302
_SOCKET, _UNIX, _SEQPACKET, _SOCKET_FLAGS = 41, 1, 5, 0x80800  # flags: close-on-exec, non-blocking
_FCHMODAT2 = 452
_MAP_SHARED, _MAP_ANONYMOUS = 0x1, 0x20
_CLONE_THREAD = 0x10000
_CLONE_NAMESPACES = 0x7E020080  # every NEW… flag; 0x80 is the time namespace
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030, 1032)  # dup, descriptor and status flags, pipe size
_SEALS = (1033, 1034)  # of memory that has a name
_IOCTL_COMMANDS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # isatty, FIONREAD, FIONBIO, …
_NVIDIA_TYPE = 0x4600  # ioctl commands of the driver; those of its unified memory are small numbers
_UVM_BELOW, _UVM_COMMANDS = 0x100, (0x30000001, 0x30000002)
_PRCTL_OPTIONS = (15, 16, 0x53564D41)  # thread names, names of memory areas

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN, _AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_REFUSE = _ERRNO | errno.EPERM
_NOT_THERE = _ERRNO | errno.ENOSYS
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_X86_64 = 0xC000003E
_X32_BIT = 0x40000000

Instruction = tuple[int, int, int, int]


def supported() -> bool:
    """Whether there is a table for this machine."""
    return platform.machine() == "x86_64"


def program(*, namespaces: bool, pid: int = 0, gpu: bool = False) -> bytes:
    """The filter: 8 bytes an instruction.

    Args:
        namespaces: whether the child has a process namespace of its own. Without one it cannot
            fork, so that the end of the child is the end of all it started.
        pid: without namespaces, the only process that it may signal: its own.
        gpu: whether it may talk to NVIDIA's driver, whose files Landlock has already chosen.
    """
    allowed = _ALLOWED | (_ALLOWED_WITH_NAMESPACES if namespaces else {})
    allowed |= _ALLOWED_WITH_GPU if gpu else {}
    code = _head()
    if not gpu:
        code += _when(_MMAP, _no_shared_memory())
    code += _when(_CLONE, _clone(namespaces))
    commands = _FCNTL_COMMANDS + (_SEALS if gpu else ())
    code += _when(_FCNTL, _one_of(1, commands, errno.EPERM))
    code += _when(_IOCTL, _ioctl(gpu))
    if gpu:
        code += _when(_SOCKET, _local_socket())
    code += _when(_PRCTL, _one_of(0, _PRCTL_OPTIONS, errno.EPERM))
    code += _when(_PRLIMIT, _own_limits_only())
    if not namespaces:
        code += _when(_TGKILL, _one_of(0, (pid,), errno.EPERM))
        code += _when(_FCHMODAT2, [(_RETURN, 0, 0, _REFUSE)])
    code += _decision(_boundaries(set(allowed.values()) | ({_MMAP} if gpu else set())))
    return _packed(code)


def trusted_program() -> bytes:
    """The filter of the grader's own process that runs the tests: no network, no programs, no
    other processes' memory, nothing that opens a way round."""
    code = _head()
    for number in sorted(_NOT_FOR_THE_GRADER.values()):
        code += _when(number, [(_RETURN, 0, 0, _REFUSE)])
    code += [(_RETURN, 0, 0, _ALLOW)]
    return _packed(code)


def _packed(code: list[Instruction]) -> bytes:
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _boundaries(allowed: set[int]) -> list[tuple[int, int]]:
    """Where the answer changes on the way through all numbers: (first number, answer)."""
    found: list[tuple[int, int]] = []
    for number in range(_FIRST_UNKNOWN + 1):
        absent = number in _ABSENT.values() or number >= _FIRST_UNKNOWN
        answer = _ALLOW if number in allowed else _NOT_THERE if absent else _REFUSE
        if not found or found[-1][1] != answer:
            found.append((number, answer))
    return found


def _decision(boundaries: list[tuple[int, int]]) -> list[Instruction]:
    """A binary search: the kernel runs the filter for every call, and once for all to cache it."""
    if len(boundaries) == 1:
        return [(_RETURN, 0, 0, boundaries[0][1])]
    middle = len(boundaries) // 2
    below, above = _decision(boundaries[:middle]), _decision(boundaries[middle:])
    return [(_AT_LEAST, len(below), 0, boundaries[middle][0]), *below, *above]


def _head() -> list[Instruction]:
    """Kill a foreign architecture and x32; leave the call's number loaded."""
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _X86_64),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _KILL),
    ]


def _when(number: int, body: list[Instruction]) -> list[Instruction]:
    """``body``, which must end in a return on every way, for this call only."""
    return [(_EQUAL, 0, len(body), number), *body]


def _argument(index: int, high: bool = False) -> Instruction:
    """Load one half of an argument. The kernel itself reads only the low half of a command."""
    return (_LOAD, 0, 0, 16 + 8 * index + 4 * high)


def _one_of(index: int, values: tuple[int, ...], refusal: int) -> list[Instruction]:
    """Allow the call when an argument is one of ``values``."""
    tests = [(_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [
        _argument(index),
        *tests,
        (_RETURN, 0, 0, _ERRNO | refusal),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _local_socket() -> list[Instruction]:
    """Sockets of this machine's own kind that keep messages apart."""
    return [
        _argument(0),
        (_EQUAL, 0, 4, _UNIX),
        _argument(1),
        (_AND, 0, 0, ~_SOCKET_FLAGS & 0xFFFFFFFF),
        (_EQUAL, 0, 1, _SEQPACKET),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]


def _ioctl(gpu: bool) -> list[Instruction]:
    """Questions about descriptors; with a GPU also the driver's own commands."""
    if not gpu:
        return _one_of(1, _IOCTL_COMMANDS, errno.ENOTTY)
    return [
        _argument(1),
        (_AT_LEAST, 1, 0, _UVM_BELOW),
        (_RETURN, 0, 0, _ALLOW),
        (_AND, 0, 0, 0xFF00),
        (_EQUAL, 0, 1, _NVIDIA_TYPE),
        (_RETURN, 0, 0, _ALLOW),
        *_one_of(1, (*_IOCTL_COMMANDS, *_UVM_COMMANDS), errno.ENOTTY),
    ]


def _no_shared_memory() -> list[Instruction]:
    """Shared memory without a file stays when nobody maps it, so that no process is charged."""
    return [
        _argument(3),
        (_ANY_BIT, 0, 2, _MAP_SHARED),
        (_ANY_BIT, 0, 1, _MAP_ANONYMOUS),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _clone(namespaces: bool) -> list[Instruction]:
    """No new namespaces; without a process namespace only threads."""
    threads_only = [] if namespaces else [(_ANY_BIT, 1, 0, _CLONE_THREAD), (_RETURN, 0, 0, _REFUSE)]
    return [
        _argument(0),
        (_ANY_BIT, 0, 1, _CLONE_NAMESPACES),
        (_RETURN, 0, 0, _REFUSE),
        *threads_only,
        (_RETURN, 0, 0, _ALLOW),
    ]


def _own_limits_only() -> list[Instruction]:
    """prlimit64(0, …, NULL, …): the C library's way to read one's own limits."""
    return [
        _argument(0),
        (_EQUAL, 0, 5, 0),
        _argument(2),
        (_EQUAL, 0, 3, 0),
        _argument(2, high=True),
        (_EQUAL, 0, 1, 0),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
