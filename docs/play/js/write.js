// Write: the course's exercises with the checker's own report, hints, and training with what was written.
import { curves } from "./canvas.js";
import { disable, download, make, percent, say } from "./dom.js";
import { editor } from "./editor.js";
import * as link from "./link.js";
import { LESSONS } from "./made.js";
import { Store, asNotebook, asPython, fromFile } from "./store.js";

const TRAINED = new Set(["eq1", "eq2", "eq3_gradient", "eq4_gradient", "eq5", "eq6_gradient", "eq7", "eq8", "dense_forward",
  "dense_backward", "relu_backward", "adam_step"]); // as in bridge/student.py

const SECONDS = 2; // for a function's calls, on an ordinary machine

export class Write {
  constructor(root, python) {
    this.root = root;
    this.python = python;
    this.store = new Store();
    this.list = make("nav", { class: "course", "aria-label": "exercises" });
    this.bar = make("progress", { max: 1, value: 0, "aria-label": "exercises passed" });
    this.count = make("p", { class: "small", role: "status" });
    this.text = make("div", { class: "text" });
    this.hints = make("div", { class: "hints" });
    this.place = make("div", { class: "editor" });
    this.report = make("div", { class: "report", role: "status", "aria-live": "polite" });
    this.curve = make("canvas", { role: "img", "aria-label": "accuracy of the two networks", hidden: true });
    this.button = (text, act, kind = "") => make("button", { onclick: act, class: kind }, text);
    this.checkButton = this.button("Check", () => this.check(), "main");
    this.checkButton.setAttribute("aria-keyshortcuts", "Control+Enter Meta+Enter");
    this.trainButton = this.button("Train with my function", () => this.train());
    const file = make("input", { type: "file", accept: ".py,.ipynb", hidden: true, onchange: () => this.take(file) });
    root.append(make("p", { class: "lead" }, "One idea is left out of each function. Write it; the checker says from the numbers alone ", make("i", {}, "which"),
      " mistake it is. Your work stays in this browser."),
    make("div", { class: "write" },
      make("div", {}, this.bar, this.count, this.list,
        make("div", { class: "buttons" }, this.button("Save as .py", () => download("my_exercises.py", asPython(this.lessons, this.store))),
          this.button("Save as .ipynb", () => download("my_exercises.ipynb", asNotebook(this.lessons, this.store))),
          this.button("Open a file …", () => file.click()), file)),
      make("div", { class: "side" }, this.text, this.hints, this.place,
        make("div", { class: "buttons" }, this.checkButton, this.trainButton, this.button("Begin anew", () => this.anew()), make("span", { class: "small" }, "Ctrl-Enter in the editor checks, too.")), this.report, this.curve)));
    this.made = this.#load();
  }

  async #load() {
    const answer = await fetch(new URL("../exercises.json", import.meta.url));
    if (!answer.ok) throw new Error(`exercises.json: ${answer.status}`);
    this.lessons = await answer.json();
    this.all = this.lessons.flatMap((lesson) => lesson.exercises);
    this.editor = await editor(this.place, (code) => this.store.put(this.now.id, { code }), () => this.check());
  }

  async open(values) {
    await this.made;
    const first = this.all.find((e) => !this.store.of(e.id).passed) ?? this.all[0];
    this.show(this.all.find((e) => e.id === values.exercise) ?? this.now ?? first);
    this.python.ready().catch(() => {}); // while the exercise is read
  }

  remember() { if (!this.root.hidden && this.now) link.write("write", { exercise: this.now.id }); }

  show(exercise) {
    this.now = exercise;
    this.text.innerHTML = exercise.text;
    this.text.prepend(make("h2", {}, `${exercise.number} ${exercise.title}`));
    this.hints.replaceChildren(...exercise.hints.map((hint, k) =>
      make("details", {}, make("summary", {}, `Hint ${k + 1}`), make("div", { html: hint }))));
    this.editor.set(this.store.of(exercise.id).code ?? exercise.code);
    this.report.replaceChildren();
    this.curve.hidden = true;
    this.trainButton.hidden = !exercise.checks.some(([name]) => TRAINED.has(name));
    this.#list();
    this.remember();
  }

  #list() {
    const done = this.all.filter((e) => this.store.of(e.id).passed).length;
    this.bar.max = this.all.length;
    this.bar.value = done;
    this.count.textContent = `${done} of ${this.all.length} passed.${this.store.lasting ? "" : " This browser keeps nothing: save your work as a file."}`;
    const at = this.list.scrollTop;
    const focused = this.list.contains(document.activeElement);
    this.list.replaceChildren(...this.lessons.map((lesson) => {
      const passed = lesson.exercises.filter((e) => this.store.of(e.id).passed).length;
      return make("details", { open: lesson.exercises.includes(this.now) },
        make("summary", {}, `${lesson.title} (${passed}/${lesson.exercises.length})`),
        ...lesson.exercises.map((e) => make("button", { "aria-current": e === this.now ? "true" : false, onclick: () => this.show(e) },
          `${this.store.of(e.id).passed ? "✓ " : ""}${e.number} ${e.title}`)));
    }));
    this.list.scrollTop = at;
    if (focused) this.list.querySelector("[aria-current]")?.focus({ preventScroll: true });
  }

  async check() {
    if (this.checkButton.disabled) return;
    const exercise = this.now, code = this.editor.value;
    this.#busy(true, this.python.worker ? "Checking …" : "Checking, as soon as Python is there …");
    const reports = [];
    try {
      await this.python.ready();
      const seconds = SECONDS * this.python.slowness;
      for (const [name, fn] of exercise.checks) reports.push(await this.python.ask("check", { exercise: name, function: fn, code, seconds }));
    } catch (error) { reports.push({ passed: false, text: error.message, error: true }); }
    this.#busy(false);
    this.last = reports;
    const passed = reports.every((r) => r.passed);
    if (passed || this.store.of(exercise.id).passed) this.store.put(exercise.id, { code, passed });
    if (this.now !== exercise) { this.#list(); return; }
    this.report.replaceChildren(...reports.map((r) => (r.error ? make("p", { class: "wrong" }, r.text) : make("div", { html: withLinks(r.html) }))));
    if (passed) this.report.append(this.#onward(exercise));
    this.#list();
  }

  #onward(exercise) {
    const next = this.all[this.all.indexOf(exercise) + 1];
    return next ? make("p", {}, make("button", { onclick: () => { this.show(next); this.editor.focus(); } }, `Next: ${next.number} ${next.title}`)) : make("p", {}, "That was the last one.");
  }

  async train() {
    const code = this.editor.value, { checks } = this.now, [exercise, fn] = checks.find(([name]) => TRAINED.has(name));
    const seen = { yours: [], reference: [] }, epochs = 5, line = make("p", {}, "Training on the digits, with your function and with the reference …");
    this.#busy(true);
    this.report.replaceChildren(line);
    this.curve.hidden = false;
    const draw = () => {
      const values = (who) => seen[who].map((entry) => Object.values(entry.val_accuracy)[0]);
      curves(this.curve, [{ values: values("reference"), color: "#888888", width: 4, alpha: 0.6 }, { values: values("yours"), color: "#D55E00", width: 2.2 }], epochs);
      const last = (who) => (seen[who].length ? percent(values(who).at(-1)) : "…");
      line.textContent = `Test accuracy after epoch ${Math.max(1, seen.yours.length)}: yours (orange) ${last("yours")}, reference (grey) ${last("reference")}.`;
    };
    try {
      draw();
      const { stopped } = await this.python.ask("train", { exercise, function: fn, code, epochs },
        { progress: (p) => { if (p.whose) { seen[p.whose].push(p.entry); draw(); } } });
      if (stopped) say(line, stopped, "wrong");
      else if (!(await this.#right(checks, code))) line.append(" Your function is not right yet: Check says why.");
    } catch (error) { say(line, error.message, "wrong"); }
    this.trained = seen;
    this.#busy(false);
  }

  // Whether the checker lets a function pass.
  async #right(checks, code) {
    const seconds = SECONDS * this.python.slowness;
    for (const [exercise, fn] of checks) {
      if (!(await this.python.ask("check", { exercise, function: fn, code, seconds })).passed) return false;
    }
    return true;
  }

  anew() {
    if (this.editor.replace(this.now.code)) {
      this.store.put(this.now.id, { code: undefined }); // a pass stays
      this.curve.hidden = true;
      say(this.report, this.editor.kind === "plain" ? "" : "Begun anew. Undo (Ctrl-Z) in the editor brings your work back.");
    }
    this.editor.focus();
  }

  async take(file) {
    const [chosen] = file.files;
    if (!chosen) return;
    let found = {};
    try { found = fromFile(chosen.name, await chosen.text(), this.lessons); } catch { /* no notebook: nothing is found in it */ }
    file.value = "";
    for (const [id, code] of Object.entries(found)) this.store.put(id, { code, passed: false });
    const n = Object.keys(found).length;
    this.show(this.now);
    say(this.report, n ? `${n} exercise${n > 1 ? "s" : ""} taken from ${chosen.name}; check each again.`
      : `Nothing was found in ${chosen.name}: it should be a file that was saved here, or an exercise notebook of the course under its own name.`, n ? "" : "wrong");
  }

  #busy(busy, text = "") {
    disable([this.checkButton, this.trainButton], busy);
    if (text) this.report.replaceChildren(make("p", {}, text));
  }
}

// "See lesson 3." as a link, where the lessons lie beside the page.
const withLinks = (html) => html.replace(/See lesson (\d+)\./, (all, number) => (LESSONS[number] ? `See <a href="${LESSONS[number]}">lesson ${number}</a>.` : all));
