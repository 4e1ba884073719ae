"""Pages full of hostile text in a real browser: nothing runs, nothing leaves, nothing moves.

Each page is opened with its Content-Security-Policy and without it, so that escaping alone must
hold, too.
"""

from __future__ import annotations

import json

import hostile
import pytest
from browser import PHONE, open_page, opened
from browser import chromium as chromium
from hostile import HOSTILE

from autograder.feedback import cells
from autograder.feedback.contents import Room
from autograder.feedback.marks import Mark
from autograder.feedback.page import Titles, page

ODD = [None, 5, [], {}, "x", True, 1e300, [["x"]], {"a": {"b": []}}]
# Boxes that hold something of a student's must hold it: what is drawn elsewhere is cut off.
ESCAPED = """() => {
  const found = [];
  const clipped = (one) => { for (let up = one.parentElement; up; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== 'visible') return true; return false; };
  for (const one of document.querySelectorAll('body *')) {
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    if (style.position !== 'static') found.push(one.tagName + ' is ' + style.position);
    if (style.zIndex !== 'auto') found.push(one.tagName + ' has a z-index');
    if (one.hasAttribute('style')) found.push(one.tagName + ' has a style');
    if (box.right > innerWidth + 1 && !clipped(one)) found.push(one.tagName + ' is too wide');
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
  return [...new Set(found)];
}"""


def student(text):
    return cells.read(hostile.notebook(text), text, Room(), ran=True)


def whole(text, lang="fr"):
    """A page with ``text`` in every field that a student, or a person marking, can fill."""
    score = hostile.everywhere(text)
    (task,) = score.tasks
    marks = {(task.id, test.name): Mark(0.5, 0.0, text) for test in task.tests}
    return page(
        score, Titles(), [student(text)], lang, {**marks, (task.id, ""): Mark(None, 0, text)}
    )


def inert(chromium, html):
    for csp in (True, False):
        seen = open_page(chromium, html, csp=csp)
        assert seen.deeds == {}
        assert seen.active == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_page_is_utf_8_and_holds_no_element_of_a_student(name):
    html = whole(HOSTILE[name])
    html.encode("utf-8")
    assert len(html) < 3_000_000
    for element in ("<script", "<iframe", "<form", "<a ", "<base", "<link", "<style x", "<video"):
        assert element not in html
    assert html.count("<style>") == html.count("<meta http-equiv") == html.count("<h1>") == 1
    assert "\0" not in html
    assert "\u202e" not in html


def test_nothing_of_all_the_texts_at_once_runs(chromium):
    inert(chromium, whole("\n".join(text[:3000] for text in HOSTILE.values()), "en"))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_runs_or_leaves_its_place_without_the_policy(chromium, name):
    html = whole(HOSTILE[name])
    seen = open_page(chromium, html, csp=False, size=PHONE, check=ESCAPED, settle=False)
    assert (seen.deeds, seen.active, seen.checked) == ({}, [], [])


def test_nothing_of_a_page_about_a_file_that_cannot_be_read_runs(chromium):
    for text in ("".join(HOSTILE.values())[:100_000], HOSTILE["script_closed_early"]):
        inert(chromium, page(hostile.refused(text), Titles()))


def test_the_checks_find_what_escapes(chromium):
    plain = page(hostile.everywhere("x"), Titles())
    cover = '<p style="position:fixed;inset:0">x</p><p>' + "y" * 900
    with opened(chromium, plain.replace("<main>", f"<main>{cover}"), csp=False) as (window, _):
        assert "P is fixed" in window.evaluate(ESCAPED)
    broken = plain.replace("<main>", "<main><script>pwned()</script>")
    assert open_page(chromium, broken, csp=False).deeds
    assert open_page(chromium, broken).deeds == {}  # the policy holds even that


def test_a_style_attribute_does_nothing(chromium):
    html = page(hostile.everywhere("x"), Titles())
    html = html.replace("<h1>", '<h1 id="t" style="position:fixed">')
    with opened(chromium, html) as (window, _):
        position = "getComputedStyle(document.getElementById('t')).position"
        assert window.evaluate(position) == "static"
        assert window.evaluate("getComputedStyle(document.body).maxWidth") == "960px"


def test_a_notebook_of_any_types_is_read_or_refused():
    for odd in ODD:
        cell = {"cell_type": "code", "source": "x", "metadata": {}, "outputs": []}
        broken = [odd, {"cells": odd}, {"cells": [odd]}]
        broken += [{"cells": [{**cell, key: odd}]} for key in cell]
        broken += [{"cells": [{**cell, "metadata": {"nbgrader": odd}}]}]
        broken += [{"cells": [{**cell, "outputs": [odd, {"output_type": odd, "data": odd}]}]}]
        for kind in ("stream", "error", "display_data"):
            output = {
                "output_type": kind,
                "text": odd,
                "traceback": odd,
                "data": {"text/html": odd},
            }
            broken.append({"cells": [{**cell, "outputs": [output]}]})
        for document in broken:
            found = cells.read(json.dumps(document).encode(), "x", Room(), ran=True)
            html = page(hostile.everywhere("x"), Titles(), [found] if found else [])
            assert html.endswith("</html>")


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[" * 100_000, b'{"cells": 1', b"1" * 9999])
def test_bytes_that_are_no_notebook_are_none(data):
    assert cells.read(data, "x", Room()) is None


def test_twenty_megabytes_of_outputs_make_a_page_of_a_few():
    picture = {"image/png": hostile.base64.b64encode(hostile.png(900, 900)).decode()}
    text = {"output_type": "stream", "name": "stdout", "text": "0123456789\n" * 10_000}
    shown = [text, {"output_type": "display_data", "data": picture}] * 5
    cell = {"cell_type": "code", "source": "plot()", "metadata": {}, "outputs": shown}
    data = json.dumps({"cells": [cell] * 35}).encode()
    assert len(data) > 19_000_000
    found = cells.read(data, "x", Room(), ran=True)
    html = page(hostile.everywhere("x"), Titles(), [found])
    assert len(html) < 10_000_000
    assert "la page est déjà assez longue" in html
