"""What the process that runs pytest may do itself: read the course, judge, and say what it found.

Hidden tests and references handle what came from students. A mistake in them, or in the grader,
should not reach the network, the files of whoever grades, or another program.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder import data
from autograder.errors import SandboxUnavailable
from autograder.sandbox import host, kernel, landlock, libraries, rootfs, seccomp, watch

# Shared libraries, and what they and Python look up; whatever of it this machine has.
_SYSTEM = (
    *("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/usr/share/zoneinfo"),
    *("/etc/ld.so.cache", "/etc/localtime", "/proc", "/sys"),
)

_CAPABILITIES = (1, 2, 5)  # of root: to read what is not its own, to end children of other users


def confine(course: Path, scratch: Path, groups: Sequence[Path] = (), *, watches: bool) -> None:
    """Take from this process all but reading and a folder for temporary files; for good.

    It reads the course, the images, the libraries and the system's own files, writes below
    ``scratch`` and the user's cache, starts no program and opens no socket.

    Args:
        course: the folder that holds assignments/.
        scratch: for temporary files.
        groups: the run's control groups, in which it makes one for each sandbox of its own.
        watches: whether it adds up what the processes of a submission use (tier S2).

    Raises:
        OSError: a right could not be taken away.
        SandboxUnavailable: what is left is not enough to watch a child's processes.
    """
    os.environ.setdefault("HOME", str(Path.home()))  # /etc/passwd cannot be asked afterwards
    tempfile.tempdir = os.environ["TMPDIR"] = os.environ["MPLCONFIGDIR"] = str(scratch)
    kernel.set_no_new_privileges()
    kernel.drop_capabilities(keep=_CAPABILITIES)
    allowed = landlock.ruleset(
        read=[path for path in dict.fromkeys(_readable(course)) if Path(path).exists()],
        write=[str(path) for path in (scratch, *groups, _cache()) if path],
        devices=rootfs.DEVICES,
        abi=landlock.version(),
        signals=True,  # children are killed by this process
    )
    landlock.enforce(allowed)
    kernel.install_filter(seccomp.trusted_program())
    # The parent is as far from this process as a child will be, and this process is its child.
    if watches and not (len(watch.tree(os.getppid())) > 1 and watch.own_bytes(os.getppid())):
        unseen = "the confined grader cannot see its children's processes"
        raise SandboxUnavailable([unseen], host.UNWATCHED)


def _readable(course: Path) -> Iterator[str]:
    yield from _SYSTEM
    yield from libraries.interpreter()
    yield from libraries.search_path()
    yield libraries.package_root()
    images = data.data_folder()
    assignments, reference = course / "assignments", course / "reference"
    yield from (str(one.resolve()) for one in (course, assignments, reference, images))
    for folder, depth in (
        *((course, 0), (assignments, 2), (reference, 0)),  # an nbgrader course's submitted/, too
        *((images, 0), (images / "cats_vs_dogs", 3)),
    ):
        yield from _linked(folder, depth)
    if weights := data.find_weights():
        yield str(weights.resolve())


def _linked(folder: Path, depth: int) -> Iterator[str]:
    """Where the links in the folder and so many levels below it lead."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                yield str(Path(entry.path).resolve())
            if depth and entry.is_dir():
                yield from _linked(Path(entry.path), depth - 1)


def _cache() -> Path | None:
    """Decoded images and the reference's times are kept there; nothing is where it cannot be."""
    with contextlib.suppress(OSError):
        data.cache_folder().mkdir(parents=True, exist_ok=True)
        return data.cache_folder()
    return None
