"""Sandboxes for the tests: one warm process a tier for the whole run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from autograder.errors import SandboxUnavailable
from autograder.model import Cell, Limits, Reply, Returned, Tier
from autograder.sandbox import hierarchy, host
from autograder.sandbox.child import Child
from autograder.sandbox.launcher import Nursery
from autograder.sandbox.slot import Sandbox

SECONDS = 10.0  # far above what anything here takes, on a slow machine, too
LIMITS = Limits(cpu_seconds=20, memory_mib=256, processes=16, disk_mib=8, open_files=64)


@pytest.fixture(scope="session", params=[Tier.S2, Tier.S1])
def nursery(request: pytest.FixtureRequest) -> Iterator[Nursery]:
    try:
        host.require(request.param)
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    groups, _ = hierarchy.found()  # as root, where the kernel has them; again without as a user
    with Nursery(("numpy",), tier=request.param, slots=2, groups=groups) as nursery:
        yield nursery
    if groups:
        groups.close()


@pytest.fixture(scope="session")
def sandbox(nursery: Nursery) -> Iterator[Sandbox]:
    try:
        sandbox = nursery.sandbox(0)
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    yield sandbox
    sandbox.close()


@pytest.fixture
def open_child(sandbox: Sandbox) -> Iterator[Callable[..., Child]]:
    """Opens children that are closed after the test."""
    children = []

    def open_child(limits: Limits = LIMITS) -> Child:
        children.append(sandbox.child(limits))
        return children[-1]

    yield open_child
    for child in children:
        child.close()


@pytest.fixture
def child(open_child: Callable[..., Child]) -> Child:
    return open_child()


def run(child: Child, source: str, seconds: float = SECONDS) -> Reply:
    """Execute ``source`` as the child's next cell."""
    return child.run(Cell(1, source), seconds)


def value_of(child: Child, source: str) -> object:
    """What ``source``, the body of a function, returns inside the sandbox."""
    body = "\n".join(f"    {line}" for line in source.strip().splitlines())
    defined = child.run(Cell(99, f"def _body():\n{body}\n"), SECONDS)
    assert defined == Returned([]), defined
    reply = child.call("_body", (), {}, SECONDS)
    assert isinstance(reply, Returned), reply
    return reply.value
