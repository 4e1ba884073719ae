"""A full disk, for the process that runs the tests."""

from __future__ import annotations

import resource
from contextlib import contextmanager


@contextmanager
def largest_file(size: int):
    """The kernel refuses what goes beyond, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
