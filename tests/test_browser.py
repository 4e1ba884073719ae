"""The watched browser notices each thing that an inert page does not do."""

from __future__ import annotations

import pytest
from browser import chromium as chromium
from browser import open_page, opened

HEAD = "<!doctype html><html lang=en><title>t</title>"
POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'


def test_a_plain_page_does_nothing(chromium):
    seen = open_page(chromium, f"{HEAD}<h1>x</h1><details><summary>s</summary>t</details>")
    assert (seen.deeds, seen.active) == ({}, [])


@pytest.mark.parametrize(
    ("body", "deed"),
    [
        ("<script>window.x = 1</script>", "scripts"),
        ('<img src="data:," onerror="x = 1">', "scripts"),
        ('<p onmouseover="x = 1" style="position:fixed;inset:0">t', "scripts"),
        ('<a href="#x" onfocus="x = 1">t</a>', "scripts"),
        ('<svg onload="x = 1"></svg>', "scripts"),
        ("<script>alert(1)</script>", "dialogs"),
        ("<script>nothing.at.all</script>", "errors"),
        ('<img src="http://127.0.0.1:9/x.png">', "requests"),
        ('<style>body { background: url("http://127.0.0.1:9/x") }</style>', "requests"),
        ('<iframe src="http://127.0.0.1:9/"></iframe>', "requests"),
        ("<script>open('about:blank')</script>", "opened"),
        ('<meta http-equiv="refresh" content="0; url=about:blank">', "left_for"),
    ],
)
def test_a_deed_is_noticed(chromium, body, deed):
    assert deed in open_page(chromium, HEAD + body).deeds


@pytest.mark.parametrize(
    "body",
    ["<form></form>", '<p onwheel="x">t', '<a href="javascript:x">t</a>', '<base href="/">'],
)
def test_what_could_act_is_named(chromium, body):
    assert open_page(chromium, HEAD + body).active


def test_a_policy_holds_a_script_back_unless_it_is_switched_off(chromium):
    page = f"{HEAD}{POLICY}<script>document.title = 'ran'</script>"
    assert "scripts" not in open_page(chromium, page).deeds
    assert "scripts" in open_page(chromium, page, csp=False).deeds


def test_a_file_is_opened_at_the_width_and_in_the_colours_asked_for(chromium, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(f"{HEAD}<p>here")
    with opened(chromium, path, size=(360, 740), dark=True) as (page, seen):
        assert page.inner_text("p") == "here"
        assert page.evaluate(
            "[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]"
        ) == [
            360,
            True,
        ]
    assert seen.requests == []
