"""The benchmark of isolation compares what it says, and its table says what was measured."""

from __future__ import annotations

import os
import random
import socket
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from autograder.errors import SandboxUnavailable
from autograder.model import Returned, Tier
from benchmarks import isolation
from benchmarks.isolation import FULL, PLAIN, Loaded, Sample
from benchmarks.plain import PlainNursery

SECONDS = 30.0
LOOK = """
import os, socket

def look(path, port, process):
    seen = {}
    for name, attempt in {
        "file": lambda: open(path).read(),
        "network": lambda: socket.create_connection(("127.0.0.1", port), 5).close(),
        "process": lambda: os.kill(process, 0),
        "user": lambda: os.getuid(),
    }.items():
        try:
            seen[name] = attempt()
        except OSError:
            seen[name] = "refused"
    return seen
"""
WORLD = """
import gc, os, sys

def world():
    return sorted(sys.modules), dict(os.environ), repr(sys.flags), gc.get_freeze_count() > 0
"""


# ---------------------------------------------------------------- the table


def samples(*milliseconds: tuple[float, float]) -> list[Sample]:
    return [Sample(answer / 1000, end / 1000) for answer, end in milliseconds]


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


MADE_UP = {
    PLAIN: samples((2, 1), (4, 3), (3, 2)),
    FULL: samples((30, 9), (12, 4), (10, 5)),
    "tier S1": samples((2.5, 1), (2, 1), (100, 1)),
}


def test_the_table_holds_medians_and_their_differences():
    _, _, *rows = isolation.table({Loaded("NumPy", "mini", 0.010): MADE_UP})
    plain, full, lower = map(cells, rows)
    assert plain == ["NumPy", PLAIN, "3.0 ms", "3.9 ms", "", "", "2.0 ms", "2.9 ms", ""]
    assert full[:5] == ["NumPy", FULL, "12.0 ms", "28.2 ms", "**+9.0 ms**"]
    assert full[5:] == ["10 ms ✓", "5.0 ms", "8.6 ms", "+3.0 ms"]
    assert lower[2:6] == ["2.5 ms", "90.2 ms", "**-0.5 ms**", ""]  # the goal is about S2
    assert lower[-1] == "-1.0 ms"


def test_a_goal_that_is_missed_shows():
    _, _, _, full, _ = isolation.table({Loaded("NumPy", "mini", 0.0089): MADE_UP})
    assert cells(full)[5] == "9 ms ✗"


def test_each_kind_has_its_own_plain_fork():
    slower = {name: [Sample(2 * x.answer, x.end) for x in each] for name, each in MADE_UP.items()}
    found = {Loaded("NumPy", "mini", 0.01): MADE_UP, Loaded("torch", "mini", 0.02): slower}
    lines = isolation.table(found)
    assert len({len(cells(line)) for line in lines}) == 1
    assert [cells(line)[4:6] for line in lines if cells(line)[1] == FULL] == [
        ["**+9.0 ms**", "10 ms ✓"],
        ["**+18.0 ms**", "20 ms ✓"],
    ]


# ---------------------------------------------------------------- the order


def test_every_round_has_every_variant_in_an_order_of_its_own(monkeypatch):
    opened: list[str] = []

    def sample(variant):
        opened.append(variant)
        return Sample(len(opened), 0)

    monkeypatch.setattr(isolation, "sample", sample)
    variants = {name: name for name in "abc"}
    found = isolation.interleaved(variants, 20, random.Random(1), warm_up=3)
    rounds = [tuple(opened[at : at + 3]) for at in range(0, len(opened), 3)]
    assert len(rounds) == 23
    assert all(sorted(one) == ["a", "b", "c"] for one in rounds)
    assert len(set(rounds)) > 3
    counted = sorted(one.answer for each in found.values() for one in each)
    assert counted == list(range(10, 70))  # those of the warm-up are left out
    again = opened.copy()
    opened.clear()
    isolation.interleaved(variants, 20, random.Random(1), warm_up=3)
    assert opened == again


# ---------------------------------------------------------------- the processes


@pytest.fixture(scope="module")
def plain():
    with PlainNursery(("numpy",)) as nursery:
        nursery.warm()
        yield nursery


@pytest.fixture(scope="module")
def confined():
    with ExitStack() as stack:
        try:
            yield stack.enter_context(isolation.sandboxed(("numpy",), Tier.S2))
        except SandboxUnavailable as error:
            pytest.skip(str(error))


def asked(process, source, name, *arguments):
    """What a process answers."""
    reply = process.inside(source, name, arguments, SECONDS)
    assert isinstance(reply, Returned), reply
    return reply.value


@pytest.fixture
def fork(plain):
    process = plain.fork()
    yield process
    process.close()


@pytest.fixture
def child(confined):
    process = confined()
    yield process
    process.close()


@pytest.fixture
def secret():
    """A file that every user of this machine may read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "secret"
        file.write_text("42")
        file.chmod(0o644)
        yield file


def in_reach(process, secret):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        return asked(process, LOOK, "look", str(secret), port, os.getpid())


def test_a_plain_fork_is_unconfined(fork, secret):
    free = {"file": "42", "network": None, "process": None, "user": os.getuid()}
    assert in_reach(fork, secret) == free


def test_a_child_of_s2_is_confined(child, secret):
    shut = {"file": "refused", "network": "refused", "process": "refused", "user": 65534}
    assert in_reach(child, secret) == shut


def test_both_have_the_same_modules_flags_and_environment(fork, child):
    """Else one of them would have more to copy than the other."""
    ours, *world = asked(fork, WORLD, "world")
    theirs, *same = asked(child, WORLD, "world")
    assert world == same
    assert set(ours) == {*theirs, "benchmarks", "benchmarks.plain_process"}


def test_every_plain_fork_is_a_process_of_its_own(plain, fork):
    source = "import os\nhere = []\ndef who(): here.append(1); return os.getpid(), here"
    other = plain.fork()
    try:
        answers = [asked(each, source, "who") for each in (fork, other)]
        assert answers == [(fork.process_id, [1]), (other.process_id, [1])]
        assert fork.process_id != other.process_id
    finally:
        other.close()


@pytest.mark.parametrize("kind", ["plain", "confined"])
def test_a_sample_is_from_the_request_to_the_end(kind, plain, confined):
    """The process is gone after it, and what is slow counts where it belongs."""
    opened = []

    def open_slowly():
        time.sleep(0.2)
        process = plain.fork() if kind == "plain" else confined()
        close = process.close

        def close_slowly():
            opened.append(process.process_id)
            time.sleep(0.4)
            close()

        process.close = close_slowly
        return process

    found = isolation.sample(open_slowly)
    assert found.answer > 0.2
    assert found.end > 0.4
    assert not Path(f"/proc/{opened[0]}").exists()  # not even as a zombie


def test_a_wrong_answer_is_no_sample(plain, monkeypatch):
    monkeypatch.setattr(isolation, "QUESTION", "def answer(n): return n")
    with pytest.raises(RuntimeError, match=r"not an answer: Returned\(value=41\)"):
        isolation.sample(plain.fork)


@pytest.mark.usefixtures("confined")
def test_a_process_that_is_not_confined_is_not_measured(monkeypatch):
    """The self-test comes first."""
    monkeypatch.setattr(isolation.Isolation, "selftest", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError), isolation.sandboxed((), Tier.S2):
        pytest.fail("it was opened")
