"""The names of TensorFlow where only Keras on PyTorch is installed: ``tf.keras`` and a little more.

``tensorflow.keras`` is what TensorFlow itself has under this name: the part of Keras made for it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_VERSION = "2.16.0+keras"  # the first TensorFlow whose Keras is the one that is here
_REAL = "keras._tf_keras"  # holds ``keras`` as ``tensorflow`` does
_ASKS = "keras.src.utils.module_utils"  # where Keras finds out whether there is TensorFlow


def install() -> None:
    """Make ``import tensorflow`` work from now on; where TensorFlow is installed, do nothing."""
    if find_spec("tensorflow") is None:
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder, Loader):
    """First in line, or the files of Keras would be loaded once more under the other name."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What ``import`` asks: see ``importlib``."""
        if name == _ASKS:
            return _telling(PathFinder.find_spec(name, path))
        if name.partition(".")[0] != "tensorflow":
            return None
        keras = name.startswith("tensorflow.keras.") and find_spec(_real(name))
        if keras or name in {"tensorflow", "tensorflow.keras", "tensorflow.random"}:
            return ModuleSpec(name, self, is_package=True)
        # A name other than that of the module: ``from tensorflow import data`` hides it otherwise.
        raise ModuleNotFoundError(_absent(name), name="tensorflow")

    def exec_module(self, module: ModuleType) -> None:
        """Fill ``module``, or put the one that it stands for in its place."""
        name = module.__name__
        if name.startswith("tensorflow.keras"):
            sys.modules[name] = importlib.import_module(_real(name))
            return
        names: dict[str, Any] = {"__getattr__": lambda attribute: _attribute(name, attribute)}
        if name == "tensorflow.random":
            names["set_seed"] = _set_seed
        else:
            names.update(__version__=_VERSION, executing_eagerly=lambda: True)  # Keras asks, too
        module.__dict__.update(names)


def _real(name: str) -> str:
    return _REAL + name.removeprefix("tensorflow")


def _absent(name: str) -> str:
    return f"there is no {name} here: of TensorFlow, only Keras (on PyTorch) is available"


def _attribute(module: str, name: str) -> object:
    """``tf.keras`` and ``tf.random`` need no import of their own."""
    if module == "tensorflow" and name in {"keras", "random"}:
        return importlib.import_module(f"tensorflow.{name}")
    raise AttributeError(_absent(f"{module}.{name}"))


def _set_seed(seed: int) -> None:
    importlib.import_module("keras").utils.set_random_seed(seed)


def _telling(spec: ModuleSpec | None) -> ModuleSpec | None:
    """Keras must not find us: it would look for ``tf.TensorShape`` whenever it saves a model."""
    if spec is None or spec.loader is None:
        return spec
    load = spec.loader.exec_module

    def load_and_tell(module: ModuleType) -> None:
        load(module)
        module.tensorflow._available = False

    spec.loader.exec_module = load_and_tell  # type: ignore[method-assign]
    return spec
