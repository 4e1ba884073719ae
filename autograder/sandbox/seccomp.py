"""The system calls that student code may use, as a seccomp program for x86-64.

Everything else answers EPERM. Calls that libraries try before an older one answer ENOSYS, so that
they fall back. A call of a foreign architecture (i386, x32) kills the process.
"""

from __future__ import annotations

import errno
import platform
import struct

from autograder.sandbox import calls

_ALLOWED = calls.numbered(
    # files that Landlock has already chosen
    "read write open close stat fstat lstat lseek pread64 pwrite64 readv writev access sendfile "
    "fsync fdatasync truncate ftruncate getdents getcwd chdir rename mkdir rmdir unlink symlink "
    "readlink umask statfs fstatfs getdents64 fadvise64 openat mkdirat newfstatat unlinkat "
    "renameat readlinkat faccessat preadv pwritev renameat2 statx faccessat2 "
    # descriptors, pipes, waiting
    "poll pipe select dup dup2 epoll_wait epoll_ctl pselect6 ppoll epoll_pwait eventfd2 "
    "epoll_create1 dup3 pipe2 close_range "
    # memory
    "mprotect munmap brk mremap msync madvise membarrier "
    # signals to itself, clocks
    "rt_sigaction rt_sigprocmask rt_sigreturn pause nanosleep getitimer alarm setitimer "
    "gettimeofday times sigaltstack time restart_syscall clock_gettime clock_getres "
    "clock_nanosleep "
    # threads, and the end
    "sched_yield exit gettid futex sched_getaffinity set_tid_address exit_group set_robust_list "
    "get_robust_list rseq "
    # harmless questions
    "getpid uname getrlimit getrusage sysinfo getuid getgid geteuid getegid getppid getrandom"
)

# With a process namespace of one's own, whatever is forked ends with its first process. Modes and
# times, which Landlock leaves alone, can only be changed on files of one's own: the rest is mounted
# read-only.
_ALLOWED_WITH_NAMESPACES = calls.numbered(
    "fork vfork wait4 tgkill waitid chmod fchmod fchmodat utimensat"
)

# What NVIDIA's driver needs besides: memory that has a name, stays in place or lies near.
_ALLOWED_WITH_GPU = calls.numbered(
    "mincore sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min "
    "mlock munlock mbind set_mempolicy get_mempolicy memfd_create "
    # It listens on a socket that has a name in this network namespace only. Nobody can connect.
    "bind listen setsockopt"
)

# clone3 hides its flags behind a pointer, io_uring works past this filter; openat2 is unused.
_ABSENT = calls.numbered("io_uring_setup io_uring_enter io_uring_register clone3 openat2")
_FIRST_UNKNOWN = 440  # process_madvise, and all that came later

_NOT_FOR_THE_GRADER = calls.numbered(
    "socket connect bind execve execveat ptrace process_vm_readv process_vm_writev pidfd_getfd "
    "io_uring_setup bpf keyctl add_key request_key mount umount2 pivot_root mount_setattr "
    "chroot unshare setns open_by_handle_at init_module finit_module kexec_load reboot"
)

_MMAP, _CLONE, _TGKILL, _FCNTL, _IOCTL, _PRCTL, _PRLIMIT, _SOCKET, _FCHMODAT2 = calls.numbered(
    "mmap clone tgkill fcntl ioctl prctl prlimit64 socket fchmodat2"
).values()
_TO_HAND_OVER = calls.numbered("sendmsg seccomp")
_UNIX, _SEQPACKET, _SOCKET_FLAGS = 1, 5, 0x80800  # flags: close-on-exec, non-blocking
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
_TELL = 0x7FC00000  # wait until whoever holds the filter's listener has answered
_NOT_THERE = _ERRNO | errno.ENOSYS
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_X86_64 = 0xC000003E
_X32_BIT = 0x40000000

Instruction = tuple[int, int, int, int]
_LAYOUT = "=HBBI"


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


def telling(program: bytes) -> bytes:
    """The same filter, whose refusals with EPERM are told to whoever holds its listener.

    The listener must still be handed over: that is what it allows besides, and ``sealing`` refuses.
    """
    head = len(_head())
    code = list(struct.iter_unpack(_LAYOUT, program))
    code = [(_RETURN, 0, 0, _TELL) if one == (_RETURN, 0, 0, _REFUSE) else one for one in code]
    return _packed([*code[:head], *_for_all(_TO_HAND_OVER, _ALLOW), *code[head:]])


def sealing() -> bytes:
    """Comes on top of ``telling``: of two answers the kernel takes the stricter one."""
    return _packed([*_head(), *_for_all(_TO_HAND_OVER, _REFUSE), (_RETURN, 0, 0, _ALLOW)])


def trusted_program() -> bytes:
    """The filter of the grader's own process that runs the tests: no network, no programs, no
    other processes' memory, nothing that opens a way round."""
    return _packed([*_head(), *_for_all(_NOT_FOR_THE_GRADER, _REFUSE), (_RETURN, 0, 0, _ALLOW)])


def _for_all(numbers: dict[str, int], answer: int) -> list[Instruction]:
    """``answer`` to each of these calls."""
    return [
        one
        for number in sorted(numbers.values())
        for one in _when(number, [(_RETURN, 0, 0, answer)])
    ]


def _packed(code: list[Instruction]) -> bytes:
    return b"".join(struct.pack(_LAYOUT, *instruction) for instruction in code)


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
