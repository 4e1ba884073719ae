"""Bytes in, code cells or one sentence out, whatever the bytes."""

import json

import nbformat
import pytest
from notebooks import answered, code, dumped, markdown, notebook, reading, refusal, sources

from autograder.model import Submission, Text
from autograder.notebook import cell_digest, read, refusals, stripped

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


@pytest.mark.parametrize(("version", "shown"), [(3, "input"), (4, "source")])
def test_what_runs_is_what_jupyter_shows(version, shown):
    cell = {"cell_type": "code", "source": "run = 4", "input": "run = 3"}
    parent = {"cells": [cell]}
    data = {"nbformat": 3, "worksheets": [parent]} if version == 3 else {"nbformat": 4, **parent}
    assert sources(json.dumps(data).encode()) == [cell[shown]]
    del cell[shown]
    assert refusal(json.dumps(data).encode()) == refusals.NOT_A_NOTEBOOK


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


def test_outputs_attachments_prose_and_widgets_leave_no_trace():
    big = "iVBORw0K" * 99
    cell = code("x", "pad", outputs=[{"data": {"image/png": big}}], attachments={"a": big})
    full = [markdown(big, tags=[big]), cell, markdown("answer", nbgrader={"grade_id": "why"})]
    bare = [markdown(""), code("x", "pad"), markdown("answer", nbgrader={"grade_id": "why"})]
    data = stripped(dumped(*full, metadata={"widgets": {"state": big}}), "a.ipynb")
    assert data == stripped(dumped(*bare), "a.ipynb")
    assert b"iVBOR" not in data
    assert b"answer" in data


def test_a_damaged_grade_id_stops_nothing():
    data = stripped(
        dumped(code("x", "\ud800"), markdown("\ud800", nbgrader={"grade_id": "a"})), "a"
    )
    assert sources(data) == ["x"]


def test_code_is_kept_as_it_is_written_python_or_not():
    cells = ["x = await f()", "%matplotlib inline", "!ls", "def f(:", "print 'π'", "a\tb\n\n"]
    assert sources(dumped(*map(code, cells))) == cells
    assert sources(stripped(dumped(*map(code, cells)), "a.ipynb")) == cells


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


# ---------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", refusals.EMPTY),
        (b"\n \n", refusals.EMPTY),
        (b"<!DOCTYPE html><html>", refusals.WEB_PAGE),
        (b"def pad(): pass", refusals.OTHER_CONTENT),
        (b"hello", refusals.OTHER_CONTENT),
        (b"PK\x03\x04\x14\x00", refusals.ZIP_RENAMED),
        (b"PK\x03\x04\x14\x00\xff\xc3", refusals.ZIP_RENAMED),
        (b"%PDF-1.4\n", refusals.BINARY),
        (b"\x00\x01\xff\xfe", refusals.BINARY),
        (b"\x89PNG\r\n\x1a\n\x00", refusals.BINARY),
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


@pytest.mark.parametrize("cell", [code("s = '\ud83d'"), code(["a", "\udc00"])])
def test_lone_surrogates_are_refused_with_the_number_of_the_code_cell(cell):
    reason = refusal(dumped(code("x"), markdown("a"), cell))
    assert reason == refusals.damaged_character(2)
    assert "Code cell 2 " in reason.en
    assert "cellule de code n° 2 " in reason.fr


def test_a_damaged_character_in_prose_is_no_matter():
    assert sources(dumped(markdown("\ud800"), code("x"))) == ["x"]


def test_a_notebook_saved_under_a_scripts_name_is_read_as_a_notebook():
    data = answered()
    for spelling in (data, b"\xef\xbb\xbf\n" + data):
        assert sources(spelling, "convolution.py") == sources(data)
    assert refusal(data[: len(data) // 2], "convolution.py") == refusals.INCOMPLETE
    assert sources(b"{1: 2}\nx = 3", "convolution.py") == ["{1: 2}\nx = 3"]


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
    assert "cellule de code n° 2 " in refusals.long_cell(2).fr


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
