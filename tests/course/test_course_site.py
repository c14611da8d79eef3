"""The built site: every link and picture resolves, and in a browser it is quiet, local, typeset and fits the screen.

The browser is Chromium, found as `chromium` or `chromium-browser`; without it the tests that need it are skipped.
"""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

pytest.importorskip("sphinx", reason="the site needs the extra 'docs' (Sphinx): not installed")
pytest.importorskip("myst_nb", reason="the site needs the extra 'docs' (myst-nb): not installed")

pytestmark = pytest.mark.timeout(1200)  # one build of the site for all
ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make site` builds it."""
    out = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-b",
        "html",
        "-d",
        str(out / "trees"),
        str(ROOT / "docs"),
        str(out),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1000)
    assert done.returncode == 0, done.stderr[-3000:]
    return out


def pages_of(site: Path) -> list[Path]:
    """All pages that a reader sees, without the listings of source code, and the playground, which tests/play tries."""
    return sorted(path for path in site.rglob("*.html") if not {"_modules", "_static", "play"} & set(path.parts))


class Links(HTMLParser):
    """What a page refers to (address, tag), the anchors that it has, and its pictures without alternative text."""

    def __init__(self, text: str):
        super().__init__()
        self.targets: list[tuple[str, str]] = []
        self.anchors: set[str] = set()
        self.mute: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        self.anchors |= {found[key] for key in ("id", "name") if key in found}
        for key in ("href", "src"):
            if found.get(key):
                self.targets.append((found[key], tag))
        if tag == "img" and not found.get("alt", "").strip():
            self.mute.append(found.get("src", "")[:80])


def problems_of(site: Path, page: Path, known: dict[Path, Links]) -> list[str]:
    """Links and pictures of one page that lead nowhere."""
    found = []
    for target, tag in known[page].targets:
        parts = urlsplit(target)
        if parts.scheme in ("data", "mailto", "javascript"):
            continue
        if parts.scheme or parts.netloc:
            if tag != "a":  # a reader may follow a link to the paper; the page itself must load nothing from there
                found.append(f"{page.relative_to(site)}: <{tag}> loads {target}")
            continue
        path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if not path.is_file():
            found.append(f"{page.relative_to(site)}: {target} does not exist")
        elif parts.fragment and path in known and unquote(parts.fragment) not in known[path].anchors:
            found.append(f"{page.relative_to(site)}: {target} has no such anchor")
    return found


def read_all(site: Path) -> dict[Path, Links]:
    return {path.resolve(): Links(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def test_every_internal_link_and_picture_resolves(site):
    known = read_all(site)
    wrong = [problem for page in known for problem in problems_of(site.resolve(), page, known)]
    assert wrong == []
    assert sum(len(links.targets) for links in known.values()) > 1000

    # The check can fail: a dead link, a dead anchor, a script from elsewhere.
    page = (site / "index.html").resolve()
    for planted in ('<a href="nowhere.html">', '<a href="#nowhere">', '<script src="https://example.org/x.js">'):
        spoilt = {**known, page: Links(planted)}
        assert len(problems_of(site.resolve(), page, spoilt)) == 1, planted


def test_every_picture_has_alternative_text(site):
    known = read_all(site)
    assert {str(page): links.mute for page, links in known.items() if links.mute} == {}
    assert Links('<img src="a.png" alt="">').mute == ["a.png"]


def test_lessons_exercises_and_every_equation_are_there(site):
    for part in ("lessons/*.ipynb", "exercises/student/*.ipynb"):
        for notebook in (ROOT / "notebooks").glob(part):
            assert (site / part.split("/")[0] / f"{notebook.stem}.html").is_file(), notebook
    from mfnumpy.equations import PAPER

    text = (site / "api" / "equations.html").read_text(encoding="utf-8")
    for function in PAPER.values():
        assert f'id="mfnumpy.equations.{function.__name__}"' in text
    assert text.count('class="viewcode-link"') >= len(PAPER)


def test_the_front_page_leads_to_every_lesson_exercise_equation_and_download(site):
    from mfnumpy.equations import PAPER

    targets = {unquote(target) for target, _ in Links((site / "index.html").read_text(encoding="utf-8")).targets}
    for part in ("lessons/*.ipynb", "exercises/student/*.ipynb"):
        for notebook in (ROOT / "notebooks").glob(part):
            assert f"{part.split('/')[0]}/{notebook.stem}.html" in targets, notebook
    for notebook in (ROOT / "notebooks" / "lessons").glob("*.ipynb"):
        assert any(t.startswith("_downloads/") and t.endswith(notebook.name) for t in targets), notebook
    for function in PAPER.values():
        assert f"api/equations.html#mfnumpy.equations.{function.__name__}" in targets, function
    assert any("images/rules.svg" in t or t.endswith("rules.svg") for t in targets)


def test_an_equation_stands_once_on_its_page(site):
    text = (site / "api" / "equations.html").read_text(encoding="utf-8")
    assert re.findall(r"<p>Eq\. \(\d\)[^<]*", text) == []


# -- in the browser --------------------------------------------------------------------------------------------


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site):
    """The site, served from this machine."""
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    """Chromium, without a window."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: the site was not looked at in a browser")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra 'docs' (playwright): not installed")
    with playwright.sync_playwright() as run:
        chromium = run.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Watched:
    """A tab, and everything that it complains about."""

    def __init__(self, browser, address: str, **options):
        self.page, self.address, self.complaints = browser.new_page(**options), address, []
        self.page.set_default_timeout(120_000)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _request(self, request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"request leaves the machine: {request.url}")

    def _response(self, response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}/{path}", wait_until="load")
        self.page.evaluate("async () => { if (window.MathJax?.startup) await MathJax.startup.promise; }")


COUNTS = """() => ({
  equations: document.querySelectorAll('.math').length,
  typeset: [...document.querySelectorAll('.math')].filter(e => e.querySelector('mjx-container')).length,
  errors: document.querySelectorAll('mjx-merror').length,
  tex: [...document.querySelectorAll('article p, article li')].filter(
      e => !e.closest('pre, code') && /\\\\\\\\(frac|sum|partial|mathrm|theta)|\\\\$\\\\$/.test(
          [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent).join(''))).length,
  pictures: [...document.images].filter(i => !(i.complete && i.naturalWidth > 0)).length,
})"""
OVERFLOW = "() => document.documentElement.scrollWidth - window.innerWidth"
OPEN = "() => document.querySelectorAll('details').forEach(d => d.open = true)"
CLIPPED = """() => [...document.querySelectorAll('table, mjx-container, article img, article svg, pre')].filter(e => {
  if (!e.getClientRects().length || e.closest('mjx-assistive-mml')) return false;
  for (let box = e.parentElement; box && box.tagName !== 'BODY'; box = box.parentElement) {
    const over = getComputedStyle(box).overflowX;
    if (over === 'auto' || over === 'scroll') return false;
    const beyond = e.getBoundingClientRect().right > box.getBoundingClientRect().right + 1;
    if ((over === 'hidden' || over === 'clip') && beyond) return true;
  }
  return false;
}).map(e => e.tagName + ' ' + e.textContent.trim().slice(0, 40))"""
SCROLLED = """() => [...document.querySelectorAll('.table-wrapper')].filter(e => e.scrollWidth > e.clientWidth + 1)
  .map(e => e.textContent.trim().replace(/\\s+/g, ' ').slice(0, 60))"""
WIDE = """() => [...document.querySelectorAll('div.math, mjx-container')].filter(e =>
  getComputedStyle(e).display !== 'inline' && e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 60))"""
WIDTHS = (1440, 900, 390)
CONTRAST = (
    "index",
    "results",
    "mistakes",
    "instructors",
    "performance",
    "api/equations",
    "api/training",
    "lessons/00_map",
)
CONTRAST += ("lessons/00_map", "lessons/03_equations_by_hand", "lessons/07_forward_forward", "lessons/11_find_the_bug")
CONTRAST += ("exercises/03_equations", "exercises/11_find_the_bug")
"""Pages of every kind, whose contrast is measured: axe takes seconds for each."""
ALL_FIT = ("results.html",)
"""Pages whose tables are made to fit a phone: none of them scrolls there, not even behind a fold."""


def faint(tab: Watched) -> list[str]:
    """Text whose contrast is below WCAG 2's level AA, as axe finds it: the element and the ratio."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra 'docs' (axe)").Axe()
    found = axe.run(tab.page, options={"runOnly": {"type": "rule", "values": ["color-contrast"]}}).response
    return [
        f"{node['html'][:80]}: {check['data']['contrastRatio']}"
        for violation in found["violations"]
        for node in violation["nodes"]
        for check in node["any"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_quiet_local_typeset_readable_and_fits_a_phone_and_a_desk(site, address, browser, scheme):
    tab = Watched(browser, address, viewport={"width": WIDTHS[0], "height": 900}, color_scheme=scheme)
    wrong, typeset, measured = [], 0, 0
    for path in pages_of(site):
        name = path.relative_to(site).as_posix()
        tab.open(name)
        tab.page.evaluate(OPEN)
        counts = tab.page.evaluate(COUNTS)
        typeset += counts["typeset"]
        if counts["typeset"] != counts["equations"] or counts["errors"] or counts["tex"] or counts["pictures"]:
            wrong.append(f"{name}: {counts}")
        if name.removesuffix(".html") in CONTRAST:
            measured += 1
            wrong += [f"{name}: too little contrast: {text}" for text in faint(tab)]
        for width in WIDTHS:
            tab.page.set_viewport_size({"width": width, "height": 900})
            if (over := tab.page.evaluate(OVERFLOW)) > 0:
                wrong.append(f"{name}: {over} px wider than a screen of {width}")
            wrong += [f"{name}: cut off at {width}: {what}" for what in tab.page.evaluate(CLIPPED)]
            wrong += [f"{name}: a formula scrolls at {width}: {what}" for what in tab.page.evaluate(WIDE)]
        if name in ALL_FIT:
            wrong += [f"{name}: a table scrolls at {width}: {what}" for what in tab.page.evaluate(SCROLLED)]
        tab.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    assert wrong == []
    assert tab.complaints == []
    assert typeset > 100
    assert measured == len(set(CONTRAST))
    fonts = tab.page.evaluate("() => [...document.fonts].filter(f => f.status === 'loaded').length")
    assert fonts > 0 or typeset > 0


def test_the_stepper_runs_on_the_site_without_a_kernel(site, address, browser):
    tab = Watched(browser, address, viewport={"width": 390, "height": 900})
    for name in ("00_map", "03_equations_by_hand", "06_bp_fa_dfa", "07_forward_forward"):
        tab.open(f"lessons/{name}.html")
        stepper = tab.page.locator(".mfnumpy-stepper .mfn").first
        stepper.get_by_role("button", name="next").click()
        assert "2 of " in stepper.inner_text()
        stepper.press("ArrowRight")
        assert "3 of " in stepper.inner_text()
        assert tab.page.evaluate(OVERFLOW) <= 0
    assert tab.complaints == []


def test_the_page_follows_light_and_dark(site, address, browser):
    seen = {}
    for scheme in ("light", "dark"):
        tab = Watched(browser, address, color_scheme=scheme)
        tab.open("api/equations.html")
        seen[scheme] = tab.page.evaluate(
            "() => [document.body, document.querySelector('mjx-container')].map("
            "(e, i) => getComputedStyle(e)[i ? 'color' : 'backgroundColor'])"
        )
        assert tab.complaints == []
    brightness = {
        scheme: [sum(map(int, re.findall(r"\d+", c)[:3])) for c in colours] for scheme, colours in seen.items()
    }
    assert brightness["light"][0] > 600 > 400 > brightness["light"][1]  # dark equations on a light page
    assert brightness["dark"][0] < 200 < 400 < brightness["dark"][1]


PLANTED = """() => { document.querySelector('article').innerHTML += `
  <p style="color: #aaa; background: #fff">faint</p>
  <div style="overflow: hidden; width: 50px"><table><tr><td style="min-width: 90px">a cut table</td></tr></table></div>
  <div class="table-wrapper" style="width: 50px; overflow: auto">
    <table><tr><td style="min-width: 90px">x</td></tr></table></div>` }"""


def test_the_browser_test_would_notice(address, browser):
    """A request elsewhere, an error in a script, a page that is too wide, faint text, what is cut off, what scrolls."""
    tab = Watched(browser, address, viewport={"width": 390, "height": 900})
    tab.open("index.html")
    assert (faint(tab), tab.page.evaluate(CLIPPED), tab.page.evaluate(SCROLLED)) == ([], [], [])
    tab.page.evaluate(PLANTED)
    assert ["faint" in found for found in faint(tab)] == [True]
    assert tab.page.evaluate(CLIPPED) == ["TABLE a cut table"]
    assert tab.page.evaluate(SCROLLED) == ["x"]
    tab.page.evaluate(
        "() => { fetch('http://127.0.0.1:9/x').catch(() => 0); setTimeout(() => { throw new Error('x') }) }"
    )
    tab.page.evaluate("() => { document.body.innerHTML += '<div style=\"width: 2000px\">wide</div>' }")
    tab.page.wait_for_timeout(300)
    assert any("leaves the machine" in c for c in tab.complaints)
    assert any(c.startswith("error") for c in tab.complaints)
    assert tab.page.evaluate(OVERFLOW) > 1000
