"""The page of what a GPU gave: of the committed results, of results cut short, and of files that are something else."""

from __future__ import annotations

import json

import pytest
import strict_array

from mfnumpy import backend
from mfnumpy.bench.gpu import __main__ as gpu
from mfnumpy.bench.gpu import plan, shown, speed, steps
from mfnumpy.bench.gpu.results import Results
from mfnumpy.paper.ledger.folder import Ledger

DOCS = steps.ROOT / "docs"
H200 = DOCS / "gpu" / "h200"
MS = {"ms": 2.0, "least": 1.0, "most": 3.0}


def results_of(name, folder=H200):
    return json.loads((folder / f"{name}.json").read_text("utf-8"))["results"]


@pytest.fixture
def result(tmp_path):
    """Adds one result to a step's file, as on a device."""
    strict_array.register()
    files = {}

    def add(step, **result):
        with backend.using(strict_array.NAME):
            files.setdefault(step, Results(tmp_path, step)).add("", **result)

    return add


def test_the_page_of_the_committed_results_is_theirs(capsys):
    assert gpu.main(["--show", str(H200)]) == 0
    found = capsys.readouterr().out.replace(str(H200), "docs/gpu/h200")
    assert found == (DOCS / "gpu.md").read_text("utf-8")


def words_of(path):
    return " ".join(path.read_text("utf-8").split())


def test_what_the_guide_says_of_the_device_is_in_its_results():
    said = words_of(DOCS / "performance.md")
    ratios = {
        (name, result["rule"]): result["peer_over_ours"][0]
        for name in ("speed-2x1000", "speed-cnn", "speed-3x2000")
        for result in results_of(name)
        if result["agrees"]
    }
    slow = ratios.pop(("speed-cnn", "fa"))
    assert f"PyTorch takes {min(ratios.values()):.2f} to {max(ratios.values()):.2f} of our time" in said
    assert f"FA's CNN, where it takes {slow:.1f} times ours" in said
    assert all(result["agrees"] for result in results_of("agreement"))


def series_of(config):
    """The line of Fig. 3 of which a record is a point, as the steps call it; None of other figures'."""
    maps = "" if config["kind"] == "dense" else f", CNN of {config['width']} maps"
    return None if config["sample"] else f"{config['rule']}{maps}, batch {config['batch']:,}, reference"


def test_memory_on_the_device_and_on_a_processor_is_as_the_pages_say():
    measured = [
        record
        for record in Ledger(DOCS / "ledger").records()
        if record.config["kind"] in ("dense", "conv") and record.config["room"] == "rules"
    ]
    assert "to the hundredth of a megabyte" in words_of(DOCS / "performance.md")
    for result in results_of("memory-depth"):
        there = dict(zip(result["depths"], result["peaks"], strict=True))
        here = {r.config["depth"]: r.result["peak"] for r in measured if series_of(r.config) == result["series"]}
        few, many = min(here), max(here)
        slopes = [(of[many] - of[few]) / (many - few) / 1e6 for of in (there, here)]
        assert slopes[0] == pytest.approx(slopes[1], abs=0.01), result["series"]
    over_time = {
        record.config["rule"]: max(b for _, b in record.result["timeline"]) / 1e6
        for record in measured
        if record.config["sample"] and record.config["depth"] == 5 and record.config["batch"] == 30_000
    }
    bp, mf = (result["peak"] / 1e6 for result in results_of("memory-time"))
    told = f"peak at {bp:,.0f} MB (BP) and {mf:,.0f} MB (MF) here"
    assert f"{told}, and at {over_time['bp']:,.0f} and {over_time['mf']:,.0f} MB" in words_of(H200 / "NOTES.md")


def test_the_notes_tell_of_what_the_results_and_the_ledger_hold():
    notes = words_of(H200 / "NOTES.md")
    there = [r for r in Ledger(DOCS / "ledger").records() if r.environment.get("device") == "NVIDIA H200"]
    of_this_run = [
        r for r in there if r.code["commit"] == json.loads((H200 / "summary.json").read_text())["code"]["commit"]
    ]
    assert f"{len(of_this_run)} were made on this machine" in notes
    fa = next(r for r in results_of("speed-3x2000") if r["rule"] == "fa")
    assert fa["first_losses"] == pytest.approx(fa["peers_first_losses"], rel=1e-6)
    assert '**FA\'s "other losses" on 3x2000**' in notes
    assert speed.rules_of("3x2000")[-1] == "mf_joint"
    assert not any(r["rule"] == "mf_joint" for r in results_of("speed-3x2000"))
    assert {r["name"] for r in results_of("summary")} == {step.name for step in plan.STEPS if not step.makes_runs}


def test_a_page_shows_what_there_is_and_says_where_nothing_is(tmp_path, result, capsys):
    size = {"batch": 8, "rounds": 2, "ours": MS}
    result("speed-cnn", rule="mf", **size)
    result("speed-cnn", rule="bp", **size, peer=MS, agrees=False, peer_over_ours=None)
    result("speed-cnn", rule="dfa", **size, peer=MS, agrees=False, peer_over_ours=None, gaps=[0.0, 3e-3, 0.06])
    result("speed-cnn", rule="fa", error="MemoryError: none left\nof |8| GB")
    result("tests", output="FAILED tests/test_a.py::test_b[c-1] - assert\n1 failed in 2.0s\n")
    page = shown.page(tmp_path)
    assert "a stand-in" in page
    assert "| mf | 2.00 (1.00 to 3.00) | – | – |" in page
    assert "| bp | 2.00 (1.00 to 3.00) | 2.00 (1.00 to 3.00) | other losses |" in page
    assert "| other losses: 0.0e+00, 3.0e-03, 6.0e-02 apart |" in page
    assert "| fa | – | – | MemoryError: none left of \\|8\\| GB |" in page
    assert "- Failed: `test_b[c-1]`." in page
    assert "Agreement" not in page
    assert "What became" not in page
    assert gpu.main(["--show", str(tmp_path / "none")]) == 2
    assert "expected some of tests.json" in capsys.readouterr().err


def test_a_rule_that_was_not_reached_is_said_with_what_became_of_the_step(tmp_path, result):
    for rule in speed.rules_of("cnn")[:-2]:
        result("speed-cnn", rule=rule, batch=8, rounds=2, ours=MS)
    *_, last, least = speed.rules_of("cnn")
    assert f"\nWithout a result: `{last}`, `{least}`.\n" in shown.page(tmp_path)
    result("summary", name="speed-cnn", outcome="ended after 7 s", seconds=7.1)
    page = shown.page(tmp_path)
    assert f"\nWithout a result: `{last}`, `{least}` (the step: ended after 7 s).\n" in page
    assert "| speed-cnn | ended after 7 s | 7 |" in page
    for rule in (last, least):
        result("speed-cnn", rule=rule, batch=8, rounds=2, ours=MS)
    assert "Without a result" not in shown.page(tmp_path)


@pytest.mark.parametrize("step", [step.name for step in plan.STEPS[:7]])
@pytest.mark.parametrize("results", ["committed", "none"])
def test_a_step_that_failed_is_shown_with_what_it_had_and_why(step, results, tmp_path, result):
    for one in results_of(step) if results == "committed" else []:
        if "failed" not in one:
            result(step, **one)
    result(step, failed="ValueError: too | many\nwords", trace="…")
    page = shown.page(tmp_path)
    if step != "tests" or results == "none":  # pytest says itself what failed
        assert page.rstrip().endswith("The step failed: ValueError: too \\| many words") or step.startswith("speed")
        assert "The step failed: ValueError: too \\| many words" in page
    if results == "committed" and step != "tests":
        assert "\n| --- |" in page


def test_notes_stand_on_the_page_and_the_commit_at_its_head(tmp_path, result):
    result("tests", output="1 passed in 2.0s\n")
    assert "What explains it" not in shown.page(tmp_path)
    (tmp_path / "NOTES.md").write_text("- Of **this**.\n", "utf-8")
    page = shown.page(tmp_path)
    assert "## What explains it\n\n- Of **this**.\n" in page
    commit = json.loads((tmp_path / "tests.json").read_text())["code"]["commit"]
    assert ("at commit" in page) == bool(commit)
    assert not commit or f"mfnumpy at commit `{commit[:12]}`" in page


def changed(step, change):
    """A committed file with one thing otherwise."""
    body = json.loads((H200 / f"{step}.json").read_text("utf-8"))
    change(body)
    return json.dumps(body)


def first(**values):
    """Sets these in the first result, or takes them out where they are None."""

    def change(body):
        for name, value in values.items():
            body["results"][0].pop(name) if value is None else body["results"][0].update({name: value})

    return change


BROKEN = [
    ("tests", "{"),
    ("tests", ""),
    ("tests", "{}"),
    ("tests", "[]"),
    ("tests", "null"),
    ("tests", '"results"'),
    ("tests", "[" * 100_000),
    ("tests", changed("tests", lambda body: body.pop("results"))),
    ("tests", changed("tests", lambda body: body.update(results={"a": 1}))),
    ("tests", changed("tests", lambda body: body.update(results=[3]))),
    ("tests", changed("tests", lambda body: body.update(environment=[]))),
    ("tests", changed("tests", lambda body: body["environment"].update(libraries=None))),
    ("tests", changed("tests", lambda body: body.update(code=[]))),
    ("tests", changed("tests", lambda body: body.update(code={"commit": 7}))),
    ("tests", changed("tests", first(output=None))),
    ("tests", changed("tests", first(output=""))),
    ("tests", changed("tests", first(output=5))),
    ("agreement", changed("agreement", first(gaps={}))),
    ("agreement", changed("agreement", first(gaps={"losses": "none"}))),
    ("agreement", changed("agreement", first(rule=4))),
    ("speed-cnn", changed("speed-cnn", first(rule=None))),
    ("speed-cnn", changed("speed-cnn", first(ours={"ms": 2}))),
    ("speed-cnn", changed("speed-cnn", first(ours=[2]))),
    ("speed-cnn", changed("speed-cnn", first(peer_over_ours=[1]))),
    ("speed-cnn", changed("speed-cnn", first(agrees=None))),
    ("memory-depth", changed("memory-depth", first(slope=None))),
    ("memory-depth", changed("memory-depth", first(slope="steep"))),
    ("memory-depth", changed("memory-depth", first(peaks=[]))),
    ("memory-depth", changed("memory-depth", first(depths=3))),
    ("memory-time", changed("memory-time", first(peak="high"))),
    ("summary", changed("summary", first(seconds="long"))),
    ("summary", changed("summary", first(outcome=None))),
    ("summary", "{"),
]


@pytest.mark.parametrize(("step", "text"), BROKEN, ids=[f"{step}-{i}" for i, (step, _) in enumerate(BROKEN)])
def test_a_file_that_is_something_else_is_named_in_one_sentence(step, text, tmp_path, capsys):
    (tmp_path / "tests.json").write_text((H200 / "tests.json").read_text("utf-8"))
    path = tmp_path / f"{step}.json"
    path.write_text(text)
    refused(tmp_path, path, capsys)


def refused(folder, path, capsys):
    assert gpu.main(["--show", str(folder)]) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.startswith(str(path))
    assert len(found.err.splitlines()) == 1


@pytest.mark.parametrize("name", ["tests.json", "summary.json", "NOTES.md"])
@pytest.mark.parametrize("what", ["a folder", "other bytes"])
def test_a_file_that_cannot_be_read_is_named_too(name, what, tmp_path, capsys):
    (tmp_path / "agreement.json").write_text((H200 / "agreement.json").read_text("utf-8"))
    path = tmp_path / name
    path.mkdir() if what == "a folder" else path.write_bytes(b"\xff\xfe{}")
    refused(tmp_path, path, capsys)
