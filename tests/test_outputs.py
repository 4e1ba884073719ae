"""What a process says that its cell showed becomes outputs of a notebook, whatever it says."""

from __future__ import annotations

import base64
import json

import nbformat
import pytest
from test_images import png

from autograder import outputs
from autograder.outputs import Dropped
from autograder.sandbox.recorder import Recorder


def of(*said: object) -> list[dict[str, object]]:
    return outputs.checked(list(said), 3)[0]


def shown(data: object, **more: object) -> dict[str, object]:
    return {"output_type": "display_data", "data": data, "size": {}, **more}


def test_what_a_recorder_kept():
    record = Recorder()
    record.stream("stdout", "a\n")
    record.show("execute_result", {"text/plain": "1", "text/html": "<b>1</b>"}, {})
    record.error("E", "why", ["\x1b[31mline\x1b[0m"])
    kept, dropped = outputs.checked(record.outputs(), 3)
    assert kept == [
        {"output_type": "stream", "name": "stdout", "text": "a\n"},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "1", "text/html": "<b>1</b>"},
            "metadata": {},
            "execution_count": 3,
        },
        {
            "output_type": "error",
            "ename": "E",
            "evalue": "why",
            "traceback": ["\x1b[31mline\x1b[0m"],
        },
    ]
    assert dropped == Dropped()


def test_an_image_and_its_size():
    (output,) = of(shown({"image/png": png()}, size={"width": 30, "height": True}))
    assert output["data"] == {"image/png": base64.b64encode(png()).decode()}
    assert output["metadata"] == {"image/png": {"width": 30}}


@pytest.mark.parametrize(
    "data",
    [
        {"image/png": b"<script>"},
        {"image/png": "text"},
        {"image/png": png(20_000, 20_000)},
        {"image/jpeg": png()},
        {"application/javascript": "boom()"},
        {"application/vnd.jupyter.widget-view+json": "{}"},
        {"text/html": "<script>boom()</script>"},
        {"text/html": "<div>" * 500},
        {"text/plain": 3},
        {"text/plain": ["a"]},
        {},
        None,
        "text",
    ],
)
def test_what_cannot_be_shown_is_counted(data):
    assert outputs.checked([shown(data)], 1) == ([], Dropped(outputs=1))


@pytest.mark.parametrize(
    "said",
    [
        None, 3, "text", b"", [3], {"output_type": 3}, {"output_type": ["stream"]}, {3: 4},
        {"output_type": "stream"}, {"output_type": "stream", "name": "x", "text": "y"},
        {"output_type": "stream", "name": ["stdout"], "text": "y"},
        {"output_type": "stream", "name": "stdout", "text": 5},
        {"output_type": "update_display_data", "data": {"text/plain": "x"}},
    ],
)  # fmt: skip
def test_what_is_no_output_is_counted(said):
    assert outputs.checked([said], 1) == ([], Dropped(outputs=1))


@pytest.mark.parametrize("raw", [None, 3, "text", {}, ()])
def test_what_is_no_list(raw):
    assert outputs.checked(raw, 1) == ([], Dropped(outputs=1))


def test_an_error_is_one_whatever_it_says():
    for traceback in (None, "text", [3, None, "x"], ["\ud800"]):
        said = {"output_type": "error", "ename": 3, "evalue": None, "traceback": traceback}
        (error,) = of(said)
        assert (error["ename"], error["evalue"]) == ("Error", "")
        assert all(isinstance(line, str) for line in error["traceback"])


def test_no_more_than_fits():
    stream = {"output_type": "stream", "name": "stdout", "text": "x" * 2**19}
    kept, dropped = outputs.checked([stream] * 300, 1)
    assert sum(len(one["text"]) for one in kept) == 2**20
    assert dropped.characters + dropped.outputs * 2**19 > 2**19 * 290
    image = shown({"image/png": png() + b"\0" * 2**22})
    assert len(of(image, image, image)) == 1


def test_html_is_cleaned_and_plain_text_stays():
    (output,) = of(shown({"text/plain": "t", "text/html": "<b>1</b><script>boom()</script>"}))
    assert output["data"] == {"text/plain": "t", "text/html": "<b>1</b>"}


def test_a_drawing_becomes_an_image_unless_there_is_something_better():
    svg = "<svg><script>boom()</script></svg>"
    (output,) = of(shown({"image/svg+xml": svg}))
    assert list(output["data"]) == ["text/html"]
    assert output["data"]["text/html"].startswith('<img src="data:image/svg+xml;base64,')
    (output,) = of(shown({"image/svg+xml": svg, "image/png": png()}))
    assert list(output["data"]) == ["image/png"]
    (output,) = of(shown({"image/svg+xml": svg, "text/html": "<b>1</b>"}))
    assert output["data"] == {"text/html": "<b>1</b>"}


def test_other_texts():
    (output,) = of(shown({"text/latex": "$a<b$", "text/markdown": "*a* <b>b</b>"}))
    assert output["data"] == {"text/markdown": "*a* <b>b</b>", "text/latex": "$a\\lt b$"}


def test_what_was_dropped_is_told():
    said = [{"output_type": "dropped", "characters": 5, "outputs": 2}]
    assert outputs.checked(said, 1) == ([], Dropped(5, 2))
    (note,) = outputs.shown(said, 1, "fr")
    assert note["name"] == "stdout"
    assert "5 caractères, 2 affichages" in note["text"]
    assert "5 characters, 2 outputs" in outputs.shown(said, 1)[0]["text"]
    assert outputs.shown([], 1) == []


@pytest.mark.parametrize("count", [-1, True, "5", None, 1.5, [1]])
def test_a_number_that_is_none(count):
    said = [{"output_type": "dropped", "characters": count, "outputs": count}]
    assert outputs.checked(said, 1) == ([], Dropped())


def test_everything_is_a_valid_notebook():
    said = [
        {"output_type": "stream", "name": "stderr", "text": "\x00\ud800\x1b]0;x\x07"},
        shown({"text/plain": "p", "image/png": png()}, size={"width": 5}),
        {**shown({"text/latex": "x"}), "output_type": "execute_result"},
        {"output_type": "error"},
        {"output_type": "dropped", "characters": 1},
    ]
    cell = nbformat.v4.new_code_cell("1", outputs=outputs.shown(said, 7), execution_count=7)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbformat.validate(notebook)
    json.dumps(notebook, allow_nan=False).encode()
