"""A first visit in Firefox: two rules trained, an update stepped through, a mistake told, a loop answered."""

import pytest

pytestmark = pytest.mark.timeout(900)
RIGHT = "def eq7(x, z, M, dG):\n    return x.T @ ((dG @ M) * (z > 0))\n"
HANGS = "def eq7(x, z, M, dG):\n    while True:\n        try:\n            x\n        except:\n            x\n"


def test_two_rules_are_trained(foxtab):
    foxtab.go("watch&set=moons&rules=bp,mf&width=16&until=3")
    foxtab.click("#watch [data-do=go]")
    foxtab.wait("document.querySelector('#watch .message').textContent.startsWith('Paused')")
    for number in (1, 2):
        assert foxtab.text(f"#watch .card:nth-child({number}) .status").startswith(
            "Epoch 3, batch 7 of 7. Test accuracy"
        )
    painted = "c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v)"
    assert (
        foxtab.evaluate(f"[...document.querySelectorAll('#watch canvas')].filter((c) => c.width && {painted}).length")
        >= 4
    )


def test_an_update_is_stepped_through_to_equation_7(foxtab):
    foxtab.go("step&rules=mf")
    foxtab.wait("document.querySelector('#step .mfn table')")
    for _ in range(30):
        if "Eq. (7)" in foxtab.text("#step .mfn"):
            break
        foxtab.keys("#step .mfn", "\ue014")  # arrow right
    assert "Eq. (7)" in foxtab.text("#step .mfn")


def test_a_mistake_is_told_a_loop_is_answered_and_the_right_answer_passes(foxtab):
    foxtab.go("write&exercise=03/eq7")
    foxtab.wait("playground.views.write?.now?.id === '03/eq7'")
    said = []
    for code in (RIGHT.replace(" * (z > 0)", ""), HANGS, RIGHT):
        foxtab.evaluate("playground.views.write.editor.set(arguments[0])", code)
        foxtab.evaluate("playground.views.write.editor.focus()")
        foxtab.keys("#write .cm-content, #write textarea", "\ue009", "\ue007")  # Ctrl-Enter
        foxtab.wait("document.querySelector('#write .report').innerText")
        foxtab.wait("!document.querySelector('#write button.main').disabled")
        said.append(foxtab.text("#write .report"))
    mistake, hangs, right = said
    assert "ReLU's slope" in mistake
    assert "Stopped" in hangs or "not returned" in hangs
    assert "passed" in right
    assert foxtab.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
