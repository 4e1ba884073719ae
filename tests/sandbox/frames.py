"""Frames as hostile student code would write them, and the code that sends them."""

from __future__ import annotations

import struct

from autograder import wire

GOOD = wire.encode(None)

NUMBER = 0x5AA55AA5  # stands for the number of the request, which ``send`` finds out
SEND = f"""
import os, sys
def send(frame):
    worker = sys.modules["autograder.sandbox.worker"]
    number = worker._Current.number.to_bytes(4, "little")
    os.write(4, frame.replace(({NUMBER}).to_bytes(4, "little"), number))
"""


def frame(
    magic: bytes = b"AG",
    version: int = 1,
    kind: int = 16,
    request_id: int = NUMBER,
    length: int | None = None,
    payload: bytes = GOOD,
) -> bytes:
    """A frame, right but for what is asked for."""
    length = len(payload) if length is None else length
    return struct.pack("<2sBBII", magic, version, kind, request_id, length) + payload
