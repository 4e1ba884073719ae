"""HTML of unknown origin, reduced to tables and plain text marks by nh3 (the ammonia library)."""

from __future__ import annotations

from markupsafe import Markup

from autograder.feedback.text import visible

MAX_CHARACTERS = 200_000
MAX_TABLES = 20  # tables in tables are laid out again and again
MAX_TAGS = 6_000  # nested ones cost the parser the square of their number
_TAGS = frozenset(
    (
        *("b", "br", "caption", "code", "div", "em", "i", "li", "ol", "p", "pre", "small"),
        *("span", "strong", "sub", "sup", "ul"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tr"),
    )
)
_DROPPED = frozenset(  # with all that is in them
    (
        *("applet", "audio", "canvas", "frameset", "head", "iframe", "math", "noembed"),
        *("noframes", "noscript", "object", "plaintext", "script", "select", "style", "svg"),
        *("template", "textarea", "title", "video", "xmp"),
    )
)
_SPANS = {str(count) for count in range(2, 51)}


def cleaned(html: str) -> Markup | None:
    """What is left of ``html`` without links, pictures, styles, classes and ids.

    None: there is nothing left to see, or it is too much. What comes back is well-formed: it closes
    what it opens and nothing else.
    """
    if len(html) > MAX_CHARACTERS or html.count("<") > MAX_TAGS:
        return None
    if html.lower().count("<table") > MAX_TABLES:
        return None
    import nh3

    text = nh3.clean(
        visible(html),
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes={},
        tag_attribute_values={tag: {"colspan": _SPANS, "rowspan": _SPANS} for tag in ("td", "th")},
        url_schemes=set(),
        link_rel=None,
        generic_attribute_prefixes=set(),
        strip_comments=True,
    )
    if not nh3.clean(text, tags=set()).strip():
        return None
    # What stood there as a character reference is a character now.
    return Markup(visible(text))  # noqa: S704 - this is what nh3 is for
