"""Images of unknown origin: what a header may say, and what is left of a file."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from autograder import images


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content), kind) + content + struct.pack(
        ">I", zlib.crc32(kind + content)
    )  # fmt: skip


def png(width: int = 3, height: int = 2, header: bytes = b"\x08\x02\0\0\0") -> bytes:
    rows = zlib.compress(b"\0" + b"\1\2\3" * 3)
    start = chunk(b"IHDR", struct.pack(">II", width, height) + header)
    return b"\x89PNG\r\n\x1a\n" + start + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def saved(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (5, 4), "red").save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_an_image_that_a_library_wrote(kind):
    image = images.checked(saved(kind))
    assert image is not None
    assert (image.mime, image.width, image.height) == (f"image/{kind}", 5, 4)
    assert Image.open(io.BytesIO(image.data)).convert("RGB").getpixel((0, 0))[0] > 250


def test_a_progressive_photograph():
    assert images.checked(saved("jpeg", progressive=True)).width == 5


def test_text_animation_and_what_follows_the_end_are_left_out():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>", zip=True)
    image = images.checked(saved("png", pnginfo=info) + b"<script>")
    assert b"script" not in image.data
    assert b"tXt" not in image.data
    assert image.data == images.checked(image.data).data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\0\0" + b"\0" * 20,
        b"\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff" + b"\0" * 20,
        png()[:-1],
        png()[:-12],
        png().replace(b"IDAT", b"IDAX"),
        png(0, 1),
        png(10_001, 1),
        png(6_000, 6_000),
        png(2**31, 2**31),
        png(header=b"\x07\x02\0\0\0"),
        png(header=b"\x08\x02\0\0\2"),
        png(header=b"\x08\x02\0\0\0\0"),
        saved("png") + b"\0" * images.MAX_BYTES,
        b"<svg/>",
    ],
)
def test_what_is_refused(data):
    assert images.checked(data) is None


def test_what_the_others_vary_is_accepted():
    assert images.checked(png()) == images.Image("image/png", png(), 3, 2)
