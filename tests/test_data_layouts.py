"""Images are found and read in every layout; of broken ones the file is named."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from small_images import arrays, batch, jpeg, make_batches, make_npz, make_photos, make_zip

from autograder import data
from autograder.errors import DataBroken, DataMissing


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where this test's images lie; nothing of the user's own is seen or changed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    monkeypatch.setenv("AUTOGRADER_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


# ---------------------------------------------------------------- none


def test_missing_cifar10_names_the_command_that_fetches_it(folder):
    with pytest.raises(DataMissing, match=f"{folder}: run `autograder data fetch cifar10`"):
        data.cifar10()
    with pytest.raises(DataMissing):
        data.cifar10_subset(10, 10, 0)


def test_missing_photographs_say_where_to_put_them(folder):
    with pytest.raises(DataMissing, match=f"into {folder}/cats_vs_dogs, or set AUTOGRADER_DATA"):
        data.cats_vs_dogs()


def test_without_the_variable_the_users_own_folder_is_taken(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_DATA", "")
    (tmp_path / "user" / "autograder").mkdir(parents=True)
    make_npz(tmp_path / "user" / "autograder" / "cifar10.npz")
    assert len(data.cifar10().train_images) == 20


# ---------------------------------------------------------------- arrays


def test_npz(folder):
    labels = np.arange(20, dtype=np.uint8) % 10
    make_npz(folder / "cifar10.npz", train_labels=labels)
    images = data.cifar10()
    for found, expected in zip(images, arrays(), strict=True):
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype
        assert type(found) is np.ndarray


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"train_images": np.zeros((20, 3, 32, 32), np.uint8)}, r"\(3, 32, 32\)"),
        ({"train_images": np.zeros((20, 28, 28, 3), np.uint8)}, r"\(28, 28, 3\)"),
        ({"test_images": np.zeros((10, 28, 28, 3), np.uint8)}, "test images are uint8"),
        ({"train_images": np.zeros((20, 32, 32, 3), np.float32)}, "train images are float32"),
        ({"train_images": np.zeros((0, 32, 32, 3), np.uint8), "train_labels": np.zeros(0, int)},
         "0 train images"),
        ({"train_labels": np.arange(19) % 10}, r"20 train images with labels int64 \(19,\)"),
        ({"train_labels": np.zeros((20, 10), int)}, r"labels int64 \(20, 10\)"),
        ({"test_labels": np.full(10, 10)}, "test labels are not all from 0 to 9"),
        ({"test_labels": np.full(10, -1)}, "test labels are not all from 0 to 9"),
        ({"test_labels": np.zeros(10)}, "labels are float64"),
        ({"train_images": np.full((20, 32, 32, 3), None)}, "allow_pickle=False"),
    ],
)  # fmt: skip
def test_npz_with_the_wrong_arrays(folder, changes, sentence):
    make_npz(folder / "cifar10.npz", **changes)
    with pytest.raises(DataBroken, match=f"cifar10.npz: .*{sentence}.*fetch cifar10"):
        data.cifar10()


def test_npz_without_an_array(folder):
    np.savez(folder / "cifar10.npz", train_images=arrays().train_images)
    with pytest.raises(DataBroken, match=r"cifar10.npz: .*train_labels"):
        data.cifar10()


@pytest.mark.parametrize("content", [b"", b"no arrays", b"\x93NUMPY\x01\x00\x46\x00{"])
@pytest.mark.parametrize("name", ["cifar10.npz", "cifar10.zip"])
def test_a_file_of_something_else(folder, name, content):
    (folder / name).write_bytes(content)
    with pytest.raises(DataBroken, match=name):
        data.cifar10()


def test_a_single_array_is_no_npz(folder):
    with (folder / "cifar10.npz").open("wb") as file:
        np.save(file, arrays().train_images)
    with pytest.raises(DataBroken, match=r"cifar10\.npz"):
        data.cifar10()


# ---------------------------------------------------------------- a zip of JPEG files


def test_zip(folder):
    make_zip(folder / "cifar10.zip")
    images = data.cifar10()
    assert [len(part) for part in images] == [30, 30, 20, 20]
    assert np.bincount(images.train_labels).tolist() == [3] * 10
    assert (np.diff(images.train_labels) < 0).any(), "sorted by class"
    for pixels, label in zip(images.train_images, images.train_labels, strict=True):
        assert pixels[..., 0].mean() == pytest.approx(20 * label + 1, abs=3)


def test_zip_of_some_classes_and_a_grey_image(folder):
    grey = {"train/cat/grey.JPEG": jpeg(90, mode="L"), "train/readme.txt": b"", "train/dog/": b""}
    make_zip(folder / "cifar10.zip", 1, 1, ("cat", "dog"), **grey)
    images = data.cifar10()
    assert sorted(images.train_labels) == [3, 3, 5]
    assert sorted(images.test_labels) == [3, 5]
    assert (90, 90, 90) in [tuple(one[0, 0]) for one in images.train_images]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"train/cat/0000.jpg": jpeg()[:-100]}, "train/cat/0000.jpg"),
        ({"test/cat/0001.jpg": b""}, "test/cat/0001.jpg"),
        ({"train/cat/0000.jpg": jpeg(width=33)}, r"train/cat/0000.jpg: .*\(32, 33, 3\)"),
        ({"train/lion/0000.jpg": jpeg()}, "lion is no class of CIFAR-10"),
    ],
)
def test_zip_with_a_wrong_image(folder, more, sentence):
    make_zip(folder / "cifar10.zip", **more)
    with pytest.raises(DataBroken, match=rf"cifar10\.zip: {sentence}.*fetch cifar10"):
        data.cifar10()


def test_zip_without_test_images(folder):
    make_zip(folder / "cifar10.zip", test=0)
    with pytest.raises(DataBroken, match=r"no file test/<class>/<name>.jpg"):
        data.cifar10()


def test_zip_that_is_damaged_inside(folder):
    path = make_zip(folder / "cifar10.zip")
    content = bytearray(path.read_bytes())
    content[200:210] = bytes(10)
    path.write_bytes(content)
    with pytest.raises(DataBroken, match=r"train/airplane/0000.jpg: Bad CRC-32"):
        data.cifar10()


# ---------------------------------------------------------------- the official archive


@pytest.fixture(scope="module")
def official(tmp_path_factory):
    return make_batches(tmp_path_factory.mktemp("official") / "cifar-10-batches-py")


@pytest.fixture
def batches(official, folder):
    """The official files, of which a test may replace one."""
    (folder / official.name).mkdir()
    for path in official.iterdir():
        (folder / official.name / path.name).symlink_to(path)
    return folder / official.name


def test_official_files(batches):
    images = data.cifar10()
    assert [part.shape for part in images] == [
        (50_000, 32, 32, 3), (50_000,), (10_000, 32, 32, 3), (10_000,),
    ]  # fmt: skip
    assert images.train_labels[12_345] == 5
    assert images.train_images[12_345, 0, 0].tolist() == [1, 2345 % 251, 0]
    assert images.train_images[12_345, 0, 1].tolist() == [1, 2345 % 251, 255]
    assert images.test_images[7, 31, 31].tolist() == [5, 7, 0]


def test_official_files_come_before_others(batches):
    make_npz(batches.parent / "cifar10.npz")
    assert len(data.cifar10().train_images) == 50_000


class Harmful:
    def __reduce__(self):
        return print, ("code that a pickle ran",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80",
        batch(np.zeros((3, 3072), np.uint8), [1, 2, 3]),
        pickle.dumps({"data": np.zeros((10_000, 3072), np.uint8)}),
        pickle.dumps({"data": Harmful(), "labels": [0] * 10_000}),
        pickle.dumps([1, 2]),
    ],
    ids=["empty", "cut", "few", "no labels", "harmful", "list"],
)
def test_official_files_with_a_broken_one(batches, content, capsys):
    (batches / "data_batch_3").unlink()
    (batches / "data_batch_3").write_bytes(content)
    with pytest.raises(DataBroken, match=r"data_batch_3: .*fetch cifar10"):
        data.cifar10()
    assert "code that a pickle ran" not in capsys.readouterr().out


def test_official_files_without_one(batches):
    (batches / "test_batch").unlink()
    with pytest.raises(DataBroken, match=r"test_batch: .*No such file"):
        data.cifar10()


# ---------------------------------------------------------------- photographs


def test_photographs(folder):
    make_photos(folder / "cats_vs_dogs")
    (folder / "cats_vs_dogs" / "train" / "cats" / "notes.txt").write_text("not a photograph")
    images = data.cats_vs_dogs(16)
    assert images.train_images.shape == (6, 16, 16, 3)
    assert images.test_images.shape == (4, 16, 16, 3)
    assert images.train_labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert images.test_labels.tolist() == [0, 0, 1, 1]
    # Of a wide one the centre square alone: grey, one more each file, nothing of the white beside.
    assert images.train_images[:, 8, 8, 0].tolist() == [40, 41, 42, 200, 201, 202]
    assert images.train_images[:3].max() < 100  # JPEG smears a little


def test_photographs_of_another_size_are_another_set(folder):
    make_photos(folder / "cats_vs_dogs")
    assert data.cats_vs_dogs(16).train_images.shape[1] == 16
    assert data.cats_vs_dogs(50).train_images.shape[1] == 50
    with pytest.raises(ValueError, match="size 0"):
        data.cats_vs_dogs(0)


def test_photographs_behind_links(folder, tmp_path):
    """The course's folder need not be copied; what is added to it is seen."""
    make_photos(tmp_path / "course")
    (folder / "cats_vs_dogs").mkdir()
    for split in ("train", "validate"):
        (folder / "cats_vs_dogs" / split).symlink_to(tmp_path / "course" / split)
    assert len(data.cats_vs_dogs(16).train_images) == 6
    (tmp_path / "course" / "train" / "cats" / "zoe.jpg").write_bytes(jpeg())
    assert len(data.cats_vs_dogs(16).train_images) == 7


def test_a_photograph_that_is_cut_is_named(folder):
    make_photos(folder / "cats_vs_dogs")
    path = folder / "cats_vs_dogs" / "validate" / "dogs" / "001.jpg"
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(DataBroken, match=r"validate/dogs/001.jpg: "):
        data.cats_vs_dogs(16)


def test_a_link_to_nothing_is_named(folder):
    make_photos(folder / "cats_vs_dogs")
    (folder / "cats_vs_dogs" / "train" / "cats" / "gone.jpg").symlink_to("nowhere")
    with pytest.raises(DataBroken, match=r"gone\.jpg: No such file"):
        data.cats_vs_dogs(16)


def test_a_folder_without_photographs_is_named(folder):
    make_photos(folder / "cats_vs_dogs", validate=0)
    with pytest.raises(DataBroken, match="validate/cats: no JPEG file there"):
        data.cats_vs_dogs(16)
