"""Text, tables and pictures of unknown origin, made fit for a page."""

from __future__ import annotations

import base64
import re
import time

import hostile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.feedback import contents, tables, text
from autograder.feedback.contents import LeftOut, Picture, Room, Table, pieces

HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def display(**data):
    return {
        "output_type": "display_data",
        "data": {k.replace("_", "/"): v for k, v in data.items()},
    }


def only(output, room=None):
    found = list(pieces([output], room or Room()))
    assert len(found) == 1
    return found[0]


# ---------------------------------------------------------------- text


@given(st.text(st.characters()))
def test_nothing_in_visible_text_hides(value):
    assert not HIDDEN.search(text.visible(value))


@pytest.mark.parametrize(
    "value", ["Élodie, naïve — « œuf » 👩‍🔬", "x\ty\nz", "مرحبا", "日本語", ""]
)
def test_what_people_write_is_left_alone(value):
    assert text.visible(value) == value


def test_what_hides_is_named():
    assert text.visible("a\u202eb\0") == "a⟨U+202E⟩b⟨U+0000⟩"
    assert text.visible("half\ud800") == "half⟨U+D800⟩"


def test_marks_that_stack_stay_in_their_line():
    assert len(text.visible(hostile.HOSTILE["stacked"])) == 4
    assert text.visible("e\u0301") == "e\u0301"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("\x1b[1;31mNameError\x1b[0m: x", "NameError: x"),
        ("\x1b]0;title\x07text\x1b]8;;u\x1b\\link", "textlink"),
        ("10 %\r50 %\r100 %\ndone", "100 %\ndone"),
        ("100 %\r\nnext\r", "100 %\nnext"),
        ("\x1b", ""),
        ("\x1b[38;5", ""),
        ("a\x9b31mb", "ab"),
    ],
)
def test_printed_text_is_what_a_terminal_shows_in_the_end(printed, shown):
    assert text.printed(printed) == shown


@given(st.text(st.sampled_from("\x1b\x9b\x07[]m;0a\r\n\\")))
def test_no_escape_is_left(value):
    assert "\x1b" not in text.printed(value)
    assert "\r" not in text.printed(value)


@pytest.mark.parametrize("value", ["\x1b[" * 200_000, "\x1b]" * 200_000, "\x1b]" + "0" * 400_000])
def test_long_hostile_text_costs_no_time(value):
    started = time.process_time()
    text.visible(text.printed(value))
    assert time.process_time() - started < 1


def test_cut_says_how_much_is_missing():
    assert text.cut("abcdef", 4, 9) == ("abcd", 2)
    assert text.cut("a\nb\nc", 99, 2) == ("a\nb", 2)
    assert text.cut("abc\nd", 99, 9, width=2) == ("ab…\nd", 1)
    assert text.cut("whole", 99, 9) == ("whole", 0)


def test_a_sentence_has_its_code_and_its_french_spaces():
    parts = text.sentence("`f(1; 2)` renvoie « a » ; attendu : `b` !", "fr")
    assert [part.text for part in parts] == [
        "f(1; 2)",
        " renvoie «\xa0a\xa0»\u202f; attendu\xa0: ",
        "b",
        "\u202f!",
    ]
    assert [part.is_code for part in parts] == [True, False, True, False]
    assert text.sentence("is: `b`!", "en")[0].text == "is: "


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [(15.6, "15,6", "15.6"), (20.0, "20", "20"), (1 / 3, "0,33", "0.33"), (-2.5, "−2,5", "−2.5"),
     (-0.0, "0", "0"), (-0.001, "0", "0"), (100.0, "100", "100")],
)  # fmt: skip
def test_points_have_two_decimals_at_most(value, fr, en):
    assert (text.points(value, "fr"), text.points(value, "en")) == (fr, en)


# ---------------------------------------------------------------- tables

PANDAS = """<div><style scoped>.dataframe tbody tr th {vertical-align: top;}</style>
<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th><th>a</th></tr>
</thead><tbody><tr><th>0</th><td>1 &lt; 2</td></tr></tbody></table></div>"""


def test_a_table_of_pandas_keeps_its_cells_and_nothing_else():
    left = re.sub(r"\s", "", tables.cleaned(PANDAS))
    assert left == (
        "<div><table><thead><tr><th></th><th>a</th></tr></thead>"
        "<tbody><tr><th>0</th><td>1&lt;2</td></tr></tbody></table></div>"
    )


def test_spans_are_kept_up_to_fifty():
    html = '<table><tr><td colspan="3" rowspan="99999">x</td></tr></table>'
    assert '<td colspan="3">x' in tables.cleaned(html)


@pytest.mark.parametrize("value", hostile.HOSTILE.values(), ids=hostile.HOSTILE)
def test_no_attribute_is_left_of_hostile_html(value):
    left = tables.cleaned(f"<table><tr><td>{value}</td></tr></table>") or ""
    tags = re.findall(r"<[^>]*>", left)
    assert all(re.fullmatch(r"</?[a-z]+>", tag) for tag in tags), tags
    assert not HIDDEN.search(left)


@pytest.mark.parametrize(
    "html",
    ["<table>" * 30, "<div>" * 100_000, "<table>" + "x" * 300_000, "<table></table>", "<table> "],
)
def test_too_much_or_nothing_is_no_table(html):
    started = time.process_time()
    assert tables.cleaned(html) is None
    assert time.process_time() - started < 1


def test_a_character_reference_cannot_hide():
    assert tables.cleaned("<table><td>&#x202e;x</td>").count("⟨U+202E⟩") == 1


# ---------------------------------------------------------------- outputs


def test_a_picture_is_written_anew():
    shown = only(display(image_png=base64.b64encode(hostile.png(20, 10) + b"<script>").decode()))
    assert isinstance(shown, Picture)
    assert (shown.width, shown.height, shown.number) == (20, 10, 1)
    assert b"script" not in base64.b64decode(shown.data)


@pytest.mark.parametrize(
    "value",
    ["", "!!!", "aGk=", ["iVBOR", 3], 5, None, base64.b64encode(b"\xff\xd8\xff\xe0" * 9).decode()],
)
def test_what_is_no_png_is_named_as_left_out(value):
    assert only(display(image_png=value)) == LeftOut("picture_refused")


def test_the_best_of_several_versions_is_shown():
    html = only(display(text_html=PANDAS, text_plain="a\n0 1"))
    assert isinstance(html, Table)
    assert only(display(text_html="<h1>x</h1>", text_plain="plain")) == contents.Text("plain")


def test_a_table_that_is_too_large_is_shown_as_text():
    large = display(text_html="<table>" + "x" * 300_000, text_plain="small")
    assert only(large) == contents.Text("small")


def test_errors_are_told_without_colours():
    trace = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mE\x1b[0m"]}
    assert only(trace) == contents.Text("E", is_error=True)
    assert only({**trace, "traceback": None}) == contents.Text("E: v", is_error=True)


@pytest.mark.parametrize(
    "output",
    [None, 5, [], "x", {}, {"output_type": "display_data"}, {"output_type": [], "data": {}},
     {"output_type": "display_data", "data": {"application/javascript": "x"}}],
)  # fmt: skip
def test_an_output_of_no_known_kind_is_named_as_left_out(output):
    assert only(output) == LeftOut("kind_refused")


def test_a_cell_has_no_more_than_so_many_outputs():
    stream = {"output_type": "stream", "name": "stdout", "text": "x"}
    shown = list(pieces([stream] * 100, Room()))
    assert len(shown) == contents.MAX_OUTPUTS + 1
    assert shown[-1] == LeftOut("more_outputs", 40)


def test_a_page_that_is_full_takes_no_more():
    room = Room(characters=5)
    stream = {"output_type": "stream", "name": "stdout", "text": "1234"}
    assert list(pieces([stream, stream], room)) == [contents.Text("1234"), LeftOut("full")]
    assert only(display(image_png=base64.b64encode(hostile.png()).decode()), Room(pixels=3)) == (
        LeftOut("full")
    )


def test_blank_output_is_no_output():
    assert list(pieces([{"output_type": "stream", "text": " \n"}], Room())) == []
    assert list(pieces("no list", Room())) == []
