"""Small images in every layout in which the real ones are found, and some that are broken."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from autograder.data import CLASSES, Images


def jpeg(colour: int = 0, width: int = 32, height: int = 32, mode: str = "RGB") -> bytes:
    """A picture of one colour."""
    fill = colour if mode == "L" else (colour, 255 - colour, 128)
    data = io.BytesIO()
    Image.new(mode, (width, height), fill).save(data, "JPEG", quality=95)
    return data.getvalue()


def make_zip(path: Path, train: int = 3, test: int = 2, classes=CLASSES, **more: bytes) -> Path:
    """``train`` and ``test`` images of each class; ``more`` is added or takes their place."""
    members = {
        f"{split}/{name}/{at:04}.jpg": jpeg(20 * CLASSES.index(name) + at)
        for split, count in (("train", train), ("test", test))
        for name in classes
        for at in range(count)
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**members, **more}.items():
            archive.writestr(name, data)
    return path


def arrays(train: int = 20, test: int = 10, seed: int = 0) -> Images:
    rng = np.random.default_rng(seed)
    return Images(
        rng.integers(0, 256, (train, 32, 32, 3), np.uint8),
        np.arange(train) % 10,
        rng.integers(0, 256, (test, 32, 32, 3), np.uint8),
        np.arange(test) % 10,
    )


def make_npz(path: Path, **changes: object) -> Path:
    np.savez(path, **{**arrays()._asdict(), **changes})
    return path


def make_photos(folder: Path, train: int = 3, validate: int = 2) -> Path:
    """Photographs of which the centre square is grey and what lies beside it is white."""
    for split, count in (("train", train), ("validate", validate)):
        for animal, grey in (("cats", 40), ("dogs", 200)):
            (folder / split / animal).mkdir(parents=True)
            for at in range(count):
                size = (40 + 20 * at, 40)
                photo = Image.new("RGB", size, (255, 255, 255))
                photo.paste((grey + at, grey + at, grey + at), (10 * at, 0, 10 * at + 40, 40))
                photo.save(folder / split / animal / f"{at:03}.jpg", quality=95)
    return folder


# ---------------------------------------------------------------- the official archive

_ARRAY = (  # how Python 2 and NumPy 1 pickled an array, as the official files hold it
    b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
    b"(K\x01J%bJ%b\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R"
    b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T%b%btb"
)


def batch(pixels: np.ndarray, labels: list[int]) -> bytes:
    """One file of the official archive: ``pixels`` uint8 (N, 3072), all red, then green, blue."""
    rows, columns = (struct.pack("<i", number) for number in pixels.shape)
    data = pixels.tobytes()
    array = _ARRAY % (rows, columns, struct.pack("<i", len(data)), data)
    numbers = b"".join(b"K" + bytes([label]) for label in labels)
    return (
        b"\x80\x02}(U\x0bbatch_labelU\x07a batchU\x06labels]("
        + numbers
        + b"eU\x04data"
        + array
        + b"u."
    )


def make_batches(folder: Path) -> Path:
    """All six files, 10,000 images each; image n of a file has label n % 10."""
    folder.mkdir()
    labels = [at % 10 for at in range(10_000)]
    pixels = np.zeros((10_000, 3, 1024), np.uint8)
    pixels[:, 1] = np.arange(10_000)[:, None] % 251
    pixels[:, 2, 1] = 255  # blue in the first row's second column
    for number, name in enumerate([*(f"data_batch_{at}" for at in range(1, 6)), "test_batch"]):
        pixels[:, 0] = number
        (folder / name).write_bytes(batch(pixels.reshape(10_000, 3072), labels))
    return folder
