"""Imports libraries and uses each once, so that no child pays for what they do at first use.

Nothing here may start a thread, which a fork would lose: no backward pass in torch, for one.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable, Sequence
from typing import Any

# What the worker and student code need without a file system that holds it.
_ALSO = (
    *("ast", "asyncio", "code", "inspect", "linecache", "traceback", "warnings"),
    *("encodings.idna", "encodings.latin_1", "encodings.unicode_escape"),
)
# What libraries themselves import late; better once here than in every child that uses it.
_LATE = {
    "numpy": ("fft", "linalg", "lib.stride_tricks", "ma", "polynomial", "random", "testing"),
    "torch": ("autograd", "nn.functional", "optim"),
}


def load(modules: Sequence[str]) -> None:
    """Import ``modules`` and use those that set something up when first used.

    Raises:
        ImportError: one of them cannot be imported; the message names it.
    """
    late = (f"{top}.{name}" for top in modules for name in _LATE.get(top, ()))
    for name in (*_ALSO, *modules, *late):
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise ImportError(f"cannot import {name}: {error}") from error
    for name in modules:
        if use := _USE.get(name):
            use(importlib.import_module(name))


def _use_numpy(np: Any) -> None:
    image = np.arange(36.0).reshape(6, 6)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1), (3, 3))
    np.einsum("ijkl,kl->ij", windows, np.ones((3, 3)))
    np.tensordot(windows, np.ones((3, 3)), 2)
    np.exp(image @ image / 1e6).mean(axis=1)
    repr(np.maximum(image, 0).astype(int))


def _use_torch(torch: Any) -> None:
    """Without this the first convolution of each child takes 30 ms."""
    functional = torch.nn.functional
    for dtype in (torch.float32, torch.float64):
        image = torch.ones((1, 1, 6, 6), dtype=dtype)
        convolved = functional.conv2d(image, torch.ones((1, 1, 3, 3), dtype=dtype), padding=1)
        functional.max_pool2d(torch.relu(convolved), 2).softmax(-1).sum().item()
        functional.conv1d(image[0, 0], torch.ones((6, 1, 1), dtype=dtype), groups=6)
    torch.from_numpy(image.numpy())
    repr(convolved)


def _use_keras(keras: Any) -> None:
    """Without this the first model of each child takes 30 ms more."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(2, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.summary(print_fn=lambda text: None)
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    model(keras.ops.ones((2, 8, 8, 1)))
    keras.utils.clear_session()  # a child's first layers are conv2d and dense, not conv2d_1


def _use_pyplot(pyplot: Any) -> None:
    figure, axes = pyplot.subplots()
    axes.plot([0, 1])
    axes.set_title("é")
    figure.savefig(io.BytesIO())
    pyplot.close(figure)


def _use_shell(shell: Any) -> None:
    """Without this the first cell of each child takes 25 ms, and its first traceback 60 ms."""
    shell.warm_up()


_USE: dict[str, Callable[[Any], None]] = {
    "numpy": _use_numpy,
    "torch": _use_torch,
    "keras": _use_keras,
    "matplotlib.pyplot": _use_pyplot,
    "autograder.sandbox.shell": _use_shell,
}
