"""Frames bred by the coverage they reach, in a process of its own: ``python -m fuzz.guided``.

What is to be covered is instrumented while it is imported, so nothing of it may be there before;
and libFuzzer, which does the breeding, ends the process in its own way.
"""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

LARGEST = 8_192  # bytes of a frame
SECONDS_A_FRAME = 10  # what takes more hangs
MIB = 4_096  # what takes more leaks; the comparator under atheris grows by 200 bytes a frame


def available() -> bool:
    """Whether atheris is installed."""
    return importlib.util.find_spec("atheris") is not None


def run(name: str, seconds: float, seed: int, folder: Path) -> bytes | None:
    """The frame at which the fuzzing of the target ``name`` ended; None if nothing was found.

    ``folder`` holds the corpus, which grows.
    """
    found = folder.parent / f"{name}-"
    command = [
        *(sys.executable, "-m", "fuzz.guided", name, str(folder)),
        *(f"-max_total_time={max(1, round(seconds))}", f"-seed={seed % 2**32 or 1}"),
        *(f"-artifact_prefix={found}", f"-max_len={LARGEST}"),
        *(
            f"-timeout={SECONDS_A_FRAME}",
            f"-rss_limit_mb={MIB}",
            "-verbosity=0",
            "-print_final_stats=1",
        ),
    ]
    ended = subprocess.run(command, check=False)
    if ended.returncode == 0:
        return None
    for artifact in found.parent.glob(f"{found.name}*"):
        return artifact.read_bytes()
    raise RuntimeError(f"atheris ended with {ended.returncode} and left no frame")


def main() -> None:
    """Fuzz one target; the arguments are its name, and what libFuzzer understands."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["autograder"]):
        from autograder.wire import HEADER_SIZE
        from fuzz import mutate
        from fuzz.targets import TARGETS
    name = sys.argv.pop(1)
    target = TARGETS[name]

    def mutated(data: bytes, max_size: int, seed: int) -> bytes:
        rng = Random(seed)
        if rng.random() < 0.3:  # libFuzzer knows the constants that the code compares with
            payload = atheris.Mutate(data[HEADER_SIZE:], LARGEST)
            frame = mutate.repaired(rng, data, bytes(payload))
        elif rng.random() < 0.1:
            frame = target.fresh(rng)
        else:
            frame = mutate.mutated(rng, data)
        return frame[:max_size]

    atheris.Setup(sys.argv, lambda data: target.check(data) and None, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
