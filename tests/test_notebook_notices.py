"""What a student is told about code that is read but looks wrong."""

import time

import pytest
from notebooks import code, dumped, markdown, reading


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
    [
        "print('Résultat\xa0: 👩‍🔬')",
        "# l'an\xa02",
        'r"a\\"\xa0"',
        "'''a'\xa0b\n\xa0'''",
        "dθ = α + λ_1",
        "# Привет, мир",
        "'日本'",
        "\tx\x0c = 1",
    ],
)
def test_honest_unicode_is_not_reported(source):
    assert reading(dumped(code(source))).notices == ()


@pytest.mark.parametrize(
    "source",
    ["x\xa0= 1", "def f():\n\xa0   return 1", "'a'\xa0# b", '"""a"""\xa0', "x\u202f= 'é'"],
)
def test_a_copied_space_in_the_code_is_reported_and_left_there(source):
    read_source = reading(dumped(markdown("t"), code("fine"), code(source)))
    (notice,) = read_source.notices
    assert read_source.cells[1].source == source
    assert "cellule de code n° 2 contient une espace" in notice.fr
    assert "Code cell 2 holds a space" in notice.en
    assert ("U+202F" if "\u202f" in source else "U+00A0") in notice.en


@pytest.mark.parametrize("piece", ["'", '"""', '"\\', "\\'", "''", "#", '""'])
def test_the_search_for_copied_spaces_is_linear(piece):
    source = piece * (900_000 // len(piece)) + "é"
    start = time.process_time()
    reading(dumped(code(source)))
    assert time.process_time() - start < 2


def test_notices_are_few():
    source = reading(dumped(*[code("\u202e")] * 500))
    assert len(source.cells) == 500
    assert len(source.notices) == 10
