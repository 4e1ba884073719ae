"""Frames, and what becomes of a value that goes through ``encode`` and ``decode``."""

from __future__ import annotations

import math
import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import wire
from autograder.wire import Kind, ProtocolError, Ref, decode, encode
from autograder.wire.plain import DTYPES

# ---------------------------------------------------------------- frames


@pytest.mark.parametrize("kind", Kind)
def test_header_round_trip(kind):
    (frame,) = wire.pack(kind, 2**32 - 1, [b"pay", b"load"])
    header, payload = frame[: wire.HEADER_SIZE], frame[wire.HEADER_SIZE :]
    assert wire.unpack_header(header) == (kind, 2**32 - 1, len(payload))
    assert payload == b"payload"


(HEADER,) = wire.pack(Kind.RETURNED, 7, [])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HEADER[:-1],
        HEADER + b"\0",
        b"XX" + HEADER[2:],
        HEADER[:2] + b"\2" + HEADER[3:],
        HEADER[:3] + b"\0" + HEADER[4:],
        HEADER[:3] + b"\xff" + HEADER[4:],
        HEADER[:-4] + struct.pack("<I", wire.MAX_PAYLOAD + 1),
    ],
    ids=["empty", "short", "long", "magic", "version", "kind 0", "kind 255", "length"],
)
def test_malformed_header(data):
    with pytest.raises(ProtocolError):
        wire.unpack_header(data)


def test_caller_lowers_the_length_cap():
    (frame,) = wire.pack(Kind.RAISED, 1, [bytes(2_049)])
    header = frame[: wire.HEADER_SIZE]
    assert wire.unpack_header(header) == (Kind.RAISED, 1, 2_049)
    with pytest.raises(ProtocolError, match="too large"):
        wire.unpack_header(header, max_payload=2_048)


# ---------------------------------------------------------------- values that cross

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=5).map(tuple)
        | st.dictionaries(st.text("aé\0 b", max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_plain_values_round_trip_with_their_exact_types(value):
    # repr tells 1 from True from 1.0, () from [], -0.0 from 0.0, and NaN is itself
    assert repr(decode(encode(value))) == repr(value)


@given(
    hnp.arrays(
        st.sampled_from(DTYPES), hnp.array_shapes(min_dims=0, max_dims=8, min_side=0, max_side=3)
    )
)
def test_arrays_round_trip_bit_by_bit(array):
    back = decode(encode(array))
    assert type(back) is np.ndarray
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert back.tobytes() == array.tobytes()


@pytest.mark.parametrize("writable", [False, True])
def test_decoded_arrays_own_their_memory(writable):
    payload = bytearray(encode([1, np.arange(6.0).reshape(2, 3)]))
    array = decode(memoryview(payload), writable=writable)[1]
    payload[:] = bytes(len(payload))
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert array.flags.owndata
    assert array.flags.aligned
    assert array.flags.c_contiguous
    assert array.flags.writeable is writable


BASE = np.arange(24.0).reshape(4, 6)


@pytest.mark.parametrize(
    "array",
    [
        BASE.T,
        BASE[::-1, ::-2],
        np.broadcast_to(np.float32(3), (2, 5)),
        np.asfortranarray(BASE),
        BASE.astype(">f8"),
        BASE.astype(">i2"),
        BASE.astype(np.longdouble),
        BASE.astype(np.clongdouble),
        BASE.view(np.matrix),
        BASE.view(np.recarray),
        np.lib.stride_tricks.sliding_window_view(BASE, (2, 2)),
    ],
    ids=lambda array: f"{type(array).__name__} {array.dtype} {array.strides}",
)
def test_layout_byte_order_and_subclass_do_not_matter(array):
    back = decode(encode(array))
    assert type(back) is np.ndarray
    assert back.dtype in DTYPES
    np.testing.assert_array_equal(back, np.asarray(array), strict=False)


def test_longdouble_beyond_float64_is_infinite():
    huge = np.array([np.finfo(np.longdouble).max])
    if huge.dtype.itemsize == 8:
        pytest.skip("longdouble is float64 on this machine")
    assert decode(encode(huge)).tolist() == [math.inf]


@pytest.mark.parametrize("shape", [(), (3,)])
def test_bool_views_of_other_bytes_are_made_honest(shape):
    array = np.full(shape, 2, np.uint8).view(bool)
    back = decode(encode(array))
    assert (back.dtype, back.shape) == (bool, shape)
    assert back.view(np.uint8).tolist() == np.ones(shape, int).tolist()


def test_large_arrays_are_sent_from_where_they_are():
    large, small = np.arange(100_000.0).reshape(2, 500, 100), np.arange(3)
    value = ["a" * 10, large, small, {"turned": large.T, "flags": large > 5, "x": large[:0]}]
    found = wire.pieces(value)
    assert b"".join(found) == encode(value)
    assert all(len(piece) == memoryview(piece).nbytes > 0 for piece in found)
    views = [piece for piece in found if isinstance(piece, memoryview)]
    assert len(views) == 3
    assert np.shares_memory(np.frombuffer(views[0], np.uint8), large)
    assert len(found) == 7
    frame = wire.pack(Kind.RETURNED, 1, found)
    assert len(frame) == 7
    assert wire.unpack_header(bytes(frame[0][: wire.HEADER_SIZE]))[2] == len(encode(value))


def test_references_are_accepted_from_the_trusted_side_only():
    payload = encode([Ref(7)])
    assert decode(payload, refs=True) == [Ref(7)]
    with pytest.raises(ProtocolError, match="reference"):
        decode(payload)


def test_wire_imports_numpy_and_little_else():
    """Every warm process loads it: nothing secret, nothing heavy, nothing of the grader."""
    code = (
        "import sys, autograder.wire as w; print(*(m for m in sys.modules if m in "
        "('torch', 'pytest', 'numpy.ma', 'pandas') or m.startswith('autograder.')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    parts = ("wire", "wire.plain", "wire.encoder", "wire.decoder")
    allowed = {f"autograder.{name}" for name in parts}
    assert set(run.stdout.split()) - {"numpy.ma"} == allowed
