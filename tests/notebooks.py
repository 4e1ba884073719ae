"""What students hand in, made by hand for the tests: plain JSON and plain files."""

from __future__ import annotations

import json
from pathlib import Path

from autograder.model import Assignment, Course, Rejection, StudentSource, Submission, Task, Text
from autograder.notebook import read

ANSWERS = {
    "pad": "import numpy as np\ndef pad(image):\n    return np.pad(image, 1)",
    "convolve2d": "def convolve2d(image, kernel):\n    return pad(image)",
}


def code(source, grade_id="", **fields):
    marks = {"grade": False, "grade_id": grade_id, "locked": False, "solution": True}
    metadata = {"nbgrader": marks} if grade_id else {}
    cell = {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": []}
    return {**cell, "source": source, **fields}


def markdown(source, **metadata):
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def notebook(*cells, **fields):
    """The notebook as a dict, to be changed or dumped."""
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **fields}


def dumped(*cells, **fields):
    return json.dumps(notebook(*cells, **fields)).encode()


def answered(comment="", tasks=("pad", "convolve2d")):
    """A handed-in notebook of the assignment ``convolution``, unlike any with another comment."""
    return dumped(
        markdown("# Convolution\nÀ toi !"),
        code(f"# {comment}"),
        *(code(ANSWERS[task].splitlines(keepends=True), task) for task in tasks),
        code("plt.show()", outputs=[{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]),
    )


def course(root=Path("course")):
    """Three assignments, by slug: their tasks."""
    tasks = {
        "convolution": ("pad", "convolve2d"),
        "pooling": ("max_pool",),
        "output_size": ("size",),
    }
    return Course(root, {slug: _assignment(slug, names, root) for slug, names in tasks.items()})


def _assignment(slug, names, root):
    title = Text(fr=slug, en=slug)
    return Assignment(slug, title, tuple(Task(name, title, 1) for name in names), root / slug)


COURSE = course()
RIGHT = answered("a")
OTHER = answered("b")
POOLING = dumped(code("def max_pool(x):\n    return x", "max_pool"))


def write(root, path, data=RIGHT):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def places(intake):
    return {(one.student, one.assignment) for one in intake.submissions}


def only(intake) -> Submission:
    assert intake.rejections == intake.notes == ()
    (submission,) = intake.submissions
    return submission


def rejected(intake) -> Rejection:
    assert intake.submissions == intake.notes == ()
    (rejection,) = intake.rejections
    return rejection


# How learning platforms name what they hand out: the file, then whose and what it is.
FLAT = {
    "Zoé Petit_123_assignsubmission_file_convolution.ipynb": ("Zoé Petit", "convolution"),
    "Jean_Roy_9_assignsubmission_file_my_pooling.ipynb": ("Jean_Roy", "pooling"),
    "dupontcamille_12345_67890_convolution.ipynb": ("dupontcamille", "convolution"),
    "martinlea_LATE_12346_67891_convolution-2.ipynb": ("martinlea", "convolution"),
}


def reading(data, name="convolution.ipynb", **options):
    return read(Submission("camille", "convolution", name, data), **options)


def sources(data, name="convolution.ipynb", **options):
    source = reading(data, name, **options)
    assert isinstance(source, StudentSource), source
    return [cell.source for cell in source.cells]


def refusal(data, name="convolution.ipynb"):
    rejection = reading(data, name)
    assert isinstance(rejection, Rejection), rejection
    assert (rejection.student, rejection.assignment) == ("camille", "convolution")
    return rejection.reason
