"""Payloads as hostile code would write them: ``ProtocolError``, in bounded time and memory."""

from __future__ import annotations

import struct
import time
import tracemalloc

import pytest

from autograder.wire import MAX_PAYLOAD, ProtocolError, Ref, decode, encode
from autograder.wire.plain import DTYPES, MAX_DEPTH, MAX_ENTRIES, MAX_NODES, MAX_TEXT, OPAQUE_TYPES


def u32(*numbers):
    return struct.pack(f"<{len(numbers)}I", *numbers)


def array(code, *shape, data=b""):
    return b"a" + bytes([code, len(shape)]) + u32(*shape) + data


CODE = {dtype.str: code for code, dtype in enumerate(DTYPES)}
F8, BOOL, I1 = CODE["<f8"], CODE["|b1"], CODE["|i1"]
KEY = u32(1) + b"k"

MALFORMED = {
    "empty": b"",
    "unknown tag": b"p",
    "pickle": b"\x80\x04N.",
    "trailing byte": b"NN",
    "trailing value": encode([1]) + encode([1]),
    "int cut short": b"i1234567",
    "float cut short": b"f1234567",
    "complex cut short": b"c" + bytes(15),
    "count cut short": b"l\1\0\0",
    "list without its values": b"l" + u32(2) + b"N",
    "str longer than the payload": b"s" + u32(2**32 - 1),
    "bytes longer than the payload": b"b" + u32(2**31),
    "str not UTF-8": b"s" + u32(1) + b"\xff",
    "str of a surrogate": b"s" + u32(3) + b"\xed\xa0\x80",
    "str too long": b"s" + u32(MAX_TEXT + 1) + b"x" * (MAX_TEXT + 1),
    "list of 2**32 - 1": b"l" + u32(2**32 - 1) + b"N",
    "list beyond the cap": b"l" + u32(MAX_NODES) + b"N" * MAX_NODES,
    "lists beyond the cap together": b"l" + u32(2) + (b"t" + u32(50_000) + b"N" * 50_000) * 2,
    "dict of 2**32 - 1": b"d" + u32(2**32 - 1),
    "dict beyond the cap": b"d"
    + u32(MAX_ENTRIES + 1)
    + b"".join(u32(4) + b"%04d" % i for i in range(MAX_ENTRIES + 1))
    + b"N" * (MAX_ENTRIES + 1),
    "duplicate key": b"d" + u32(2) + KEY + KEY + b"NN",
    "key not UTF-8": b"d" + u32(1) + u32(1) + b"\xffN",
    "key that is an int": b"d" + u32(1) + b"i" + bytes(8) + b"N",
    "dict without its values": b"d" + u32(1) + KEY,
    "too deep": (b"l" + u32(1)) * (MAX_DEPTH + 1) + b"N",
    "100 000 deep": (b"l" + u32(1)) * 99_000 + b"N",
    "dtype beyond the table": array(len(DTYPES), 1, data=bytes(8)),
    "dtype 255": array(255, 1, data=bytes(8)),
    "9 dimensions": array(I1, *(1,) * 9, data=b"\0"),
    "255 dimensions": b"a" + bytes([I1, 255]) + u32(*(1,) * 255) + b"\0",
    "array cut short": array(F8, 2, data=bytes(15)),
    "array with more bytes than its shape": array(F8, 2, data=bytes(17)),
    "shape that wraps 64 bits": array(I1, 2**31, 2**31, 4, data=b"\0"),
    "shape beyond the cap": array(F8, MAX_PAYLOAD // 8 + 1),
    "empty giant": array(F8, 0, 2**31),
    "empty giant, zero last": array(I1, 2**32 - 1, 2**32 - 1, 0),
    "bool byte 2": array(BOOL, 2, data=b"\1\2"),
    "bool byte 255, no dimension": array(BOOL, data=b"\xff"),
    "foreign type beyond the table": b"o" + bytes([len(OPAQUE_TYPES)]),
    "foreign type missing": b"o",
    "reference": encode(Ref(1)),
    "reference deep inside": encode([({"a": Ref(1)},)]),
}


@pytest.mark.parametrize("payload", MALFORMED.values(), ids=MALFORMED)
def test_malformed_payload(payload):
    tracemalloc.start()
    try:
        with pytest.raises(ProtocolError):
            decode(payload)
        assert tracemalloc.get_traced_memory()[1] < 10 * len(payload) + 50_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "payload",
    [
        array(F8, 0, 2**20),
        array(F8, 0),
        array(I1, data=b"\5"),
        (b"l" + u32(1)) * MAX_DEPTH + b"N",
        b"l" + u32(MAX_NODES - 1) + b"N" * (MAX_NODES - 1),
        b"d" + u32(2) + KEY + u32(0) + b"NN",
    ],
    ids=["empty array", "no entries", "no dimension", "deepest", "longest", "empty key"],
)
def test_extremes_within_the_caps(payload):
    assert encode(decode(payload)) == payload


def test_a_maximal_reply_is_quick():
    payload = encode([[1.0] * 300] * 330)
    started = time.process_time()
    decode(payload)
    assert time.process_time() - started < 2
