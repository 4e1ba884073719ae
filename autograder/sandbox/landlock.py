"""Landlock: which files a process may still open, whatever its user may. It cannot be undone."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from autograder.sandbox import kernel

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_MAKE_CHAR = 1 << 6
_MAKE_SOCK = 1 << 9
_MAKE_FIFO = 1 << 10
_MAKE_BLOCK = 1 << 11
_TRUNCATE = 1 << 14
_IOCTL_DEV = 1 << 15

# How many file rights each version of the interface knows; all of them are taken away.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NETWORK_RIGHTS = 0b11  # bind and connect of TCP, from version 4
_SCOPE_SOCKETS, _SCOPE_SIGNALS = 0b01, 0b10  # abstract sockets, signals; from version 6

_READ = _READ_FILE | _READ_DIR
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_NEVER = _EXECUTE | _MAKE_CHAR | _MAKE_SOCK | _MAKE_FIFO | _MAKE_BLOCK | _IOCTL_DEV


def version() -> int:
    """The version of the kernel's Landlock interface; 0 where there is none."""
    try:
        return kernel.syscall(_CREATE, None, 0, 1)
    except OSError:
        return 0


def enforce(made: int) -> None:
    """Take away from this process for good what the ruleset does not allow, and close it.

    Several add up: what one of them does not allow stays forbidden. Needs ``no_new_privs``.
    Raises OSError.
    """
    try:
        kernel.syscall(_RESTRICT, made, 0)
    finally:
        os.close(made)


def ruleset(
    *,
    read: Iterable[str],
    write: Iterable[str],
    devices: Iterable[str],
    abi: int,
    drivers: Iterable[str] = (),
    processes: Iterable[str] = (),
    hidden: Iterable[str] = (),
    signals: bool = False,
) -> int:
    """A descriptor of rules: no right to any file but reading below ``read`` and all below
    ``write``.

    Nothing may be executed anywhere. ``devices`` are single files to be read and written,
    ``drivers`` such files that also take commands (ioctl). Below ``processes`` existing files may
    be read and written. ``hidden`` are folders below ``read`` of which only the names can be seen.
    ``signals``: processes outside may still be sent some. Raises OSError.
    """
    rights = (1 << _RIGHTS[min(abi, 5)]) - 1
    scopes = _SCOPE_SOCKETS | (0 if signals else _SCOPE_SIGNALS)
    attributes = struct.pack("=QQQ", rights, _NETWORK_RIGHTS, scopes)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    made = kernel.syscall(_CREATE, attributes, size, 0)
    try:
        folders, files = _around(tuple(read), tuple(hidden))
        for paths, allowed in (
            (files, _READ),
            (folders, _READ_DIR),
            (write, rights & ~_NEVER),
            (devices, _READ_FILE | _WRITE_FILE),
            (drivers, rights & (_READ_FILE | _WRITE_FILE | _IOCTL_DEV)),
            (processes, rights & (_READ | _WRITE_FILE | _TRUNCATE)),  # in /proc nothing is cut
        ):
            for path in paths:
                _allow(made, path, allowed)
    except BaseException:
        os.close(made)
        raise
    return made


def _around(read: tuple[str, ...], hidden: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Folders whose names alone may be read, and what may be read whole: all of ``read`` but
    ``hidden``. Rights can only be given, so what lies beside it is named one by one."""
    names: list[str] = []
    whole = list(read)
    while outer := next((w for w in whole for h in hidden if h == w or h.startswith(f"{w}/")), ""):
        whole.remove(outer)
        if outer not in hidden:
            names.append(outer)
            with os.scandir(outer) as entries:
                whole += [entry.path for entry in entries if not entry.is_symlink()]
    return names, whole


def _allow(made: int, path: str, rights: int) -> None:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= _OF_A_FILE
        kernel.syscall(_ADD_RULE, made, 1, struct.pack("=Qi", rights, fd), 0)
    finally:
        os.close(fd)
