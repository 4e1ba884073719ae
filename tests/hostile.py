"""Hostile text, and results and notebooks that hold it wherever a student can put text.

``HOSTILE`` is used by tests of every renderer. Each text that could run calls ``pwned()``, so that
a run shows even where nothing else does.
"""

from __future__ import annotations

import base64
import io
import json

from autograder.model import Outcome, Score, TaskScore, TestResult, Tier

URL = "http://127.0.0.1:9"  # nobody listens; a request is seen all the same
_COVER = "position:fixed;inset:0;z-index:9999;background:red"

HOSTILE = {
    "script": "<script>pwned(1)</script>",
    "script_closed_early": "</pre></code></p></li></script><script>pwned(2)</script>",
    "handler": '"><img src=x onerror=pwned(3)>',
    "handler_single": "'><svg/onload=pwned(4)>",
    "handler_backtick": "`><body onload=pwned(5)>`",
    "javascript_url": '<a href="javascript:pwned(6)">x</a><a href="jAvAsCrIpT&#58;pwned(6)">y</a>',
    "data_url": '<iframe src="data:text/html,<script>parent.pwned(7)</script>"></iframe>',
    "entities": "&lt;script&gt;pwned(8)&lt;/script&gt; &#60;script&#62;pwned(8)&#60;/script&#62;",
    "double_entities": "&amp;lt;script&amp;gt;pwned(9)",
    "utf7": "+ADw-script+AD4-pwned(10)+ADw-/script+AD4-",
    "textarea": "</textarea></title></style></noscript></template><script>pwned(11)</script>",
    "comment": "--><script>pwned(12)</script><!--",
    "cdata": "]]><script>pwned(13)</script><![CDATA[",
    "svg": f'<svg><script href="{URL}/a.js"></script><animate onbegin=pwned(14)></svg>',
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=pwned(15)>",
    "mutation": "<form><math><mtext></form><form><mglyph><style></math><img src onerror=pwned(16)>",
    "css": f"</style><style>*{{background:url({URL}/b) !important;display:none}}</style>",
    "css_import": f'<style>@import "{URL}/c";</style><link rel=stylesheet href={URL}/d>',
    "overlay": f'<div style="{_COVER}">100/100</div>',
    "overlay_attribute": f'" style="{_COVER}" x="',
    "handler_attribute": '" onmouseover="pwned(17)" autofocus onfocus="pwned(17)" x="',
    "meta": f'<meta http-equiv=refresh content="0;url={URL}/e"><base href="{URL}/">',
    "form": f'<form action="{URL}/f"><input autofocus onfocus=pwned(18)></form>',
    "media": f'<video src="{URL}/g" onerror=pwned(19)></video><object data="{URL}/h">',
    "picture": f'<img src="{URL}/i.png"><picture><source srcset="{URL}/j.png"></picture>',
    "preload": f'<link rel=preload as=script href="{URL}/k.js"><link rel=icon href={URL}>',
    "template_jinja": "{{7*7}} {% raw %} {{ self.__init__.__globals__ }} {# x #}",
    "template_other": "${7*7} <%= 7*7 %> #{7*7} [[7*7]] {{constructor.constructor('pwned(20)')()}}",
    "markdown": f"[x](javascript:pwned(21)) ![x]({URL}/l.png) <{URL}/m>",
    "latex": r"$\href{javascript:pwned(22)}{x}$ \(\unicode{x3c}script\)",
    "nul": "a\0b<scr\0ipt>pwned(23)</scr\0ipt>",
    "bidi": "safe\u202eegdeS\u2066 \u2067x\u2069 \u200f",
    "invisible": "a\u200bb\u2060c\ufeffd\xade\u3164f\U000e0041",
    "ansi": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\ \x9b2J",
    "cursor": "kept\rgone\x08\x08\x1b[1A\x1b[2K",
    "surrogate": "half \ud800 and \udfff",
    "not_characters": "\ufffe\uffff\x85\u2028\u2029\x0b\x0c",
    "stacked": "Z" + "\u0300\u0301\u0302\u0489\u20dd" * 200,
    "long_line": "x" * 200_000,
    "many_lines": "y\n" * 50_000,
    "one_word_of_markup": "<b>" * 20_000,
    "formula": "=HYPERLINK(\"http://x.test\",\"x\")",
    "formula_plus": "+1+cmd|' /C calc'!A0",
    "formula_at": "@SUM(1+1)",
    "formula_minus": "-2+3",
    "formula_tab": "\t=1+1",
    "path": "../../../etc/passwd",
    "quote": "'\"`\\$(id)&&|;#",
}  # fmt: skip


def png(width=8, height=8) -> bytes:
    """A real picture, drawn by a library."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(file, "PNG")
    return file.getvalue()


def everywhere(text: str, student: str = "ada") -> Score:
    """A result that has ``text`` in every field that can hold some."""
    tests = tuple(
        TestResult(
            f"test {text}", f"task {text}", visibility, outcome, 0.0, 1.0, f"`{text}` {text}",
            text, inside=True, differs=(text,),
        )
        for visibility, outcome in (("visible", Outcome.FAILED), ("hidden", Outcome.SKIPPED))
    )  # fmt: skip
    task = TaskScore(f"task {text}", 0.0, 2.0, tests)
    return Score(
        student or text, f"assignment {text}", "graded", 0.0, 2.0, Tier.S2, 1.26, (task,),
        notices=(text, f"`{text}`"), refused=(text,), provenance={"lang": "fr", "digest": text},
    )  # fmt: skip


def refused(text: str) -> Score:
    """A result that says why a file cannot be read."""
    return Score(text, text, "rejected", None, 2.0, Tier.S2, 0.0, reason=f"« {text} »")


def outputs(text: str) -> list[dict[str, object]]:
    """One output of each kind, and of each kind of content, made of ``text``."""
    kinds = (
        *("text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml"),
        *("application/javascript", "application/json", "image/png", "image/jpeg"),
        *("application/vnd.jupyter.widget-view+json", "application/pdf", text[:50]),
    )
    shown = [
        {"output_type": "display_data", "data": {kind: text}, "metadata": {}} for kind in kinds
    ]
    table = f"<table><tr><th>{text}</th><td style='{_COVER}'>{text}</td></tr></table>{text}"
    inside = base64.b64encode(png() + text.encode("utf-8", "replace")).decode()
    return [
        *shown,
        {"output_type": "display_data", "data": {"text/html": table, "text/plain": text}},
        {"output_type": "display_data", "data": {"image/png": inside, "text/plain": text}},
        {"output_type": "stream", "name": "stdout", "text": [text, text]},
        {"output_type": "stream", "name": text, "text": text},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text, text]},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": text},
        {"output_type": text, "data": {text: text}},
        {"output_type": "execute_result", "execution_count": text, "data": {"text/plain": text}},
    ]  # fmt: skip


def marks(text: str, **flags: object) -> dict[str, object]:
    return {"nbgrader": {"grade_id": text, "schema_version": 3, "solution": True, **flags}}


def notebook(text: str) -> bytes:
    """A notebook that has ``text`` in its sources, names and outputs."""
    cells = [
        {
            "cell_type": "code",
            "source": text,
            "metadata": {"tags": [text]},
            "outputs": outputs(text),
        },
        {"cell_type": "code", "source": [text, text], "metadata": marks(text), "outputs": []},
        {"cell_type": "markdown", "source": text, "metadata": marks(text, grade=True)},
        {"cell_type": "raw", "source": text, "metadata": {"format": "text/html"}},
    ]
    document = {"cells": cells, "metadata": {"kernelspec": {"name": text}}, "nbformat": 4}
    return json.dumps(document).encode()
