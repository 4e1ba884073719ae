"""Files of a submission that are read only when they are looked at: a class has many."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import SandboxError, UsageError
from autograder.intake.files import Parts, Root
from autograder.notebook import MAX_BYTES
from autograder.notebook.refusals import Unreadable

_EVERYTHING = 1 << 40


@dataclass(frozen=True)
class Content:
    """Where a file lies: ``parts`` below ``folder``.

    Args:
        cut: a notebook. Of one that is too long only so much is read that it is seen to be; one
            that may not be read (a link, a pipe) is empty.
        ours: a file of the course, which is kept once it has been read.
    """

    folder: Path
    parts: Parts
    cut: bool = False
    ours: bool = False

    def read(self) -> bytes:
        """Its bytes. Raises SandboxError for a file that is no longer as it was when listed."""
        if self.ours:
            return _course_file(self.folder.joinpath(*self.parts))
        try:
            with Root(self.folder) as root, root.open(self.parts, _EVERYTHING) as file:
                return file.read(MAX_BYTES + 1) if self.cut else file.read()
        except (Unreadable, OSError, UsageError) as fault:
            if self.cut:
                return b""
            name = "/".join(self.parts)
            raise SandboxError(f"{name} changed while it was being read ({fault})") from fault


@functools.lru_cache(maxsize=256)
def _course_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SandboxError(f"{file}: {error.strerror}") from error


class LazyFiles(Mapping[str, bytes]):
    """Contents by name. What is asked for is read each time."""

    def __init__(self, contents: Mapping[str, Content]) -> None:
        self._contents = dict(contents)

    def __getitem__(self, name: str) -> bytes:
        return self._contents[name].read()

    def __contains__(self, name: object) -> bool:
        return name in self._contents

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)

    def __repr__(self) -> str:
        return f"LazyFiles({sorted(self._contents)})"
