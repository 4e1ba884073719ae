"""A student's notebook, made anew from what may be kept of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from autograder import images, markup, outputs

Json = dict[str, Any]  # nbformat 4

MAX_PROSE = 2**17  # characters; hostile ones take a second for 2**13

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CHECKSUM = re.compile(r"[0-9a-f]{32}")
_GIVEN_IMAGE = re.compile(r"data:image/(?:png|jpe?g);base64,([A-Za-z0-9+/]{1000,}={0,2})")
_PYTHON = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_FLAGS = ("grade", "solution", "locked")


def notebook(said: Json, marked: Collection[str], own: Collection[str]) -> Json:
    """``said`` as a notebook of nbformat 4.5 that is valid, and cannot act in a browser.

    Args:
        said: nbformat 4, with the course's cells restored.
        marked: the grade ids that the course has.
        own: sources of the course's own Markdown cells.
    """
    ids = _Ids()
    left = set(marked)
    prose = _Prose(own)
    cells = []
    for one in said.get("cells", ()):
        cell = _cell(one, prose)
        cell["id"] = ids.of(one.get("id"))
        cell["metadata"] = _marks(one, left)
        cells.append(cell)
    metadata = {"kernelspec": _kernel(said), "language_info": _PYTHON}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


class _Prose:
    """Markdown cells: so much of them is looked at; the rest is shown as it was typed."""

    def __init__(self, own: Collection[str]) -> None:
        self._own = own
        self._left = MAX_PROSE

    def of(self, text: str, attached: markup.Attachments) -> str:
        if text in self._own:
            return text
        if markup.needs_a_look(text):
            self._left -= len(text)
            if self._left < 0:
                return markup.as_text(text)
        return markup.markdown(text, attached)


class _Ids:
    """Names of cells: the student's where they may stay, each once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, said: object) -> str:
        kept = said if isinstance(said, str) and _ID.fullmatch(said) else ""
        number = len(self._given)
        while not kept or kept in self._given:
            kept = f"cell-{number}"
            number += 1
        self._given.add(kept)
        return kept


def _kernel(said: Json) -> dict[str, str]:
    metadata = said.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    if not isinstance(spec, dict):
        return dict(_KERNEL)
    return {
        name: markup.plain(value)[:100] if isinstance(value := spec.get(name), str) else default
        for name, default in _KERNEL.items()
    }


def _marks(one: Json, left: set[str]) -> Json:
    """nbgrader's marks of a cell that the course has, each once; of others none."""
    metadata = one.get("metadata")
    said = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = said.get("grade_id") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(name, str) or name not in left:
        return {}
    left.remove(name)
    marks: Json = {flag: said.get(flag) is True for flag in _FLAGS}
    if said.get("task") is True:
        marks["task"] = True
    marks |= {"grade_id": name, "schema_version": 3, "cell_type": one.get("cell_type")}
    checksum = said.get("checksum")
    if isinstance(checksum, str) and _CHECKSUM.fullmatch(checksum):
        marks["checksum"] = checksum
    if marks["grade"] or "task" in marks:
        marks["points"] = float(said.get("points") or 0)
    return {"nbgrader": marks}


def _cell(one: Json, prose: _Prose) -> Json:
    text = _joined(one.get("source"))
    kind = one.get("cell_type")
    if kind == "code":
        return _code(one, text)
    if kind == "markdown":
        return _markdown(one, text, prose)
    return {"cell_type": "raw", "source": markup.raw(text)}


def _joined(said: object) -> str:
    """Text of a notebook: a string, or its lines."""
    if isinstance(said, list):
        return "".join(line for line in said if isinstance(line, str))
    return said if isinstance(said, str) else ""


def _code(one: Json, text: str) -> Json:
    count = one.get("execution_count")
    return {
        "cell_type": "code",
        "source": markup.plain(text),
        "execution_count": count if type(count) is int else None,
        "outputs": [*filter(None, map(outputs.again, one.get("outputs", ())))],
    }


def _markdown(one: Json, text: str, prose: _Prose) -> Json:
    attached = dict(_attachments(one.get("attachments")))
    source = prose.of(_detached(text, attached), attached)
    cell = {"cell_type": "markdown", "source": source}
    return {**cell, "attachments": attached} if attached else cell


def _attachments(said: object) -> Iterator[tuple[str, dict[str, str]]]:
    """Those that are images, by name."""
    if not isinstance(said, Mapping):
        return
    for name, kinds in said.items():
        images_of = kinds.values() if isinstance(kinds, Mapping) else ()
        if image := next(filter(None, map(_image, images_of)), None):
            yield markup.plain(str(name)), image


def _image(said: object) -> dict[str, str] | None:
    """An image in base64, by its true MIME type."""
    try:
        data = base64.b64decode(_joined(said), validate=True)
    except ValueError:  # binascii.Error is one; or it is not ASCII
        return None
    image = images.checked(data)
    return {image.mime: base64.b64encode(image.data).decode()} if image else None


def _detached(text: str, attached: dict[str, dict[str, str]]) -> str:
    """Large images that are written into the text, as Colab does it, become attachments."""

    def replaced(found: re.Match[str]) -> str:
        image = _image(found[1])
        if image is None:
            return ""
        name = f"image-{len(attached)}"
        attached[name] = image
        return f"attachment:{name}"

    return _GIVEN_IMAGE.sub(replaced, text)
