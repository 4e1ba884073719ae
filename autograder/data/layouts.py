"""Reads images from each layout in which they are found; slow, so ``cache`` keeps the result."""

from __future__ import annotations

import io
import pickle
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from autograder.data.images import CATS_AND_DOGS, CLASSES, Images, checked
from autograder.errors import DataBroken

_SIDE = 32
_BATCH = 10_000
_MEMBER = re.compile(r"(train|test)/([^/]+)/[^/]+\.(?i:jpe?g)")
# What zipfile and Pillow raise on broken files; OSError holds most of theirs.
_UNREADABLE = (
    OSError, ValueError, EOFError, SyntaxError, RuntimeError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def read_cifar10(source: Path) -> Images:
    """CIFAR-10 from ``source``, in whichever layout it is.

    Raises:
        DataBroken: names the file that is not as it should be.
    """
    if source.is_dir():
        images = _read_batches(source)
    elif source.suffix == ".npz":
        images = _read_npz(source)
    else:
        listing = list_zip(source)
        images = Images(
            decode_zip(source, listing.train_names), listing.train_labels,
            decode_zip(source, listing.test_names), listing.test_labels,
        )  # fmt: skip
    if images.train_images.shape[1:2] != (_SIDE,):
        raise DataBroken(f"{source}: images have shape {images.train_images.shape[1:]}")
    return checked(images, source, len(CLASSES))


# ---------------------------------------------------------------- the official archive


class _ArrayUnpickler(pickle.Unpickler):
    """The official archive is made of pickles; these may name nothing but what an array needs."""

    _ALLOWED = frozenset(
        {
            ("_codecs", "encode"),
            ("numpy", "dtype"),
            ("numpy", "ndarray"),
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "_reconstruct"),
        }
    )

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._ALLOWED:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return super().find_class(module, name)


def _read_batches(folder: Path) -> Images:
    train = [_read_batch(folder / f"data_batch_{number}") for number in range(1, 6)]
    test_images, test_labels = _read_batch(folder / "test_batch")
    return Images(
        np.concatenate([pixels for pixels, _ in train]),
        np.concatenate([labels for _, labels in train]),
        test_images, test_labels,
    )  # fmt: skip


def _read_batch(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    try:
        with path.open("rb") as file:
            batch = _ArrayUnpickler(file, encoding="latin1").load()
        pixels, labels = np.asarray(batch["data"]), np.asarray(batch["labels"], np.int64)
    except Exception as error:  # a broken pickle may raise anything
        raise DataBroken(f"{path}: not a batch of CIFAR-10 ({error})") from error
    if pixels.shape != (_BATCH, 3 * _SIDE * _SIDE) or labels.shape != (_BATCH,):
        raise DataBroken(f"{path}: data {pixels.shape}, labels {labels.shape}, not {_BATCH} images")
    return pixels.reshape(-1, 3, _SIDE, _SIDE).transpose(0, 2, 3, 1), labels


# ---------------------------------------------------------------- arrays


def _read_npz(path: Path) -> Images:
    try:
        with np.load(path) as arrays:
            train_images, train_labels, test_images, test_labels = map(
                arrays.__getitem__, Images._fields
            )
    except (KeyError, TypeError, *_UNREADABLE) as error:
        raise DataBroken(f"{path}: {error}") from error
    for labels in (train_labels, test_labels):
        if labels.dtype.kind not in "iu":
            raise DataBroken(f"{path}: labels are {labels.dtype}, not integers")
    return Images(
        train_images, train_labels.astype(np.int64), test_images, test_labels.astype(np.int64)
    )


# ---------------------------------------------------------------- a zip of JPEG files


class Listing(NamedTuple):
    """The names of a zip's images and their labels, in the order in which they are given out."""

    train_names: Sequence[str]
    train_labels: NDArray[np.int64]
    test_names: Sequence[str]
    test_labels: NDArray[np.int64]


def list_zip(path: Path) -> Listing:
    """What a zip of ``train/<class>/<name>.jpg`` and ``test/…`` holds, shuffled but always alike.

    Raises:
        DataBroken: it is no zip, a split is empty, or a folder bears no name of a class.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = [match for name in archive.namelist() if (match := _MEMBER.fullmatch(name))]
    except _UNREADABLE as error:
        raise DataBroken(f"{path}: {error}") from error
    strangers = sorted({match[2] for match in found} - set(CLASSES))
    if strangers:
        raise DataBroken(f"{path}: {strangers[0]} is no class of CIFAR-10")
    splits = []
    for split in ("train", "test"):
        of_split = sorted((match for match in found if match[1] == split), key=lambda one: one[0])
        if not of_split:
            raise DataBroken(f"{path}: no file {split}/<class>/<name>.jpg in it")
        order = np.random.default_rng(0).permutation(len(of_split))
        names = [of_split[at][0] for at in order]
        labels = np.array([CLASSES.index(of_split[at][2]) for at in order], np.int64)
        splits.append((names, labels))
    return Listing(*splits[0], *splits[1])


def decode_zip(path: Path, names: Sequence[str]) -> NDArray[np.uint8]:
    """The images ``names`` of a zip: uint8 (count, 32, 32, 3).

    Raises:
        DataBroken: names the image that cannot be read or has another size.
    """
    images = np.empty((len(names), _SIDE, _SIDE, 3), np.uint8)
    with zipfile.ZipFile(path) as archive:
        for at, name in enumerate(names):
            try:
                pixels = np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB"))
            except _UNREADABLE as error:
                raise DataBroken(f"{path}: {name}: {error}") from error
            if pixels.shape != images.shape[1:]:
                raise DataBroken(f"{path}: {name}: its shape is {pixels.shape}, not 32×32 RGB")
            images[at] = pixels
    return images


# ---------------------------------------------------------------- folders of photographs


def read_cats_vs_dogs(folder: Path, size: int) -> Images:
    """``train|validate/{cats,dogs}``: each photograph's centre square, ``size`` by ``size``.

    Raises:
        DataBroken: names the folder that is missing or empty, or the file that cannot be read.
    """
    splits = []
    for split in ("train", "validate"):
        photos = [_photos(folder / split / animal) for animal in CATS_AND_DOGS]
        labels = np.repeat(np.arange(len(photos)), [len(paths) for paths in photos])
        splits.append((_squares([path for paths in photos for path in paths], size), labels))
    return checked(Images(*splits[0], *splits[1]), folder, len(CATS_AND_DOGS))


def _photos(folder: Path) -> list[Path]:
    suffixes = (".jpg", ".jpeg")
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in suffixes)
    if not paths:
        raise DataBroken(f"{folder}: no JPEG file there")
    return paths


def _squares(paths: Iterable[Path], size: int) -> NDArray[np.uint8]:
    with ThreadPoolExecutor() as pool:  # Pillow decodes and resizes without the GIL
        return np.stack(list(pool.map(lambda path: _square(path, size), paths)))


def _square(path: Path, size: int) -> NDArray[np.uint8]:
    try:
        with Image.open(path) as photo:
            square = ImageOps.fit(photo.convert("RGB"), (size, size), Image.Resampling.BILINEAR)
    except _UNREADABLE as error:
        raise DataBroken(f"{path}: {error}") from error
    return np.asarray(square)
