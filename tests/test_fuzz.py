"""T29 and T30 at random: a hundred thousand frames, and that faults would be noticed."""

from __future__ import annotations

import tracemalloc
from itertools import islice

import numpy as np
import pytest

from autograder import compare, wire
from autograder.wire import OPAQUE_TYPES, Opaque, decoder
from fuzz import blind, guided
from fuzz.__main__ import main
from fuzz.targets import TARGETS, Target, shortened


@pytest.fixture(autouse=True)
def untraced():
    """No test after these is slowed down by what the decoder's target needs."""
    yield
    tracemalloc.stop()


def checked(name, seed, count):
    """How many of ``count`` frames held a value; the first that does harm is in what is raised."""
    target = TARGETS[name]
    accepted = 0
    for number, frame in enumerate(islice(target.frames(seed), count)):
        try:
            accepted += target.check(frame)
        except Exception as problem:
            said = f"seed {seed}, {name}, frame {number}: {shortened(frame)}"
            raise AssertionError(said) from problem
    return accepted


@pytest.mark.slow
def test_100_000_random_and_mutated_frames(seed):
    print(f"seed {seed}")
    accepted = checked("decoder", seed, 100_000)
    assert 5_000 < accepted < 50_000  # neither all refused nor anything goes


def test_20_000_pairs_are_compared_as_plain_python_compares_them(seed):
    print(f"seed {seed}")
    assert 4_000 < checked("comparator", seed, 20_000) < 15_000


@pytest.mark.parametrize("name", TARGETS)
def test_every_frame_of_the_corpus_is_a_good_one(name, seed):
    for frame in TARGETS[name].corpus(seed):
        TARGETS[name].check(frame)
        length = wire.unpack_header(frame[: wire.HEADER_SIZE])[2]
        assert length == len(frame) - wire.HEADER_SIZE
        wire.decode(frame[wire.HEADER_SIZE :], refs=True)


# ---------------------------------------------------------------- faults that must be noticed


def reader(tag, read):
    """The decoder, with another way to read what follows ``tag``."""
    return lambda patch: patch.setitem(decoder._READERS, ord(tag), read)


def decoding(decode):
    return lambda patch: patch.setattr(wire, "decode", decode)


def constant(name, value):
    return lambda patch: patch.setattr(decoder, name, value)


def without_end(data, *, writable=False, refs=False):
    return decoder._Decoder(memoryview(data), writable, refs).value()


def reserve_first(patch):
    take = decoder._Decoder.take

    def eager(self, size):
        bytearray(min(size, 2**24))
        return take(self, size)

    patch.setattr(decoder._Decoder, "take", eager)


IN_THE_DECODER = {
    "bytes behind the value": decoding(without_end),
    "references in a reply": decoding(
        lambda data, writable=False, refs=True: decoder.decode(data, writable=writable, refs=True)
    ),
    "memory before the check": reserve_first,
    "one container deeper": constant("MAX_DEPTH", 17),
    "more sides": constant("MAX_NDIM", 255),
    "another order of bytes": constant("DTYPES", (*decoder.DTYPES[:4], np.dtype(">i8"))),
    "text that is not UTF-8": reader("s", lambda data: str(data.sized(), "utf-8", "replace")),
    "a view of what came": reader("b", lambda data: data.sized()),
    "any type by number": reader("o", lambda data: Opaque(OPAQUE_TYPES[data.data[data.take(1)]])),
    "a subclass": reader("T", lambda data: np.bool_(True)),
}


def kinds(table, key, value):
    return lambda patch: patch.setitem(getattr(compare, table), key, value)


def arrays(compared):
    """The comparator, with ``compared`` before its own comparison of arrays."""
    own = compare._compare_array
    return lambda patch: patch.setattr(
        compare, "_compare_array", lambda *args: compared(own, *args)
    )


def entries(outside):
    return lambda patch: patch.setattr(compare, "_outside", outside)


def spread(own, returned, expected, tolerance):
    if isinstance(returned, np.ndarray) and returned.size == 1:
        returned = np.broadcast_to(returned.reshape(()), expected.shape)
    return own(returned, expected, tolerance)


def unless_empty(own, returned, expected, tolerance):
    empty = isinstance(returned, np.ndarray) and returned.size == 0
    return None if empty else own(returned, expected, tolerance)


def in_the_dtype_returned(own, returned, expected, tolerance):
    if isinstance(returned, np.ndarray) and returned.dtype.kind in "iu":
        with np.errstate(all="ignore"):
            expected = expected.real.astype(returned.dtype)
    return own(returned, expected, tolerance)


def nan_is_no_difference(returned, expected, tolerance):
    with np.errstate(all="ignore"):
        return np.abs(returned - expected) > 1e-5 + 1e-5 * np.abs(expected)


IN_THE_COMPARATOR = {
    "bool for int": kinds("_TYPES", int, (int, bool)),
    "float for int": kinds("_TYPES", int, (int, float)),
    "an array of bool for one of numbers": kinds("_KINDS", "f", "biuf"),
    "an array of complex for one of real": kinds("_KINDS", "f", "iufc"),
    "broadcasting": arrays(spread),
    "empty is right": arrays(unless_empty),
    "wrap-around": arrays(in_the_dtype_returned),
    "NaN is right": entries(nan_is_no_difference),
}
FAULTS = [
    *(("decoder", what, plant) for what, plant in IN_THE_DECODER.items()),
    *(("comparator", what, plant) for what, plant in IN_THE_COMPARATOR.items()),
]


@pytest.mark.parametrize(("name", "what", "plant"), FAULTS, ids=[what for _, what, _ in FAULTS])
def test_a_planted_fault_is_noticed(name, what, plant, seed, monkeypatch):
    plant(monkeypatch)
    with pytest.raises(AssertionError, match=rf"seed {seed}, {name}, frame \d+: b"):
        checked(name, seed, 50_000)


# ---------------------------------------------------------------- the command


@pytest.fixture
def alone(monkeypatch):
    """Whether or not atheris is installed: the mutator alone."""
    monkeypatch.setattr(guided, "available", lambda: False)


def test_the_command_says_how_it_works_and_finds_nothing(alone, capsys):
    assert main(["--seconds", "0.5", "--seed", "7"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("seed 7, the mutator alone (no atheris)\n== decoder\n")
    assert "== comparator\n" in said
    assert said.count(" frames, nothing found\n") == 2


def test_a_frame_that_does_harm_is_kept(alone, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with monkeypatch.context() as patch:
        IN_THE_DECODER["bytes behind the value"](patch)
        assert main(["--target", "decoder"]) == 1
        (path,) = tmp_path.iterdir()
        said = capsys.readouterr()
        assert f"found: {shortened(path.read_bytes())}\n" in said.out
        assert said.out.endswith(f"python -m fuzz --target decoder {path}\n")
        assert "AssertionError: a value with two spellings" in said.err
        assert main(["--target", "decoder", str(path)]) == 1
    assert main(["--target", "decoder", str(path)]) == 0


def test_a_frame_that_hangs_is_found(monkeypatch, capsys):
    def hang(frame):
        while True:
            pass

    monkeypatch.setattr(blind, "SECONDS_A_FRAME", 0.1)
    target = Target(hang, TARGETS["decoder"].fresh, 0)
    assert blind.run(target, 60, 1) is not None
    assert "TimeoutError" in capsys.readouterr().err


@pytest.mark.skipif(not guided.available(), reason="atheris is not installed")
def test_atheris_leaves_the_frame_at_which_it_ended(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    assert guided.run("decoder", 1, 1, corpus) is None
