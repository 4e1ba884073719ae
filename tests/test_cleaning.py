"""A student's notebook is made anew: valid, with the course's marks, and nothing that acts."""

from __future__ import annotations

import base64
import io

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator
from PIL import Image
from test_images import png

from autograder import cleaning

PIXEL = base64.b64encode(png()).decode()
TEST = {
    "schema_version": 3, "grade_id": "test1", "grade": True, "solution": False, "locked": True,
    "points": 2, "cell_type": "code", "checksum": "5" * 32,
}  # fmt: skip
XSS = '"><script>boom()</script>'


def cleaned(*cells: dict, own=(), metadata=None) -> dict:
    said = {"nbformat": 4, "nbformat_minor": 2, "metadata": metadata or {}, "cells": list(cells)}
    made = cleaning.notebook(said, {"test1", "task1"}, own)
    nbformat.validate(made)
    MetadataValidator().validate_nb(nbformat.from_dict(made))
    return made


def code(source: str = "x = 1", **more: object) -> dict:
    return {"cell_type": "code", "source": source, "outputs": [], "metadata": {}, **more}


def prose(source: str, **more: object) -> dict:
    return {"cell_type": "markdown", "source": source, "metadata": {}, **more}


def test_a_test_cell_keeps_the_courses_marks():
    (cell,) = cleaned(code(metadata={"nbgrader": TEST, "tags": [XSS]}))["cells"]
    assert cell["metadata"] == {"nbgrader": {**TEST, "points": 2.0}}


def test_a_task_and_a_solution():
    task = {**TEST, "grade_id": "task1", "grade": False, "task": True, "cell_type": "markdown"}
    answer = {**TEST, "grade": False, "solution": True, "locked": False, "points": 5}
    first, second = cleaned(
        prose("do it", metadata={"nbgrader": task}), code(metadata={"nbgrader": answer})
    )["cells"]
    assert first["metadata"]["nbgrader"]["points"] == 2.0
    assert "points" not in second["metadata"]["nbgrader"]


@pytest.mark.parametrize(
    "marks", [None, 3, [], {}, {"grade_id": XSS, "grade": True}, {"grade_id": ["test1"]}, "test1"]
)
def test_other_marks_are_not_kept(marks):
    (cell,) = cleaned(code(metadata={"nbgrader": marks}))["cells"]
    assert cell["metadata"] == {}


def test_a_second_cell_with_the_same_marks_has_none():
    twice = cleaned(code(metadata={"nbgrader": TEST}), code(metadata={"nbgrader": TEST}))["cells"]
    assert [bool(cell["metadata"]) for cell in twice] == [True, False]


def test_marks_are_of_the_right_types():
    marks = {**TEST, "grade": "yes", "solution": 1, "checksum": XSS.encode(), "cell_type": XSS}
    (cell,) = cleaned(code(metadata={"nbgrader": marks}))["cells"]
    kept = cell["metadata"]["nbgrader"]
    assert (kept["grade"], kept["solution"], kept["cell_type"]) == (False, False, "code")
    assert "checksum" not in kept


def test_names_of_cells_are_valid_and_unique():
    said = [code(id=name) for name in ("a", "a", XSS, 3, None, "cell-2", "x" * 65)]
    ids = [cell["id"] for cell in cleaned(*said)["cells"]]
    assert ids[0] == "a"
    assert len(set(ids)) == len(said)
    assert not any("<" in name for name in ids)


def test_metadata_of_the_notebook():
    kernel = {"name": "python3", "display_name": "Python\x1b 3.12", "language": 5, "env": {}}
    said = {"kernelspec": kernel, "widgets": {"x": XSS}, "title": XSS, "language_info": XSS}
    metadata = cleaned(metadata=said)["metadata"]
    assert metadata["kernelspec"] == {
        "name": "python3", "display_name": "Python 3.12", "language": "python",
    }  # fmt: skip
    assert sorted(metadata) == ["kernelspec", "language_info"]
    assert metadata["language_info"]["name"] == "python"


@pytest.mark.parametrize("metadata", [{"kernelspec": XSS}, {"kernelspec": None}, {}])
def test_a_notebook_without_a_kernel(metadata):
    assert cleaned(metadata=metadata)["metadata"]["kernelspec"]["name"] == "python3"


def test_sources_are_text():
    made = cleaned(code(["a\n", 3, "b"]), code(None), prose(["# a\n", "b"]))["cells"]
    assert [cell["source"] for cell in made] == ["a\nb", "", "# a\nb"]


def test_code_is_kept_as_written():
    source = "%%html\n<script>boom()</script>\nprint('é\t')"
    assert cleaned(code(source, execution_count=3))["cells"][0]["source"] == source


def test_hostile_markdown_is_cleaned_but_not_the_courses_own():
    text = "<script>boom()</script>"
    ours, theirs = cleaned(prose(text), prose(text + " "), own={text})["cells"]
    assert ours["source"] == text
    assert "script" not in theirs["source"]


def test_much_prose_is_shown_as_it_was_typed():
    text = "[a](https://b.example) " + "word " * 3_000
    made = cleaned(*[prose(text)] * 12, prose("*short*"))["cells"]
    assert made[0]["source"] == text
    assert made[-2]["source"].startswith("<pre>[a](https://b.example) word")
    assert made[-1]["source"] == "*short*"


def test_raw_and_unknown_cells_are_text():
    raw = {"cell_type": "raw", "source": "<b>", "metadata": {"raw_mimetype": "text/html"}}
    odd = {"cell_type": "heading", "source": "<b>", "level": 1}
    for cell in cleaned(raw, odd)["cells"]:
        assert (cell["cell_type"], cell["source"]) == ("raw", "&lt;b&gt;")
        assert cell["metadata"] == {}


def test_attachments_are_images():
    jpeg = io.BytesIO()
    Image.new("RGB", (5, 4)).save(jpeg, "jpeg")
    photo = base64.b64encode(jpeg.getvalue()).decode()
    said = {
        "a.png": {"image/svg+xml": "PHN2Zy8+", "image/png": PIXEL},
        "b.png": {XSS: photo},
        "c.svg": {"image/svg+xml": "PHN2Zy8+"},
        "d.png": {"image/png": [PIXEL[:8], PIXEL[8:]]},
        "e.png": 3,
        "f.png": {"image/png": "é"},
    }
    (cell,) = cleaned(prose("![](attachment:a.png) ![](attachment:c.svg)", attachments=said))[
        "cells"
    ]
    assert cell["attachments"] == {
        "a.png": {"image/png": PIXEL},
        "b.png": {"image/jpeg": photo},
        "d.png": {"image/png": PIXEL},
    }
    assert cell["source"] == "![](attachment:a.png) ![](c.svg)"


def test_large_images_in_the_text_become_attachments():
    file = io.BytesIO()
    Image.effect_noise((60, 60), 50).save(file, "png")
    data = base64.b64encode(file.getvalue()).decode()
    (cell,) = cleaned(prose(f"# A\n\n![plot](data:image/png;base64,{data})\n\nb"))["cells"]
    assert cell["source"] == "# A\n\n![plot](attachment:image-0)\n\nb"
    assert cell["attachments"] == {"image-0": {"image/png": data}}
    (cell,) = cleaned(prose(f"![plot](data:image/png;base64,{'A' * 2000})"))["cells"]
    assert "attachments" not in cell
    assert "AAAA" not in cell["source"]


def test_outputs_are_cleaned_again():
    said = [
        {"output_type": "stream", "name": XSS, "text": "a\x1b]0;t\x07"},
        {"output_type": "stream", "name": "stderr", "text": "b"},
        {"output_type": "error", "ename": "E\x00", "evalue": "v",
         "traceback": ["\x1b[31mx\x1b[0m\x07"]},
        {"output_type": "execute_result", "execution_count": 3, "metadata": {"x": XSS},
         "data": {"text/html": XSS, "text/plain": "p", "application/javascript": "boom()",
                  "image/png": PIXEL, "image/svg+xml": XSS}},
        {"output_type": "display_data", "data": {"image/png": XSS, "text/html": "<script>"}},
        {"output_type": "display_data", "data": {"image/png": XSS, "text/latex": "a"},
         "metadata": {"image/png": {"width": 3, "height": XSS}}},
    ]  # fmt: skip
    (cell,) = cleaned(code(outputs=said, execution_count=4))["cells"]
    assert cell["execution_count"] == 4
    assert cell["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": "a]0;t"},
        {"output_type": "stream", "name": "stderr", "text": "b"},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mx\x1b[0m"]},
        {"output_type": "execute_result", "execution_count": 3, "metadata": {},
         "data": {"text/html": '"&gt;', "text/plain": "p", "image/png": PIXEL}},
        {"output_type": "display_data", "data": {"text/latex": "a"},
         "metadata": {"image/png": {"width": 3}}},
    ]  # fmt: skip


def test_cleaning_twice_changes_nothing():
    said = (
        prose("a<script>boom()</script>\n\n- b", id="x"),
        code(outputs=[{"output_type": "display_data", "data": {"text/html": "<b>x"}}]),
    )  # fmt: skip
    once = cleaned(*said)
    assert cleaning.notebook(once, {"test1"}, ()) == once
