"""The Linux calls that Python does not wrap, each as one function that raises ``OSError``.

Numbers are those of x86-64; the ones from 424 on are the same on every architecture.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

_libc = ctypes.CDLL(None, use_errno=True)

# unshare, setns
NEW_MOUNTS = 0x00020000
NEW_CGROUP = 0x02000000
NEW_HOSTNAME = 0x04000000
NEW_IPC = 0x08000000
NEW_USER = 0x10000000
NEW_PIDS = 0x20000000
NEW_NETWORK = 0x40000000

# mount
NO_SUID = 0x2
NO_DEVICES = 0x4
NO_EXEC = 0x8
BIND = 0x1000
RECURSIVE = 0x4000
PRIVATE = 0x40000
NO_SYMLINK_FOLLOW = 0x100
_DETACH = 2

# prctl
_SET_PDEATHSIG = 1
_SET_DUMPABLE = 4
_DROP_BOUNDING = 24
_SET_NO_NEW_PRIVS = 38
_AMBIENT = 47
_AMBIENT_CLEAR_ALL = 4

_SYS_PIVOT_ROOT = 155
_SYS_SECCOMP = 317
_SYS_CLOSE_RANGE = 436
_SYS_MOUNT_SETATTR = 442

_AT_RECURSIVE = 0x8000
_MOUNT_ATTR_RDONLY_NOSUID_NODEV = 0x1 | 0x2 | 0x4
_CAPABILITY_VERSION_3 = 0x20080522
_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_NEW_LISTENER = 1 << 3


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def syscall(number: int, *args: object) -> int:
    """Call by number; integers are passed as 64-bit words."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in args]
    return _checked(_libc.syscall(ctypes.c_long(number), *words), f"system call {number}")


def _prctl(option: int, *args: int) -> None:
    words = [ctypes.c_ulong(word) for word in (*args, 0, 0, 0, 0)[:4]]
    _checked(_libc.prctl(ctypes.c_int(option), *words), f"prctl {option}")


def unshare(flags: int) -> None:
    """Move this process into new namespaces (``NEW_…`` flags)."""
    _checked(_libc.unshare(ctypes.c_int(flags)), f"unshare {flags:#x}")


def setns(fd: int, kind: int) -> None:
    """Join the namespace behind ``fd``."""
    _checked(_libc.setns(ctypes.c_int(fd), ctypes.c_int(kind)), "setns")


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """mount(2)."""
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    result = _libc.mount(*words, ctypes.c_ulong(flags), options.encode() or None)
    _checked(result, f"mount on {target}")


def make_readonly(path: str, *, recursive: bool = True) -> None:
    """Make the mount at ``path``, and all below it, read-only, without set-uid and devices."""
    attributes = struct.pack("=QQQQ", _MOUNT_ATTR_RDONLY_NOSUID_NODEV, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    syscall(_SYS_MOUNT_SETATTR, -100, os.fsencode(path), flags, attributes, len(attributes))


def pivot_root_here() -> None:
    """Make the current folder the root, and let go of the old root."""
    syscall(_SYS_PIVOT_ROOT, b".", b".")
    _checked(_libc.umount2(b".", ctypes.c_int(_DETACH)), "umount of the old root")
    os.chdir("/")


def close_range(first: int, last: int = 0xFFFFFFFF) -> None:
    """Close every descriptor from ``first`` to ``last``, both included."""
    syscall(_SYS_CLOSE_RANGE, first, last, 0)


def close_all_but(kept: int, *, first: int = 3) -> None:
    """Close every descriptor from ``first`` on, except ``kept``."""
    if kept > first:
        close_range(first, kept - 1)
    close_range(max(first, kept + 1))


def die_with_parent(signal_number: int) -> None:
    """Get ``signal_number`` when the parent ends. A change of identity cancels it: call after."""
    _prctl(_SET_PDEATHSIG, signal_number)


def set_dumpable(on: bool) -> None:
    """Whether others of the same user may read this process through /proc and ptrace."""
    _prctl(_SET_DUMPABLE, int(on))


def set_no_new_privileges() -> None:
    """Give up set-uid programs for good; Landlock and seccomp require it."""
    _prctl(_SET_NO_NEW_PRIVS, 1)


def drop_capabilities(keep: Iterable[int] = ()) -> None:
    """Empty the bounding, ambient, permitted, effective and inheritable sets.

    ``keep``: what stays permitted and effective, if it is so now.
    """
    for capability in range(64):
        word = ctypes.c_ulong(capability)
        if _libc.prctl(_DROP_BOUNDING, word, *[ctypes.c_ulong(0)] * 3) < 0:
            break  # past the last one that this kernel knows, or not ours to drop
    _prctl(_AMBIENT, _AMBIENT_CLEAR_ALL)
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    now = ctypes.create_string_buffer(24)
    _checked(_libc.capget(header, now), "capget")
    kept = sum(1 << capability for capability in keep) & struct.unpack("=6I", now.raw)[1]
    _checked(_libc.capset(header, struct.pack("=6I", kept, kept, 0, 0, 0, 0)), "capset")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install_filter(program: bytes, *, listen: bool = False) -> int:
    """Install a seccomp program: 8 bytes an instruction.

    With ``listen`` it returns the descriptor on which calls that the program tells of wait.
    """
    code = ctypes.create_string_buffer(program, len(program))
    header = _Program(len(program) // 8, ctypes.cast(code, ctypes.c_void_p).value)
    flags = _SECCOMP_NEW_LISTENER if listen else 0
    return syscall(_SYS_SECCOMP, _SECCOMP_SET_MODE_FILTER, flags, ctypes.byref(header))
