"""Wrong solutions of the assignments: the reference with a mistake in it, and what that costs.

Each table goes from a name to the function that is changed, the old text, the new text, the tests
that must fail (without ``test_``), and the id of the hint that one of them gives, or "".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Mutant = tuple[str, str, str, set[str], str]


def parts_of(task: str, parts: str) -> set[str]:
    """Names of tests of one task, given without the task."""
    return {f"{task}_{part}" for part in parts.split()}


def named(by_task: Mapping[str, Sequence[tuple[str, str, str, str]]]) -> dict[str, Mutant]:
    """A table from one by task, of (old, new, tests without the task, hint)."""
    return {
        f"{task}: {old} -> {new}": (task, old, new, parts_of(task, tests), hint)
        for task, mutants in by_task.items()
        for old, new, tests, hint in mutants
    }
