"""What was counted too much, forgotten or taken for the answer is read off the whole numbers that came."""

from __future__ import annotations

import pytest

from mfnumpy.check import check


def _weights(d, widths):
    return sum(a * b for a, b in zip([d, *widths], widths, strict=False))


COUNTED = [
    ("ticks", lambda b, n: n + 2 * (b - 1), "drains"),
    ("ticks", lambda b, n: 2 * (n + b - 1), "backward"),
    ("ticks", lambda b, n: 2 * n + b - 1, "one tick for each batch. Is it counted twice"),
    ("ticks", lambda b, n: 3 * (n + b - 1), "exactly 3 times"),
    ("ticks", lambda b, n: n + min(b, n) - 1, "smaller one"),
    ("ticks", lambda b, n: 17, "does not depend on blocks"),
    ("kept_by_bp", lambda N, d, w: N * (d + sum(w) - w[0]), "Missing is exactly: the output of the first block"),
    ("kept_by_bp", lambda N, d, w: N * sum(w) + _weights(d, w), "Missing is: the input x"),
    ("kept_by_bp", lambda N, d, w: N * sum(w) + _weights(d, w), "Too much is: the weights"),
    ("kept_by_bp", lambda N, d, w: N * (d + 10 + sum(w)), "scores"),
    ("kept_by_mf", lambda N, d, w: N * sum(sorted([d, *w])[-2:]), "two largest"),
    ("kept_by_mf", lambda N, d, w: N * min(a + b for a, b in zip([d, *w], w, strict=False)), "smallest pair"),
    ("kept_by_mf", lambda N, d, w: 3 * max([d, *w]), "does not depend on N"),
    ("parameters", lambda d, w, m, rule: _weights(d, w) + m * (sum(w) + w[-1] if rule == "mf" else 0), '"bp": missing'),
    ("parameters", lambda d, w, m, rule: d * sum(w) + m * {"bp": w[-1], "ff": 0}.get(rule, sum(w)), "of the one below"),
]


@pytest.mark.parametrize(("name", "function", "says"), COUNTED, ids=range(len(COUNTED)))
@pytest.mark.parametrize("seed", [None, 5, 6])
def test_what_was_counted_is_told(name, function, says, seed):
    report = check(name, function, seed=seed)
    assert not report.passed
    assert says in report.evidence, report.evidence


EDGES = [
    ("ticks", lambda b, n: b + n - 1 if b > 1 else n + 1),
    ("kept_by_bp", lambda N, d, w: N * (d + sum(w)) if len(w) > 1 else N * d),
    ("kept_by_mf", lambda N, d, w: N * max(a + b for a, b in zip([d, *w], w, strict=False)) if N > 1 else 0),
    ("parameters", lambda d, w, m, rule: _weights(d, w) + m * {"bp": w[-1], "ff": 0}.get(rule, sum(w)) * (len(w) > 1)),
]


@pytest.mark.parametrize(("name", "function"), EDGES)
def test_a_formula_that_fails_for_the_smallest_sizes_alone_fails(name, function):
    assert "smallest sizes" in check(name, function).evidence
