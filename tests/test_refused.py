"""What a submission was refused is gathered from all its processes, those that ended included."""

from __future__ import annotations

from autograder.model import Lost, Outcome, Reply
from autograder.refused import MOST, Refused
from autograder.sandbox.asked import Asked
from autograder.wire import Kind


class Child(Asked):
    """Runs nothing: here it matters only when its names are read, and for how long it is kept."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)
        self.alive = True
        self.looks = 0

    @property
    def refused(self) -> frozenset[str]:
        self.looks += 1
        return frozenset(self.names)

    def close(self) -> None:
        self.alive = False

    def _ask(self, kind: Kind, value: object, seconds: float) -> Reply:
        return Lost(Outcome.CRASHED)


class Plain(Child):
    """A process that nothing watches, as that of a student's own check."""

    refused = Asked.refused


def test_nothing_was_refused_to_a_plain_process_or_to_none():
    refused = Refused()
    assert refused.names == ()
    refused.watching(Plain)()
    assert refused.names == ()


def test_names_of_all_children_are_sorted_and_told_once():
    refused = Refused()
    open_child = refused.watching(Child)
    first = open_child("socket", "kill")
    first.close()
    open_child("kill", "bpf")
    assert refused.names == ("bpf", "kill", "socket")
    assert refused.names == ("bpf", "kill", "socket")


def test_what_is_refused_after_a_look_counts():
    refused = Refused()
    child = refused.watching(Child)("kill")
    assert refused.names == ("kill",)
    child.names.add("socket")
    assert refused.names == ("kill", "socket")
    child.names.add("bpf")
    child.close()
    assert refused.names == ("bpf", "kill", "socket")


def test_children_that_live_side_by_side_are_all_looked_at():
    refused = Refused()
    open_child = refused.watching(Child)
    one, other = open_child(), open_child()
    open_child("bpf").close()
    one.names.add("kill")
    other.names.add("socket")
    assert refused.names == ("bpf", "kill", "socket")


def test_a_child_that_has_ended_is_looked_at_once_and_let_go():
    refused = Refused()
    open_child = refused.watching(Child)
    first = open_child("kill")
    first.close()
    for _ in range(5):
        open_child().close()
    assert first.looks == 1
    assert refused.names == ("kill",)


def test_arguments_go_through_and_each_submission_has_its_own():
    one, other = Refused(), Refused()
    opened = []

    def open_child(name: str, *, more: str) -> Child:
        opened.append((name, more))
        return Child(name, more)

    one.watching(open_child)("kill", more="bpf")
    other.watching(open_child)("socket", more="socket")
    assert opened == [("kill", "bpf"), ("socket", "socket")]
    assert (one.names, other.names) == (("bpf", "kill"), ("socket",))


def test_a_flood_of_names_ends_and_what_was_told_first_stays():
    refused = Refused()
    open_child = refused.watching(Child)
    open_child("write", "socket").close()
    open_child(*(f"call {number}" for number in range(500, 600))).close()
    open_child("bpf").close()
    names = refused.names
    assert len(names) == MOST == 16
    assert {"write", "socket"} < set(names)
    assert "bpf" not in names
    assert names == tuple(sorted(names))
