"""A student's file as JSON: other formats, damage, and only what is a notebook's own is kept."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from stock_courses import code, every_kind, joined, notebook, packaged, text, with_ids

from autograder.model import Rejection
from autograder.notebook import MAX_BYTES, MAX_CELLS, refusals
from autograder.stock import restore
from autograder.stock.model import Restored, SourceCell, SourceNotebook, StockSettings


def run(content, ids=("f",)):
    own = tuple(
        SourceCell(name, "code", "1", "1", True, False, True, False, 1, "x" * 32) for name in ids
    )
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return restore.restored(data, SourceNotebook("p", own), StockSettings(Path()))


@pytest.mark.parametrize(
    "file", ["test-v0.ipynb", "test-v1.ipynb", "test-v2.ipynb", "too-new.ipynb"]
)
def test_marks_of_other_versions_of_nbgrader_are_understood(file):
    """nbgrader stops the whole class at them."""
    content = joined(json.loads(packaged("tests", "apps", "files", file).read_text()))
    ids = [one["metadata"].get("nbgrader", {}).get("grade_id") for one in content["cells"]]
    own = set(filter(None, ids))
    found = run(content, own)
    assert found.present == own != set()
    assert set(found.differs) == set(found.present)


def test_nbformat_3_is_read():
    answered = {"cell_type": "code", "input": ["def f(x):\n", "    return x"], "language": "python"}
    answered["metadata"] = {"nbgrader": {"grade_id": "f", "solution": True, "grade": False}}
    heading = {"cell_type": "heading", "level": 2, "source": "Title", "metadata": {}}
    old = {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [heading, answered]}]}
    cells = run(old, ()).notebook["cells"]
    assert [one["source"] for one in cells] == ["## Title", "def f(x):\n    return x"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", refusals.EMPTY),
        (b"<html>", refusals.WEB_PAGE),
        (b'{"nbformat": 4, "cells": [', refusals.INCOMPLETE),
        (b'{"nbformat": 2, "worksheets": []}', refusals.WRONG_VERSION),
        (b'{"nbformat": 4}', refusals.NOT_A_NOTEBOOK),
        (b'{"nbformat": 4, "cells": [1]}', refusals.NOT_A_NOTEBOOK),
        (
            b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 1}]}',
            refusals.NOT_A_NOTEBOOK,
        ),
        (b'{"nbformat": 3, "worksheets": [{"cells": {}}]}', refusals.NOT_A_NOTEBOOK),
        (b"[" * 100_000, refusals.NOT_A_NOTEBOOK),
        (b'{"nbformat": 4, "cells": [], "x": ' + b"9" * 10_000 + b"}", refusals.NOT_A_NOTEBOOK),
        (b"\x89PNG\r\n", refusals.BINARY),
        (b" " * (MAX_BYTES + 1), refusals.TOO_LARGE),
        (json.dumps(notebook(*[text("")] * (MAX_CELLS + 1))), refusals.too_many_cells(MAX_CELLS)),
        (json.dumps(notebook(code("x" * 1_000_001))), refusals.long_cell(1)),
        (json.dumps(notebook(code("\ud800"))), refusals.damaged_character(1)),
    ],
)
def test_what_cannot_be_read_says_why(data, reason):
    found = run(data if isinstance(data, bytes) else data.encode())
    assert isinstance(found, Rejection)
    assert found.reason.en[:30] == reason.en[:30]


@pytest.mark.parametrize("junk", [None, 1, "x", [], {}, {"a": {"b": [1]}}])
def test_junk_in_place_of_any_part_is_left_out(junk):
    released = with_ids(every_kind())
    for cell in released["cells"][3:]:
        cell |= {"id": junk, "attachments": junk, "outputs": junk, "execution_count": junk}
        cell["metadata"] |= {"tags": junk, "collapsed": junk}
    released["cells"][3]["metadata"]["nbgrader"] |= {"points": junk, "checksum": junk}
    released["cells"][0]["metadata"] = junk
    released |= {"metadata": {"kernelspec": junk, "language_info": junk}, "nbformat_minor": junk}
    found = run(released)
    assert isinstance(found, Restored)
    nbformat.validate(nbformat.from_dict(found.notebook))


def test_a_notebook_with_constants_that_are_no_json_is_read():
    data = json.dumps(every_kind() | {"x": float("nan")}).encode()
    assert isinstance(run(data), Restored)


def test_pictures_pasted_into_an_answer_stay():
    picture = {"a.png": {"image/png": "aaaa"}}
    found = run(notebook(text("![a](attachment:a.png)") | {"attachments": picture}))
    assert found.notebook["cells"][0]["attachments"] == picture
