"""Visible tests that run a function of ours inside, or ask about a network: their check cells."""

import json

import numpy as np
import pytest
import torch
from mini_course import TESTS
from released import by_id, source

from autograder import course, networks, release
from autograder.errors import CourseError
from autograder.release import tools
from autograder.release.solution import free_names

INSIDE = '''

def twice(numbers):
    # It is ours.
    """What the child makes of them."""
    import math

    return [math.prod((2, number)) for number in numbers]


@pytest.mark.points("largest", 0.5)
def test_largest_of_twice(student):
    same(student.largest(student.inside(twice)(NUMBERS)), 18)
    same(student.largest( student.inside( twice )( [1] ) ), 2)


def hidden_helper(model):
    return 42


@pytest.mark.points("largest", 0.5)
@pytest.mark.hidden(fr="Non.", en="No.")
def test_largest_hidden(student):
    same(student.inside(hidden_helper)(1), 42)
'''


def released(root, more, points=3):
    """The check cell of ``largest`` and the tools, with ``more`` in the test file."""
    file = root / TESTS
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    yaml = root / "assignments/mini/assignment.yaml"
    yaml.write_text(yaml.read_text(encoding="utf-8").replace("points: 2", f"points: {points}"))
    release.build(course.load(root), root / "out", ["mini"])
    cells = by_id(json.loads((root / "out/en/mini/mini.ipynb").read_bytes()))
    return source(cells["largest-check"]), source(cells["check-tools"])


def test_a_function_of_ours_is_shown_and_called_directly(root):
    check, cell = released(root, INSIDE)
    assert "same(largest(twice(NUMBERS)), 18)" in check
    assert "def twice(numbers):\n    import math" in check
    assert "student" not in check
    assert "hidden_helper" not in check
    names = {}
    exec(cell, names)
    exec("largest = max\nNotEmpty = ValueError", names)
    exec(check, names)  # max([]) raises the ValueError that is asked for


def test_the_cell_defines_all_it_needs(root):
    check, cell = released(root, INSIDE)
    assert free_names(f"{cell}\nlargest = max\n{check}") == set()


@pytest.mark.parametrize(
    "call", ["student.inside", "student.inside(max)([1])", "student.inside(twice, 1)(2)"]
)
def test_anything_else_inside_is_refused(root, call):
    more = INSIDE.replace("student.inside(twice)(NUMBERS)", call)
    with pytest.raises(CourseError) as caught:
        released(root, more)
    assert any("test_largest_of_twice" in each.key for each in caught.value.problems)


NETWORK = """

from autograder.networks import parameter_count


@pytest.mark.points("largest", 1)
def test_largest_network(student):
    same(parameter_count(student.largest([1])), 9)
"""


def test_helpers_for_networks_are_there_where_they_are_used(root):
    check, cell = released(root, NETWORK)
    assert "same(parameter_count(largest([1])), 9)" in check
    assert "def parameter_count(" in cell
    assert "def output_shape(" not in cell


def test_and_nowhere_else(root):
    _, cell = released(root, INSIDE)
    assert "torch" not in cell


def test_the_helpers_say_what_the_grader_says():
    """By name they are the same functions, one for a model and one for a handle."""
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Dropout(), torch.nn.Flatten()
    )
    model[0].bias.requires_grad_(False)
    assert tools.parameter_count(model) == 18 + 4
    assert tools.output_shape(model, (1, 1, 5, 6)) == (1, 24)
    assert model.training
    assert set(tools.NETWORKS) <= set(vars(networks))
    trained = networks.inside.weights(model)
    assert sum(array.size for array in trained.values()) == 18 + 4
    found = networks.inside.outputs(model, np.zeros((1, 1, 5, 6), np.float32), False, 0)
    assert found.shape == (1, 24)
