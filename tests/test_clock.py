"""Wall time of a submission, of which waiting for a core is no part."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from autograder import clock
from autograder.clock import Clock
from autograder.model import PATIENCE


@pytest.fixture
def now(monkeypatch):
    """The time, which only a test moves."""
    told = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(clock.time, "monotonic", lambda: told.seconds)
    return told


def test_it_runs_from_its_start(now):
    ours = Clock(20)
    now.seconds += 50
    assert ours.left() == 20
    ours.start()
    now.seconds += 15
    assert ours.left() == 5
    ours.start()  # once more changes nothing
    assert ours.left() == 5
    now.seconds += 15
    assert ours.left() == -10


def test_what_children_waited_does_not_count(now):
    ours = Clock(20)
    ours.start()
    first, second = SimpleNamespace(waited=0.0), SimpleNamespace(waited=0.0)
    ours.follow(first)
    now.seconds += 10
    first.waited = 4.0
    assert ours.left() == 14
    ours.follow(second)
    assert ours.left() == 14
    second.waited = 3.0
    assert ours.left() == 17


def test_patience_has_an_end(now):
    ours = Clock(20)
    ours.start()
    ours.follow(SimpleNamespace(waited=1e9))
    now.seconds += 20 + PATIENCE * 20
    assert ours.left() == 0


def test_more_may_be_allowed(now):
    ours = Clock(20)
    ours.start()
    now.seconds += 19
    ours.allow(300)
    assert ours.left() == 300
