"""The benchmark on ranks: BP by micro-batches is BP, the simulator counts rightly and agrees with ranks that sleep."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from ranks_helpers import LIMIT, on_ranks

import mfnumpy
from mfnumpy.bench import extrapolation
from mfnumpy.bench.ranks import Case, measure
from mfnumpy.bench.simulator import Costs, Receive, Send, Work, by_layers, by_micro_batches, simulate

pytestmark = pytest.mark.timeout(3 * LIMIT)
PAGE = Path(mfnumpy.__file__).parent.parent / "docs" / "clusters_on_paper.md"


def costs(blocks, **given):
    zero = dict.fromkeys(("learn", "update", "forward", "backward", "bp_update", "message", "micro_message"), 0.0)
    return Costs(**{name: [given.get(name, 0.0)] * blocks for name in zero}, readout=given.get("readout", 0.0))


def split(blocks, ranks):
    return [range(i * blocks // ranks, (i + 1) * blocks // ranks) for i in range(ranks)]


# -- the simulator ---------------------------------------------------------------------------------------------------


def test_one_rank_takes_the_sum_of_its_work():
    own = costs(4, learn=2, update=1, forward=1, backward=2, bp_update=3, readout=0.5)
    assert simulate(by_layers(own, split(4, 1), 10)) == pytest.approx(10 * 4 * 3)
    assert simulate(by_micro_batches(own, split(4, 1), 10, 2)) == pytest.approx(10 * (2 * (4 * 3 + 0.5) + 4 * 3))


def test_an_even_pipeline_of_layers_fills_once():
    """T batches of (receive + learn + update), after K - 1 times what it takes to hand one on; rank 0 receives none."""
    own = costs(4, learn=2, update=1, message=0.25)
    assert simulate(by_layers(own, split(4, 4), 10)) == pytest.approx(2 + 2 * (2 + 0.25) + 10 * (3 + 0.25))


def test_micro_batches_leave_the_bubble_of_gpipe():
    """(m + K - 1) (forward + backward), then an update, for each batch."""
    own = costs(4, forward=1, backward=2, bp_update=5)
    assert simulate(by_micro_batches(own, split(4, 4), 3, 8)) == pytest.approx(3 * ((8 + 3) * 3 + 5))


def test_ranks_that_share_cores_go_on_at_their_share():
    assert simulate([iter([Work(3)]), iter([Work(3)])], cores=2) == pytest.approx(3)
    assert simulate([iter([Work(3)]), iter([Work(3)])], cores=1) == pytest.approx(6)
    assert simulate([iter([Work(1)]), iter([Work(3)])], cores=1) == pytest.approx(4)
    own = costs(4, learn=2, update=1)
    assert simulate(by_layers(own, split(4, 4), 100), cores=2) >= 100 * 4 * 3 / 2


def test_a_rank_waits_until_there_is_room():
    fast = iter([Work(1), Send(("a",), 1), Work(1), Send(("a",), 1), Work(1), Send(("a",), 1)])
    slow = iter([Receive(("a",), 0), Work(10), Receive(("a",), 0), Work(10), Receive(("a",), 0)])
    assert simulate([fast, slow]) == pytest.approx(21)
    ends = []

    def noted():
        for _ in range(3):
            yield Work(1)
            yield Send(("a",), 1)
        yield Work(0)
        ends.append(True)

    simulate([noted(), iter([Receive(("a",), 0), Work(10), Receive(("a",), 0), Receive(("a",), 0)])])
    assert ends


def test_ranks_that_wait_for_each_other_are_told():
    with pytest.raises(ValueError, match="2 programs wait"):
        simulate([iter([Receive(("a",), 0), Send(("b",))]), iter([Receive(("b",), 0), Send(("a",))])])


@pytest.mark.parametrize("ranks", [1, 2, 3, 4])
def test_the_simulator_agrees_with_the_pipeline_itself(tmp_path, ranks):
    """Within 15 %: blocks that sleep, since sleeping needs no core; all else is the pipeline over MPI as it is."""
    learn, update, batches = [0.06, 0.03, 0.05, 0.04], [0.03, 0.02, 0.01, 0.03], 6
    program = f"import ranks_sleep; ranks_sleep.run({learn!r}, {update!r}, {batches}, {str(tmp_path)!r})"
    code, _, error = on_ranks(ranks, program=("-c", program))
    assert code == 0, error
    found = json.loads((tmp_path / "found.json").read_text())
    own = Costs(learn, update, [0] * 4, [0] * 4, [0] * 4, 0.0, [0.0] * 4, [0.0] * 4)
    predicted = simulate(by_layers(own, [range(*ends) for ends in found["split"]], batches))
    assert found["seconds"] == pytest.approx(predicted, rel=0.15)
    if ranks > 1:
        assert found["seconds"] < 0.9 * batches * sum(learn + update), "the ranks work at once"


# -- what is measured --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ranks", "micro"), [(1, 3), (2, 1), (3, 4), (4, 5)])
def test_micro_batches_on_ranks_are_backpropagation(tmp_path, ranks, micro):
    program = f"import ranks_sleep; ranks_sleep.micro_batches({micro}, {str(tmp_path)!r})"
    code, _, error = on_ranks(ranks, program=("-c", program))
    assert code == 0, error
    parts = [np.load(tmp_path / f"rank{k}.npz") for k in range(ranks)]
    alone = np.load(tmp_path / "alone.npz")
    learned = {name: part[name] for part in parts for name in part.files}
    assert set(learned) == set(alone.files)
    for name in alone.files:
        np.testing.assert_allclose(learned[name], alone[name], rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("ranks", [1, 2])
def test_the_benchmark_measures_and_predicts(ranks, tmp_path):
    pytest.importorskip("mpi4py", reason="the extra 'cluster' is not installed")
    found = measure(ranks, Case("3x20", 16, 3, (1, 2), 1))
    assert found.mf > 0
    assert found.bp > 0
    assert found.mf_predicted > 0
    assert (found.hop > 0) == (ranks > 1)
    assert found.micro in (1, 2)
    assert "MF by layers" in found.line()


# -- on paper ----------------------------------------------------------------------------------------------------------


def test_the_page_has_what_the_command_prints():
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```\n(.*?)```", text, re.S)
    printed = f"{extrapolation.predict().line()}\n{extrapolation.Limits().line()}\n"
    assert printed in blocks


def test_a_straight_line_is_what_the_simulator_says():
    machine, link = extrapolation.STATED, extrapolation.LINKS[0]
    own = machine.costs(1000, 8, 1, link)
    ends = split(8, 8)
    whole = simulate(by_layers(own, ends, extrapolation.BATCHES))
    assert extrapolation.row(machine, 1000, 8, link).mf == pytest.approx(whole, rel=1e-9)


def test_what_was_measured_is_extrapolated(tmp_path):
    known = {
        str(m): vars(costs(4, learn=4.0, update=1.0, forward=2.0 / m, backward=4.0 / m, bp_update=1.0)) for m in (1, 2)
    }
    (tmp_path / "ranks.json").write_text(json.dumps({"ranks": [{"ranks": 1}, {"ranks": 2, "costs": known}]}))
    rows = extrapolation.of_measured(tmp_path / "ranks.json").rows
    assert [one.ranks for one in rows[:3]] == [8, 64, 1000]
    assert rows[0].mf == pytest.approx(extrapolation.BATCHES * 5 + 7 * 4)
    assert rows[0].bp < extrapolation.BATCHES * (8 * 7)
    assert not extrapolation.of_measured(tmp_path / "none.json").rows
