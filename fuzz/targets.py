"""What is fuzzed, and with what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from fuzz import mutate
from fuzz.comparator import compare_one
from fuzz.decoder import decode_one

SHOWN = 200  # characters of a frame


@dataclass(frozen=True)
class Target:
    """One entry to the trusted side, and the frames that are honest there."""

    check: Callable[[bytes], bool]  # raises what is found; else whether the frame held a value
    fresh: Callable[[Random], bytes]
    changes: int  # frames made of a good one: most of them are refused

    def frames(self, seed: int) -> Iterator[bytes]:
        """The frames of ``seed``, without end."""
        return mutate.stream(Random(seed), self.fresh, self.changes)

    def corpus(self, seed: int, count: int = 300) -> Iterator[bytes]:
        """Good frames to start from."""
        rng = Random(seed)
        yield from mutate.samples()
        for _ in range(count):
            yield self.fresh(rng)


TARGETS = {
    "decoder": Target(decode_one, mutate.good, 9),
    "comparator": Target(compare_one, mutate.pair, 1),
}


def shortened(frame: bytes) -> str:
    """``frame`` as it could be typed, as far as it fits."""
    text = repr(frame)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(frame)} bytes)"
