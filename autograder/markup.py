"""Text of students that a browser will render: made safe, and left as it is wherever it is safe.

nbgrader's form grader and its feedback render Markdown cells with raw HTML in them, whatever
``HTMLExporter.sanitize_html`` says: their templates do not ask it. So the notebook itself must
hold nothing that acts: no scripts, no requests, no elements or classes that look like the form
grader's own. HTML is cleaned by ammonia (``nh3``), which parses as browsers do.
"""

from __future__ import annotations

import base64
import binascii
import functools
import html as entities
import re
from collections import Counter
from collections.abc import Mapping

import nh3

from autograder import images

MAX_HTML = 2**18  # characters; cleaning takes seconds where elements lie deep in one another
MAX_DEPTH = 100  # elements in one another
MAX_MARKDOWN = 2**14  # characters of a cell that is more than plain text
MAX_SVG = 2**19

Attachments = Mapping[str, Mapping[str, str]]  # base64 by MIME type, by name

_TAGS = frozenset(
    (
        *("a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col"),
        *("colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption"),
        *("figure", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins"),
        *("kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike"),
        *("strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead"),
        *("tr", "tt", "u", "ul", "var"),
    )
)
_VOID = frozenset(("br", "col", "hr", "img", "input", "link", "meta", "wbr"))
_ENDS_ITSELF = frozenset(
    (*("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"),)
)
_ATTRIBUTES = {
    "*": {"style", "title", "lang", "dir", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"border"},
    "td": {"colspan", "rowspan", "valign", "halign"},
    "th": {"colspan", "rowspan", "valign", "halign", "scope"},
    "ol": {"start"},
    "font": {"color", "size"},
    "details": {"open"},
    **{f"h{level}": {"id"} for level in range(1, 7)},  # as nbconvert makes them
}
_STYLES = frozenset(
    (
        *("background-color", "border", "border-collapse", "color", "font-family"),
        *("font-size", "font-style", "font-weight", "height", "max-height", "max-width"),
        *("min-width", "padding", "text-align", "text-decoration", "vertical-align"),
        *("white-space", "width"),
    )
)
_PICTURE = re.compile(r"data:image/(png|jpeg|svg\+xml);base64,([A-Za-z0-9+/]+={0,2})")
_BESIDE = re.compile(r"(?![/\\]|[^/?#]*:)[^\\]*")  # a file beside the notebook, or below
_ATTACHED = re.compile(r"attachment:([^\s()<>\"'\]]+)")  # nbconvert fails where it is missing
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_COMMENT = re.compile(r"<!--(?!-?>)[^>]*-->")
_SELF_CLOSING = re.compile(r"\s*/>")
_CONTROL = re.compile(
    "[\x00-\x07\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
    "|\x1b(?!\\[[0-9;]*m)"
)
_BEFORE_NAME = re.compile(r"<(?=[A-Za-z/!?])")


def plain(text: str) -> str:
    """Without control characters and lone surrogates; the colours of a traceback stay."""
    return _CONTROL.sub("", text)


def html(text: str) -> str:
    """What of it cannot act; nothing if it is too large or too deep to be looked at."""
    if len(text) > MAX_HTML or _depth(text) > MAX_DEPTH:
        return ""
    return str(_cleaner().clean(plain(text)))


def latex(text: str) -> str:
    """The same formula, without anything that HTML would take for an element."""
    return _BEFORE_NAME.sub(r"\\lt ", plain(text))


def svg(text: str) -> str:
    """HTML that shows a drawing as an image: there it runs no scripts and loads nothing."""
    if len(text) > MAX_SVG:
        return ""
    data = base64.b64encode(plain(text).encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="">'


def markdown(text: str, attachments: Attachments | None = None) -> str:
    """Markdown that renders without anything that acts.

    Unchanged wherever what nbconvert makes of it is safe as it is. Else it becomes the HTML that
    is left of it; if that is not possible, its own text.

    Args:
        attachments: of its cell; what they hold must have been checked.
    """
    text = plain(text)
    if not needs_a_look(text):
        return text
    if len(text) > MAX_MARKDOWN:
        return as_text(text)
    attached = attachments or {}
    text = _ATTACHED.sub(lambda found: found[0] if found[1] in attached else found[1], text)
    for source in dict.fromkeys((text, _COMMENT.sub("", text))):
        if _is_safe(source, attached):
            return source
    cleaned = html(_rendered(text, attached) or "")
    replaced = _on_one_line(f"<div>{cleaned}</div>")
    return replaced if cleaned and _is_safe(replaced, {}) else as_text(text)


def needs_a_look(text: str) -> bool:
    """Whether there may be HTML, links or images in it."""
    return "<" in text or "]" in text


def _is_safe(source: str, attachments: Attachments) -> bool:
    """Whether cleaning takes nothing away from what nbconvert makes of ``source``."""
    rendered = _rendered(source, attachments)
    return rendered is not None and _same(rendered, html(rendered))


def raw(text: str) -> str:
    """A raw cell: shown as its text."""
    return entities.escape(plain(text)) if "<" in text else plain(text)


def as_text(text: str) -> str:
    """Markdown that shows ``text`` as it was typed."""
    return _on_one_line(f"<pre>{entities.escape(text)}</pre>")


def _on_one_line(text: str) -> str:
    """HTML that Markdown leaves alone: a blank line would end it."""
    return text.strip().replace("\n", "&#10;")


def _same(rendered: str, cleaned: str) -> bool:
    """Whether cleaning changed nothing but how characters and ends of tags are written."""
    return _written_plainly(rendered) == _written_plainly(cleaned)


def _written_plainly(text: str) -> str:
    return entities.unescape(_SELF_CLOSING.sub(">", text)).strip()


def _rendered(text: str, attachments: Attachments) -> str | None:
    """What nbconvert makes of it; None if it fails."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(
        escape=False, attachments={name: dict(kinds) for name, kinds in attachments.items()}
    )
    try:
        return str(MarkdownWithMath(renderer=renderer).render(text))
    except Exception:  # noqa: BLE001 - of hostile text; the caller then shows it as text
        return None


def _depth(text: str) -> int:
    """At most how many elements lie in one another, roughly, and in linear time."""
    opened: Counter[str] = Counter()
    deepest = depth = 0
    for end, name in _TAG.findall(text):
        name = name.lower()
        if name in _VOID or name in _ENDS_ITSELF:
            continue
        step = -1 if end else 1
        if opened[name] + step >= 0:
            opened[name] += step
            depth += step
            deepest = max(deepest, depth)
    return deepest


@functools.cache
def _cleaner() -> nh3.Cleaner:
    from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]

    return nh3.Cleaner(
        tags=set(_TAGS),
        attributes={name: set(allowed) for name, allowed in _ATTRIBUTES.items()},
        attribute_filter=_attribute,
        allowed_classes={
            "a": {"anchor-link"},
            "div": {"highlight"},
            "span": {name for name in STANDARD_TYPES.values() if name},
            "table": {"dataframe"},
        },
        filter_style_properties=set(_STYLES),
        url_schemes={"data", "http", "https", "mailto"},
        link_rel=None,  # nothing opens a window
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if _is_picture(value) or _is_beside(value) else None
    if name == "href":
        return value if not value.strip().lower().startswith("data:") else None
    if name in ("width", "height") and not value.strip().rstrip("%px").isdecimal():
        return None
    return value


def _is_beside(value: str) -> bool:
    """Whether it names a file in the notebook's own folder."""
    return bool(_BESIDE.fullmatch(value)) and ".." not in value.split("/")


def _is_picture(value: str) -> bool:
    """Whether it holds an image that may be shown."""
    found = _PICTURE.fullmatch(value)
    if not found:
        return False
    if found[1] == "svg+xml":
        return len(value) <= 2 * MAX_SVG
    try:
        image = images.checked(base64.b64decode(found[2], validate=True))
    except binascii.Error:
        return False
    return image is not None and image.mime == f"image/{found[1]}"
