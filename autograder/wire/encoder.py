"""Values to bytes. Runs at both ends of the pipe; ``decoder`` describes the format."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.wire.plain import (
    BAD_TEXT,
    BIG_INT,
    DTYPES,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_NDIM,
    MAX_NODES,
    MAX_PAYLOAD,
    MAX_TEXT,
    ODD_KEYS,
    OPAQUE_TYPES,
    Opaque,
    ProtocolError,
    Ref,
    plain,
    plain_array,
    volume,
)

Piece = bytes | memoryview  # one byte an entry

OPAQUE = b"o"  # how the payload of a value begins that cannot cross

_INT, _FLOAT, _COMPLEX = struct.Struct("<q"), struct.Struct("<d"), struct.Struct("<dd")
_COUNT = struct.Struct("<I")
_LARGE = 65_536  # bytes that are better written from where they are: as much as a pipe holds
_DTYPE_CODES = {dtype.str: code for code, dtype in enumerate(DTYPES)}
_OPAQUE_CODES = {name: code for code, name in enumerate(OPAQUE_TYPES)}


def encode(value: object) -> bytes:
    """``value`` as a payload; whatever cannot cross becomes ``Opaque`` (see ``plain``).

    Raises:
        ProtocolError: ``value`` is over a cap (depth, number of values, bytes).
    """
    return b"".join(pieces(value))


def pieces(value: object) -> list[Piece]:
    """What ``encode`` gives, cut into pieces, none empty, so that large arrays are not copied.

    Raises:
        ProtocolError: ``value`` is over a cap (depth, number of values, bytes).
    """
    encoder = _Encoder()
    encoder.add(value, 0)
    if sum(map(len, encoder.parts)) > MAX_PAYLOAD:
        raise ProtocolError("value too large")
    return joined(encoder.parts)


def joined(parts: Iterable[Piece]) -> list[Piece]:
    """The same bytes in few pieces: small ones are put together, large ones left as they are."""
    found: list[Piece] = []
    small: list[Piece] = []
    for part in parts:
        if len(part) < _LARGE:
            small.append(part)
        else:
            found += (b"".join(small), part)
            small = []
    return [piece for piece in (*found, b"".join(small)) if piece]


class _Encoder:
    """Collects the parts of one payload. Its recursion ends at ``MAX_DEPTH``."""

    def __init__(self) -> None:
        self.parts: list[Piece] = []
        self.nodes = 1
        self.size = 0  # of texts and arrays

    def add(self, value: Any, depth: int) -> None:
        write = _WRITERS.get(id(type(value)))
        if write is None:
            value = plain(value)
            write = _WRITERS[id(type(value))]
        write(self, value, depth)

    def add_int(self, value: int, depth: int) -> None:
        if -(2**63) <= value < 2**63:
            self.parts.append(b"i" + _INT.pack(value))
        else:
            self.add_opaque(Opaque(BIG_INT), depth)

    def add_str(self, value: str, depth: int) -> None:
        try:
            self.parts.append(b"s" + self.sized(value))
        except UnicodeEncodeError:  # a lone surrogate
            self.add_opaque(Opaque(BAD_TEXT), depth)

    def add_bytes(self, value: bytes, depth: int) -> None:
        self.grow(len(value))
        self.parts += (b"b" + _COUNT.pack(len(value)), value)

    def add_sequence(self, value: list[Any] | tuple[Any, ...], depth: int) -> None:
        items = tuple(value)  # a thread of the student's may change the list meanwhile
        self.enter(len(items), depth)
        self.parts.append((b"l" if type(value) is list else b"t") + _COUNT.pack(len(items)))
        for item in items:
            self.add(item, depth + 1)

    def add_dict(self, value: dict[Any, Any], depth: int) -> None:
        entries = value.copy()
        if len(entries) > MAX_ENTRIES:
            raise ProtocolError("dict too large")
        self.enter(len(entries), depth)
        try:
            keys = [self.sized(str.__str__(key)) for key in entries]
        except (TypeError, UnicodeEncodeError):  # str.__str__ takes nothing but text
            self.add_opaque(Opaque(ODD_KEYS), depth)
            return
        self.parts += (b"d" + _COUNT.pack(len(keys)), *keys)
        for item in entries.values():
            self.add(item, depth + 1)

    def add_array(self, value: np.ndarray[Any, Any], depth: int) -> None:
        if value.ndim > MAX_NDIM or value.itemsize * volume(value.shape) > MAX_PAYLOAD:
            raise ProtocolError("array too large")
        code = _DTYPE_CODES.get(value.dtype.str)
        if code is None:
            self.add(plain_array(value), depth)
            return
        self.grow(value.nbytes)
        if code == 0:
            value = value.view(np.uint8) != 0  # a view of other bytes may hold more than 0 and 1
        head = struct.pack(f"<BB{value.ndim}I", code, value.ndim, *value.shape)
        self.parts += (b"a" + head, np.ascontiguousarray(value).reshape(-1).view(np.uint8).data)

    def add_opaque(self, value: Opaque, depth: int) -> None:
        self.parts.append(OPAQUE + bytes([_OPAQUE_CODES.get(value.type_name, 0)]))

    def sized(self, text: str) -> bytes:
        data = text.encode()
        if len(data) > MAX_TEXT:
            raise ProtocolError("text too long")
        self.grow(len(data))
        return _COUNT.pack(len(data)) + data

    def enter(self, count: int, depth: int) -> None:
        self.nodes += count
        if depth >= MAX_DEPTH:
            raise ProtocolError("value nested too deep")
        if self.nodes > MAX_NODES:
            raise ProtocolError("too many values")

    def grow(self, size: int) -> None:
        self.size += size
        if self.size > MAX_PAYLOAD:
            raise ProtocolError("value too large")


# Keyed by id: a metaclass of the student's may make its classes unhashable.
_WRITERS: dict[int, Callable[[_Encoder, Any, int], None]] = {
    id(type(None)): lambda out, value, depth: out.parts.append(b"N"),
    id(bool): lambda out, value, depth: out.parts.append(b"T" if value else b"F"),
    id(int): _Encoder.add_int,
    id(float): lambda out, value, depth: out.parts.append(b"f" + _FLOAT.pack(value)),
    id(complex): lambda out, value, depth: out.parts.append(
        b"c" + _COMPLEX.pack(value.real, value.imag)
    ),
    id(str): _Encoder.add_str,
    id(bytes): _Encoder.add_bytes,
    id(list): _Encoder.add_sequence,
    id(tuple): _Encoder.add_sequence,
    id(dict): _Encoder.add_dict,
    id(np.ndarray): _Encoder.add_array,
    id(Opaque): _Encoder.add_opaque,
    id(Ref): lambda out, value, depth: out.parts.append(b"r" + _COUNT.pack(value.handle)),
}
