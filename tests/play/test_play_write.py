"""Write: every exercise passes with its solution, wrong functions get the native report, and what hangs is answered."""

import re
import sys

import player
import pytest

from mfnumpy.check import check
from mfnumpy.check.exercises import EXERCISES

sys.path.append(str(player.ROOT / "tests" / "check"))

pytestmark = pytest.mark.timeout(900)
SECONDS = 10.0
"""For a function's calls: none of these hangs, and the machine may be busy."""
AROUND = "import numpy as np\nfrom mfnumpy import equations, layers\nfrom mfnumpy.support.validate import pair\n"
RIGHT = "def eq7(x, z, M, dG):\n    return x.T @ ((dG @ M) * (z > 0))\n"


def solutions():
    """(exercise, function, code): each solution of the instructor's sources below the page's own first lines."""
    cells = {}
    for path in (player.ROOT / "notebooks" / "exercises").glob("[0-9]*.py"):
        for name, text in re.findall(r'^# %% solution="(\w+)"\n(.*?)(?=^# %%)', path.read_text("utf-8"), re.M | re.S):
            cells[path.stem, name] = text
    found = []
    for lesson in player.module("exercises").lessons():
        for e in lesson["exercises"]:
            above = e["code"].partition("\n\n\n")[0]
            found += [(*pair, f"{above}\n\n\n{cells[lesson['name'], e['cell']]}") for pair in e["checks"]]
    return found


def wrong(many=40):
    """(exercise, code): wrong functions as people write them, from the checker's own corpus, over many exercises."""
    from corpus import codings

    made = {}
    for coding in codings("lesson"):
        made.setdefault(coding.exercise, []).append(coding)
    rounds = [coding for k in range(4) for of_one in made.values() for coding in of_one[k : k + 1]]
    return rounds[:many]


def ask_check(tab, exercise, function, code):
    return tab.ask("theirs", "check", exercise=exercise, function=function, code=code, seconds=SECONDS)


def test_every_exercise_passes_with_its_solution(tab):
    found = solutions()
    assert len(found) >= 48
    failed = {e: r["text"] for e, f, code in found if not (r := ask_check(tab, e, f, code))["passed"]}
    assert failed == {}


def test_wrong_functions_get_the_report_that_they_get_outside(tab):
    many, placed = wrong(), []
    assert len(many) == 40
    for coding in many:
        there = ask_check(tab, coding.exercise, coding.exercise, AROUND + coding.code)
        here = check(coding.exercise, coding.function(), seconds=SECONDS)
        assert (there["passed"], there["mistake"]) == (here.passed, here.mistake), f"{coding.meaning}: {there['text']}"
        (said, place), (expected, known) = parted(text_of(there["text"])), parted(text_of(str(here)))
        assert said == expected, coding.meaning
        if place and known:  # it is looked for within a time, of which a browser has less
            assert place == known, coding.meaning
            placed.append(coding)
    assert len(placed) >= 8


def parted(report):
    """A report without the place in the code, and the place."""
    lines = report.split("\n")
    place = [line for line in lines if "of your code" in line or line.startswith("Two places in your code")]
    return [line for line in lines if line not in place and "not recognised" not in line], place


def text_of(report):
    """A report without lines of code and, of equal errors, without which is the largest; numbers to three digits."""
    report = re.sub(r"Where: (\w+)\[[\d, ]+\]", r"Where: \1", report)
    report = re.sub(r" \(line \d+(: `[^`]*`)?\)", "", report)
    report = re.sub(r"In line \d+ of your code", "In a line of your code", report)  # AROUND stands above it there
    return re.sub(r"-?\d+\.\d+(e-?\d+)?", lambda m: f"{float(m[0]):.3g}", report)


def typed(own, code, exercise="03/eq7"):
    """What the page says to a function that is typed in its editor and checked by its button."""
    page = own.page
    page.evaluate("(e) => { location.hash = `write&exercise=${e}` }", exercise)
    page.wait_for_selector("#write .editor > *")
    page.wait_for_function("(e) => playground.views.write?.now?.id === e", arg=exercise)
    page.evaluate("(code) => playground.views.write.editor.set(code)", code)
    page.click("#write button.main")
    page.wait_for_function("!document.querySelector('#write button.main').disabled")
    return page.inner_text("#write .report")


HANGS = {
    "a loop": ("    while True:\n        pass\n", "had not returned"),
    "a call into C": ("    import itertools\n    return sum(itertools.repeat(1))\n", "Stopped"),
    "a bare except": (
        "    while True:\n        try:\n            x\n        except:\n            x\n",
        "Stopped|not returned",
    ),
    "os._exit": ("    import os\n    os._exit(3)\n", "ended Python"),
    "sys.exit": ("    import sys\n    sys.exit(3)\n", "calls exit"),
    "a bomb": ("    import numpy as np\n    return np.ones((15_000, 15_000))\n", "MemoryError"),
    "a bomb of lists": (
        "    a = []\n    while True:\n        a.append(bytearray(50_000_000))\n",
        "MemoryError|not returned",
    ),
    "a deep call": ("    return eq7(x, z, M, dG)\n", "RecursionError|Stopped"),
    "no Python": ("    return (\n", "never closed"),
    "no module": ("    import torch\n", "torch"),
}
FILES = {
    "a loop before the function": ("while True:\n    pass\n", "had not been read to its end"),
    "no function": ("x = 1\n", "no function eq7"),
    "no module for the file": ("import torch\n", "torch"),
    "nothing": ("", "no function eq7"),
}
HANGS = {name: ("def eq7(x, z, M, dG):\n" + body, says) for name, (body, says) in HANGS.items()} | FILES


@pytest.mark.parametrize("name", HANGS)
def test_what_hangs_or_breaks_is_answered_and_the_right_answer_then_passes(own, name):
    code, says = HANGS[name]
    assert re.search(says, typed(own, code)), own.page.inner_text("#write .report")
    assert "passed" in typed(own, RIGHT)


@pytest.mark.parametrize("body", ["\n    y = x.T\nreturn y\n", "\nreturn x\n", "\n    y = x\n      return y\n"])
def test_lines_that_stand_at_the_wrong_place_are_asked_about(own, body):
    assert "indented by 4 spaces, inside `def eq7`?" in typed(own, f"def eq7(x, z, M, dG):{body}")
    red, wrong = (
        own.page.evaluate("""() => [getComputedStyle(document.querySelector('#write .report .failed')).borderLeftColor,
      (() => { const p = document.createElement('p'); p.className = 'wrong'; document.body.append(p);
        const c = getComputedStyle(p).color; p.remove(); return c; })()]""")
    )
    assert red == wrong
    assert "indented" not in typed(own, "def eq7(x, z, M, dG):\n    return (\n")


def test_begin_anew_is_undone_by_undo_and_keeps_the_pass(own):
    assert "passed" in typed(own, RIGHT)
    page, value = own.page, "playground.views.write.editor.value"
    page.click("text=Begin anew")
    assert page.evaluate(value) == page.evaluate("playground.views.write.now.code") != RIGHT
    assert "✓ 3.2" in page.inner_text("#write .course")
    assert "Undo" in page.inner_text("#write .report")
    page.keyboard.press("Control+z")
    assert page.evaluate(value) == RIGHT
    assert page.evaluate("playground.views.write.store.of('03/eq7')") == {"code": RIGHT, "passed": True}


KEYS = ("Control+Enter", "Meta+Enter")


def test_a_function_is_checked_by_keys_alone(own):
    page, passed = own.page, "document.querySelector('#write .report').textContent.includes('passed')"
    for keys in KEYS:
        assert "not right yet" in typed(own, RIGHT.replace("* (z > 0)", ""))
        page.evaluate("(code) => playground.views.write.editor.set(code)", RIGHT)
        page.evaluate("playground.views.write.editor.focus()")
        page.keyboard.press(keys)
        page.wait_for_function(passed)
        assert page.evaluate("playground.views.write.editor.value") == RIGHT, "no line was added"
        assert page.evaluate("document.querySelector('#write .editor').contains(document.activeElement)")
    page.evaluate("document.querySelector('#write .report').replaceChildren()")
    page.focus("#write button.main")
    page.keyboard.press("Enter")
    page.wait_for_function(passed)
    assert page.evaluate("document.activeElement.textContent") == "Check", "the keyboard stays where it was"


def test_the_plain_editor_has_the_same_keys(browser, own_address):
    """It is there where CodeMirror could not be fetched."""
    tab = player.Tab(browser, own_address, player.engine())
    tab.page.route("**/editor/**", lambda route: route.abort())
    tab.page.goto(f"{own_address}/some/where/play/index.html#write&exercise=03/eq7")
    tab.page.wait_for_function("playground.views.write?.now?.id === '03/eq7'")
    assert tab.page.evaluate("playground.views.write.editor.kind") == "plain"
    tab.page.evaluate(
        "() => { playground.checks = 0; playground.views.write.check = () => { playground.checks += 1; } }"
    )
    tab.page.focus("#write textarea")
    for keys in KEYS:
        tab.page.keyboard.press(keys)
    assert tab.page.evaluate("playground.checks") == 2
    tab.page.keyboard.press("Enter")
    assert tab.page.evaluate("playground.checks") == 2
    for answer in ("dismiss", "accept"):
        tab.page.fill("#write textarea", "mine")
        tab.page.once("dialog", lambda dialog, answer=answer: getattr(dialog, answer)())
        tab.page.click("text=Begin anew")
        first = tab.page.evaluate("playground.views.write.now.code")
        assert tab.page.input_value("#write textarea") == ("mine" if answer == "dismiss" else first)
    assert tab.complaints == []
    tab.close()


def test_train_with_my_function_shows_what_a_mistake_does(own):
    typed(own, RIGHT.replace("x.T @", "-x.T @"))
    own.page.click("text=Train with my function")
    own.page.wait_for_function("!document.querySelector('#write button.main').disabled")
    seen = own.page.evaluate("playground.views.write.trained")
    last = {who: next(iter(entries[-1]["val_accuracy"].values())) for who, entries in seen.items()}
    assert last["yours"] < 0.5 < last["reference"]
    assert "reference (grey)" in own.page.inner_text("#write .report")
    assert "Your function is not right yet: Check says why." in own.page.inner_text("#write .report")
    typed(own, RIGHT)
    own.page.click("text=Train with my function")
    own.page.wait_for_function("!document.querySelector('#write button.main').disabled")
    assert "reference (grey)" in own.page.inner_text("#write .report")
    assert "not right" not in own.page.inner_text("#write .report")


def test_trained_exercises_are_the_same_on_both_sides():
    sys.path.append(str(player.PLAY))
    from bridge.student import TRAINED

    listed = (player.PLAY / "js" / "write.js").read_text(encoding="utf-8").partition("new Set([")[2].partition("]")[0]
    assert set(re.findall(r'"(\w+)"', listed)) == set(TRAINED)
    assert set(TRAINED) <= set(EXERCISES)


def test_work_is_kept_saved_and_opened_again(own, tmp_path):
    assert "passed" in typed(own, RIGHT)
    own.page.reload()
    own.page.wait_for_function("playground.views.write?.now?.id === '03/eq7'")
    assert own.page.evaluate("playground.views.write.editor.value") == RIGHT
    assert "✓ 3.2" in own.page.inner_text("#write .course")
    saved = {}
    for kind in ("py", "ipynb"):
        with own.page.expect_download() as waited:
            own.page.click(f"text=Save as .{kind}")
        saved[kind] = tmp_path / f"my_exercises.{kind}"
        waited.value.save_as(saved[kind])
    for kind, path in saved.items():
        own.page.evaluate("localStorage.clear()")
        own.page.reload()
        own.page.wait_for_function("playground.views.write?.now")
        assert own.page.evaluate("playground.views.write.store.work") == {}
        own.page.set_input_files("#write input[type=file]", path)
        own.page.wait_for_function("document.querySelector('#write .report').textContent.includes('taken from')")
        assert own.page.evaluate("playground.views.write.store.of('03/eq7').code").strip() == RIGHT.strip(), kind
    import nbformat

    nbformat.validate(nbformat.read(saved["ipynb"], 4))


def test_a_notebook_of_the_course_is_opened(own):
    typed(own, "x = 1\n")
    notebook = player.ROOT / "notebooks" / "exercises" / "student" / "03_equations.ipynb"
    own.page.set_input_files("#write input[type=file]", notebook)
    own.page.wait_for_function("document.querySelector('#write .report').textContent.includes('3 exercises taken')")
    assert "def eq8(" in own.page.evaluate("playground.views.write.store.of('03/eq8').code")
    own.page.set_input_files("#write input[type=file]", player.PLAY / "pins.json")
    own.page.wait_for_function("document.querySelector('#write .report').textContent.includes('Nothing was found')")
