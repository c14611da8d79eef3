"""Every lesson: what it must contain, and that its notebook is what its text says. Nothing is executed here."""

import ast
import html
import json
import re

import pytest

pytest.importorskip("jupytext", reason="the extra 'lessons' is not installed")

from mfnumpy.teach import build

SOURCES = build.sources()
SKELETON = ("By hand", "Check the gradient", "A run")
FREE = {"04": "empty cell", "10": "debate", "11": "bug", "13": "puzzle"}
"""Lessons with a form of their own, and the word for it in their text."""
IMAGE = re.compile(r"<img[^>]*>")
SMALL = 200_000  # bytes of a notebook, with all its pictures and the recorded moments of a stepper


def cells_of(source):
    return build.notebook_of(source).cells


def markdown_of(source):
    return "\n\n".join(cell.source for cell in cells_of(source) if cell.cell_type == "markdown")


def code_of(source):
    return "\n".join(cell.source for cell in cells_of(source) if cell.cell_type == "code")


def outputs_of(source):
    notebook = json.loads(source.with_suffix(".ipynb").read_text(encoding="utf-8"))
    return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]


def text_of(output):
    data = output.get("data", {})
    parts = [
        output.get("text", ""),
        data.get("text/html", ""),
        data.get("text/plain", ""),
        data.get("text/markdown", ""),
    ]
    return "\n".join("".join(part) for part in parts)


def headings_of(markdown, wanted):
    return [h for h in wanted if re.search(rf"^## {h}", markdown, re.M)]


def missing_parts(markdown, code, number):
    """What a lesson must have and this one has not."""
    wanted = ("Questions", "Read next") if number in FREE else (*SKELETON, "Questions", "Read next")
    missing = [f"heading {h}" for h in wanted if h not in headings_of(markdown, wanted)]
    missing += [] if "**Goal.**" in markdown and "**Time.**" in markdown else ["goal and time"]
    missing += [] if markdown.count("<details>") == markdown.count("</details>") >= 3 else ["three answers"]
    missing += [] if number in FREE or "$$" in markdown else ["a derivation"]
    missing += [] if "reveal(" in code and re.search(r"= \.\.\.", code) else ["a question before its answer"]
    missing += [] if "exercises/student/" in markdown else ["a link to its exercise"]
    missing += [] if "show_source(" in code else ["the package's code"]
    missing += [] if re.search(r"check\.(gradient|adjoint)\(", code) else ["a gradient check"]
    missing += [] if "pictures." in code else ["a picture"]
    missing += [] if "load(" in code else ["a run on data"]
    return missing


def test_at_least_four_lessons_have_a_form_of_their_own():
    for source in SOURCES:
        markdown, number = markdown_of(source), source.name[:2]
        if number in FREE:
            assert len(headings_of(markdown, SKELETON)) <= 1, source
            assert FREE[number] in markdown.split("**Goal.**")[0].lower() + markdown.split("\n## ")[1].lower(), source


def test_wherever_a_lesson_is_read_next_there_is_a_link_and_every_link_leads_somewhere():
    for source in SOURCES:
        markdown = markdown_of(source)
        links = re.findall(r"\]\((?!http)([^)#]+)\)", markdown)
        assert links
        assert [link for link in links if not (source.parent / link).is_file()] == []
        assert not re.search(r"^Lesson \d\d", markdown.split("## Read next")[1], re.M), source


def test_there_are_fourteen_lessons_numbered_from_00_to_13():
    assert [source.name[:2] for source in SOURCES] == [f"{k:02d}" for k in range(14)]


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_a_lesson_has_all_its_parts(source):
    markdown, code = markdown_of(source), code_of(source)
    assert missing_parts(markdown, code, source.name[:2]) == []
    assert markdown.startswith(f"# {source.name[:2]} · ")
    questions = markdown.split("## Questions")[1].split("## Read next")[0]
    assert questions.count("<details><summary>Answer</summary>\n\n") == 3


def test_a_lesson_that_lacks_a_part_would_be_found():
    markdown, code = markdown_of(SOURCES[3]), code_of(SOURCES[3])
    for spoilt, lacks in (
        ((markdown.replace("## By hand", "## Hand"), code), "heading By hand"),
        ((markdown.replace("<details>", ""), code), "three answers"),
        ((markdown.replace("exercises/student/", ""), code), "a link to its exercise"),
        ((markdown, code.replace("show_source(", "(")), "the package's code"),
        ((markdown, code.replace("= ...", "= 1")), "a question before its answer"),
    ):
        assert missing_parts(*spoilt, "03") == [lacks]


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_the_notebook_is_in_step_with_its_text_and_with_the_code_that_it_shows(source):
    assert build.differences(source) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_every_picture_has_alternative_text_and_nothing_warns(source):
    pictures = 0
    for output in outputs_of(source):
        assert output.get("name") != "stderr", text_of(output)[:300]
        assert not {"image/png", "image/svg+xml"} & output.get("data", {}).keys(), "use mfnumpy.teach.pictures"
        for tag in IMAGE.findall(text_of(output)):
            alt = re.search(r'alt="([^"]*)"', tag)
            assert alt is not None
            assert len(html.unescape(alt[1])) >= 20
            pictures += 1
    assert pictures >= 1
    assert source.with_suffix(".ipynb").stat().st_size < SMALL


def claimed_numbers(markdown):
    """Decimal fractions and percentages in a lesson's prose, without formulas, code, references and arXiv numbers."""
    prose = re.sub(r"<details>.*?</details>|\$\$.*?\$\$|\$[^$]*\$|`[^`]*`", " ", markdown, flags=re.S)
    prose = re.sub(r"(arXiv|section|Fig\.|Figs\.|Commun\w*|:) ?\d[\d.:]*", " ", prose)
    return re.findall(r"(?<![\w.])\d+(?:\.\d+)? ?%|(?<![\w.])\d+\.\d+", prose)


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_no_measured_number_stands_in_the_text_that_the_notebook_does_not_print(source):
    printed = "\n".join(text_of(output) for output in outputs_of(source))
    assert [number for number in claimed_numbers(markdown_of(source)) if number not in printed] == []


def test_a_number_out_of_the_blue_would_be_found():
    assert claimed_numbers("It reaches 97.3 % in lesson 3, see section 3.3 and arXiv 2501.09238, $0.5$.") == ["97.3 %"]
    assert claimed_numbers("a loss of 0.31") == ["0.31"]


def guesses_used_elsewhere(code_cells):
    """Names that a reader fills in (`name = ...`) and that anything else than reveal(name, ...) reads."""
    trees = [ast.parse(code) for code in code_cells]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    dots = [n for n in nodes if isinstance(n, ast.Assign) and getattr(n.value, "value", None) is Ellipsis]
    names = {target.id for n in dots for target in n.targets if isinstance(target, ast.Name)}
    reveals = [n for n in nodes if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "reveal"]
    asked = [n.args[0].id for n in reveals if isinstance(n.args[0], ast.Name)]
    read = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id in names]
    return sorted(names.symmetric_difference(asked)) + [name for name in set(read) if read.count(name) != 1]


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.stem)
def test_whatever_a_reader_writes_or_leaves_out_the_lesson_runs_on(source):
    code = [cell.source for cell in cells_of(source) if cell.cell_type == "code"]
    assert guesses_used_elsewhere(code) == []


def test_a_lesson_that_computes_with_a_guess_would_be_found():
    asked = ["mine = ...", "reveal(mine, 3)"]
    assert guesses_used_elsewhere(asked) == []
    assert guesses_used_elsewhere([*asked, "y = mine + 1"]) == ["mine"]
    assert guesses_used_elsewhere(["mine = ..."]) == ["mine"], "a question without an answer"
