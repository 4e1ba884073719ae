"""Downloads what is published, through torchvision, which knows the checksums."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import sys
import tempfile
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from autograder import data
from autograder.data.folders import BATCHES, data_folder, find_weights, weights_file
from autograder.errors import DataBroken, DataError, DataMissing

_STALLED_SECONDS = 30.0  # without a byte
_NETWORK = (
    urllib.error.URLError, ConnectionError, TimeoutError, ssl.SSLError, http.client.HTTPException,
)  # fmt: skip
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def fetch_cifar10() -> str:
    """Put CIFAR-10 into the data folder, decode it, and say in a sentence what was done.

    What is there already and can be read is left as it is.

    Raises:
        DataError: no network, not the official archive, or the folder cannot be written.
    """
    folder = data_folder()
    try:
        data.cifar10()
    except (DataMissing, DataBroken):
        _download(folder)
        data.cifar10()
        return f"CIFAR-10 is in {folder / BATCHES}"
    return f"CIFAR-10 is already in {folder}"


def fetch_resnet18() -> str:
    """Put ResNet-18's ImageNet weights into the data folder, and say in a sentence what was done.

    Raises:
        DataError: no network, not the official file, or the folder cannot be written.
    """
    if found := find_weights():
        return f"ResNet-18's weights are already in {found}"
    import torch
    from torchvision.models import ResNet18_Weights

    folder, url = weights_file().parent, ResNet18_Weights.IMAGENET1K_V1.url
    # torch announces a download on standard output, which is for the answer.
    with _explained(url, folder, f"the file {weights_file().name}"), redirect_stdout(sys.stderr):
        folder.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: torch writes beside, then renames.
        torch.hub.load_state_dict_from_url(url, str(folder), check_hash=True, weights_only=True)
    return f"ResNet-18's weights are in {folder}"


def _download(folder: Path) -> None:
    """Whole or not at all: all is done in a folder beside, which is renamed at the end."""
    from torchvision.datasets import CIFAR10

    with _explained(CIFAR10.url, folder, f"the folder {BATCHES}"):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".cifar10-", dir=folder) as name:
            temporary = Path(name)
            CIFAR10(temporary, download=True)
            if (folder / BATCHES).exists():  # broken, or it would not be fetched again
                (folder / BATCHES).replace(temporary / "broken")
            (temporary / BATCHES).replace(folder / BATCHES)


@contextmanager
def _explained(url: str, folder: Path, wanted: str) -> Iterator[None]:
    """Turn what a download of ``wanted`` to ``folder`` may raise into a DataError with its cure."""
    try:
        with _timeout(_STALLED_SECONDS):
            yield
    except _NETWORK as error:
        reason = getattr(error, "reason", "") or error
        raise DataError(
            f"{url} cannot be reached ({reason}): connect this machine to the network and "
            f"try again, or copy {wanted} from another machine into {folder}"
        ) from error
    except OSError as error:
        cure = "make room on the disk" if error.errno in _FULL else "make the folder writable"
        raise DataError(
            f"{folder} cannot be written ({error.strerror}): {cure} or name another in "
            "AUTOGRADER_DATA"
        ) from error
    except RuntimeError as error:  # torchvision's word for a wrong checksum
        raise DataError(
            f"what came from {url} is not the official archive (wrong checksum; it may be "
            "cut short): try again"
        ) from error


@contextmanager
def _timeout(seconds: float) -> Iterator[None]:
    """For torchvision's sockets, which otherwise wait for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
