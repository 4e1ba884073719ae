"""The frames between the trusted process and student code: a fixed header, then one value.

Everything both ends of the pipe need is importable from here. ``plain`` says what may cross,
``encoder`` and ``decoder`` turn it into bytes and back.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import IntEnum

from autograder.wire.decoder import decode
from autograder.wire.encoder import OPAQUE, Piece, encode, joined, pieces
from autograder.wire.plain import (
    EXCEPTIONS,
    MAX_PAYLOAD,
    OPAQUE_TYPES,
    Opaque,
    ProtocolError,
    Ref,
    exception_kind,
)

__all__ = [
    "EXCEPTIONS",
    "HEADER_SIZE",
    "MAX_PAYLOAD",
    "OPAQUE",
    "OPAQUE_TYPES",
    "Kind",
    "Opaque",
    "Piece",
    "ProtocolError",
    "Ref",
    "decode",
    "encode",
    "exception_kind",
    "pack",
    "pieces",
    "unpack_header",
]

MAGIC = b"AG"
VERSION = 1


class Kind(IntEnum):
    """What a frame asks or answers."""

    RUN = 1
    CALL = 2
    KEEP = 3
    FETCH = 4
    INSIDE = 5
    MAP = 6
    RETURNED = 16
    RAISED = 17
    MISSING = 18


_HEADER = struct.Struct("<2sBBII")
HEADER_SIZE = _HEADER.size
_KINDS = {int(kind): kind for kind in Kind}


def pack(kind: Kind, request_id: int, payload: Sequence[Piece]) -> list[Piece]:
    """One frame: magic, version, kind, ``request_id`` (u32), payload length (u32), payload.

    In pieces, as the payload comes; a short frame is one.
    """
    length = sum(map(len, payload))
    if length > MAX_PAYLOAD:
        raise ProtocolError("payload too large")
    return joined([_HEADER.pack(MAGIC, VERSION, kind, request_id, length), *payload])


def unpack_header(data: bytes, *, max_payload: int = MAX_PAYLOAD) -> tuple[Kind, int, int]:
    """Kind, request id and payload length; ``data`` is one header, ``HEADER_SIZE`` bytes.

    Raises:
        ProtocolError: no such header, or one that promises more than ``max_payload`` bytes.
    """
    if len(data) != HEADER_SIZE:
        raise ProtocolError("truncated header")
    magic, version, kind, request_id, length = _HEADER.unpack(data)
    if magic != MAGIC or version != VERSION or kind not in _KINDS:
        raise ProtocolError("not a frame of this protocol")
    if length > max_payload:
        raise ProtocolError("payload too large")
    return _KINDS[kind], request_id, length
