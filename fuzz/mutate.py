"""Frames: good ones, and what becomes of them when bytes, lengths and pieces are changed."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from random import Random

from autograder import wire
from autograder.wire import EXCEPTIONS, OPAQUE_TYPES, Kind, Opaque, Ref
from autograder.wire.plain import DTYPES, MAX_DEPTH, MAX_ENTRIES, MAX_NDIM, MAX_NODES, MAX_TEXT
from fuzz import values

_TAGS = b"NTFifcsbltdaor"
_COUNTED = b"sbltd"  # tags that a length or a count follows
_COUNTS = (
    *(0, 1, 2, 255, MAX_ENTRIES, MAX_ENTRIES + 1, 2**16, MAX_NODES - 1, MAX_NODES, MAX_TEXT + 1),
    *(2**26 + 1, 2**28 // 8, 2**28 + 1, 2**31 - 1, 2**31, 2**32 - 1),
)


def framed(payload: bytes, kind: Kind = Kind.RETURNED) -> bytes:
    """``payload`` with the header that belongs before it."""
    return b"".join(wire.pack(kind, 0x5AA5, [payload]))


def samples() -> Iterator[bytes]:
    """A good frame of each kind, tag, dtype and foreign type, and of what is nested deepest."""
    for entry in (None, True, False, -1, 0.5, 1 - 2j, "é", b"\xff", [1], (2,), {"a": [(3,)]}):
        yield framed(wire.encode(entry))
    for code, dtype in enumerate(DTYPES):
        for shape in ((), (2,), (2, 0, 3), (1,) * MAX_NDIM):
            yield framed(_array(code, shape, bytes(dtype.itemsize * (2 if shape == (2,) else 1))))
    for name in OPAQUE_TYPES:
        yield framed(wire.encode(Opaque(name)))
    yield framed((b"l" + struct.pack("<I", 1)) * MAX_DEPTH + b"N")
    for kind in Kind:
        yield framed(wire.encode("f"), kind)
    yield framed(wire.encode(("ValueError", "x")), Kind.RAISED)
    yield framed(wire.encode([Ref(1)]), Kind.KEEP)


def _array(code: int, shape: tuple[int, ...], data: bytes) -> bytes:
    head = struct.pack(f"<BB{len(shape)}I", code, len(shape), *shape)
    return b"a" + head + (b"" if 0 in shape else data)


def good(rng: Random) -> bytes:
    """A frame as an honest child sends it."""
    chance = rng.random()
    if chance < 0.05:
        return framed(wire.encode((rng.choice(EXCEPTIONS), rng.choice("xé") * 9)), Kind.RAISED)
    if chance < 0.1:
        return framed(wire.encode("f"), Kind.MISSING)
    entry = values.value(rng)
    if chance < 0.15:
        return framed(wire.encode([Ref(rng.getrandbits(32)), entry]), Kind.CALL)
    return framed(wire.encode(entry))


def pair(rng: Random) -> bytes:
    """A good frame that holds what was returned and what was expected."""
    expected = values.value(rng, 2)
    return framed(wire.encode((values.disguised(rng, expected), expected)))


def noise(rng: Random) -> bytes:
    """Random bytes in a good frame, or without one; often tags where a tag is looked for."""
    alphabet = _TAGS + bytes(8) if rng.random() < 0.5 else bytes(range(256))
    found = bytes(rng.choices(alphabet, k=rng.randint(0, 60)))
    return found if rng.random() < 0.1 else framed(found)


def mutated(rng: Random, frame: bytes) -> bytes:
    """``frame`` after one to four changes; the header mostly fits what it became."""
    payload = bytearray(frame[wire.HEADER_SIZE :])
    for _ in range(rng.choice((1, 1, 2, 4))):
        rng.choice(_CHANGES)(rng, payload)
    return repaired(rng, frame, bytes(payload))


def repaired(rng: Random, frame: bytes, payload: bytes) -> bytes:
    """``payload`` behind the header of ``frame``: its length made right, left alone or extreme."""
    header = bytearray(frame[: wire.HEADER_SIZE].ljust(wire.HEADER_SIZE, b"\0"))
    chance = rng.random()
    if chance < 0.9:  # else most frames would not get past it
        header[8:] = struct.pack("<I", len(payload))
    elif chance < 0.95:
        header[8:] = struct.pack("<I", rng.choice(_COUNTS))
    if chance > 0.85:
        header[rng.randrange(4)] = rng.choice((0, 1, 16, 17, 18, 255, rng.randrange(256)))
    return bytes(header) + payload


def stream(rng: Random, fresh: Callable[[Random], bytes], changes: int) -> Iterator[bytes]:
    """Frames without end: a good one of ``fresh``, ``changes`` times one made of it, and noise."""
    while True:
        good_one = frame = fresh(rng)
        yield frame
        for _ in range(changes):
            frame = mutated(rng, rng.choice((good_one, frame)))
            yield frame
        yield noise(rng)


# ---------------------------------------------------------------- changes, each in place


def _flip(rng: Random, data: bytearray) -> None:
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _set(rng: Random, data: bytearray) -> None:
    if data:
        data[rng.randrange(len(data))] = rng.choice((0, 1, 127, 128, 255, rng.choice(_TAGS)))


def _count(rng: Random, data: bytearray) -> None:
    places = [at for at, byte in enumerate(data[:200]) if byte in _COUNTED]
    at = 1 + rng.choice(places) if places else rng.randint(0, len(data))
    near = int.from_bytes(data[at : at + 4], "little") + rng.choice((-1, 1))
    count = near & 0xFFFFFFFF if rng.random() < 0.3 else rng.choice(_COUNTS)
    data[at : at + 4] = struct.pack("<I", count)


def _side(rng: Random, data: bytearray) -> None:
    """A side of an array made extreme, or one more of them."""
    at = data.find(b"a") + 2
    if at >= 2 and rng.random() < 0.5:
        at += 1 + 4 * rng.randrange(3)
        data[at : at + 4] = struct.pack("<I", rng.choice(_COUNTS))
    elif 2 <= at < len(data) and data[at] < 255:
        data[at] += 1
        data[at + 1 : at + 1] = struct.pack("<I", rng.choice((0, 1, 1)))


def _truncate(rng: Random, data: bytearray) -> None:
    del data[rng.randint(0, len(data)) :]


def _trail(rng: Random, data: bytearray) -> None:
    data += rng.choice((b"N", b"\0", bytes(data[:64]), rng.randbytes(rng.randint(1, 8))))


def _cut(rng: Random, data: bytearray) -> None:
    at = rng.randint(0, len(data))
    del data[at : at + rng.choice((1, 1, 4, 8))]


def _repeat(rng: Random, data: bytearray) -> None:
    start = rng.randint(0, len(data))
    piece = bytes(data[start : start + rng.choice((1, 4, 5, 9, 40))])
    data[start:start] = piece * rng.choice((1, 1, 2, 20))


def _nest(rng: Random, data: bytearray) -> None:
    """The whole value inside one-entry containers: as deep as is allowed, or one deeper."""
    depth = rng.choice((1, 2, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1))
    data[:0] = (rng.choice((b"l", b"t")) + struct.pack("<I", 1)) * depth


def _splice(rng: Random, data: bytearray) -> None:
    at = rng.randint(0, len(data))
    other = wire.encode(values.value(rng, 1))
    data[at : at + rng.choice((0, 1, 5, 9))] = other


_CHANGES: tuple[Callable[[Random, bytearray], None], ...] = (
    *(_flip, _flip, _set, _count, _count, _side, _truncate, _trail, _cut, _repeat, _nest, _splice),
)
