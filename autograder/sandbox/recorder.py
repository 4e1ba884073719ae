"""What a cell shows, kept in order as plain data while it runs, and never more than fits.

Each output is a dict with ``output_type`` as in nbformat 4: ``stream`` (``name``, ``text``),
``display_data`` and ``execute_result`` (``data`` by MIME type, images as bytes; ``size``),
``error`` (``ename``, ``evalue``, ``traceback``). If something did not fit, a last one says how
much: ``dropped`` (``characters``, ``outputs``).
"""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

MAX_LINES = 1_000  # printed, as nbgrader keeps them
MAX_TEXT = 2**20  # characters of all text together
MAX_IMAGES = 8 * 2**20  # bytes of all images together
MAX_OUTPUTS = 200
MAX_TRACEBACK = 100  # lines, as nbgrader keeps them
MAX_VALUE = 10_000  # characters of an exception's message

TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml")
_PICTURES = ("image/jpeg", "image/gif", "image/webp", "image/bmp")  # these become PNG

Output = dict[str, Any]


class Recorder:
    """The outputs of one cell."""

    def __init__(self) -> None:
        self._clear()
        self._characters = self._lost = 0

    def _clear(self) -> None:
        self._outputs: list[Output] = []
        self._texts: dict[int, io.StringIO] = {}  # of the streams, by place
        self._shown: dict[str, list[Output]] = {}  # by display_id
        self._lines, self._text, self._images = MAX_LINES, MAX_TEXT, MAX_IMAGES
        self._clear_later = False

    def outputs(self) -> list[Output]:
        """All of them, and what was dropped."""
        for place, text in self._texts.items():
            self._outputs[place]["text"] = _valid(text.getvalue())
        if not (self._characters or self._lost):
            return self._outputs
        dropped = {"characters": self._characters, "outputs": self._lost}
        return [*self._outputs, {"output_type": "dropped", **dropped}]

    def clear(self, wait: bool) -> None:
        """Forget what was shown so far; with ``wait`` as soon as there is something new."""
        if wait:
            self._clear_later = True
        else:
            self._clear()

    def stream(self, name: str, text: str) -> None:
        """Text printed to ``name``: to the last output if that is the same stream."""
        if self._clear_later:
            self._clear()
        kept = self._fitting(text)
        self._characters += len(text) - len(kept)
        if not kept:
            return
        if not (self._outputs and self._outputs[-1].get("name") == name):
            if not self._add({"output_type": "stream", "name": name, "text": ""}):
                self._characters += len(kept)
                return
            self._texts[len(self._outputs) - 1] = io.StringIO()
        self._texts[len(self._outputs) - 1].write(kept)
        self._text -= len(kept)
        self._lines -= kept.count("\n")

    def _fitting(self, text: str) -> str:
        """The beginning of ``text`` for which there is room."""
        if self._lines <= 0 or self._text <= 0:
            return ""
        text = text[: self._text]
        if text.count("\n") <= self._lines:
            return text
        return "\n".join(text.split("\n", self._lines)[: self._lines]) + "\n"

    def show(
        self,
        kind: str,
        data: dict[str, Any],
        metadata: dict[str, Any],
        display_id: str | None = None,
    ) -> None:
        """A ``display_data`` or an ``execute_result``."""
        if self._clear_later:
            self._clear()
        output = {"output_type": kind, **self._bundle(data, metadata)}
        if not output["data"]:
            self._lost += 1
        elif self._add(output) and display_id is not None:
            self._shown.setdefault(str(display_id), []).append(output)

    def update(self, display_id: str | None, data: dict[str, Any], meta: dict[str, Any]) -> None:
        """Show something else in place of what has this id."""
        for output in self._shown.get(str(display_id), ()):
            output.update(self._bundle(data, meta))

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """An exception that ended the cell."""
        if self._clear_later:
            self._clear()
        if len(traceback) > MAX_TRACEBACK:
            half = MAX_TRACEBACK // 2
            traceback = [*traceback[:half], "...", *traceback[-half:]]
        lines = [self._taken(line) for line in traceback]
        output = {"output_type": "error", "ename": _valid(name)[:200], "traceback": lines}
        self._add({**output, "evalue": _valid(value)[:MAX_VALUE]})

    def _add(self, output: Output) -> bool:
        if len(self._outputs) >= MAX_OUTPUTS and output["output_type"] != "error":
            self._lost += output["output_type"] != "stream"
            return False
        self._outputs.append(output)
        return True

    def _bundle(self, data: dict[str, Any], metadata: dict[str, Any]) -> Output:
        """The representations that are known and fit, and how large the image is to be."""
        kept: dict[str, str | bytes] = {}
        for mime in TEXTS:
            if mime in data and (text := self._taken(str(data[mime]))):
                kept[mime] = text
        picture = next((mime for mime in ("image/png", *_PICTURES) if mime in data), None)
        if picture and (image := self._image(_as_png(picture, data[picture]))):
            kept["image/png"] = image
        wanted = metadata.get(picture or "", metadata)
        sides = wanted if isinstance(wanted, dict) else {}
        size = {side: sides[side] for side in ("width", "height") if type(sides.get(side)) is int}
        return {"data": kept, "size": size}

    def _taken(self, text: str) -> str:
        """``text``, whole or not at all: half a table is none."""
        if len(text) > self._text:
            self._characters += len(text)
            return ""
        self._text -= len(text)
        return _valid(text)

    def _image(self, content: bytes) -> bytes:
        if len(content) > self._images:
            self._lost += 1
            return b""
        self._images -= len(content)
        return content


def _valid(text: str) -> str:
    """Without surrogates, which no file can hold."""
    return text.encode(errors="replace").decode()


def _as_png(mime: str, value: object) -> bytes:
    """The image as PNG; nothing if it cannot be read."""
    try:
        content = bytes(value) if isinstance(value, bytes) else base64.b64decode(str(value))
    except binascii.Error:
        return b""
    if mime == "image/png":
        return content
    from PIL import Image, UnidentifiedImageError

    png = io.BytesIO()
    try:
        Image.open(io.BytesIO(content)).convert("RGBA").save(png, "png")
    except (UnidentifiedImageError, OSError, ValueError):
        return b""
    return png.getvalue()
