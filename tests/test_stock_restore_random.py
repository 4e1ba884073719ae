"""The course's cells put back, compared with nbgrader's own preprocessors wherever they finish."""

from __future__ import annotations

import copy
import json
import random
from dataclasses import replace

import pytest
from stock_courses import Made, every_kind, sanitised, with_ids

from autograder.stock import restore
from autograder.stock.model import Restored

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning",  # nbgrader's and nbconvert's own
    "ignore::nbformat.warnings.MissingIDFieldWarning",  # as notebooks of nbformat 4.4 have none
)
GRADED = {"f-test", "g-test", "g-more", "why", "plot", "task"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Made(tmp_path_factory.mktemp("course"), {"p1": every_kind()}).release()


@pytest.fixture(scope="module")
def source(made):
    return made.load().notebooks["p1"]


@pytest.fixture
def released(made):
    return copy.deepcopy(made.released["p1"])


def _id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def _essence(cell):
    """What of a cell decides a score, an order or a comment."""
    given = cell["metadata"].get("nbgrader", {})
    grade, solution, locked = (bool(given.get(name)) for name in ("grade", "solution", "locked"))
    flags = grade, solution, not solution and (grade or locked)
    points = float(given["points"]) if given.get("grade") else None
    ids = (given.get("grade_id"), given.get("checksum")) if given.get("grade_id") else None
    return cell["cell_type"], cell["source"], flags, points, ids


def _compare(made, source, content, **overwrite):
    """Equal to nbgrader's, or different for a reason that is named. Returns whether equal."""
    settings = replace(made.settings, **overwrite)
    ours = restore.restored(json.dumps(content).encode(), source, settings)
    assert isinstance(ours, Restored)
    try:
        theirs = sanitised(made, content, **overwrite)
    except Exception as error:  # noqa: BLE001 - whatever makes nbgrader give up
        theirs, failed = None, repr(error)
    if theirs is None:
        assert set(ours.differs) >= GRADED, (failed, ours.differs)
        return False
    if set(ours.differs) >= GRADED:
        assert overwrite["add_missing_cells"], ours
        return False
    ours_cells = ours.notebook["cells"]
    assert len(ours_cells) == len(theirs.cells)
    for mine, stock in zip(ours_cells, theirs.cells, strict=True):
        if not {_id(mine), _id(stock)} & set(ours.differs):
            assert _essence(mine) == _essence(stock)
    assert ours.unanswered - set(ours.differs) == _unanswered(theirs) - set(ours.differs)
    return True


def _unanswered(theirs):
    from nbgrader import utils

    return {
        cell.metadata.nbgrader.grade_id
        for cell in theirs.cells
        if utils.is_solution(cell)
        and cell.metadata.nbgrader.checksum == utils.compute_checksum(cell)
    }


def _edit(rng, cell):
    cell["source"] = rng.choice(["", "pass", cell["source"] + "\n1", "é\r\nü"])


def _switch(rng, cell):
    name = rng.choice(["grade", "solution", "locked", "task"])
    given = cell["metadata"].setdefault("nbgrader", {})
    given[name] = not given.get(name, False)


def _points(rng, cell):
    given = cell["metadata"].get("nbgrader", {})
    given["points"] = rng.choice([0, 100, -1, "2", "x", None, True, 2, 2.5])


def _points_gone(rng, cell):
    cell["metadata"].get("nbgrader", {}).pop("points", None)


def _key(rng, cell):
    given = cell["metadata"].get("nbgrader", {})
    key, value = rng.choice(
        [("schema_version", 2), ("schema_version", 4), ("extra", 1), ("checksum", "x"),
         ("cell_type", "raw"), ("cell_type", "x"), ("locked", 1), ("grade", None)]
    )  # fmt: skip
    given[key] = value


def _other_type(rng, cell):
    code = cell["cell_type"] != "code"
    cell["cell_type"] = "code" if code else "markdown"
    for name, value in (("outputs", []), ("execution_count", None)):
        cell.pop(name, None)
        cell.update({name: value} if code else {})


def _rename(rng, cell):
    if "nbgrader" in cell["metadata"]:
        cell["metadata"]["nbgrader"]["grade_id"] = rng.choice(["", "nobody", "f", "a b"])


def _strip(rng, cell):
    cell["metadata"] = rng.choice([{}, {"nbgrader": {}}, {"collapsed": True}])


CHANGES = [_edit] * 6 + [
    _switch,
    _switch,
    _points,
    _points_gone,
    _key,
    _other_type,
    _rename,
    _strip,
]


def _damaged(rng, content):
    content = copy.deepcopy(content)
    cells = content["cells"]
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        way, at = rng.random(), rng.randrange(len(cells))
        if way < 0.12 and len(cells) > 3:
            del cells[at]
        elif way < 0.2:
            cells.insert(rng.randrange(len(cells) + 1), copy.deepcopy(cells[at]))
        elif way < 0.3:
            cells.insert(rng.randrange(len(cells)), cells.pop(at))
        else:
            rng.choice(CHANGES)(rng, cells[at])
    return content


@pytest.mark.parametrize("add_missing_cells", [False, True])
def test_randomly_damaged_notebooks_become_what_nbgrader_makes_of_them(
    made, source, released, add_missing_cells
):
    equal = 0
    for seed in range(60):
        content = with_ids(released) if seed % 2 else released
        content = _damaged(random.Random(seed), content)
        try:
            equal += _compare(made, source, content, add_missing_cells=add_missing_cells)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
    assert 15 < equal < 58  # both ways were seen
