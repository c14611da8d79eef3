// Break: plug in, take off, damage, repair; B and the mask. What was done stands in the curve.
import { Card } from "./card.js";
import { disable, field, make, percent, say, select } from "./dom.js";
import { asked, sensible, settings } from "./form.js";
import * as link from "./link.js";
import { RULES } from "./made.js";

const EPOCHS = 5;
const ACTS = [
  ["plug", "Plug in a block", "+ block"], ["unplug", "Take the top block off", "− block"], ["damage", "Damage it", "damaged"], ["repair", "Repair it alone", "repaired"],
  ["transpose", "Put W in the place of B", "B = W"], ["unmask", "Take the mask away", "no mask"],
];

export class Break {
  constructor(root, python) {
    this.root = root;
    this.python = python;
    this.rules = make("div", { class: "fields" });
    this.settings = make("div");
    this.message = make("p", { class: "message", role: "status" });
    this.lanes = make("div", { class: "lanes" });
    this.block = make("span");
    this.buttons = make("div", { class: "buttons" },
      make("button", { class: "main", onclick: () => this.#run(() => this.#train()) }, `Train ${EPOCHS} epochs`),
      ...ACTS.slice(0, 2).map((act) => this.#button(act)), this.block, ...ACTS.slice(2).map((act) => this.#button(act)),
      make("button", { onclick: () => this.open(this.#values()) }, "Start again"));
    root.append(make("p", { class: "lead" }, "Train two networks, then do the same to both: which of them can be mended in one place? What happens to the error without its mask?"),
      this.rules, this.settings, this.buttons, this.message, this.lanes);
  }

  open(values) {
    this.values = sensible({ width: "32", ...values });
    const names = RULES.map((rule) => rule.name);
    this.pair = [values.left ?? "mf", values.right ?? "bp"].map((name) => (names.includes(name) ? name : "mf"));
    const options = RULES.map((rule) => [rule.name, rule.title]);
    this.rules.replaceChildren(...["left", "right"].map((side, k) => {
      const box = select(side, options, this.pair[k]);
      box.addEventListener("change", () => this.open({ ...this.#values(), [side]: box.value }));
      return field(`Rule, ${side}`, box);
    }));
    this.settings.replaceChildren(settings(this.values, (found) => this.open({ ...this.#values(), ...strings(found) })));
    this.cards = this.pair.map((name) => new Card(RULES.find((rule) => rule.name === name), this.values));
    this.lanes.replaceChildren(...this.cards.map((card) => card.node));
    this.cards.forEach((card) => card.draw(EPOCHS));
    this.begun = false;
    this.#blocks(this.values.depth);
    say(this.message, "");
    this.remember();
  }

  remember() { if (!this.root.hidden) link.write("break", this.#values()); }

  #values() { return { ...strings(this.values), left: this.pair[0], right: this.pair[1] }; }

  #lane(k) { return `break ${k}`; }

  #button([what, text, mark]) { return make("button", { "data-do": what, onclick: () => this.#run(() => this.#act(what, mark)) }, text); }

  #blocks(n) {
    const before = Number(this.block.querySelector("select")?.value ?? 0);
    const box = field("Block", select("block", Array.from({ length: n }, (_, i) => [i, String(i + 1)]), Math.min(before, n - 1)));
    box.classList.add("inline");
    this.block.replaceChildren(box);
  }

  async #begin() {
    if (this.begun === this.python.starts && this.python.starts) return;
    await this.python.ready();
    for (const [k, card] of this.cards.entries()) {
      card.marks = [];
      card.begin(await this.python.ask("start", asked(this.values, card.rule.name, this.#lane(k))));
    }
    this.begun = this.python.starts;
  }

  async #run(act) {
    const buttons = [...this.buttons.querySelectorAll("button")];
    disable(buttons, true);
    try { await this.#begin(); await act(); } catch (error) { this.begun = false; say(this.message, error.message, "wrong"); }
    disable(buttons, false);
  }

  async #train() {
    say(this.message, `Training ${EPOCHS} epochs …`);
    const end = Math.max(...this.cards.map((card) => card.state.epoch)) + EPOCHS;
    for (let going = true; going;) {
      const states = await this.python.ask("advance", { lanes: this.cards.map((_, k) => this.#lane(k)), batches: 8, epochs: end });
      states.forEach((state, k) => { this.cards[k].update(state); this.cards[k].draw(end); });
      going = states.some((state) => state.epoch < end && !state.stopped);
    }
    say(this.message, "");
    await this.#look();
  }

  async #act(what, mark) {
    const block = Number(this.block.querySelector("select").value), lines = [];
    this.results = [];
    for (const [k, card] of this.cards.entries()) {
      say(this.message, "…");
      const before = card.entries.at(-1);
      const result = await this.python.ask("act", { lane: this.#lane(k), what, block: Math.min(block, card.state.blocks - 1) });
      this.results.push(result);
      if (!result.refused) card.marks.push({ at: Math.max(0, card.entries.length - 0.5), text: mark });
      if (!result.refused) card.entries.push({ ...result.now, loss: {}, epoch: card.state.epoch });
      card.update(result.state);
      const was = before ? ` Test accuracy was ${percent(Object.values(before.val_accuracy)[0])}` : " Test accuracy";
      lines.push(make("li", { class: result.refused ? "wrong" : "" }, make("b", {}, `${card.rule.title}: `), `${result.done}${was}, is ${percent(Object.values(result.now.val_accuracy)[0])}.`));
      card.draw(card.entries.length);
    }
    this.#blocks(Math.min(...this.cards.map((card) => card.state.blocks)));
    this.message.replaceChildren(make("ul", {}, ...lines));
    this.message.dataset.kind = "";
    await this.#look();
  }

  async #look() {
    const plane = this.values.set !== "digits";
    if (plane && this.pointsOf !== this.values.set) {
      this.points = await this.python.ask("points", { set: this.values.set });
      this.pointsOf = this.values.set;
    }
    for (const [k, card] of this.cards.entries()) {
      card.show(await this.python.ask("look", { lane: this.#lane(k), want: plane ? ["regions"] : ["weights"] }), this.points);
    }
  }
}

const strings = (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
