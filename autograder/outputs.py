"""What a cell showed, from a process that may say anything, as outputs of a notebook.

``sandbox.shell`` runs beside student code: its word is checked here as if the student had written
it. Whatever is of another type, unknown or over the caps is left out and counted; what remains
cannot act in a browser (see ``markup``).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder import images, markup
from autograder.model import Language, Text
from autograder.sandbox import recorder

Output = dict[str, Any]  # as nbformat 4 has it

_MOST = recorder.MAX_OUTPUTS + 2  # the error, and what was dropped
_NOTE = Text(
    fr="[… la suite n’est pas conservée : {characters} caractères, {outputs} affichages]\n",
    en="[… the rest is not kept: {characters} characters, {outputs} outputs]\n",
)


@dataclass(frozen=True)
class Dropped:
    """What was not kept."""

    characters: int = 0
    outputs: int = 0


class _Room:
    """What still fits."""

    def __init__(self) -> None:
        self.text, self.images = recorder.MAX_TEXT, recorder.MAX_IMAGES
        self.characters = self.outputs = 0  # dropped

    def text_of(self, value: object) -> str:
        """``value``, as far as it is text and fits."""
        if not isinstance(value, str):
            return ""
        kept = value[: self.text]
        self.text -= len(kept)
        self.characters += len(value) - len(kept)
        return markup.plain(kept)

    def image_of(self, value: object) -> images.Image | None:
        """``value``, if it is a PNG that may be shown and fits."""
        if not isinstance(value, bytes) or len(value) > self.images:
            return None
        self.images -= len(value)
        image = images.checked(value)
        return image if image is not None and image.mime == "image/png" else None


def shown(raw: object, number: int, lang: Language = "en") -> list[Output]:
    """The outputs of a cell; a last one says how much is not there, if anything."""
    kept, dropped = checked(raw, number)
    if dropped.characters or dropped.outputs:
        note = _NOTE.to(lang).format(**vars(dropped))
        kept.append({"output_type": "stream", "name": "stdout", "text": note})
    return kept


def checked(raw: object, number: int) -> tuple[list[Output], Dropped]:
    """The outputs of a cell, and what was dropped.

    Args:
        raw: what ``sandbox.shell.run`` returned, or whatever came instead of it.
        number: the cell's, for ``Out[number]``.
    """
    room = _Room()
    kept: list[Output] = []
    said = list(raw) if isinstance(raw, list) else [None]
    for one in (item if isinstance(item, dict) else {} for item in said[:_MOST]):
        kind = one.get("output_type")
        if kind == "dropped":
            room.characters += _count(one.get("characters"))
            room.outputs += _count(one.get("outputs"))
        elif output := _output(kind, one, number, room):
            kept.append(output)
        else:
            room.outputs += 1
    room.outputs += len(said[_MOST:])
    return kept, Dropped(room.characters, room.outputs)


def _output(kind: object, one: Any, number: int, room: _Room) -> Output | None:
    if kind == "stream":
        return _stream(one, room)
    if kind == "error":
        return _error(one, room)
    if kind not in ("display_data", "execute_result"):
        return None
    output = _rich(kind, one, room)
    if output is not None and kind == "execute_result":
        output["execution_count"] = number
    return output


def _stream(one: Any, room: _Room) -> Output | None:
    text = room.text_of(one.get("text"))
    if not text or one.get("name") not in ("stdout", "stderr"):
        return None
    return {"output_type": "stream", "name": one["name"], "text": text}


def _error(one: Any, room: _Room) -> Output:
    lines = one.get("traceback")
    kept = lines[: recorder.MAX_TRACEBACK + 1] if isinstance(lines, list) else []
    return {
        "output_type": "error",
        "ename": room.text_of(one.get("ename"))[:200] or "Error",
        "evalue": room.text_of(one.get("evalue"))[: recorder.MAX_VALUE],
        "traceback": [room.text_of(line) for line in kept],
    }


def _rich(kind: object, one: Any, room: _Room) -> Output | None:
    said = one.get("data")
    if not isinstance(said, dict):
        return None
    data = _texts(said, room)
    metadata: dict[str, Any] = {}
    if image := room.image_of(said.get("image/png")):
        data["image/png"] = base64.b64encode(image.data).decode()
        if size := _size(one.get("size")):
            metadata["image/png"] = size
    if not data:
        return None
    return {"output_type": kind, "data": data, "metadata": metadata}


def _texts(said: dict[Any, Any], room: _Room) -> dict[str, str]:
    """What can be read, each in a form that cannot act; a drawing becomes an image in HTML."""
    text = {mime: room.text_of(said.get(mime)) for mime in recorder.TEXTS}
    drawing = text["image/svg+xml"] if not (text["text/html"] or "image/png" in said) else ""
    data = {
        "text/plain": text["text/plain"],
        "text/html": markup.html(text["text/html"]) or (markup.svg(drawing) if drawing else ""),
        "text/markdown": markup.markdown(text["text/markdown"]),
        "text/latex": markup.latex(text["text/latex"]),
    }
    return {mime: value for mime, value in data.items() if value}


def _size(said: object) -> dict[str, int]:
    if not isinstance(said, dict):
        return {}
    sides = {side: said.get(side) for side in ("width", "height")}
    return {
        side: value
        for side, value in sides.items()
        if type(value) is int and 0 < value <= images.MAX_SIDE
    }


def _count(said: object) -> int:
    return said if type(said) is int and said > 0 else 0


def again(output: Output) -> Output | None:
    """An output of a notebook, ours or one that was checked before, as it may be written.

    None: there is nothing to be seen in it.
    """
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": markup.plain(str(output.get("text")))}
    if kind == "error":
        lines = [markup.plain(str(line)) for line in output.get("traceback", ())]
        return {
            "output_type": kind,
            "ename": markup.plain(str(output.get("ename"))),
            "evalue": markup.plain(str(output.get("evalue"))),
            "traceback": lines,
        }
    rich = {"data": _data(output.get("data", {})), "metadata": _metadata(output)}
    if not rich["data"]:
        return None
    if kind == "execute_result":
        return {"output_type": kind, "execution_count": output.get("execution_count"), **rich}
    return {"output_type": "display_data", **rich}


def _data(said: dict[str, Any]) -> dict[str, str]:
    """What may be shown, by MIME type."""
    data = {mime: clean(said[mime]) for mime, clean in _CLEAN.items() if mime in said}
    return {mime: value for mime, value in data.items() if value}


def _metadata(output: Output) -> dict[str, Any]:
    size = _size(output.get("metadata", {}).get("image/png"))
    return {"image/png": size} if size else {}


def _png(said: str) -> str:
    try:
        image = images.checked(base64.b64decode(said, validate=True))
    except binascii.Error:
        return ""
    return base64.b64encode(image.data).decode() if image else ""


_CLEAN: dict[str, Callable[[str], str]] = {
    "text/plain": markup.plain,
    "text/html": markup.html,
    "text/markdown": markup.markdown,
    "text/latex": markup.latex,
    "image/png": _png,
}
