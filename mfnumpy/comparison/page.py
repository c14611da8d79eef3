"""One self-contained HTML page for a comparison: no script, no file beside it, nothing fetched."""

from __future__ import annotations

import re
from html import escape

from mfnumpy.comparison.compare import Comparison, percent
from mfnumpy.comparison.plots import style_of
from mfnumpy.rules import RULES

CSS = """
:root{color-scheme:light dark;--ink:#1d2329;--soft:#5b6670;--line:#d9dee3;--page:#fbfbfa;--card:#fff;--track:#e6eaee}
@media(prefers-color-scheme:dark){:root{--ink:#e7eaed;--soft:#a3adb6;--line:#39424a;--page:#15191d;--card:#1d2328;
--track:#333c44}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:68rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .4rem}h2{font-size:1.2rem;margin:2.6rem 0 .8rem}
p,li{max-width:44rem}.soft,figcaption,dt{color:var(--soft)}
.facts{display:flex;flex-wrap:wrap;gap:.4rem 2rem;margin:1rem 0 0;padding:0}.facts div{margin:0}
dt{font-size:.8rem}dd{margin:0;font-weight:600}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:.6rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.93rem}
th,td{padding:.55rem .8rem;text-align:right;white-space:nowrap;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--soft);font-weight:600;font-size:.82rem}
th:first-child,td:first-child,th:nth-child(2),td:nth-child(2){text-align:left}
.rule{display:flex;gap:.55rem;align-items:center;font-weight:600}
.dot{width:.7rem;height:.7rem;border-radius:50%;flex:none}.name{font-weight:400;color:var(--soft)}
.bar{display:inline-block;width:5.5rem;height:.5rem;border-radius:.25rem;background:var(--track);margin-right:.6rem}
.bar i{display:block;height:100%;border-radius:.25rem}
figure{margin:0 0 1.4rem}.picture{background:#fff;border:1px solid var(--line);border-radius:.6rem;padding:.6rem}
.picture svg{display:block;width:100%;height:auto}figcaption{font-size:.88rem;margin-top:.4rem}
pre{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem;overflow-x:auto}
pre{font-size:.85rem}
"""

CAPTIONS = {
    "accuracy": "Test accuracy, mean over seeds, bars of one standard deviation. The small figures show what each "
    "block reaches alone, for the rules that give blocks a voice.",
    "learning_curves": "Validation accuracy after each epoch: mean over the seeds that still trained then, band from "
    "lowest to highest. With --patience seeds stop at different epochs, and the mean goes on without them.",
    "loss_curves": "Training loss, mean and band as above. The rules minimise different losses, so compare shapes, not "
    "heights.",
}


def html(result: Comparison, figures: dict[str, str]) -> str:
    """The page as text, for a comparison in which a run came to its end. figures: name of CAPTIONS -> SVG text."""
    config, rows = result.config, result.rows
    best = max(rows, key=lambda row: row["test_accuracy"])
    title = f"Learning rules compared on {config['dataset']}"
    shown = "".join(
        f'<figure><div class="picture">{_inline(svg, name, CAPTIONS[name])}</div>'
        f"<figcaption>{CAPTIONS[name]}</figcaption></figure>"
        for name, svg in figures.items()
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{escape(title)}</title><style>{CSS}</style></head><body><main>
<h1>{escape(title)}</h1>
<p>The same network, the same data and the same seeds under every rule. The highest mean test accuracy here is
{percent(best["test_accuracy"])} %, by <b>{best["rule"]}</b> ({best["prediction"]}). Differences smaller than the
standard deviations beside them say little.</p>
{_facts(result)}
<h2>Results</h2>{_notes(result.notes)}{_table(rows)}
<p class="soft">Test accuracy: mean ± standard deviation over seeds; the test part is looked at once, after training.
Parameters: what a prediction of that kind needs. Peak: the most bytes alive during one training step.</p>
<h2>Pictures</h2>{shown}
<h2>The rules</h2>{_rules(rows)}
<h2>How this was made</h2>
<p class="soft">Every number above stands in results.json beside this page, with each run's history.</p>
<pre>{escape(_made(result))}</pre>
</main></body></html>
"""


def _inline(svg: str, name: str, text: str) -> str:
    """SVG text to be put into a page: without prologue, with identifiers of its own, and with its text alternative."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r'(id="|url\(#|xlink:href="#)', rf"\g<1>{name}-", body)
    return body.replace("<svg", f'<svg role="img" aria-label="{escape(text, quote=True)}"', 1)


def _facts(result: Comparison) -> str:
    config = result.config
    facts = {
        "Network": config["net"],
        "Training samples": f"{config['samples']['train']:,}",
        "Validation": f"{config['samples']['val']:,}",
        "Test": f"{config['samples']['test']:,}",
        "Epochs": config["epochs"],
        "Batch": config["batch_size"] or "full",
        "Seeds": len(config["seeds"]),
        "Optimiser": f"{config['optimiser']}, {config['decay']} decay",
    }
    items = "".join(f"<div><dt>{k}</dt><dd>{escape(str(v))}</dd></div>" for k, v in facts.items())
    return f'<dl class="facts">{items}</dl>'


def _notes(notes: list[str]) -> str:
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f"<ul>{items}</ul>" if notes else ""


def _table(rows: list[dict]) -> str:
    lowest = min(row["test_accuracy"] for row in rows)
    floor = max(0.0, lowest - 0.5 * (1 - lowest)) if lowest < 1 else 0.0
    body = "".join(_row(row, floor) for row in rows)
    heads = (
        "rule",
        "prediction",
        "test accuracy %",
        "each block alone %",
        "parameters",
        "s / epoch",
        "peak MB",
    )
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _row(row: dict, floor: float) -> str:
    colour = style_of(row["rule"])["color"]
    width = 100 * (row["test_accuracy"] - floor) / (1 - floor)
    bar = f'<span class="bar"><i style="width:{width:.0f}%;background:{colour}"></i></span>'
    layers = " · ".join(percent(value) for value in row["layer_accuracy"]) or "–"
    return (
        f'<tr><td><span class="rule"><span class="dot" style="background:{colour}"></span>{row["rule"]}</span></td>'
        f"<td>{row['prediction']}</td>"
        f"<td>{bar}{percent(row['test_accuracy'], row['test_accuracy_sd'])}</td><td>{layers}</td>"
        f"<td>{row['parameters']:,}</td><td>{row['seconds_per_epoch']:.3f}</td>"
        f"<td>{row['peak_bytes'] / 1e6:.2f}</td></tr>"
    )


def _rules(rows: list[dict]) -> str:
    items = []
    for name in dict.fromkeys(row["rule"] for row in rows):
        if name in RULES:  # results of a rule that is not here any more still make a page
            title, text = escape(RULES[name].title), escape(RULES[name].sentence, quote=False)
            items.append(f'<li><b>{name}</b> <span class="name">{title}.</span> {text}</li>')
    return f"<ul>{''.join(items)}</ul>"


def _made(result: Comparison) -> str:
    env = result.environment
    blas = "; ".join(f"{b['internal_api']} {b['version']}, {b['num_threads']} threads" for b in env["blas"])
    return "\n".join(
        [
            *result.config["network"],
            f"learning rate: {result.config['lr']:g}",
            f"inputs: {result.config['scaling']}",
            f"mfnumpy {env['mfnumpy']}, NumPy {env['numpy']}, Python {env['python']}, {env['platform']}, "
            f"{env['cpus']} cores, backend {env['backend']}" + (f", {blas}" if blas else ""),
        ]
    )
