"""The site: lessons, exercises, API reference and the other pages, built without a network and executing nothing."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE / "_ext"), str(HERE / "play")]

from mfnumpy.support import shipped  # noqa: E402
from mfnumpy.support.version import __version__  # noqa: E402

project, author, copyright = "mfnumpy", "The mfnumpy authors", "the mfnumpy authors"  # noqa: A001
version = release = __version__
language = "en_GB"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "sphinx_copybutton", "formula_docstrings"]
exclude_patterns = ["_build", "ledger", "results/*", "gpu/*/*.md", "repair/*.md", "**/README.md"]
suppress_warnings = ["toc.empty_glob", "mystnb.unknown_mime_type", "misc.highlighting_failure"]

# Notebooks are committed executed; the site shows them as they are.
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # by default these scripts come from another host
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

viewcode_follow_imported_members = False  # an alias such as `Home = tuple[...]` has no page to follow to
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {"members": True}
add_module_names = False

html_theme = "furo"
html_title = "mfnumpy"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"  # without one, browsers ask for /favicon.ico, which is an error
html_css_files = ["site.css"]
html_js_files = [("stepper-start.js", {"type": "module"})]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}
pygments_style, pygments_dark_style = "default", "github-dark"  # both with enough contrast
mathjax_path = "mathjax/tex-chtml.js"
MATHJAX_PARTS = ("tex-chtml.js", "output/chtml", "input/tex/extensions", "a11y/assistive-mml.js", "ui/safe.js")


def copy_notebooks() -> None:
    """Bring the committed notebooks into the source folder, where Sphinx looks for pages (git ignores them there)."""
    for part in ("lessons", "exercises"):
        shutil.rmtree(HERE / part, ignore_errors=True)
        (HERE / part).mkdir()
    for path, text in shipped.notebooks().items():
        (HERE / path).write_text(text, encoding="utf-8")


def copy_stepper(app, exception) -> None:
    """The stepper's drawing code is the package's own file; the site serves a copy."""
    if exception is None and app.builder.format == "html":
        shutil.copy(ROOT / "mfnumpy" / "teach" / "stepper.js", Path(app.outdir) / "_static")


def copy_mathjax(app, exception) -> None:
    """Serve MathJax and its fonts from the site itself; only what equations in HTML need, 2 MB of 24."""
    if exception is not None or app.builder.format != "html":
        return
    found = importlib.util.find_spec("sphinx-mathjax-offline")
    if found is None or found.origin is None:
        raise RuntimeError("The site needs sphinx-mathjax-offline: pip install -c constraints.txt -e '.[docs]'")
    source, target = Path(found.origin).parent / "static" / "mathjax", Path(app.outdir) / "_static" / "mathjax"
    for part in MATHJAX_PARTS:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part, dirs_exist_ok=True)
        else:
            shutil.copy(source / part, target / part)


def build_playground(app, exception) -> None:
    """The playground is a page of its own, play/; what it does not have in the repository was fetched before."""
    if exception is None and app.builder.format == "html":
        import playground

        playground.build(Path(app.outdir) / "play", home=True)


def setup(app) -> None:
    """Connect what is above."""
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", copy_stepper)
    app.connect("build-finished", build_playground)


copy_notebooks()
