"""The caps of the encoder: it runs in the child, and says there what is too much."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from autograder.wire import ProtocolError, decode, encode
from autograder.wire.plain import MAX_DEPTH, MAX_ENTRIES, MAX_NODES, MAX_TEXT

# ---------------------------------------------------------------- caps of the encoder


def nested(depth):
    value: list = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_depth_cap():
    deepest = nested(MAX_DEPTH)
    assert decode(encode(deepest)) == deepest
    endless: list = []
    endless.append(endless)
    for value in (nested(MAX_DEPTH + 1), nested(500), endless):
        with pytest.raises(ProtocolError, match="deep"):
            encode(value)


def test_count_caps():
    assert decode(encode([None] * (MAX_NODES - 1))) == [None] * (MAX_NODES - 1)
    laughs: list = [0] * 10
    for _ in range(9):
        laughs = [laughs] * 10
    for value in ([None] * MAX_NODES, laughs):
        with pytest.raises(ProtocolError, match="many"):
            encode(value)
    with pytest.raises(ProtocolError, match="dict"):
        encode({str(i): i for i in range(MAX_ENTRIES + 1)})


@pytest.mark.parametrize(
    "value",
    [
        "x" * (MAX_TEXT + 1),
        "é" * (MAX_TEXT // 2 + 1),
        [b"x" * 2**20] * 257,
        [*[b"x" * 2**20] * 256, "x"],
        np.broadcast_to(np.float64(0), (2**13, 2**13)),
        np.zeros((0, 2**30)),
        np.zeros((1,) * 9),
    ],
    ids=["str", "utf-8", "bytes", "one str more", "broadcast", "empty giant", "9 dimensions"],
)
def test_size_caps(value):
    with pytest.raises(ProtocolError, match=r"large|long"):
        encode(value)


def test_list_that_changes_meanwhile_stays_well_formed():
    shared, stop = list(range(50)), threading.Event()

    def churn():
        while not stop.is_set():
            shared.append(1)
            del shared[-1:]

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(300):
            assert len(decode(encode(shared))) in (50, 51)
    finally:
        stop.set()
        thread.join()
