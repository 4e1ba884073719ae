"""A real browser for tests: pages opened in headless Chromium, with all that they tried to do.

``chromium`` is a fixture that a test file imports; it skips, with the reason, where Playwright or
the system's Chromium is missing. While it is open, ``asyncio.run`` does not work in the same
thread: Playwright has a loop running there. Run what needs one (nbconvert, nbgrader) before, or in
another process.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE, DESKTOP = (360, 740), (1280, 900)  # CSS pixels
_TIMEOUT = 20_000  # milliseconds for a page to load
_GRID = 4  # the mouse goes over so many times so many points

_ACTIVE = """() => {
  const found = [];
  const urls = ['href', 'src', 'srcset', 'action', 'formaction', 'data', 'poster', 'background',
                'xlink:href', 'ping', 'srcdoc', 'cite', 'longdesc', 'manifest'];
  const forbidden = 'script,iframe,frame,object,embed,applet,form,input,button,textarea,select,' +
    'base,link,portal,audio,video,source,track,meta[http-equiv=refresh],animate,set,foreignObject';
  for (const one of document.querySelectorAll(forbidden)) found.push('<' + one.localName + '>');
  for (const one of document.querySelectorAll('*')) for (const {name, value} of one.attributes) {
    if (name.startsWith('on')) found.push(one.localName + '.' + name);
    if (urls.includes(name) && !/^(#|data:image\\/png;base64,[A-Za-z0-9+\\/=]*$)/.test(value))
      found.push(one.localName + '.' + name + '=' + value.slice(0, 60));
  }
  return found;
}"""


@dataclass
class Seen:
    """What a page did since it was opened. An inert page leaves all of these lists empty."""

    scripts: list[str] = field(default_factory=list)  # where each script that was compiled stands
    requests: list[str] = field(default_factory=list)  # all but the page itself and data: URLs
    dialogs: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)  # other pages, and downloads
    errors: list[str] = field(default_factory=list)  # scripts that ended with an exception
    console: list[str] = field(default_factory=list)
    left_for: str = ""  # the address, if the page went elsewhere
    active: list[str] = field(default_factory=list)  # elements and attributes that could act
    checked: Any = None  # what the test's own script found
    session: Any = None  # Chromium's debugger, which tells of scripts

    @property
    def deeds(self) -> dict[str, Any]:
        """Everything that an inert page does not do; {} for an inert page."""
        return {
            name: value
            for name, value in vars(self).items()
            if value and name in ("scripts", "requests", "dialogs", "opened", "errors", "left_for")
        }

    def stop(self) -> None:
        """Listen to no more scripts: what a test evaluates from now on is not the page's doing."""
        self.session.send("Debugger.disable")


def missing() -> str:
    """Why there is no browser here; "" if there is one."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "no browser: Playwright is not installed (pip install playwright)"
    return "" if shutil.which("chromium") else "no browser: chromium is not on the path"


@contextmanager
def started(*arguments: str) -> Iterator[Browser]:
    """Headless Chromium. Its own sandbox is off, as it cannot be set up by root."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage", *arguments],
        )
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a file."""
    if reason := missing():
        pytest.skip(reason)
    with started() as browser:
        yield browser


@contextmanager
def opened(
    browser: Browser,
    source: str | Path,
    *,
    size: tuple[int, int] = DESKTOP,
    dark: bool = False,
    csp: bool = True,
) -> Iterator[tuple[Page, Seen]]:
    """``source`` (HTML, a file or an address) in a fresh profile, and what it does.

    Args:
        csp: False switches the page's own Content-Security-Policy off, so that a test sees what
            nothing but the escaping holds back.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        bypass_csp=not csp,
    )
    context.set_default_timeout(_TIMEOUT)
    try:
        with TemporaryDirectory() as folder, _address(source, Path(folder)) as address:
            page, seen = context.new_page(), Seen()
            _watch(page, seen, address)
            page.goto(address)
            yield page, seen
    finally:
        context.close()


def open_page(
    browser: Browser, source: str | Path, *, check: str = "", settle: bool = True, **options: Any
) -> Seen:
    """Open ``source``, go over it with mouse and keyboard, and say what it did.

    Args:
        check: JavaScript whose value becomes ``Seen.checked``, evaluated at the end.
        settle: wait until half a second has passed without a request.
    """
    with opened(browser, source, **options) as (page, seen):
        before = page.url
        _prod(page)
        if settle:
            page.wait_for_load_state("networkidle")
        seen.left_for = "" if page.url.partition("#")[0] == before else page.url
        seen.stop()
        seen.active = page.evaluate(_ACTIVE)
        seen.checked = page.evaluate(check) if check else None
        return seen


@contextmanager
def _address(source: str | Path, folder: Path) -> Iterator[str]:
    if isinstance(source, str) and source.startswith(("http://", "https://", "file://")):
        yield source
        return
    if isinstance(source, str):
        path = folder / "page.html"
        path.write_text(source, encoding="utf-8", errors="surrogatepass")
        source = path
    yield source.resolve().as_uri()


def _watch(page: Page, seen: Seen, address: str) -> None:
    def compiled(event: dict[str, Any]) -> None:
        if event.get("executionContextAuxData", {}).get("isDefault"):
            seen.scripts.append(event["url"] or f"a script of {event['length']} characters")

    def asked(dialog: Any) -> None:
        seen.dialogs.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    def requested(request: Any) -> None:
        if request.url != address and not request.url.startswith("data:"):
            seen.requests.append(request.url)

    seen.session = page.context.new_cdp_session(page)
    seen.session.on("Debugger.scriptParsed", compiled)
    seen.session.send("Debugger.enable")
    page.on("dialog", asked)
    page.on("request", requested)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda message: seen.console.append(message.text))
    page.on("download", lambda download: seen.opened.append(download.url))
    page.context.on("page", lambda other: seen.opened.append(other.url))


def _prod(page: Page) -> None:
    """What a reader does, so that handlers of events get their chance to run."""
    size = page.viewport_size or {"width": DESKTOP[0], "height": DESKTOP[1]}
    for summary in page.locator("summary").all()[:20]:
        summary.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
    for row in range(_GRID):
        for column in range(_GRID):
            x, y = size["width"] * (column + 0.5) / _GRID, size["height"] * (row + 0.5) / _GRID
            page.mouse.move(x, y)
            page.mouse.click(x, y)
    page.mouse.wheel(0, 4000)
