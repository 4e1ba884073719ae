"""``autograder data``: fetched, from a server on this machine, whole or not at all; and where."""

from __future__ import annotations

import hashlib
import http.server
import io
import pickle
import re
import socket
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest
import torch
from full_disk import largest_file
from small_images import jpeg, make_batches, make_npz, make_zip
from torchvision.datasets import CIFAR10

from autograder import cli, data
from autograder.data import fetch, folders
from autograder.data.folders import BATCHES
from autograder.errors import DataError

ROOT = Path(__file__).parent.parent


class Server(http.server.BaseHTTPRequestHandler):
    """Gives out ``archive``, or does what ``mood`` says."""

    archive = b""
    mood = ""
    asked = 0

    def do_GET(self):
        type(self).asked += 1
        if self.mood == "missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.archive)))
        self.end_headers()
        if self.mood == "stalls" and type(self).asked > 1:  # the first request is about redirects
            time.sleep(2)
        elif self.mood == "cut":
            self.wfile.write(self.archive[: len(self.archive) // 2])
        elif self.mood == "portal":  # a hotel's page of welcome
            self.wfile.write(b"x" * len(self.archive))
        else:
            self.wfile.write(self.archive)

    def log_message(self, *_):
        """Nothing on the screen."""


@pytest.fixture(scope="module")
def official(tmp_path_factory):
    """The unpacked folder, 60,000 images, and the archive that holds it, as they are published."""
    folder = make_batches(tmp_path_factory.mktemp("official") / BATCHES)
    meta = {"label_names": list(data.CLASSES)}
    (folder / "batches.meta").write_bytes(pickle.dumps(meta))
    archive = folder.with_name("archive.tar.gz")
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        tar.add(folder, BATCHES)
    return folder, archive


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("AUTOGRADER_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def server(official, monkeypatch):
    """torchvision asks this machine instead of the official server, for this archive."""
    unpacked, archive = official

    def md5(path: Path) -> str:
        return hashlib.md5(path.read_bytes()).hexdigest()

    class Handler(Server):
        pass

    Handler.archive = archive.read_bytes()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setattr(CIFAR10, "url", f"http://127.0.0.1:{listening.server_port}/a.tar.gz")
        monkeypatch.setattr(CIFAR10, "tgz_md5", md5(archive))
        for part in ("train_list", "test_list"):
            names = [name for name, _ in getattr(CIFAR10, part)]
            monkeypatch.setattr(CIFAR10, part, [[name, md5(unpacked / name)] for name in names])
        meta = {**CIFAR10.meta, "md5": md5(unpacked / CIFAR10.meta["filename"])}
        monkeypatch.setattr(CIFAR10, "meta", meta)
        yield Handler
        listening.shutdown()


def autograder(monkeypatch, *arguments: str) -> int | str | None:
    """The exit code of the command, run in this process, where the server is known."""
    monkeypatch.setattr(sys, "argv", ["autograder", *arguments])
    try:
        cli.main()
    except SystemExit as end:
        return end.code
    return 0


# ---------------------------------------------------------------- fetch


def test_fetch_then_all_is_there(folder, server, monkeypatch, capsys):
    assert autograder(monkeypatch, "data", "fetch", "cifar10") == 0
    shown = capsys.readouterr()
    assert shown.out == f"CIFAR-10 is in {folder / BATCHES}\n"
    assert "100%" in shown.err, "no progress shown"
    assert [path.name for path in folder.iterdir()] == [BATCHES]
    assert len(data.cifar10().train_images) == 50_000

    asked = server.asked
    assert autograder(monkeypatch, "data", "fetch", "cifar10") == 0
    assert capsys.readouterr().out == f"CIFAR-10 is already in {folder}\n"
    assert server.asked == asked

    (folder / BATCHES / "data_batch_2").write_bytes(b"broken")
    assert autograder(monkeypatch, "data", "fetch", "cifar10") == 0
    assert server.asked > asked
    assert [path.name for path in folder.iterdir()] == [BATCHES]
    assert len(data.cifar10().train_images) == 50_000


def test_fetch_cures_a_broken_zip(folder, server):
    folder.mkdir()
    make_zip(folder / "cifar10.zip", **{"train/cat/0000.jpg": jpeg()[:-50]})
    fetch.fetch_cifar10()
    assert len(data.cifar10().train_images) == 50_000


def test_fetch_is_content_with_another_layout(folder):
    folder.mkdir()
    make_npz(folder / "cifar10.npz")
    assert fetch.fetch_cifar10() == f"CIFAR-10 is already in {folder}"


@pytest.mark.parametrize(
    ("mood", "sentence"),
    [
        ("missing", r"a\.tar\.gz cannot be reached \(Not Found\)"),
        ("cut", "is not the official archive"),
        ("portal", "is not the official archive"),
        ("stalls", r"cannot be reached \(timed out\)"),
    ],
)
def test_fetch_fails_with_a_sentence_and_leaves_nothing(
    folder, server, monkeypatch, capsys, mood, sentence
):
    monkeypatch.setattr(server, "mood", mood)
    monkeypatch.setattr(fetch, "_STALLED_SECONDS", 0.5)
    assert autograder(monkeypatch, "data", "fetch", "cifar10") == 1
    assert re.search(f"^autograder: .*{sentence}", capsys.readouterr().err, re.M)
    assert list(folder.iterdir()) == []
    assert socket.getdefaulttimeout() is None


def test_fetch_without_a_network(folder, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]  # nobody listens there
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(CIFAR10, "url", f"http://127.0.0.1:{port}/a.tar.gz")
    with pytest.raises(DataError, match=rf"Connection refused.*copy the folder {BATCHES}"):
        fetch.fetch_cifar10()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("size", [100_000, 20_000_000])  # the archive; what is unpacked
def test_fetch_onto_a_full_disk(folder, server, size):
    assert (len(server.archive) > size) == (size == 100_000)
    with (
        largest_file(size),
        pytest.raises(
            DataError, match=rf"{folder} cannot be written \(File too large\): make room"
        ),
    ):
        fetch.fetch_cifar10()
    assert list(folder.iterdir()) == []


def test_fetch_where_a_file_is_in_the_way(folder):
    folder.write_text("in the way")
    with pytest.raises(DataError, match=r"cannot be written .*: make the folder writable or name"):
        fetch.fetch_cifar10()


# ---------------------------------------------------------------- weights


@pytest.fixture
def weights(monkeypatch, server):
    """The server's file is taken for the official weights: its name holds its own hash."""
    from torchvision.models import ResNet18_Weights

    content = io.BytesIO()
    torch.save({"fc.bias": torch.zeros(3)}, content)
    server.archive = content.getvalue()
    name = f"resnet18-{hashlib.sha256(server.archive).hexdigest()[:8]}.pth"
    url = ResNet18_Weights.IMAGENET1K_V1.value.url
    assert url.endswith(folders.WEIGHTS)
    ours = CIFAR10.url.replace("a.tar.gz", name)
    monkeypatch.setattr(ResNet18_Weights.IMAGENET1K_V1.value, "url", ours)
    monkeypatch.setattr(folders, "WEIGHTS", name)
    monkeypatch.delenv("TORCH_HOME", raising=False)
    return name


def test_fetch_weights_once(folder, weights, server, monkeypatch, capsys):
    assert autograder(monkeypatch, "data", "fetch", "resnet18") == 0
    file = folder / "torch" / "hub" / "checkpoints" / weights
    assert capsys.readouterr().out == f"ResNet-18's weights are in {file.parent}\n"
    assert file.read_bytes() == server.archive
    asked = server.asked
    assert autograder(monkeypatch, "data", "fetch", "resnet18") == 0
    assert capsys.readouterr().out == f"ResNet-18's weights are already in {file}\n"
    assert server.asked == asked


@pytest.mark.parametrize(
    ("mood", "sentence"),
    [
        ("missing", r"\.pth cannot be reached \(Not Found\)"),
        ("portal", "is not the official archive"),
    ],
)
def test_weights_that_do_not_come(folder, weights, server, monkeypatch, mood, sentence):
    monkeypatch.setattr(server, "mood", mood)
    with pytest.raises(DataError, match=sentence):
        fetch.fetch_resnet18()
    assert folders.find_weights() is None


def test_weights_that_torch_has_already(folder, tmp_path, monkeypatch):
    file = tmp_path / "own" / "hub" / "checkpoints" / folders.WEIGHTS
    file.parent.mkdir(parents=True)
    file.touch()
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "own"))
    assert folders.find_weights() == file.resolve()
    assert fetch.fetch_resnet18() == f"ResNet-18's weights are already in {file}"


# ---------------------------------------------------------------- where, help


def test_where_names_folders_and_cures(folder, monkeypatch, capsys):
    assert autograder(monkeypatch, "data", "where") == 1
    shown = capsys.readouterr().out
    assert f"{folder}\n" in shown
    assert str(folder.parent / "cache" / "autograder") in shown
    assert "run `autograder data fetch cifar10`" in shown
    assert f"into {folder / 'cats_vs_dogs'}" in shown


def test_where_all_is_found(folder, monkeypatch, capsys):
    (folder / "cats_vs_dogs").mkdir(parents=True)
    make_npz(folder / "cifar10.npz")
    assert autograder(monkeypatch, "data", "where") == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        f"cifar10       {folder / 'cifar10.npz'}",
        f"cats_vs_dogs  {folder / 'cats_vs_dogs'}",
        "resnet18      EfficientNet-Lite0 is used (`autograder data fetch resnet18` gets the "
        "weights)",
    ]


def test_every_command_of_data_is_documented():
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^### `autograder data (\w+)", page, re.M))
    assert headings == set(cli.cli.commands["data"].commands)


def test_the_command_line_imports_nothing_heavy():
    code = "import sys, autograder.cli; print(sorted({'numpy', 'torch', 'PIL'} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
