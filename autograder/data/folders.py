"""Where images are looked for, and what to do about those that are not there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from autograder.errors import DataMissing

VARIABLE = "AUTOGRADER_DATA"
BATCHES = "cifar-10-batches-py"  # the official archive, unpacked
WEIGHTS = "resnet18-f37072fd.pth"  # of ImageNet, as torchvision publishes them
_CHECKPOINTS = "hub/checkpoints"  # below a home of torch
_CIFAR10 = (BATCHES, "cifar10.npz", "cifar10.zip")  # the official one first: a fetch cures all


def data_folder() -> Path:
    """The folder named in ``AUTOGRADER_DATA``, else the user's own for such things."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    return platformdirs.user_data_path("autograder", appauthor=False)


def cache_folder() -> Path:
    """Where decoded copies are kept; may be deleted at any time."""
    return platformdirs.user_cache_path("autograder", appauthor=False)


def find_cifar10() -> Path:
    """The first of the layouts that is there.

    Raises:
        DataMissing: none is; names the command that fetches it.
    """
    folder = data_folder()
    for name in _CIFAR10:
        if (folder / name).exists():
            return folder / name
    raise DataMissing(
        f"no CIFAR-10 images in {folder}: run `autograder data fetch cifar10`, or set {VARIABLE} "
        f"to a folder that holds {', '.join(_CIFAR10[:-1])} or {_CIFAR10[-1]}"
    )


def find_cats_vs_dogs() -> Path:
    """The folder that holds ``train`` and ``validate``.

    Raises:
        DataMissing: it is not there; says where to put it.
    """
    folder = data_folder() / "cats_vs_dogs"
    if folder.is_dir():
        return folder
    raise DataMissing(
        f"no photographs of cats and dogs: put the course's folders train/ and validate/ into "
        f"{folder}, or set {VARIABLE} to the folder that holds cats_vs_dogs/"
    )


def weights_file() -> Path:
    """Where ``fetch`` puts ResNet-18's weights: in a folder laid out as torch keeps its own."""
    return data_folder() / "torch" / _CHECKPOINTS / WEIGHTS


def find_weights() -> Path | None:
    """ResNet-18's weights, in our folder or in torch's own; None if in neither.

    Without them the pretrained network of assignments is EfficientNet-Lite0, from its package.
    """
    own = os.environ.get("TORCH_HOME") or platformdirs.user_cache_path("torch", appauthor=False)
    files = (weights_file(), Path(own).expanduser() / _CHECKPOINTS / WEIGHTS)
    found = next((file for file in files if _is_readable(file)), None)
    return found.parent.resolve() / found.name if found else None


def _is_readable(file: Path) -> bool:
    """For student code, too, which a root grader runs as somebody else."""
    try:
        return file.is_file() and (os.geteuid() != 0 or bool(file.stat().st_mode & stat.S_IROTH))
    except OSError:  # below a folder that is not ours
        return False


def where() -> Iterator[tuple[str, bool]]:
    """A line about each folder and each set of images, and whether all is well with it."""
    yield f"data          {data_folder()}", True
    yield f"cache         {cache_folder()}", True
    for name, find in (("cifar10", find_cifar10), ("cats_vs_dogs", find_cats_vs_dogs)):
        try:
            yield f"{name:<13} {find()}", True
        except DataMissing as error:
            yield f"{name:<13} {error}", False
    instead = "EfficientNet-Lite0 is used (`autograder data fetch resnet18` gets the weights)"
    yield f"{'resnet18':<13} {find_weights() or instead}", True
