// Watch: two or more rules side by side on one network and one data set.
import { digit } from "./canvas.js";
import { Card } from "./card.js";
import { $, make, say } from "./dom.js";
import { asked, sensible, settings } from "./form.js";
import * as link from "./link.js";
import { RULES } from "./made.js";

const FRAME_MS = 100;
const LOOK_MS = 250;

export class Watch {
  constructor(root, python) {
    this.python = python;
    this.root = root;
    this.cards = [];
    this.running = false;
    this.batches = 4;
    this.turn = 0; // counts starts: an answer to an earlier one is not drawn
    this.lanes = $(".lanes", root);
    this.message = $(".message", root);
    this.sampleBox = $(".sample", root);
    for (const [name, act] of [["go", () => this.toggle()], ["step", () => this.step()], ["again", () => this.again()], ["other", () => this.other()], ["link", () => this.copy()]]) {
      $(`[data-do=${name}]`, root).addEventListener("click", act);
    }
    this.until = $("[name=until]", root);
    this.until.addEventListener("change", () => this.remember());
    this.curve = $("[name=curve]", root);
    this.curve.addEventListener("change", () => { this.cards.forEach((card) => card.draw(this.#most(), this.curve.value)); this.remember(); });
  }

  open(values) {
    this.pause();
    this.began = false;
    this.values = sensible(values);
    this.sample = Number(values.sample) || 0;
    this.until.value = Number(values.until) || 20;
    this.curve.value = values.curve === "loss" ? "loss" : "accuracy";
    const known = RULES.map((rule) => rule.name);
    const chosen = (values.rules ?? "bp,mf").split(",").filter((name) => known.includes(name));
    this.rules = chosen.length ? chosen : ["bp", "mf"];
    const boxes = RULES.map((rule) => {
      const box = make("input", { type: "checkbox", value: rule.name, checked: this.rules.includes(rule.name), onchange: () => this.choose() });
      return make("label", { class: "check", style: `--rule:${rule.color}` }, box, rule.title);
    });
    $(".rules", this.root).replaceChildren(make("legend", {}, "Rules"), ...boxes);
    $(".settings", this.root).replaceChildren(settings(this.values, (v) => { this.values = v; this.again(); }));
    this.#cards();
    this.remember();
    if (values.go === "1") this.toggle();
    else this.python.ready().then(() => this.#begin()).catch(() => {}); // the first pictures, as soon as Python is there
  }

  remember() {
    if (this.root.hidden) return;
    link.write("watch", { ...this.values, rules: this.rules.join(","), until: this.until.value, curve: this.curve.value, sample: this.sample, ...(this.began ? { go: 1 } : {}) });
  }

  choose() {
    const rules = [...this.root.querySelectorAll(".rules input:checked")].map((box) => box.value);
    if (!rules.length) { say(this.message, "At least one rule must be chosen.", "wrong"); this.open({ ...this.values, rules: this.rules.join(",") }); return; }
    this.rules = rules;
    this.again();
  }

  async again() {
    this.pause();
    this.began = false;
    this.#cards();
    this.remember();
    if (this.python.loaded) await this.#begin().catch((error) => this.#failed(error));
  }

  async toggle() {
    if (this.running) { this.pause(); return; }
    this.running = true;
    this.#buttons();
    const turn = this.turn;
    try {
      await this.#begin();
      while (this.running && turn === this.turn) {
        const before = performance.now();
        const states = await this.#advance(this.batches);
        if (turn !== this.turn) return;
        const took = performance.now() - before;
        this.batches = Math.max(1, Math.min(200, Math.round(this.batches * Math.min(2, Math.max(0.5, FRAME_MS / took)))));
        await this.#look(states.every((s) => s.epoch >= this.#most() || s.stopped));
        if (states.every((s) => s.epoch >= this.#most() || s.stopped)) {
          this.pause();
          say(this.message, `Paused after epoch ${this.#most()}. Raise “pause after” to go on.`);
        }
      }
    } catch (error) { this.#failed(error); }
  }

  async step() {
    this.pause();
    try { await this.#begin(); await this.#advance(1, 1e9); await this.#look(true); } catch (error) { this.#failed(error); }
  }

  async other() {
    this.sample += 1;
    this.remember();
    try { await this.#begin(); await this.#look(true); } catch (error) { this.#failed(error); }
  }

  pause() { this.running = false; this.#buttons(); }

  async copy() {
    this.remember();
    try { await navigator.clipboard.writeText(location.href); say(this.message, "The link is copied; it holds all settings."); }
    catch { say(this.message, "The address of this page holds all settings: copy it from the address bar."); }
  }

  #most() { return Math.max(1, Number(this.until.value) || 20); }

  #cards() {
    this.turn += 1;
    this.cards = this.rules.map((name) => new Card(RULES.find((rule) => rule.name === name), this.values));
    this.lanes.replaceChildren(...this.cards.map((card) => card.node));
    this.cards.forEach((card) => card.draw(this.#most(), this.curve.value));
    this.begun = undefined;
    say(this.message, "");
  }

  // Start the lanes, once for these settings, and again where Python was started afresh.
  #begin() {
    if (!this.begun || this.begunIn !== this.python.starts) {
      const turn = this.turn;
      this.begun = (async () => {
        await this.python.ready();
        this.begunIn = this.python.starts;
        for (const card of this.cards) {
          const facts = await this.python.ask("start", asked(this.values, card.rule.name, card.rule.name));
          if (turn === this.turn) card.begin(facts);
        }
        this.points = this.values.set === "digits" ? null : await this.python.ask("points", { set: this.values.set });
        this.lastLook = 0;
        if (turn === this.turn) await this.#look(true);
      })();
      this.begun.catch(() => { this.begun = undefined; });
    }
    return this.begun;
  }

  async #advance(batches, epochs = this.#most()) {
    const turn = this.turn, cards = this.cards;
    this.began = true;
    const states = await this.python.ask("advance", { lanes: cards.map((card) => card.rule.name), batches, epochs });
    if (turn === this.turn) {
      states.forEach((state, k) => { cards[k].update(state); if (state.entries.length) cards[k].draw(this.#most()); });
      if (states.some((state) => state.entries.length)) this.remember();
    }
    return states;
  }

  async #look(now) {
    if (!now && performance.now() - this.lastLook < LOOK_MS) return;
    this.lastLook = performance.now();
    const turn = this.turn, want = this.values.set === "digits" ? ["weights", "sample"] : ["regions"];
    for (const card of this.cards) {
      const pictures = await this.python.ask("look", { lane: card.rule.name, sample: this.sample, want });
      if (turn !== this.turn) return;
      card.show(pictures, this.points);
      card.draw(this.#most());
      if (pictures.sample && card === this.cards[0]) {
        digit($("canvas", this.sampleBox), pictures.sample.x);
        $(".words", this.sampleBox).textContent = `Test image ${pictures.sample.row + 1}: a ${pictures.sample.y}. The bars show how well it fits each class; its own is framed.`;
      }
    }
    this.sampleBox.hidden = this.values.set !== "digits";
  }

  #failed(error) { this.pause(); this.begun = undefined; say(this.message, error.message, "wrong"); }

  #buttons() {
    const go = $("[data-do=go]", this.root);
    go.textContent = this.running ? "Pause" : "Train";
    go.setAttribute("aria-pressed", String(this.running));
  }
}
