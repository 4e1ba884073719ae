"""The command line: ``python -m fuzz --seconds N [--target NAME] [--seed S]``, or with FILE."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fuzz import blind, guided
from fuzz.targets import TARGETS, shortened


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz, or try the frame in a file again; 1 if something was found."""
    options = _options(arguments)
    names = [options.target] if options.target else list(TARGETS)
    if options.file is not None:
        frame = options.file.read_bytes()
        harmful = [name for name in names if blind.harms(TARGETS[name], frame)]
        return int(bool(harmful))
    how = "atheris, with the mutator" if guided.available() else "the mutator alone (no atheris)"
    print(f"seed {options.seed}, {how}", flush=True)
    for name in names:
        print(f"== {name}", flush=True)
        frame = _fuzz(name, options.seconds / len(names), options.seed)
        if frame is not None:
            _keep(name, frame)
            return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for all targets together")
    parser.add_argument("--target", choices=TARGETS, help="only this one")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("file", type=Path, nargs="?", help="a frame that was found before")
    return parser.parse_args(arguments)


def _fuzz(name: str, seconds: float, seed: int) -> bytes | None:
    target = TARGETS[name]
    if not guided.available():
        return blind.run(target, seconds, seed)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, frame in enumerate(target.corpus(seed)):
            (corpus / f"{number:03}").write_bytes(frame)
        return guided.run(name, seconds, seed, corpus)


def _keep(name: str, frame: bytes) -> None:
    with tempfile.NamedTemporaryFile(prefix=f"fuzz-{name}-", delete=False) as file:
        file.write(frame)
    print(f"found: {shortened(frame)}")
    print(f"once more: python -m fuzz --target {name} {file.name}")


if __name__ == "__main__":
    sys.exit(main())
