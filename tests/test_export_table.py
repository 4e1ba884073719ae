"""Reading what platforms and spreadsheets write; cells that no program may run."""

import csv
import io
import random
import string

import pytest

from autograder.errors import UsageError
from autograder.export.table import MAX_BYTES, Style, guarded, points, read, written

# ---------------------------------------------------------------- formulas


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd",
        "＝HYPERLINK(1)",
        "＋1a",
        "－1a",
        "＠x",
        " =1+1",
        "\u00a0=1",
        "\t=1",
        "\r=1",
        "\n=1",
        '"=1+1"',
        "'=1",
        "=",
        "--1",
        "+1-1",
        "\u200b=1+1",
        "\x00=1+1",
        "\ufeff=1",
        "Zoé;=1+1",
        "Zoé,@x",
        "Zoé\t+x",
        "Zoé\n=x",
        'Zoé";"=x',
        "Zoé|=x",
        "1;=x",
        '=cmd|"/C calc"!A0',
    ],
)
def test_no_program_finds_a_formula_at_the_start_of_a_cell(cell):
    """Whatever separator it is read with, and whether or not it minds the quotes."""
    for delimiter in (",", ";", "\t"):
        text = written([["a", cell, "b"]], Style(delimiter)).decode()
        for other in (",", ";", "\t", "|"):
            parts = [one for line in csv.reader(io.StringIO(text), delimiter=other) for one in line]
            for bare in (*parts, *text.replace("\n", other).split(other)):
                assert bare.strip(' \t\r\n\u00a0"')[:1] not in set("=+-@＝＋－＠") - {""}, bare


@pytest.mark.parametrize(
    "cell",
    [
        "-",
        "-1",
        "+1.5",
        "-0,75",
        "12.5",
        "1e",
        "20 %",
        "Marie-Claire",
        "O'Neill",
        "a=b",
        "x@y.org",
        "",
        "é",
        "Dupont, Camille",
        "    Points Possible",
        "Output size (123)",
        "李 小龙",
        "a + b",
        "1 - 2",
    ],
)
def test_numbers_and_honest_names_stay_as_they_are(cell):
    assert guarded(cell) == cell


def test_a_name_that_starts_like_a_formula_gets_an_apostrophe_and_nothing_more():
    assert guarded("-Marie") == "'-Marie"
    assert guarded(guarded("-Marie")).lstrip("'") == "-Marie"


def test_random_texts_are_never_formulas_and_always_one_cell():
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    letters = string.ascii_letters + "=+-@,;\t\n\r\"' |é\u202e\x00"
    for _ in range(500):
        row = ["".join(rng.choices(letters, k=rng.randrange(8))) for _ in range(3)]
        (back,) = csv.reader(io.StringIO(written([row]).decode(), newline=""))
        assert back == [guarded(cell) for cell in row]
        assert all(cell.strip()[:1] not in set("=@") for cell in back)


def test_unseen_characters_are_shown():
    assert guarded("a\u202eb\x1b[31m") == "a\ufffdb\ufffd[31m"


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.0, "12"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (0.0, "0"),
        (-0.0, "0"),
        (100.0, "100"),
        (None, ""),
        (1e-9, "0"),
        (-1e-9, "0"),
        (-1.25, "-1.25"),
    ],
)
def test_points(value, text):
    assert points(value) == text
    assert points(value, Style(decimal=",")) == text.replace(".", ",")


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_with_its_own_marks(tmp_path, delimiter, bom, end):
    lines = ["Name|Note", '"Dupont, C; D"|"12,5"', "", "Roy|"]
    text = end.join(lines).replace("|", delimiter)
    (tmp_path / "a.csv").write_bytes((b"\xef\xbb\xbf" if bom else b"") + text.encode())
    table = read(tmp_path / "a.csv")
    assert table.header == ("Name", "Note")
    assert table.rows == (("Dupont, C; D", "12,5"), ("Roy", ""))
    assert table.style == Style(delimiter, ",", bom)
    assert table.column(["x", "note"]) == 1
    assert table.column(["x"]) is None


def test_short_and_long_lines_are_made_as_long_as_the_headings(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1\n1,2,3\n")
    assert read(tmp_path / "a.csv").rows == (("1", ""), ("1", "2"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no headings"),
        (b"a,b\n", "no headings"),
        (b"Note\n\xe9t\xe9\n", "not UTF-8.*CSV UTF-8"),
        (b"a" * (MAX_BYTES + 1), "larger than 32 MiB"),
        (b"a,b\n" + b"x" * 200_000 + b",1\n", "field larger"),
        (b"PK\x03\x04\xff\xfe", "not UTF-8"),
    ],
)
def test_what_is_no_list_of_students(tmp_path, data, words):
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(UsageError, match=words):
        read(tmp_path / "a.csv")


def test_what_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="directory"):
        read(tmp_path)
