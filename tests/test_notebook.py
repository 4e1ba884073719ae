"""Bytes in, code cells or one sentence out, whatever the bytes."""

import json
import random
import re
import string

import nbformat
import pytest
from notebooks import answered, code, dumped, markdown, notebook

from autograder import refusals
from autograder.model import Rejection, StudentSource, Submission, Text
from autograder.notebook import answer_ids, cell_digest, defined_names, read


def reading(data, name="convolution.ipynb", **options):
    return read(Submission("camille", "convolution", name, data), **options)


def sources(data, name="convolution.ipynb", **options):
    source = reading(data, name, **options)
    assert isinstance(source, StudentSource), source
    return [cell.source for cell in source.cells]


def refusal(data, name="convolution.ipynb"):
    rejection = reading(data, name)
    assert isinstance(rejection, Rejection), rejection
    assert (rejection.student, rejection.assignment) == ("camille", "convolution")
    return rejection.reason


# ---------------------------------------------------------------- what a notebook contributes


def test_code_cells_in_order_with_their_numbers():
    data = dumped(code("a = 1"), markdown("# b"), code("  \n"), code(["b = 2\n", "c = 3"]))
    source = reading(data)
    assert [(cell.number, cell.source) for cell in source.cells] == [
        (1, "a = 1"),
        (3, "b = 2\nc = 3"),
    ]
    assert source.notices == ()


def test_a_notebook_written_by_nbformat():
    new = nbformat.v4
    cells = [new.new_markdown_cell("é"), new.new_code_cell("x = 1"), new.new_raw_cell("raw")]
    assert sources(nbformat.writes(new.new_notebook(cells=cells)).encode()) == ["x = 1"]


def test_nbformat_3_as_nbformat_writes_it():
    new = nbformat.v4
    current = new.new_notebook(cells=[new.new_markdown_cell("# t"), new.new_code_cell("x = 1\ny")])
    old = nbformat.convert(current, 3)
    assert sources(nbformat.writes(old, version=3).encode()) == ["x = 1\ny"]


def test_all_worksheets_of_nbformat_3():
    sheets = [{"cells": [{"cell_type": "code", "input": [text]}]} for text in "ab"]
    assert sources(json.dumps({"nbformat": 3, "worksheets": sheets}).encode()) == ["a", "b"]


@pytest.mark.parametrize("minor", [0, 1, 4, 5, 9])
def test_any_minor_version_with_missing_or_equal_cell_ids(minor):
    cells = [
        code("a"),
        code("b", id="same"),
        code("c", id="same"),
        {"cell_type": "code", "source": "d"},
    ]
    assert sources(dumped(*cells, nbformat_minor=minor)) == list("abcd")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_with_a_byte_order_mark(encoding):
    text = json.dumps(notebook(code("s = 'é'")), ensure_ascii=False)
    assert sources(text.encode(encoding)) == ["s = 'é'"]


def test_windows_and_old_mac_line_ends():
    text = json.dumps(notebook(code(["a\r\n", "b\rc"])), indent=1).replace("\n", "\r\n")
    assert sources(text.encode()) == ["a\nb\nc"]


def test_outputs_attachments_and_widgets_are_not_looked_at():
    output = {"output_type": "display_data", "data": {"image/png": "iVBORw0K" * 99, "x": [[[1]]]}}
    cell = code("x", outputs=[output, "nonsense", 3], attachments={"a": 1}, execution_count="no")
    assert sources(dumped(cell, metadata={"widgets": {"state": {"a": "\ud800"}}})) == ["x"]


def test_metadata_of_any_type_is_no_reason_to_refuse():
    cells = [code("a", metadata=3), code("b", metadata={"nbgrader": []})]
    cells.append(code("c", metadata={"nbgrader": {"grade_id": 5, "points": 1e9}}))
    assert sources(dumped(*cells, metadata=None)) == list("abc")


def test_an_empty_notebook_is_read():
    assert sources(dumped()) == []
    assert sources(dumped(markdown("rien"), code(""))) == []


def test_a_repeated_key_counts_as_in_jupyter_the_last_one():
    data = (
        b'{"nbformat": 2, "nbformat": 4, "cells": [], "cells": [{"cell_type":"code","source":"x"}]}'
    )
    assert sources(data) == ["x"]


def test_notices_of_the_intake_are_kept():
    notice = Text(fr="renommé", en="renamed")
    source = read(Submission("a", "b", "c.ipynb", dumped(code("x\u202e")), (notice,)))
    assert source.notices[0] == notice
    assert len(source.notices) == 2


# ---------------------------------------------------------------- the teacher's own cells


def test_unchanged_cells_of_the_teacher_are_left_out():
    check = "same(pad(x), 3)\nassert True"
    boilerplate = frozenset({cell_digest(check)})
    data = dumped(code("a"), code(check), code(check + "  # touched"), code("b"))
    source = reading(data, boilerplate=boilerplate)
    assert [cell.number for cell in source.cells] == [1, 3, 4]


@pytest.mark.parametrize("same", ["a\r\n  b", "a  \n  b\n\n", "\n\na\n  b\t", "a\r  b"])
def test_the_digest_is_blind_to_line_ends_and_trailing_blanks(same):
    assert cell_digest(same) == cell_digest("a\n  b")


@pytest.mark.parametrize("other", ["a\nb", "a\n\n  b", " a\n  b", "a\n  B"])
def test_the_digest_sees_everything_else(other):
    assert cell_digest(other) != cell_digest("a\n  b")


# ---------------------------------------------------------------- notices


def test_an_answer_turned_into_markdown_is_reported():
    lost = markdown(
        "def pad(): ...", nbgrader={"grade_id": "pad", "solution": True, "grade": False}
    )
    (notice,) = reading(dumped(lost, code("x"))).notices
    assert "« pad »" in notice.fr
    assert "“pad”" in notice.en


def test_prose_and_written_answers_are_not_reported():
    locked = markdown("t", nbgrader={"grade_id": "t", "solution": False, "grade": False})
    essay = markdown("t", nbgrader={"grade_id": "t", "solution": True, "grade": True})
    assert reading(dumped(locked, essay)).notices == ()


@pytest.mark.parametrize(
    "source",
    ["a = 1  # \u202e evil", "x\u200b = 1", "s = '\u2066'", "\x00", "раss = 1", "Αlpha_x = 2"],
)
def test_code_that_deceives_its_reader_is_reported(source):
    (notice,) = reading(dumped(code("fine"), code(source))).notices
    assert " 2 " in notice.fr
    assert " 2 " in notice.en


@pytest.mark.parametrize(
    "source",
    ["print('Résultat\xa0: 👩‍🔬')", "dθ = α + λ_1", "# Привет, мир", "'日本'", "\tx\x0c = 1"],
)
def test_honest_unicode_is_not_reported(source):
    assert reading(dumped(code(source))).notices == ()


def test_notices_are_few():
    source = reading(dumped(*[code("\u202e")] * 500))
    assert len(source.cells) == 500
    assert len(source.notices) == 10


# ---------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", refusals.EMPTY),
        (b"\n \n", refusals.EMPTY),
        (b"<!DOCTYPE html><html>", refusals.WEB_PAGE),
        (b"def pad(): pass", refusals.NOT_A_NOTEBOOK),
        (b"\x89PNG\r\n\x1a\n\x00", refusals.NOT_TEXT),
        ("{'é'}".encode("latin-1"), refusals.NOT_TEXT),
        (b"[]", refusals.NOT_A_NOTEBOOK),
        (b"3", refusals.NOT_A_NOTEBOOK),
        (b"{}", refusals.WRONG_VERSION),
        (b'{"nbformat": 4}', refusals.NOT_A_NOTEBOOK),
        (b'{"nbformat": 4, "cells": {}}', refusals.NOT_A_NOTEBOOK),
        (b'{"nbformat": 3, "cells": []}', refusals.NOT_A_NOTEBOOK),
        (b'{"nbformat": 3, "worksheets": [3]}', refusals.NOT_A_NOTEBOOK),
        (b'{"nbformat": 4, "cells": [], "x": ' + b"9" * 5000 + b"}", refusals.NOT_A_NOTEBOOK),
        (b"[" * 100_000, refusals.NOT_A_NOTEBOOK),
        (b'{"a":' * 100_000, refusals.NOT_A_NOTEBOOK),
        (b'{"nbformat": 4, "cells": [], "x": NaN}', refusals.constant("NaN")),
        (b'{"nbformat": 4, "cells": [-Infinity]}', refusals.constant("-Infinity")),
    ],
)
def test_malformed_files_are_refused_with_their_reason(data, reason):
    assert refusal(data) == reason


@pytest.mark.parametrize("version", [1, 2, 5, 99, -4, "4", 4.0, None, True, [4]])
def test_other_versions_of_the_format_are_refused(version):
    assert refusal(dumped(nbformat=version)) == refusals.WRONG_VERSION


@pytest.mark.parametrize(
    "cell",
    [
        3,
        None,
        [],
        {},
        {"cell_type": "code"},
        {"cell_type": 1, "source": "x"},
        {"source": "x"},
        code(3),
        code(None),
        code(["a", 1]),
        code({"a": 1}),
        markdown(7),
    ],
)
def test_cells_of_wrong_types_are_refused(cell):
    assert refusal(dumped(code("x"), cell)) == refusals.NOT_A_NOTEBOOK


@pytest.mark.parametrize("cell", [code("s = '\ud83d'"), code(["a", "\udc00"]), markdown("\ud800")])
def test_lone_surrogates_are_refused_with_the_cell(cell):
    assert refusal(dumped(code("x"), cell)) == refusals.damaged_character(2)


def test_surrogate_pairs_are_characters():
    assert sources(rb'{"nbformat":4,"cells":[{"cell_type":"code","source":"\ud83d\ude00"}]}') == [
        "😀"
    ]


def test_too_many_cells_are_refused():
    assert len(sources(dumped(*[code("x")] * 2000))) == 2000
    assert refusal(dumped(*[code("x")] * 2001)) == refusals.too_many_cells(2000)
    assert refusal(b"# %%\nx\n" * 2001, "a.py") == refusals.too_many_cells(2000)


def test_a_giant_cell_is_refused_with_its_number():
    assert refusal(dumped(code("x"), code("é" * 500_001))) == refusals.long_cell(2)


def test_a_giant_file_is_refused_and_told_to_clear_its_outputs():
    text = dumped(code("x", outputs=["A" * (20 * 1024 * 1024)]))
    assert refusal(text) == refusals.TOO_LARGE
    assert "Clear Outputs" in refusals.TOO_LARGE.en


def test_truncation_is_recognised_everywhere():
    data = answered()
    assert sources(data)
    for end in range(1, len(data), 7):
        assert refusal(data[:end]) == refusals.INCOMPLETE, end


def test_truncation_inside_a_character():
    data = json.dumps(notebook(code("é")), ensure_ascii=False).encode()
    assert refusal(data[: data.index("é".encode()) + 1]) == refusals.INCOMPLETE


def test_every_reason_is_two_sentences_in_two_languages():
    texts = [value for value in vars(refusals).values() if isinstance(value, Text)]
    texts += [refusals.constant("NaN"), refusals.too_many_cells(9), refusals.long_cell(1)]
    assert len(texts) > 20
    for text in texts:
        for sentences in (text.fr, text.en):
            assert sentences.endswith(".")
            assert sentences[0].isupper()
        assert text.fr != text.en


# ---------------------------------------------------------------- scripts


@pytest.mark.parametrize(
    ("script", "cells"),
    [
        ("x = 1\n", ["x = 1\n"]),
        ("# %%\na\n# %% [markdown]\n# prose\n# %%\nb", ["a\n", "b"]),
        ("#%% titre\na\n#%%\nb\n# %%%% sous-titre\nc", ["a\n", "b\n", "c"]),
        (
            "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\na\n\n\n# In[ ]:\nb",
            ["\n\na\n\n\n", "b"],
        ),
        ("# +\na\n# -\n\n# prose\n\n# + tags=['x']\nb", ["a\n", "\n# prose\n\n", "b"]),
        ("# <codecell>\na\n# <markdowncell>\n# t\n# <codecell>\nb", ["a\n", "b"]),
        ("a\n# %%\nb", ["a\n", "b"]),
        ("# ---\n# jupyter:\n# ---\n# %%\nb", ["b"]),
        (
            "def f():\n    a\n# %% au milieu\n    return 2\n# %%\nb",
            ["def f():\n    a\n# %% au milieu\n    return 2\n", "b"],
        ),
        ("# %%\n# %%time\na", ["# %%time\na"]),
        ("x = 1\r\n# %%\r\ny\r\n", ["x = 1\n", "y\n"]),
        ("", []),
        ("# %%\n\n# %%\n", []),
    ],
)
def test_a_script_is_cut_into_cells(script, cells):
    assert sources(script.encode(), "convolution.py") == cells


def test_a_script_exported_by_jupytext_has_the_cells_of_its_notebook():
    import jupytext

    new = nbformat.v4
    cells = [
        new.new_code_cell("a = 1"),
        new.new_markdown_cell("# T"),
        new.new_code_cell("def f():\n\n    return 1"),
    ]
    cells[2].metadata["nbgrader"] = {"grade_id": "pad", "solution": True}
    for form in ("py:percent", "py:light"):
        script = jupytext.writes(new.new_notebook(cells=cells), fmt=form).encode()
        code_only = [re.sub("(?m)^#.*", "", text).strip() for text in sources(script, "a.py")]
        assert code_only == ["a = 1", "def f():\n\n    return 1"]
        assert answer_ids(script, "a.py") == {"pad"}


@pytest.mark.parametrize(
    "cookie",
    ["# -*- coding: latin-1 -*-", "# coding: iso-8859-15", "# vim: set fileencoding=cp1252 :"],
)
def test_a_declared_encoding_is_followed(cookie):
    encoding = "latin-1"
    assert sources(f"{cookie}\ns = 'é'".encode(encoding), "a.py") == [f"{cookie}\ns = 'é'"]


def test_undeclared_or_exotic_encodings_are_refused():
    assert refusal("s = 'é'".encode("latin-1"), "a.py") == refusals.NOT_TEXT
    assert refusal(b"# coding: rot13\nk", "a.py") == refusals.ODD_ENCODING
    assert refusal(b"# coding: utf-8\n'\xe9'", "a.py") == refusals.NOT_TEXT
    assert sources("# coding: latin-1\n'é'".encode("utf-8-sig"), "a.py") == [
        "# coding: latin-1\n'é'"
    ]


# ---------------------------------------------------------------- names


def test_answer_ids_and_defined_names():
    data = answered()
    assert answer_ids(data, "a.ipynb") == {"pad", "convolve2d"}
    assert defined_names(data, "a.ipynb") >= {"pad", "convolve2d"}
    assert answer_ids(b'# %% task="pad"\ndef pad(): pass', "a.py") == {"pad"}
    assert defined_names(b"def pad(): pass\nsize = 3\nx == 2\n  y = 1", "a.py") == {"pad", "size"}
    assert answer_ids(b"{", "a.ipynb") == defined_names(b"{", "a.ipynb") == frozenset()


# ---------------------------------------------------------------- whatever the bytes


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
