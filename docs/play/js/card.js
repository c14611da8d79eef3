// A lane on the page: one rule's curve, pictures, and what it costs.
import { bars, curves, images, plane } from "./canvas.js";
import { diagram, sentence } from "./diagram.js";
import { bytes, make, percent, tidy } from "./dom.js";

const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3], [1, 4], [10, 4]];

export class Card {
  constructor(rule, values) {
    this.rule = rule;
    this.values = values;
    this.entries = [];
    this.marks = [];
    const canvas = (label) => make("canvas", { role: "img", "aria-label": label });
    this.status = make("p", { class: "status" });
    this.curve = canvas("accuracy by epoch");
    this.extra = make("div", { class: "extra" });
    this.costs = make("p", { class: "small" });
    this.waits = make("div", { class: "waits" });
    this.key = make("p", { class: "small key" });
    this.node = make("section", { class: "card", "aria-label": rule.title },
      make("h3", {}, make("i", { class: "dot", style: `background:${rule.color}` }), rule.title),
      make("p", { class: "small" }, rule.sentence), this.status, this.curve, this.key, this.extra, this.waits, this.costs);
    this.#drawWaits(values.depth);
  }

  begin(facts) {
    this.entries = [];
    this.facts = facts;
    this.costs.textContent = `One training step holds at most ${bytes(facts.memory)} in memory (measured); a prediction needs ${facts.parameters.toLocaleString("en")} learned numbers.`;
    this.update(facts.state);
  }

  update(state) {
    this.entries.push(...state.entries);
    if (this.state && this.state.blocks !== state.blocks) this.#drawWaits(state.blocks);
    this.state = state;
    const last = this.entries.at(-1);
    const losses = Object.entries(state.losses).map(([name, loss]) => `${name} ${tidy(loss)}`).join(", ");
    const accuracy = last ? ` Test accuracy ${percent(Object.values(last.val_accuracy)[0])}.` : "";
    this.status.textContent = state.stopped || `Epoch ${state.epoch + (state.batch < state.of ? 1 : 0)}, batch ${state.batch} of ${state.of}.${accuracy}${losses ? ` Loss ${losses}.` : ""}`;
    this.status.classList.toggle("wrong", Boolean(state.stopped));
  }

  // kind: "accuracy" or "loss", by epoch.
  draw(total, kind = this.kind ?? "accuracy") {
    this.kind = kind;
    if (kind === "loss") this.#drawLosses(total);
    else this.#drawAccuracies(total);
  }

  #drawAccuracies(total) {
    const main = this.entries.map((e) => Object.values(e.val_accuracy)[0]);
    const blocks = Math.max(0, ...this.entries.map((e) => e.val_layers.length));
    const lines = Array.from({ length: blocks }, (_, k) => ({ values: this.entries.map((e) => e.val_layers[k] ?? NaN), ...this.#thin(k) }));
    curves(this.curve, [...lines, { values: main, color: this.rule.color, width: 2.6 }], Math.max(total, main.length), this.marks);
    this.curve.setAttribute("aria-label", `Test accuracy by epoch: ${main.map(percent).join(", ") || "none yet"}`);
    const alone = (this.entries.at(-1)?.val_layers ?? []).map((v, k) => `block ${k + 1} alone ${percent(v)}`).join(", ");
    this.key.textContent = !main.length ? "" : alone ? `Thick: the prediction. Dashed: ${alone}.` : "Thick: the prediction. The blocks of this rule have no voice of their own.";
  }

  #drawLosses(total) {
    const names = [...new Set(this.entries.flatMap((e) => Object.keys(e.loss)))];
    const most = Math.max(1e-9, ...this.entries.flatMap((e) => Object.values(e.loss)));
    const lines = names.map((name, k) => ({ values: this.entries.map((e) => (e.loss[name] ?? NaN) / most), ...this.#thin(k), width: 2 }));
    curves(this.curve, lines, Math.max(total, this.entries.length), this.marks, (share) => tidy(share * most));
    const last = this.entries.at(-1)?.loss ?? {};
    this.key.textContent = `Training loss: ${names.map((name) => `${name} ${tidy(last[name] ?? NaN)}`).join(", ") || "none yet"}. Rules minimise different losses: compare shapes, not heights.`;
    this.curve.setAttribute("aria-label", this.key.textContent);
  }

  #thin(k) { return { color: this.rule.color, dash: DASHES[(k + 1) % DASHES.length], alpha: 0.75 }; }

  show({ weights, regions, sample }, points) {
    if (weights) images(this.#canvas("weights", "The first block's weights, one image for each neuron; red above zero, blue below"), weights);
    if (regions) {
      plane(this.#canvas("regions", "The plane, coloured by the predicted class"), regions.side, regions.whole, points, 300);
      regions.blocks.forEach((shares, k) => plane(this.#canvas(`region${k}`, `What block ${k + 1} alone would say`, "little"), regions.side, shares, null, 92));
    }
    if (sample) {
      const canvas = this.#canvas("bars", this.#what("one sample"));
      bars(canvas, sample.voices, sample.y, this.rule.color);
      const whole = sample.voices.at(-1).scores, said = whole.indexOf(Math.max(...whole));
      canvas.setAttribute("aria-label", `${this.#what("the sample")}; predicted ${said}, it is ${sample.y}`);
    }
  }

  #what(sample) { return this.rule.local ? `Goodness of ${sample} for each class, by block` : `Scores of ${sample} for each class`; }

  #canvas(name, label, kind = "") {
    let found = this.extra.querySelector(`[data-is=${name}]`);
    if (!found) {
      found = make("canvas", { role: "img", "aria-label": label, title: label, "data-is": name, class: kind });
      this.extra.append(kind === "little" ? found : make("figure", {}, found, make("figcaption", {}, label)));
    }
    return found;
  }

  #drawWaits(depth) {
    this.waits.replaceChildren(diagram(this.rule, depth), make("p", { class: "small" }, sentence(this.rule, depth)));
  }
}
