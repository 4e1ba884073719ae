"""The smallest course: where its files lie, and what is reported about a spoiled copy."""

from pathlib import Path

import pytest

from autograder import course
from autograder.errors import CourseError

MINI = Path(__file__).parent / "courses" / "mini"
YAML = "assignments/mini/assignment.yaml"
NOTEBOOK = "assignments/mini/notebook.py"
TESTS = "assignments/mini/test_mini.py"
REFERENCE = "reference/mini.py"

# A right assignment.yaml of one task.
GOOD = """
title: {fr: "Un", en: "One"}
tasks:
  largest: {title: {fr: "a", en: "b"}, points: 2}
"""


def problems_of(root):
    """What loading the course at ``root`` reports: (file, key) → what was expected."""
    with pytest.raises(CourseError) as caught:
        course.load(root)
    return {(problem.file, problem.key): problem.expected for problem in caught.value.problems}
