"""Bytes to values, on the trusted side and in the child.

Whatever student code sends is hostile: tags, dtypes and type names come from closed tables, every
count is checked against a cap and against the bytes that are left before anything is allocated,
nothing recurses, and a value must end where its payload ends. The format:

    N T F     None, True, False
    i f c     int64, float64, two float64 (numbers are little-endian)
    s b       u32 length, bytes (s: strict UTF-8)
    l t       list, tuple: u32 count, values
    d         u32 count, keys (u32 length, UTF-8), values
    a         u8 index into DTYPES, u8 ndim, u32 a side, C-order bytes
    o r       u8 index into OPAQUE_TYPES; u32 handle
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.wire.plain import (
    DTYPES,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_NDIM,
    MAX_NODES,
    MAX_PAYLOAD,
    MAX_TEXT,
    OPAQUE_TYPES,
    Opaque,
    ProtocolError,
    Ref,
    volume,
)

_INT, _FLOAT, _COMPLEX = struct.Struct("<q"), struct.Struct("<d"), struct.Struct("<dd")
_COUNT, _TWO_BYTES = struct.Struct("<I"), struct.Struct("<BB")


def decode(data: bytes | memoryview, *, writable: bool = False, refs: bool = False) -> object:
    """The value of one whole payload; its types are exact, its arrays own their memory.

    Args:
        data: one payload, to its last byte.
        writable: whether arrays may be written to (in the child, as students' code expects).
        refs: whether ``Ref`` is accepted (in the child; student code must not send one).

    Raises:
        ProtocolError: anything else than one well-formed value within the caps.
    """
    decoder = _Decoder(memoryview(data), writable, refs)
    value = decoder.value()
    if decoder.at != len(data):
        raise ProtocolError("trailing bytes")
    return value


class _Container:
    """A list, tuple or dict whose values are still arriving."""

    __slots__ = ("close", "count", "items")

    def __init__(self, count: int, close: Callable[[list[object]], object]) -> None:
        self.count = count
        self.items: list[object] = []
        self.close = close


class _Decoder:
    """Reads one payload from its start; ``at`` is the first byte not yet read."""

    def __init__(self, data: memoryview, writable: bool, refs: bool) -> None:
        self.data = data
        self.at = 0
        self.nodes = 1
        self.writable = writable
        self.refs = refs

    def value(self) -> object:
        open_: list[_Container] = []
        while True:
            item = self.item()
            if type(item) is _Container:
                if len(open_) == MAX_DEPTH:
                    raise ProtocolError("value nested too deep")
                open_.append(item)
            elif open_:
                open_[-1].items.append(item)
            else:
                return item
            while len(open_[-1].items) == open_[-1].count:
                whole = open_.pop()
                closed = whole.close(whole.items)
                if not open_:
                    return closed
                open_[-1].items.append(closed)

    def item(self) -> object:
        read = _READERS.get(self.data[self.take(1)])
        if read is None:
            raise ProtocolError("unknown tag")
        return read(self)

    def take(self, size: int) -> int:
        """Where the next ``size`` bytes start; they are there."""
        start = self.at
        if size > len(self.data) - start:
            raise ProtocolError("truncated")
        self.at = start + size
        return start

    def length(self) -> int:
        return int(_COUNT.unpack_from(self.data, self.take(4))[0])

    def sized(self) -> memoryview:
        size = self.length()
        start = self.take(size)
        return self.data[start : start + size]

    def text(self) -> str:
        data = self.sized()
        if len(data) > MAX_TEXT:
            raise ProtocolError("text too long")
        try:
            return str(data, "utf-8")
        except UnicodeDecodeError:
            raise ProtocolError("text is not UTF-8") from None

    def count(self) -> int:
        count = self.length()
        self.nodes += count
        if self.nodes > MAX_NODES:
            raise ProtocolError("too many values")
        return count

    def mapping(self) -> _Container:
        count = self.count()
        if count > MAX_ENTRIES:
            raise ProtocolError("dict too large")
        keys = [self.text() for _ in range(count)]
        if len(set(keys)) != count:
            raise ProtocolError("duplicate key")
        return _Container(count, lambda items: dict(zip(keys, items, strict=True)))

    def array(self) -> np.ndarray[Any, Any]:
        code, ndim = _TWO_BYTES.unpack_from(self.data, self.take(2))
        if code >= len(DTYPES) or ndim > MAX_NDIM:
            raise ProtocolError("no such array type")
        shape = struct.unpack_from(f"<{ndim}I", self.data, self.take(4 * ndim))
        dtype = DTYPES[code]
        if dtype.itemsize * volume(shape) > MAX_PAYLOAD:
            raise ProtocolError("array too large")
        start = self.take(dtype.itemsize * math.prod(shape))
        array = np.ndarray(shape, dtype, self.data[start : self.at]).copy()
        if code == 0 and (array.view(np.uint8) > 1).any():
            raise ProtocolError("bool that is neither 0 nor 1")
        array.flags.writeable = self.writable
        return array

    def opaque(self) -> Opaque:
        code = self.data[self.take(1)]
        if code >= len(OPAQUE_TYPES):
            raise ProtocolError("unknown type")
        return Opaque(OPAQUE_TYPES[code])

    def ref(self) -> Ref:
        if not self.refs:
            raise ProtocolError("reference in a reply")
        return Ref(self.length())


_READERS: dict[int, Callable[[_Decoder], object]] = {
    ord("N"): lambda data: None,
    ord("T"): lambda data: True,
    ord("F"): lambda data: False,
    ord("i"): lambda data: _INT.unpack_from(data.data, data.take(8))[0],
    ord("f"): lambda data: _FLOAT.unpack_from(data.data, data.take(8))[0],
    ord("c"): lambda data: complex(*_COMPLEX.unpack_from(data.data, data.take(16))),
    ord("s"): _Decoder.text,
    ord("b"): lambda data: bytes(data.sized()),
    ord("l"): lambda data: _Container(data.count(), lambda items: items),
    ord("t"): lambda data: _Container(data.count(), tuple),
    ord("d"): _Decoder.mapping,
    ord("a"): _Decoder.array,
    ord("o"): _Decoder.opaque,
    ord("r"): _Decoder.ref,
}
