"""Wrong solutions: each loses the tests of what it gets wrong, and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import pytest
from in_process import failed, grade, hints, mutant, shown_hints
from mutants import (
    Mutant,
    backprop_layers,
    backprop_windows,
    cnn_networks,
    cnn_training,
    convolution_channels,
    convolution_kernels,
    output_size,
    parameter_count,
    pooling_network,
    pooling_windows,
    resnet,
    transfer,
    visualization,
    visualization_cam,
)

from autograder.model import TestResult

Results = Mapping[str, TestResult]

MUTANTS: dict[str, dict[str, Mutant]] = {
    "backprop": backprop_windows.MUTANTS | backprop_layers.MUTANTS,
    "cnn": cnn_networks.MUTANTS | cnn_training.MUTANTS,
    "convolution": convolution_kernels.MUTANTS | convolution_channels.MUTANTS,
    "output_size": output_size.MUTANTS,
    "parameter_count": parameter_count.MUTANTS,
    "pooling": pooling_windows.MUTANTS | pooling_network.MUTANTS,
    "resnet": resnet.MUTANTS,
    "visualization": visualization.MUTANTS | visualization_cam.MUTANTS,
    "transfer": transfer.MUTANTS,
}
# Tasks that may lose as well because their reference calls the mutant. Where an assignment has no
# entry, its tables name what they lose.
CALLERS = {
    "output_size": output_size.CALLERS,
    "parameter_count": parameter_count.CALLERS,
    "resnet": resnet.CALLERS,
    "transfer": transfer.CALLERS,
}

EVERY_MUTANT = pytest.mark.parametrize(
    ("slug", "name"), [(slug, name) for slug, table in MUTANTS.items() for name in table]
)


@cache
def graded(slug: str, seed: int) -> Mapping[str, Mapping[str, TestResult]]:
    """The results of every mutant of ``slug``, and of the stub."""
    sources = {name: mutant(slug, *case[:3]) for name, case in MUTANTS[slug].items()}
    return grade(slug, sources | {"stub": "x = 1"}, seed)


def on_one_of_two_draws(check: Callable[[str, str, Results], None]) -> Callable[..., None]:
    """``check``, which may fail once: now and then a wrong answer is right for the inputs drawn."""

    def test(slug: str, name: str, seed: int) -> None:
        try:
            check(slug, name, graded(slug, seed)[name])
        except AssertionError:
            again = grade(slug, {name: mutant(slug, *MUTANTS[slug][name][:3])}, seed + 1)
            check(slug, name, again[name])

    return test


def _loses_exactly_what_it_gets_wrong(slug: str, name: str, results: Results) -> None:
    task, _, _, tests, hint = MUTANTS[slug][name]
    mine = {n: result for n, result in results.items() if result.task == task}
    assert failed(mine) == {f"test_{test}" for test in tests} & mine.keys()
    assert not hint or shown_hints(mine, task) == {hints(slug)[hint]}


def _others_lose_only_by_calling_it(slug: str, name: str, results: Results) -> None:
    task, _, _, tests, _ = MUTANTS[slug][name]
    mine = {test for test, result in results.items() if result.task == task}
    callers = CALLERS.get(slug, {}).get(task, set())
    others = {test for test in failed(results) - mine if results[test].task not in callers}
    assert others == {f"test_{test}" for test in tests} - mine


test_a_mutant_loses_exactly_what_it_gets_wrong = EVERY_MUTANT(
    on_one_of_two_draws(_loses_exactly_what_it_gets_wrong)
)
test_other_tasks_lose_only_by_calling_it = EVERY_MUTANT(
    on_one_of_two_draws(_others_lose_only_by_calling_it)
)


@pytest.mark.parametrize("slug", MUTANTS)
def test_every_test_catches_a_mutant(slug, seed):
    results = graded(slug, seed)
    caught = set().union(*(failed(results[name]) for name in MUTANTS[slug]))
    assert set(results["stub"]) - caught == set()


@pytest.mark.parametrize("slug", MUTANTS)
def test_a_stub_gets_nothing(slug, seed):
    assert sum(result.points for result in graded(slug, seed)["stub"].values()) == 0
