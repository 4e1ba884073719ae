"""Names found in a file; and nothing raises, whatever the bytes."""

import json
import random
import string
from contextlib import suppress

from notebooks import answered, reading

from autograder.model import Rejection, StudentSource
from autograder.notebook import (
    answer_ids,
    answered_ids,
    defined_names,
    stripped,
    written_names,
)
from autograder.notebook.refusals import Unreadable


def test_answer_ids_and_defined_names():
    data = answered()
    assert answer_ids(data, "a.ipynb") == {"pad", "convolve2d"}
    assert defined_names(data, "a.ipynb") >= {"pad", "convolve2d"}
    assert answer_ids(b'# %% task="pad"\ndef pad(): pass', "a.py") == {"pad"}
    assert defined_names(b"def pad(): pass\nsize = 3\nx == 2\n  y = 1", "a.py") == {"pad", "size"}
    assert answer_ids(b"{", "a.ipynb") == defined_names(b"{", "a.ipynb") == frozenset()


def random_json(rng, depth=0):
    leaves = [None, True, 4, 3, -1.5, "x", "cells", "code", "\ud800", "é" * 9, [], {}]
    if depth > 4 or rng.random() < 0.3:
        return rng.choice(leaves)
    keys = [
        "cells",
        "nbformat",
        "worksheets",
        "cell_type",
        "source",
        "input",
        "metadata",
        "nbgrader",
    ]
    if rng.random() < 0.5:
        return [random_json(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(keys): random_json(rng, depth + 1) for _ in range(rng.randrange(5))}


def test_nothing_raises_whatever_the_bytes():
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    real = answered()
    for _ in range(1500):
        value = random_json(rng)
        if isinstance(value, dict) and rng.random() < 0.8:
            value = {"nbformat": rng.choice([3, 4]), "cells": [random_json(rng)], **value}
        changed = bytearray(real)
        for _ in range(rng.randrange(1, 6)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        text = "".join(rng.choices(string.printable + "# %%\n\r\u2028", k=40))
        for data in (json.dumps(value).encode(), rng.randbytes(40), bytes(changed), text.encode()):
            for name in ("a.ipynb", "a.py"):
                assert isinstance(reading(data, name), StudentSource | Rejection)
                assert isinstance(answer_ids(data, name) | defined_names(data, name), frozenset)
                assert_nothing_is_lost(data, name)


def assert_nothing_is_lost(data, name):
    """A file without its outputs is read like the file."""
    source = reading(data, name)
    if isinstance(source, Rejection):
        with suppress(Unreadable):
            assert reading(stripped(data, name), name) == source
        return
    bare = stripped(data, name)
    assert reading(bare, name) == source
    for names in (answer_ids, answered_ids, defined_names, written_names):
        assert names(bare, name) == names(data, name)
    assert stripped(bare, name) == bare
