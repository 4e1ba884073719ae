"""The first target: arbitrary bytes where a reply is read."""

from __future__ import annotations

import math
import struct
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from autograder import wire
from autograder.model import Missing, Raised, Returned
from autograder.sandbox.asked import MAX_TEXT as MAX_MESSAGE
from autograder.sandbox.asked import understood
from autograder.sandbox.channel import MAX_REPLY
from autograder.wire import Kind, Opaque, ProtocolError, Ref
from autograder.wire.plain import (
    DTYPES,
    MAX_DEPTH,
    MAX_ENTRIES,
    MAX_NDIM,
    MAX_NODES,
    MAX_PAYLOAD,
    MAX_TEXT,
)

# A list of arrays of one byte each grows most: four bytes on the wire, about a hundred as objects.
BYTES_A_BYTE, BYTES_AT_LEAST = 40, 2**16
SECONDS = 2  # of CPU; the largest frame that is made here takes a tenth of one

REFUSED = object()


def decode_one(data: bytes) -> bool:
    """Read ``data`` as a reply and as a request; True if it is a reply to its last byte.

    Memory is traced from the first call on, also after it: ``tracemalloc.stop`` ends that.

    Raises:
        AssertionError: it is neither refused nor read as exactly what it says, or costs too much.
    """
    header, body = data[: wire.HEADER_SIZE], data[wire.HEADER_SIZE :]
    kind, length = _header(header)
    payload = memoryview(bytearray(body))
    value = _attempt(lambda: wire.decode(payload), len(data))
    reply = _attempt(lambda: understood(kind, payload), len(data))
    request = _attempt(lambda: wire.decode(payload, writable=True, refs=True), len(data))
    payload[:] = bytes(len(payload))  # what was read must not lie in there
    if value is REFUSED:
        assert reply is REFUSED, "an answer that cannot be decoded"
        assert request is REFUSED or _Walk(writable=True).of(request).refs, "only a Ref may differ"
        assert request is REFUSED or wire.encode(request) == body, "a value with two spellings"
    else:
        assert _Walk(writable=False).of(value).refs == 0, "a Ref in a reply"
        assert wire.encode(value) == body, "a value with two spellings"
        assert request is not REFUSED, "good in a reply, and not in a request"
        _Walk(writable=True).of(request)
    _meaning(kind, value, reply, body)
    return length == len(body) and reply is not REFUSED


def _header(header: bytes) -> tuple[Kind, int]:
    """Kind and length of a header; as of a value that came back, if it is refused."""
    found = _attempt(lambda: wire.unpack_header(header, max_payload=MAX_REPLY), len(header))
    if not isinstance(found, tuple):
        return Kind.RETURNED, -1
    kind, number, length = found
    assert type(kind) is Kind, "no kind"
    assert length <= MAX_REPLY, "a promise beyond the cap"
    assert struct.pack("<2sBBII", b"AG", 1, kind, number, length) == header, "another header"
    return kind, length


def _attempt(read: Callable[[], object], size: int) -> object:
    """What ``read`` gives, or REFUSED; it may take so much time and memory for ``size`` bytes."""
    if not tracemalloc.is_tracing():
        tracemalloc.start()  # and never stopped here: each start would cost memory for good
    tracemalloc.reset_peak()
    before, started = tracemalloc.get_traced_memory()[0], time.thread_time()
    try:
        found = read()
    except ProtocolError:
        found = REFUSED
    peak = tracemalloc.get_traced_memory()[1] - before
    assert peak <= BYTES_A_BYTE * size + BYTES_AT_LEAST, f"{peak} bytes for {size}"
    assert time.thread_time() - started <= SECONDS, "too slow"
    return found


def _meaning(kind: Kind, value: object, reply: object, body: bytes) -> None:
    """Check that ``reply`` is what ``value`` means in a frame of that kind."""
    match reply:
        case Returned():
            assert kind is Kind.RETURNED, "returned in another frame"
            assert wire.encode(reply.value) == body, "another value"
        case Missing():
            assert kind is Kind.MISSING, "missing in another frame"
            assert type(value) is str, "a name that is none"
            assert reply.name == value, "another name"
        case Raised():
            assert kind is Kind.RAISED, "raised in another frame"
            assert type(value) is tuple, "an exception that is no pair"
            assert reply.kind in wire.EXCEPTIONS, "an exception of no listed name"
            assert len(reply.text) <= MAX_MESSAGE, "a message beyond the cap"
            name, text = value
            assert type(text) is str, "a message that is no text"
            assert (reply.kind, reply.text) == (name, text[:MAX_MESSAGE]), "another exception"
        case _:
            assert reply is REFUSED, "no reply"
            assert kind is not Kind.RETURNED or value is REFUSED, "a good answer refused"


class _Walk:
    """Goes through a value and checks the type and the caps of all that it holds."""

    def __init__(self, writable: bool) -> None:
        self.writable = writable
        self.nodes = 0
        self.refs = 0

    def of(self, value: object) -> _Walk:
        self.visit(value, 0)
        assert self.nodes <= MAX_NODES, "too many values"
        return self

    def visit(self, value: object, depth: int) -> None:
        self.nodes += 1
        cls = type(value)
        if cls is list or cls is tuple or cls is dict:
            self.container(value, depth + 1)
        elif isinstance(value, np.ndarray):
            self.array(value)
        elif isinstance(value, str):
            assert cls is str, cls
            assert len(value.encode()) <= MAX_TEXT, "text too long"
        elif isinstance(value, Ref):
            self.refs += 1
            assert 0 <= value.handle < 2**32, "no such handle"
        elif isinstance(value, Opaque):
            assert value.type_name in wire.OPAQUE_TYPES, "a name that is not listed"
        else:
            assert cls in (type(None), bool, int, float, complex, bytes), cls

    def container(self, value: object, depth: int) -> None:
        assert depth <= MAX_DEPTH, "nested too deep"
        if isinstance(value, dict):
            assert len(value) <= MAX_ENTRIES, "dict too large"
            for key in value:
                assert type(key) is str, "a key that is no text"
                assert len(key.encode()) <= MAX_TEXT, "key too long"
            value = list(value.values())
        assert isinstance(value, list | tuple)
        for entry in value:
            self.visit(entry, depth)

    def array(self, value: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> None:
        assert type(value) is np.ndarray, "a subclass"
        assert value.dtype in DTYPES, "a dtype that is not listed"
        assert value.ndim <= MAX_NDIM, "too many sides"
        size = value.itemsize * math.prod(max(side, 1) for side in value.shape)
        assert size <= MAX_PAYLOAD, "array too large"
        flags = value.flags
        assert flags.owndata, "memory of others"
        assert flags.c_contiguous, "strides"
        assert flags.aligned, "not aligned"
        assert flags.writeable is self.writable, "writable or not"
        if value.dtype.kind == "b":
            assert set(value.tobytes()) <= {0, 1}, "a bool that is neither"
