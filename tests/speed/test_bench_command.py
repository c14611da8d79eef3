"""`mfnumpy bench`: what it is asked for is measured or refused, and nothing that was measured is lost."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass

import pytest

from mfnumpy import cli
from mfnumpy.bench import layers, peer
from mfnumpy.cli import bench
from mfnumpy.errors import OutputError

pytest.importorskip("threadpoolctl")


def parsed(*argv):
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    args = parser.parse_args(argv)
    args.threads = args.threads or 1
    return args


@dataclass(frozen=True)
class Found:
    name: str

    def line(self):
        return f"measured {self.name}"

    def lines(self):
        return [self.line()]


@pytest.fixture(autouse=True)
def malloc_as_it_is(monkeypatch):
    """What the benchmark asks of malloc lasts as long as the process, which is that of other tests too."""
    monkeypatch.setattr(peer, "keep_freed_memory", lambda: False)


@pytest.fixture
def fake(monkeypatch):
    """Every part with two lines that cost nothing."""

    def lines(part, args):
        return [bench.Line(lambda n=n: Found(f"{part} {n}"), f"{n}x1000", ("mf", "bp")) for n in (2, 4)]

    monkeypatch.setattr(bench, "_lines", lines)
    monkeypatch.setattr(bench, "PARTS", dict.fromkeys(bench.PARTS, ()))
    monkeypatch.setattr(layers, "timeline", lambda *_: None)


@pytest.mark.parametrize(
    ("argv", "there"),
    [
        ("prediction --networks 3x2000", "2x1000 by ff, ff_one_pass, bp, mf"),
        ("prediction --rules fa", "2x1000 by ff, ff_one_pass, bp, mf"),
        ("parts --rules ff", "cnn by mf, bp"),
        ("training --networks cnn --rules ff", "cnn by mf, bp, fa, dfa"),
        ("training --full-batch --networks cnn", "with --full-batch, which measures 2x1000 by mf, bp; 3x2000 by mf"),
        ("training --rules ff_one_pass", "3x2000 by mf, bp, fa, dfa, ff"),
        ("layers --networks cnn", "2x1000 by mf, bp; 4x1000 by mf, bp"),
        ("layers --rules ff", "4x1000 by mf, bp"),
        ("startup layers --networks cnn", "'layers'"),
        ("--networks cnn", "Name the parts"),
    ],
)
def test_filters_that_leave_nothing_say_what_there_is(argv, there, tmp_path, capsys):
    assert cli.main(["bench", *argv.split(), "--out", str(tmp_path)]) == 2
    assert there in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("argv", "networks", "rules"),
    [
        ("prediction --rules ff_one_pass", ["2x1000"] * 2, {"ff_one_pass"}),
        ("layers --networks 4x1000", ["4x1000"], {"mf", "bp"}),
        ("layers --rules bp", ["2x1000", "4x1000"], {"mf", "bp"}),
        ("training --networks 2x1000 --rules mf", ["2x1000"] * 2, {"mf"}),
        ("parts --networks cnn", ["cnn"] * 2, {"mf", "bp"}),
        ("startup --networks cnn", [None], set()),
    ],
)
def test_filters_leave_what_they_name(argv, networks, rules):
    args = parsed(*argv.split())
    lines = bench._chosen(args.parts[0], args)
    assert [line.network for line in lines] == networks
    assert {rule for line in lines for rule in line.rules} == rules


@pytest.mark.parametrize("part", list(bench.PARTS))
@pytest.mark.parametrize("full_batch", [False, True])
def test_every_line_can_be_chosen_by_its_network_and_rules(part, full_batch):
    for line in bench._lines(part, parsed(*(["--full-batch"] if full_batch else []))):
        if line.network is not None:
            args = parsed(part, "--networks", line.network, "--rules", *line.rules)
            assert bench._chosen(part, args)


def test_a_line_fits_only_if_network_and_rule_do():
    line = bench.Line(lambda: None, "cnn", ("mf",))
    assert line.wanted(None, None)
    assert line.wanted(["cnn"], ["bp", "mf"])
    assert not line.wanted(["2x1000"], ["mf"])
    assert not line.wanted(["cnn"], ["bp"])


def test_each_part_has_a_file_of_its_own(fake, tmp_path):
    for argv in (["training"], ["training", "--full-batch"], ["layers", "startup"]):
        assert cli.main(["bench", *argv, "--threads", "1", "--out", str(tmp_path)]) == 0
    names = {path.stem for path in tmp_path.iterdir()}
    assert names == {"training", "training-full-batch", "layers", "startup"}
    found = json.loads((tmp_path / "training.json").read_text())
    assert found["training"] == [{"name": "training 2"}, {"name": "training 4"}]
    assert found["threads"] == 1
    assert "numpy" in found["environment"]


def test_lines_before_a_failure_are_kept(fake, tmp_path, monkeypatch):
    def fail():
        raise OutputError("stopped")

    lines = [bench.Line(lambda: Found("first"), "2x1000", ("mf",)), bench.Line(fail, "3x2000", ("mf",))]
    monkeypatch.setattr(bench, "_lines", lambda part, args: lines)
    assert cli.main(["bench", "training", "--out", str(tmp_path)]) == 2
    assert json.loads((tmp_path / "training.json").read_text())["training"] == [{"name": "first"}]


@pytest.mark.parametrize(("part", "library"), [("layers", "matplotlib"), ("training", "torch"), ("parts", "torch")])
def test_a_library_is_missed_before_anything_is_measured(part, library, tmp_path, monkeypatch, capsys):
    line = bench.Line(lambda: pytest.fail("measured first"), "2x1000", ("mf",))
    monkeypatch.setattr(bench, "_lines", lambda part, args: [line])
    monkeypatch.setitem(sys.modules, library, None)
    assert cli.main(["bench", "startup", part, "--out", str(tmp_path)]) == 2
    assert f"needs {library}" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["--networks", "2x1000"]])
def test_the_picture_takes_the_threads_batches_and_network_asked_for(fake, options, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(layers, "timeline", lambda *given: asked.append(given))
    argv = ["layers", "--threads", "3", "--batches", "5", *options, "--out", str(tmp_path)]
    assert cli.main(["bench", *argv]) == 0
    assert asked == [("2x1000" if options else "4x1000", 256, 5, 3, tmp_path / "who_works_when")]
