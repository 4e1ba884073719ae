"""Archives made to deceive: forged sizes, forged directories, random damage."""

import io
import random
import struct
import zipfile

import pytest
from notebooks import RIGHT, answered, code, dumped
from test_intake_zip import GOOD, zipped

from autograder.intake import archive
from autograder.notebook import refusals
from autograder.notebook.refusals import Unreadable


def test_sizes_are_counted_not_believed():
    large = bytes(random.Random(0).randbytes(1024)) * 2048  # 2 MiB, compresses 100 times or so
    forged = bytearray(zipped(("a.ipynb", large)))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", forged, forged.find(mark) + offset, 10)
    with pytest.raises(Unreadable) as caught:
        archive.members(bytes(forged))
    assert caught.value.reason == refusals.ZIP_BROKEN


def test_many_large_members_are_counted_together():
    rng = random.Random(1)
    part = rng.randbytes(18 * 1024 * 1024)
    data = zipped(*((f"{n}.ipynb", part) for n in range(3)), method=zipfile.ZIP_STORED)
    with pytest.raises(Unreadable) as caught:
        archive.members(data)
    assert caught.value.reason == refusals.ZIP_SIZE


def test_a_forged_count_of_entries_costs_nothing():
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *[0] * 18)
    with pytest.raises(Unreadable) as caught:
        archive.members(entry * 200_000)
    assert caught.value.reason == refusals.ZIP_ENTRIES


def with_zip64(archive, size):
    """The archive with the longer records of zip64, and ``size`` for the directory in the short."""
    end = len(archive) - 22
    count, true_size, offset = struct.unpack_from("<H2L", archive, end + 10)
    numbers = (44, 45, 45, 0, 0, count, count, true_size, offset)
    long = struct.pack("<4sQ2H2L4Q", b"PK\6\6", *numbers)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    short = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, offset, 0)
    return archive[:end] + long + locator + short


def with_mark_in_its_end(archive):
    """The archive with a record in its record at the end, which tells another size."""
    data = bytearray(archive)
    data[-18:-14] = b"PK\5\6"
    struct.pack_into("<L", data, len(data) - 6, 46)
    return bytes(data)


def with_zip64_far_from_the_end(archive):
    """The same, with so long a comment that the mark of zip64 is just out of zipfile's sight."""
    data = bytearray(with_zip64(archive, 46))
    struct.pack_into("<H", data, len(data) - 2, 65_535)
    return bytes(data + bytes(65_535))


FORGERS = [
    lambda data: with_zip64(data, 46),
    with_zip64_far_from_the_end,
    with_mark_in_its_end,
]


@pytest.mark.parametrize("forge", FORGERS)
def test_a_second_record_does_not_hide_entries_from_the_count(forge):
    many = forge(zipped(*((f"{n}.txt", b"") for n in range(1000))))
    with zipfile.ZipFile(io.BytesIO(many)) as opened:
        assert len(opened.infolist()) == 1000
    last = many.rfind(b"PK\1\2")  # damaged: would not be noticed before all others are objects
    with pytest.raises(Unreadable) as caught:
        archive.members(many[:last] + b"damage" + many[last + 6 :])
    assert caught.value.reason == refusals.ZIP_ENTRIES


def test_an_honest_archive_in_zip64():
    data = with_zip64(zipped(GOOD), 0xFFFFFFFF)
    assert archive.members(data) == [(("convolution.ipynb",), RIGHT)]


def test_damaged_archives_never_raise_anything_else():
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    notebook = dumped(code("x = 1"))
    real = zipped(
        ("a/convolution.ipynb", notebook), ("b.py", b"x" * 99), ("é.txt", answered()[:50])
    )
    outcomes = set()
    for _ in range(4000):
        data = bytearray(real)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if rng.random() < 0.1:
            del data[rng.randrange(len(data)) :]
        try:
            outcomes.add(len(archive.members(bytes(data))))
        except Unreadable as fault:
            outcomes.add(fault.reason)
    assert refusals.ZIP_BROKEN in outcomes
    assert 2 in outcomes
