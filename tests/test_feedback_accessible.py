"""A page in Chromium as people use it: on a phone, in the dark, by keyboard, by ear, on paper."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from browser import DESKTOP, PHONE, opened
from browser import chromium as chromium
from feedback_pages import a_page, a_score
from hostile import HOSTILE

from autograder.feedback.marks import Mark
from autograder.feedback.page import Titles, page
from autograder.model import LANGUAGES

# WCAG 2.2, 1.4.3 (text: 4.5, large text: 3) and 1.4.11 (what is drawn: 3); colours as computed.
CONTRASTS = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (one) => { for (; one; one = one.parentElement) {
    const colour = parts(getComputedStyle(one).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour; } return [255, 255, 255]; };
  const ratio = (one, two) => { const [low, high] = [light(one), light(two)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05); };
  const found = [];
  for (const one of document.querySelectorAll('body *')) {
    const style = getComputedStyle(one);
    if ([...one.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) {
      const large = parseFloat(style.fontSize) >= 24 ||
        (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
      found.push([one.tagName + '.' + one.className, ratio(parts(style.color), behind(one)),
                  large ? 3 : 4.5]);
    }
    if (one.matches('.fill')) found.push(['fill on track', ratio(parts(style.fill),
      parts(getComputedStyle(one.previousElementSibling).fill)), 3]);
    if (one.matches('.tests > li')) found.push(['edge', ratio(parts(style.borderLeftColor),
      behind(one)), 3]);
  }
  return found;
}"""
WIDTHS = """() => ({
  page: document.documentElement.scrollWidth - innerWidth,
  inside: Math.max(...[...document.querySelectorAll('pre')]
    .map(one => one.scrollWidth - one.clientWidth)),
  small: [...document.querySelectorAll('body *')].filter(e => e.textContent.trim())
    .map(e => parseFloat(getComputedStyle(e).fontSize)).reduce((a, b) => Math.min(a, b)),
})"""
MARKS = {("forward", "test_manual"): Mark(0.5, 1.0, "Bien."), ("relu", ""): Mark(comment="Oui.")}


def full(lang="fr"):
    return a_page(replace(a_score(), late_penalty=0.5), lang, MARKS)


def roles(window):
    """Role, name and ARIA properties of every node, as a screen reader is told."""
    session = window.context.new_cdp_session(window)
    session.send("Accessibility.enable")
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [
        (
            node["role"]["value"],
            node.get("name", {}).get("value", ""),
            {one["name"]: one["value"].get("value") for one in node.get("properties", ())},
        )
        for node in nodes
        if not node["ignored"]
    ]


# ---------------------------------------------------------------- by ear


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_screen_reader_finds_its_way(chromium, lang):
    with opened(chromium, full(lang)) as (window, _):
        told = roles(window)
        assert window.evaluate("document.documentElement.lang") == lang
        scroll = "[...document.querySelectorAll('[tabindex]')].map(e => e.ariaLabel)"
        labels = window.evaluate(scroll)
        assert len(labels) == 9
        assert all(labels)
    kinds = [role for role, *_ in told]
    for landmark in ("banner", "main", "contentinfo"):
        assert kinds.count(landmark) == 1
    regions = [name for role, name, _ in told if role == "region"]
    assert len(regions) == len(set(regions)) == 4
    assert all(regions)
    levels = [more["level"] for role, _, more in told if role == "heading"]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(name for role, name, _ in told if role in ("heading", "image", "img"))


def test_points_are_a_table_with_headings(chromium):
    with opened(chromium, full()) as (window, _):
        told = roles(window)
        kinds = [role for role, *_ in told]
        names = [name for role, name, _ in told if role == "columnheader"]
        assert names[:3] == ["Tâche", "Points", "Part"]
        assert kinds.count("rowheader") >= 2
        assert window.evaluate("document.querySelectorAll('.tasks th:not([scope])').length") == 0


def test_every_picture_has_its_words(chromium):
    with opened(chromium, full()) as (window, _):
        pictures = [name for role, name, _ in roles(window) if role in ("image", "img")]
    assert "Image 1 affichée par la cellule 2 (640 × 480 pixels)" in pictures
    assert "38 %" in pictures


def test_no_outcome_is_told_by_colour_alone(chromium):
    with opened(chromium, full()) as (window, _):
        told = window.evaluate(
            "[...document.querySelectorAll('.tests > li .outcome')].map(e => e.textContent.trim())"
        )
    assert len(told) == 10
    assert all(len(one) > 4 for one in told)


# ---------------------------------------------------------------- by eye


@pytest.mark.parametrize("dark", [False, True])
def test_contrast_is_enough_in_light_and_dark(chromium, dark):
    with opened(chromium, full(), dark=dark) as (window, _):
        window.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found = window.evaluate(CONTRASTS)
    assert len(found) > 60
    assert [one for one in found if one[1] < one[2]] == []


def test_colours_follow_the_readers_choice(chromium):
    seen = set()
    for dark in (False, True):
        with opened(chromium, full(), dark=dark) as (window, _):
            seen.add(window.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(seen) == 2


@pytest.mark.parametrize("size", [PHONE, (320, 600), DESKTOP])
def test_the_page_never_scrolls_sideways_but_code_does(chromium, size):
    with opened(chromium, full(), size=size) as (window, _):
        window.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        widths = window.evaluate(WIDTHS)
    assert widths["page"] <= 0
    assert widths["inside"] > 0
    assert widths["small"] >= 11


def test_long_names_do_not_widen_a_phones_page(chromium):
    long = a_score(student="x" * 300, assignment="y" * 300, notices=(HOSTILE["long_line"][:5000],))
    with opened(chromium, page(long, Titles(tasks={"relu": "z" * 300})), size=PHONE) as (window, _):
        assert window.evaluate("document.documentElement.scrollWidth") == PHONE[0]


def test_text_grows_with_the_readers_own_size(chromium):
    with opened(chromium, full(), size=PHONE) as (window, _):
        window.evaluate("document.documentElement.style.fontSize = '200%'")
        assert window.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == 32
        assert window.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


# ---------------------------------------------------------------- by keyboard, and on paper


def test_code_and_folded_parts_are_reached_by_keyboard_and_show_it(chromium):
    with opened(chromium, full()) as (window, _):
        reached = []
        for _ in range(20):
            window.keyboard.press("Tab")
            reached.append(
                window.evaluate(
                    "[document.activeElement.tagName,"
                    " getComputedStyle(document.activeElement).outlineStyle]"
                )
            )
    assert {"PRE", "SUMMARY", "DIV"} <= {tag for tag, _ in reached}
    assert all(outline == "solid" for tag, outline in reached if tag != "BODY")


def test_a_folded_part_opens_without_a_script(chromium):
    with opened(chromium, full()) as (window, _):
        summary = window.locator("summary").first
        summary.focus()
        summary.press("Enter")
        assert window.evaluate("document.querySelector('details').open")


def test_on_paper_nothing_is_cut_off(chromium):
    with opened(chromium, full()) as (window, _):
        window.emulate_media(media="print")
        window.set_viewport_size({"width": 700, "height": 1000})
        assert window.evaluate("document.documentElement.scrollWidth") <= 700
        lost = (
            "[...document.querySelectorAll('pre')].some(p => p.scrollHeight > p.clientHeight + 2)"
        )
        assert not window.evaluate(lost)
        assert window.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
        assert window.pdf()[:5] == b"%PDF-"
