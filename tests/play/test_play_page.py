"""The page itself: its views by mouse and keyboard, its links, its size, and its words when something is missing."""

import re

import player
import pytest

pytestmark = pytest.mark.timeout(600)
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
VIEWS = ("watch", "step", "write", "break")
NAMELESS = """() => [...document.querySelectorAll('main :is(button, input, select, textarea, canvas, svg[role])')]
  .filter((e) => e.offsetParent !== null && e.type !== 'file')
  .filter((e) => !(e.getAttribute('aria-label') || e.closest('label')?.innerText.trim() || e.textContent?.trim()))
  .map((e) => e.outerHTML.slice(0, 120))"""


def go(tab, hash_):
    """Follow a link within the page."""
    before = tab.page.evaluate("playground.followed")
    tab.page.evaluate("(hash) => { location.hash = hash }", f"{hash_}&new={before}")
    tab.page.wait_for_function("(before) => playground.followed > before", arg=before)


def trained(tab):
    tab.page.wait_for_function("document.querySelector('#watch .message').textContent.startsWith('Paused')")
    return [card.inner_text() for card in tab.page.query_selector_all("#watch .card .status")]


def test_two_rules_train_side_by_side_and_a_link_brings_the_same_again(own):
    go(own, "watch&set=moons&rules=bp,mf&width=16&seed=4&until=3")
    own.page.click("#watch [data-do=go]")
    first = trained(own)
    assert len(first) == 2
    assert all(text.startswith("Epoch 3") and "Test accuracy" in text for text in first)
    own.page.select_option("#watch [name=curve]", "loss")
    assert "Training loss: output" in own.page.inner_text("#watch .card:nth-child(1) .key")
    assert "Nobody waits" in own.page.inner_text("#watch .card:nth-child(2)")
    assert own.page.locator("#watch [data-is=regions]").count() == 2
    assert own.page.locator("#watch [data-is=region1]").count() == 1, "only Mono-Forward's blocks have a voice"
    link = own.page.evaluate("location.hash")
    assert "go=1" in link
    go(own, "watch")
    go(own, link[1:])
    assert trained(own) == first


def test_a_batch_a_pause_and_another_start(own):
    go(own, "watch&rules=dfa&width=16&until=1000")
    own.page.click("#watch [data-do=step]")
    own.page.wait_for_function("document.querySelector('#watch .status').textContent.includes('batch 1 of')")
    own.page.click("#watch [data-do=go]")
    own.page.wait_for_function("document.querySelector('#watch .status').textContent.includes('Epoch 2')")
    own.page.click("#watch [data-do=go]")
    assert own.page.inner_text("#watch [data-do=go]") == "Train"
    own.page.click("#watch [data-do=again]")
    own.page.wait_for_function("document.querySelector('#watch .status').textContent.includes('batch 0 of')")
    digit = own.page.inner_text("#watch .sample .words")
    own.page.click("#watch [data-do=other]")
    own.page.wait_for_function("(old) => document.querySelector('#watch .sample .words').innerText !== old", arg=digit)


def test_an_update_is_stepped_through_explained_and_changed(own):
    go(own, "step&rules=mf,bp&rows=2&width=3")
    stepper = own.page.locator("#step .mfn")
    stepper.get_by_role("button", name="next").click()
    assert "2 of " in stepper.inner_text()
    stepper.locator("figure").last.locator("td").nth(1).hover()
    assert "row 1 of x, column 2 of W" in stepper.locator(".made").inner_text()
    assert stepper.locator("td.from").count() == 4 + 4 + 1, "a row of x, a column of W, and the entry itself"
    before = stepper.locator("figure").last.inner_text()
    stepper.locator("td.edit").first.click()
    stepper.locator("td input").fill("7")
    stepper.locator("td input").press("Enter")
    own.page.wait_for_function(
        "(old) => [...document.querySelectorAll('#step figure')].at(-1).innerText !== old", arg=before
    )
    own.page.click("#step >> text=Undo my changes")
    own.page.wait_for_function(
        "(old) => [...document.querySelectorAll('#step figure')].at(-1).innerText === old", arg=before
    )
    stepper.get_by_text("(7)").first.click()
    assert "Eq. (7)" in stepper.inner_text()


def test_an_update_is_stepped_through_and_changed_by_keys_alone(own):
    go(own, "step&rules=mf&rows=2&width=3")
    stepper, keys = own.page.locator("#step .mfn"), own.page.keyboard
    own.page.wait_for_selector("#step .mfn table")
    stepper.get_by_role("button", name="z = x W").focus()
    keys.press("Enter")
    assert "2 of " in stepper.inner_text()
    assert own.page.evaluate("document.activeElement.dataset.is") == "moment1"
    x, result = stepper.locator("figure").first, stepper.locator("figure").last
    before = result.inner_text()
    for key in ("Tab", "ArrowDown", "ArrowRight"):
        keys.press(key)
        while key == "Tab" and own.page.evaluate("document.activeElement.tagName") != "TD":
            keys.press(key)
    assert own.page.evaluate("document.activeElement.dataset.is") == "x 1 1"
    keys.press("Enter")
    keys.type("7")
    keys.press("Enter")
    own.page.wait_for_function(
        "(old) => [...document.querySelectorAll('#step figure')].at(-1).innerText !== old", arg=before
    )
    assert x.locator("tr").nth(1).locator("td").nth(1).inner_text() == "7"
    assert own.page.evaluate("document.activeElement.dataset.is") == "x 1 1", "the keyboard stays where it was"
    result.locator("td").first.focus()
    keys.press("ArrowRight")
    assert "column 2 of W" in stepper.locator(".made").inner_text()
    stepper.focus()
    keys.press("ArrowRight")
    assert "3 of " in stepper.inner_text()


def at_moment(tab, number):
    shown = r"(n) => RegExp(`\\b${n} of `).test(document.querySelector('#step .mfn')?.innerText)"
    tab.page.wait_for_function(shown, arg=number, timeout=30_000)


def test_the_arrow_keys_are_the_steppers_once_step_is_opened(own):
    go(own, "watch")
    own.page.reload()
    own.page.click("#tab-step")
    at_moment(own, 1)
    own.page.keyboard.press("ArrowRight")
    at_moment(own, 2)
    assert own.page.is_visible("#step")
    own.page.click("#tab-watch")
    own.page.click("#tab-step")
    own.page.keyboard.press("ArrowRight")
    at_moment(own, 3)
    own.page.reload()  # by a link
    at_moment(own, 1)
    own.page.keyboard.press("ArrowRight")
    at_moment(own, 2)


def test_an_entry_of_a_product_is_shown_with_its_sum(own):
    go(own, "step&rules=mf&rows=2&width=3")
    stepper = own.page.locator("#step .mfn")
    stepper.get_by_role("button", name="z = x W").click()
    stepper.locator("figure").last.locator("td").nth(1).hover()
    x, W = own.page.evaluate("playground.views.step.data.runs[0].moments[1].operands.map((part) => part.rows)")
    words = stepper.locator(".made").inner_text().replace("−", "-").partition("column 2 of W. ")[2]
    terms, _, result = words.partition(" = ")
    assert result == stepper.locator("figure").last.locator("td").nth(1).inner_text().replace("−", "-")
    factors = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+)·([\d.]+)", terms)]
    pairs = [(a, row[1]) for a, row in zip(x[0], W, strict=True)]
    assert factors == [(round(abs(a), 2), round(abs(b), 2)) for a, b in pairs]
    assert re.findall(r" ([+-]) ", terms) == ["-" if a * b < 0 else "+" for a, b in pairs[1:]]
    assert terms.startswith("-") == (pairs[0][0] * pairs[0][1] < 0)
    stepper.get_by_role("button", name="a = relu(z)").click()
    stepper.locator("figure").last.locator("td").nth(1).hover()
    assert "the same place of z" in stepper.locator(".made").inner_text()
    assert "·" not in stepper.locator(".made").inner_text()


def test_the_first_view_has_a_square_digit_and_no_words_about_what_is_not_there_yet(own):
    go(own, "watch")
    own.page.reload()
    own.page.wait_for_function("document.querySelector('#watch .sample .words').innerText.startsWith('Test image')")
    size = "(c) => [c.width, c.height, c.clientWidth * devicePixelRatio, c.clientHeight * devicePixelRatio]"
    assert len(set(own.page.eval_on_selector("#watch .sample canvas", size))) == 1
    assert own.page.locator("#watch .key").all_inner_texts() == ["", ""]


def test_a_block_is_damaged_and_only_a_local_rule_mends_it_alone(own):
    go(own, "break&left=mf&right=bp&width=16")
    done = "!document.querySelector('#break button.main').disabled"
    own.page.click("#break button.main")
    own.page.wait_for_function(done)
    for what in ("damage", "repair"):
        own.page.click(f"#break [data-do={what}]")
        own.page.wait_for_function(done)
    says = own.page.inner_text("#break .message")
    assert "changed: block1.W, block1.M. All else kept its bytes" in says
    assert "cannot be trained alone" in says
    results = own.page.evaluate("playground.views.break.results.map((r) => r.refused)")
    assert results == [False, True]
    for what in ("plug", "unplug", "unmask"):
        own.page.click(f"#break [data-do={what}]")
        own.page.wait_for_function(done)
        assert not own.page.query_selector("#break .message[data-kind=wrong]"), own.page.inner_text("#break .message")


def test_feedback_alignment_with_b_equal_to_w_is_backpropagation(own):
    same = {"set": "digits", "widths": [12, 8], "rate": 0.003, "batch": 64, "seed": 1}
    entries = {}
    for lane, rule in (("one", "fa"), ("two", "bp")):
        own.ask("ours", "start", lane=lane, rule=rule, **same)
        own.ask("ours", "act", lane=lane, what="transpose")
        (state,) = own.ask("ours", "advance", lanes=[lane], batches=1000, epochs=2)
        entries[lane] = state["entries"]
    assert entries["one"] == entries["two"]


def violations(tab):
    """What axe finds against WCAG 2.1, level AA: contrast, names, roles, order, what the keyboard cannot reach."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs the extra 'docs' (axe)").Axe()
    found = axe.run(tab.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).response
    return [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_fits_its_screen_and_every_control_has_a_name(browser, own_address, scheme):
    tab = player.Tab(browser, own_address, player.engine(), color_scheme=scheme, reduced_motion="reduce")
    tab.open()
    for view in VIEWS:
        go(tab, view)
        if view == "step":
            tab.page.wait_for_selector("#step .mfn table")
        if view == "write":
            tab.page.wait_for_selector("#write .editor > *")
        for width in (1440, 1024, 768, 390):
            tab.page.set_viewport_size({"width": width, "height": 900})
            assert tab.page.evaluate(OVERFLOW) <= 0, f"{view} at {width}"
        assert tab.page.evaluate(NAMELESS) == [], view
        assert violations(tab) == [], view
    ink, paper = (
        sum(map(int, re.findall(r"\d+", tab.page.evaluate(f"getComputedStyle(document.body).{name}"))[:3]))
        for name in ("color", "backgroundColor")
    )
    assert (ink < 200 and paper > 600) if scheme == "light" else (ink > 600 and paper < 200)
    assert tab.complaints == []
    tab.close()


def test_the_tabs_are_reached_by_keys(own):
    go(own, "watch")
    own.page.focus("#tab-watch")
    for view in ("step", "write", "break", "watch"):
        own.page.keyboard.press("ArrowRight")
        own.page.wait_for_function("(name) => !document.getElementById(name).hidden", arg=view)
        assert own.page.evaluate("document.activeElement.id") == f"tab-{view}"


@pytest.mark.parametrize(("options", "says"), [
    ({"lost": "pyodide.asm.wasm"}, "cannot be reached"),
    ({"spoilt": "numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl"}, "not what this page expects"),
])  # fmt: skip
def test_a_file_that_is_lost_or_altered_is_said_in_words(browser, address, options, says):
    tab = player.Tab(browser, address, player.engine(), **options)
    tab.open()
    text = tab.page.inner_text("#state")
    assert says in text
    assert "make play ENGINE=local" in text
    tab.page.click("#watch [data-do=go]")
    tab.page.wait_for_function("document.querySelector('#watch .message').textContent.includes('could not be loaded')")
    tab.lost = tab.spoilt = ""
    tab.page.click("#watch [data-do=step]")
    tab.page.wait_for_function("document.querySelector('#watch .status').textContent.includes('batch 1 of')")
    assert tab.page.inner_text("#state").startswith("Python 3")
    tab.close()


@pytest.mark.parametrize("part", ["js/write.js", "exercises.json"])
def test_a_part_of_the_page_that_is_lost_is_said_and_comes_with_the_network(browser, own_address, part):
    tab = player.Tab(browser, own_address, player.engine())
    tab.open()
    tab.page.route(f"**/{part}", lambda route: route.abort())
    tab.page.click("#tab-write")
    tab.page.wait_for_selector("#write [role=alert]")
    assert "Is there a network?" in tab.page.inner_text("#write")
    tab.page.click("#tab-watch")
    tab.page.click("#watch [data-do=step]")
    tab.page.wait_for_function("document.querySelector('#watch .status').textContent.includes('batch 1 of')")
    tab.page.click("#tab-write")
    tab.page.unroute(f"**/{part}")
    tab.page.evaluate("location.hash = 'write&exercise=03/eq7'")
    tab.page.click("text=Reload the page")
    tab.page.wait_for_function("globalThis.playground?.views.write?.now?.id === '03/eq7'")
    tab.close()


def test_a_browser_without_webassembly_is_told_so(browser, address):
    tab = player.Tab(browser, address, player.engine())
    tab.page.add_init_script("delete globalThis.WebAssembly")
    tab.open()
    assert "no WebAssembly" in tab.page.inner_text("#state")
    tab.close()
