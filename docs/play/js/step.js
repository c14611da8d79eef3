// Step: one update moment by moment, drawn by the lessons' own stepper; every number comes from Python.
import { download, field, make, say, select } from "./dom.js";
import * as link from "./link.js";
import { RULES } from "./made.js";
import stepper from "./stepper.js";

const CHOICES = {
  rows: [[1, "1 sample"], [2, "2 samples"], [3, "3 samples"], [4, "4 samples"]],
  depth: [[1, "1 block"], [2, "2 blocks"], [3, "3 blocks"]],
  width: [[2, "2 neurons"], [3, "3 neurons"], [4, "4 neurons"], [5, "5 neurons"]],
  eta: [[0.1, "0.1"], [0.5, "0.5"], [1, "1"]],
};
const LABELS = { rows: "Batch", depth: "Depth", width: "Width", eta: "Learning rate η" };
const DEFAULTS = { rows: 2, depth: 2, width: 3, eta: 0.5, seed: 0 };
const INPUTS = 4;

export class Step {
  constructor(root, python) {
    this.root = root;
    this.python = python;
    this.form = make("div", { class: "fields" });
    this.message = make("p", { class: "message", role: "status" });
    this.place = make("div", { class: "step" });
    const buttons = make("div", { class: "buttons" },
      make("button", { onclick: () => { this.changes = []; this.compute(); } }, "Undo my changes"),
      make("button", { onclick: () => this.save() }, "Save all numbers (.json)"));
    root.append(make("p", { class: "lead" }, "One update of a small network, array by array. ", make("b", {}, "next"), " or the arrow keys go on; point at an entry of the result to see what made it; ",
      make("b", {}, "predict first"), " hides it until you have decided."), this.form, buttons, this.message, this.place);
    this.form.addEventListener("change", () => { this.#read(); this.changes = []; this.compute(); });
    this.listeners = [];
    this.changes = [];
  }

  open(values) {
    this.values = { ...DEFAULTS };
    for (const name of Object.keys(CHOICES)) {
      const known = CHOICES[name].find(([key]) => String(key) === values[name]);
      if (known) this.values[name] = known[0];
    }
    if (/^\d{1,4}$/.test(values.seed ?? "")) this.values.seed = Number(values.seed);
    const chosen = (values.rules ?? "mf,bp").split(",").filter((name) => RULES.some((rule) => rule.name === name));
    this.rules = chosen.length ? chosen : ["mf", "bp"];
    this.form.replaceChildren(
      make("fieldset", { class: "rules" }, make("legend", {}, "Rules"), ...RULES.map((rule) => make("label", { class: "check", style: `--rule:${rule.color}` },
        make("input", { type: "checkbox", value: rule.name, checked: this.rules.includes(rule.name) }), rule.title))),
      ...Object.keys(CHOICES).map((name) => field(LABELS[name], select(name, CHOICES[name], this.values[name]))),
      field("Seed", make("input", { name: "seed", type: "number", min: 0, max: 9999, value: this.values.seed })));
    this.compute();
  }

  // The arrow keys are the stepper's as soon as it is there, unless the reader has gone elsewhere.
  focus() {
    const stepper = this.place.querySelector(".mfn"), at = document.activeElement;
    this.awaited = !stepper && !this.root.hidden;
    if (stepper && (at === document.body || at?.id === "tab-step")) stepper.focus({ preventScroll: true });
  }

  pause() { this.awaited = false; }

  remember() { if (!this.root.hidden) link.write("step", { ...this.values, rules: this.rules.join(",") }); }

  #read() {
    for (const control of this.form.querySelectorAll("[name]")) this.values[control.name] = Number(control.value) || 0;
    const chosen = [...this.form.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value);
    if (chosen.length) this.rules = chosen;
  }

  #asked(more = {}) {
    const { rows, depth, width, eta, seed } = this.values;
    return { rules: this.rules, rows, inputs: INPUTS, widths: Array(depth).fill(width), seed, eta, changes: this.changes, ...more };
  }

  async compute() {
    this.remember();
    const first = !this.data;
    if (first) say(this.message, "The numbers come as soon as Python is there …");
    try {
      const sameRules = this.drawn === this.rules.join();
      this.data = await this.python.ask("update", this.#asked());
      say(this.message, "");
      if (sameRules) this.listeners.forEach((listen) => listen());
      else this.#draw();
    } catch (error) {
      this.changes.pop();
      say(this.message, error.message, "wrong");
    }
  }

  #draw() {
    this.drawn = this.rules.join();
    this.listeners = [];
    let edit = {};
    const model = {
      get: (name) => (name === "data" ? this.data : edit),
      set: (name, value) => { edit = value; },
      on: (event, listen) => this.listeners.push(listen),
      save_changes: () => { const { name, row, column, value } = edit; this.changes.push({ name, row, column, value }); this.compute(); },
    };
    stepper.render({ model, el: this.place });
    if (this.awaited) this.focus();
  }

  async save() {
    try {
      const { numbers } = await this.python.ask("update", this.#asked({ numbers: true }));
      download("update.json", JSON.stringify({ settings: this.#asked(), rules: this.rules.map((rule, k) => ({ rule, arrays: numbers[k] })) }));
    } catch (error) { say(this.message, error.message, "wrong"); }
  }
}
