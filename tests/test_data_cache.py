"""The decoded copy: made once, mapped, made anew when it is broken or old, whole or not there."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from full_disk import largest_file
from small_images import arrays, make_npz, make_photos, make_zip

from autograder import data
from autograder.data import cache
from autograder.errors import DataBroken, DataError

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("AUTOGRADER_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def copies(folder: Path) -> list[Path]:
    """All that lies in the cache, temporary files too."""
    return sorted((folder.parent / "cache" / "autograder").glob("*"))


def same(one: data.Images, other: data.Images) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_second_time_nothing_is_decoded_and_the_file_is_mapped(folder, monkeypatch):
    make_zip(folder / "cifar10.zip")
    first = data.cifar10()
    monkeypatch.setattr(data, "_read_cifar10", lambda source: pytest.fail("decoded again"))
    second = data.cifar10()
    assert same(first, second)
    for part in (*first, *second):
        assert isinstance(part.base, np.memmap)
        assert not part.flags.writeable
        assert part.flags.aligned


def test_labels_of_any_number_leave_arrays_aligned(folder):
    make_photos(folder / "cats_vs_dogs", train=1, validate=3)
    assert all(part.flags.aligned for part in data.cats_vs_dogs(15))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[:50],
        lambda content: content[:100],
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: bytes(len(content)),
        lambda content: content[:64] + bytes(len(content) - 64),
        lambda content: content[:64] + content[64:].replace(b"(20,", b"(-2,", 1),
        lambda content: content[:64] + content[64:].replace(b"<i8", b"<f8", 1),
        lambda content: content[:64] + content[64:].replace(b"|u1", b"|O1", 1),
        lambda content: content[:192] + b"\xff" + content[193:],  # the first label
        lambda content: content[:70] + b"\x02" + content[71:],  # version of the array format
        lambda content: b"x" + content[1:],
    ],
)
def test_a_broken_copy_is_made_anew(folder, spoil):
    make_npz(folder / "cifar10.npz")
    data.cifar10()
    (path,) = copies(folder)
    whole = path.read_bytes()
    assert spoil(whole) != whole
    path.write_bytes(spoil(whole))
    assert same(data.cifar10(), arrays())
    assert path.read_bytes() == whole


def test_a_changed_source_is_decoded_again_in_the_place_of_the_old(folder):
    path = make_npz(folder / "cifar10.npz")
    data.cifar10()
    before = path.stat()
    make_npz(path, **arrays(seed=1)._asdict())
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns + 1))
    assert path.stat().st_size == before.st_size
    assert same(data.cifar10(), arrays(seed=1))
    assert len(copies(folder)) == 1


def test_a_photograph_more_is_seen(folder):
    make_photos(folder / "cats_vs_dogs")
    data.cats_vs_dogs(16)
    photo = folder / "cats_vs_dogs" / "train" / "cats" / "000.jpg"
    photo.rename(photo.with_name("other.jpg"))
    assert data.cats_vs_dogs(16).train_images[:, 8, 8, 0].tolist() == [41, 42, 40, 200, 201, 202]


def test_two_sources_have_two_copies(folder, tmp_path, monkeypatch):
    make_npz(folder / "cifar10.npz")
    (tmp_path / "other").mkdir()
    make_npz(tmp_path / "other" / "cifar10.npz", **arrays(seed=1)._asdict())
    data.cifar10()
    monkeypatch.setenv("AUTOGRADER_DATA", str(tmp_path / "other"))
    assert same(data.cifar10(), arrays(seed=1))
    assert len(copies(folder)) == 2
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADER_DATA", "data/../data")  # the first one, by another name
    assert same(data.cifar10(), arrays())
    assert len(copies(folder)) == 2


def test_what_is_broken_leaves_no_copy(folder):
    make_zip(folder / "cifar10.zip", **{"train/cat/0000.jpg": b"?"})
    with pytest.raises(DataBroken):
        data.cifar10()
    assert copies(folder) == []


def test_a_source_that_is_gone_is_no_reason_to_use_its_copy(folder):
    path = make_npz(folder / "cifar10.npz")
    data.cifar10()
    path.unlink()
    assert cache.find(path, "cifar10", 10) is None


def test_processes_at_once_see_whole_images_each(folder):
    """Four processes start at the same moment; each goes on making and spoiling the copy."""
    make_npz(folder / "cifar10.npz", **arrays(2000, 500)._asdict())
    code = """
import sys, time
import numpy as np
from autograder import data
from autograder.data import folders
expected = np.load(folders.find_cifar10())
time.sleep(max(0, float(sys.argv[1]) - time.time()))
for _ in range(8):
    images = data.cifar10()
    for name, part in images._asdict().items():
        assert np.array_equal(part, expected[name]), name
    for path in folders.cache_folder().glob("cifar10-*"):
        path.unlink(missing_ok=True)
"""
    start = str(time.time() + 2)
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, start], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    errors = [run.communicate(timeout=120)[1] for run in runs]
    assert [run.returncode for run in runs] == [0] * 4, errors
    data.cifar10()
    assert [path.name.startswith("cifar10-") for path in copies(folder)] == [True]


def test_what_a_killed_process_left_is_cleared_away(folder):
    make_npz(folder / "cifar10.npz")
    data.cifar10()
    (path,) = copies(folder)
    old, new = (path.with_name(f".{path.name}.{name}.tmp") for name in ("0a", "0b"))
    for left in (old, new):
        left.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    path.unlink()
    data.cifar10()
    assert copies(folder) == sorted([new, path])


def test_a_full_disk_is_told_and_nothing_is_left(folder):
    make_npz(folder / "cifar10.npz")
    with (
        largest_file(4096),
        pytest.raises(DataError, match=r"cache/autograder \(File too large\): make room"),
    ):
        data.cifar10()
    assert copies(folder) == []


def test_a_cache_that_cannot_be_made_is_told(folder):
    make_npz(folder / "cifar10.npz")
    (folder.parent / "cache").write_text("in the way")
    with pytest.raises(DataError, match=r"cache/autograder \(Not a directory\)"):
        data.cifar10()


def test_a_file_that_another_process_is_done_with_is_no_fault(folder):
    """It is listed, and gone when it is looked at: as a link that leads nowhere."""
    make_npz(folder / "cifar10.npz", **arrays(20, 5)._asdict())
    data.cache_folder().mkdir(parents=True, exist_ok=True)
    (data.cache_folder() / ".cifar10-0.images.0.tmp").symlink_to("nowhere")
    assert len(data.cifar10().train_images) == 20
