"""The feedback page: what helps is in it, and nothing of a student's runs in a browser or loads anything.

The browser is Chromium, found as `chromium` or `chromium-browser`; without it the tests that need it are skipped.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("nbgrader", reason="the course needs the extra 'course' (nbgrader): not installed")

from mfnumpy.course.grading import Row, grade_notebook
from mfnumpy.course.grading.collect import Entry
from mfnumpy.course.grading.feedback import page
from mfnumpy.course.grading.place import Person
from mfnumpy.course.plan import read_plans

NAME = "03_equations"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOSTILE = (
    "<script>document.title = 'ran'</script>",
    "<img src=x onerror=\"document.title = 'ran'\">",
    "<img src='http://127.0.0.1:9/pixel.png'>",
    "<iframe src='http://127.0.0.1:9/'></iframe>",
    "<svg onload=\"document.title = 'ran'\"><script>document.title = 'ran'</script></svg>",
    "<style>@import url(http://127.0.0.1:9/x.css); body { background: url(http://127.0.0.1:9/x.png) }</style>",
    "![picture](http://127.0.0.1:9/x.png) [link](javascript:alert(1))",
    "</code></pre></section><script>document.title = 'ran'</script>",
    "<meta http-equiv='refresh' content='0; url=http://127.0.0.1:9/'>",
    "<details open ontoggle=\"document.title = 'ran'\"><summary>x</summary></details>",
    "$\\href{javascript:alert(1)}{x}$",
)
NO_MASK = 'def eq7(x, z, M, dG):\n    """{}"""\n    return x.T @ (dG @ M)'


@pytest.fixture(scope="module")
def record(course, tmp_path_factory) -> dict:
    """A notebook full of hostile text: in its cells, in an error's message, in what is printed and returned."""
    text = "\n".join(HOSTILE)
    raises = f"def eq8(a, dG):\n    print({text!r})\n    raise ValueError({text!r})"
    notebook = course.solved(NAME, eq7=NO_MASK.format(text.replace("\\", "\\\\")), eq8=raises)
    for kind in ("markdown", "code"):
        cell = nbformat.v4.new_markdown_cell(text) if kind == "markdown" else nbformat.v4.new_code_cell(f"{text!r} + 1")
        cell.metadata["tags"] = [text]
        notebook.cells.insert(2, cell)
    path = tmp_path_factory.mktemp("hostile") / "x.ipynb"
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return grade_notebook(path, read_plans(course.root)[NAME], seed=4)


@pytest.fixture(scope="module")
def html(course, record) -> str:
    """Its feedback page; the student has a hostile name, too."""
    entry = Entry(Person(("folder", "x"), HOSTILE[0]), NAME, remarks=[HOSTILE[1]])
    return page(Row(entry, read_plans(course.root)[NAME], record=record))


def test_the_page_says_what_helps(html):
    assert "<h1>Exercises 03: equations (5), (7) and (8)</h1>" in html
    assert "3.2 Equation (7): how the weights learn: 2 of 4 points" in html
    assert "is missing: neurons that were off must pass no error back" in html
    assert html.count("<svg") == 1  # where dW is wrong
    assert html.count("<math") >= 5
    assert html.count("<details open>") == 6  # three hints for each of two exercises that are not right
    assert "return np.einsum(&quot;sj,cj-&gt;sc&quot;, a, M)" in html
    assert "a part of the points" in html
    assert "3.1 Equation (5): the goodness of each class: 2 of 2 points" in html


def test_nothing_that_would_help_to_cheat_or_name_the_machine_is_in_it(html, course):
    for secret in (
        "HIDDEN",
        "grade(",
        "Traceback",
        "site-packages",
        "mfnumpy/check",
        str(course.root),
        "/tmp/",
        "seed",
    ):
        assert secret not in html, secret


def test_no_tag_of_a_students_is_a_tag(html):
    body = html.partition("<body>")[2]
    tags = set(re.findall(r"<([a-zA-Z]+)", body))
    assert tags.isdisjoint({"script", "img", "iframe", "style", "meta", "link", "object", "embed", "form", "base"})
    assert not re.search(r"<[^>]*\son\w+\s*=", body)
    assert not re.search(r'<[^>]*(?:src|href)\s*=\s*["\']?(?!#)', body)
    assert "default-src 'none'" in html


@pytest.mark.timeout(600)
def test_in_a_browser_nothing_runs_and_nothing_is_loaded(html, tmp_path):
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: the page was not looked at in a browser")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra 'docs' (playwright): not installed")
    pages = {"page": html, "planted": html.replace("<body>", f"<body>{HOSTILE[2]}")}
    pages["unprotected"] = re.sub(r"<meta http-equiv[^>]*>", "", html).replace(
        "<body>", "<body>" + "".join(HOSTILE[:3])
    )
    seen = {}
    with playwright.sync_playwright() as run:
        chromium = run.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, text in pages.items():
            path = Path(tmp_path / f"{name}.html")
            path.write_text(text, encoding="utf-8")
            tab, requests, complaints = chromium.new_page(), [], []
            tab.on("request", lambda request, kept=requests: kept.append(request.url))
            tab.on("console", lambda message, kept=complaints: kept.append(message.text))
            tab.goto(path.as_uri(), wait_until="load", timeout=120_000)
            tab.wait_for_timeout(300)
            shown = tab.evaluate("() => [...document.querySelectorAll('math')].filter(m => m.clientHeight > 5).length")
            seen[name] = (tab.title(), [url for url in requests if not url.startswith("file:")], complaints, shown)
            tab.close()
        chromium.close()
    title, requests, complaints, shown = seen["page"]
    assert title != "ran"
    assert (requests, complaints) == ([], [])
    assert shown >= 5  # formulas are typeset
    assert any("Content Security Policy" in said for said in seen["planted"][2])  # the second lock holds alone
    assert seen["unprotected"][0] == "ran"  # and without both the test would notice
    assert seen["unprotected"][1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_the_contrast_that_readers_need(html, tmp_path, scheme):
    """WCAG 2's level AA, by axe; the page's policy lets no script in, so that it is looked at without the policy."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: the page was not looked at in a browser")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra 'docs' (playwright): not installed")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra 'docs' (axe)").Axe()
    only = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    found = {}
    with playwright.sync_playwright() as run:
        chromium = run.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = chromium.new_page(color_scheme=scheme)
        for name, text in (("page", html), ("planted", re.sub(r'color:light-dark[^"]*"', 'color:#777"', html))):
            (tmp_path / f"{name}.html").write_text(re.sub(r"<meta http-equiv[^>]*>", "", text), encoding="utf-8")
            tab.goto((tmp_path / f"{name}.html").as_uri(), timeout=120_000)
            violations = axe.run(tab, options=only).response["violations"]
            found[name] = [node["html"][:100] for violation in violations for node in violation["nodes"]]
        chromium.close()
    assert found["page"] == []
    assert found["planted"] != []
