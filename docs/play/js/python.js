// An interpreter in a worker, watched: what does not answer is ended, and another is started.
import { ENGINE } from "./made.js";

const LOAD_MS = 120_000;
const PATIENCE_MS = 15_000, PATIENCE_MOST_MS = 60_000; // a slow machine is given longer
const HEAP_FULL = 300 * 2 ** 20; // after a bomb of memory: start afresh

const here = (name) => new URL(`../${name}`, import.meta.url).href;
const engine = { ...ENGINE, base: new URL(ENGINE.base, here("")).href };

export class Python {
  // name: for the browser's tools. onstate: called with ("loading" | "ready" | "failed", text).
  constructor(name, onstate = () => {}) {
    this.name = name;
    this.onstate = onstate;
    this.starts = 0;
    this.patience = PATIENCE_MS; // once Python is there, a measure of how slow the machine is
    this.waiting = new Map();
  }

  // Resolves when the interpreter is there; starts it if need be.
  ready() {
    this.loaded ??= this.#start();
    return this.loaded;
  }

  // patience: milliseconds without a sign of life after which the worker is ended.
  async ask(what, args = {}, { patience, progress } = {}) {
    await this.ready();
    return this.#post(what, args, patience ?? this.patience, progress);
  }

  // For how many times as long as on an ordinary machine something is waited for, once Python is there.
  get slowness() { return this.patience / PATIENCE_MS; }

  // End the interpreter: all who wait are told why. The next question starts another.
  end(why) {
    this.worker?.terminate();
    this.worker = this.loaded = undefined;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const one of waiting) { clearTimeout(one.timer); one.reject(new Error(why)); }
  }

  #start() {
    this.onstate("loading", "Python is being loaded …");
    if (typeof Worker !== "function" || typeof WebAssembly !== "object") {
      const why = "This browser cannot run Python: it has no WebAssembly, or no workers. A current Firefox, Chrome, Edge or Safari can.";
      this.onstate("failed", why);
      return Promise.reject(new Error(why));
    }
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module", name: this.name });
    this.starts += 1;
    this.worker.onmessage = ({ data }) => this.#hear(data);
    this.worker.onerror = (event) => this.end(event.message || "the worker could not be loaded");
    let fetched = performance.now();
    const loading = ({ files, of }) => { fetched = performance.now(); this.onstate("loading", `Python is being loaded … ${files} of ${of} files`); };
    const loaded = this.#post("load", { engine, app: here("app.zip") }, LOAD_MS, loading).then(
      (about) => {
        this.patience = Math.min(PATIENCE_MOST_MS, Math.max(PATIENCE_MS, 5 * (performance.now() - fetched)));
        this.onstate("ready", `Python ${about.python}, NumPy ${about.numpy}, mfnumpy ${about.mfnumpy}`);
        return about;
      },
      (error) => {
        const why = `Python could not be loaded from ${ENGINE.from}: ${error.message}. Is there a network? ` +
          "Reload the page to try again; a page of your own that needs no network is made by: make play ENGINE=local";
        this.end(why);
        this.onstate("failed", why);
        throw new Error(why);
      });
    loaded.catch(() => {});
    return loaded;
  }

  #post(what, args, patience, progress) {
    const id = (this.next = (this.next ?? 0) + 1);
    return new Promise((resolve, reject) => {
      const one = { what, resolve, reject, progress, patience };
      this.waiting.set(id, one);
      this.#watch(one);
      this.worker.postMessage({ id, what, args });
    });
  }

  #watch(one) {
    clearTimeout(one.timer);
    one.timer = setTimeout(() => this.end(
      `Stopped: nothing came back for ${Math.round(one.patience / 1000)} s. Is there an endless loop? Python was started afresh.`), one.patience);
  }

  #hear({ id, progress, result, error, dead, heap }) {
    const one = this.waiting.get(id);
    if (!one) return;
    if (progress !== undefined) { this.#watch(one); one.progress?.(progress); return; }
    clearTimeout(one.timer);
    this.waiting.delete(id);
    if (error === undefined) one.resolve(result);
    else if (!dead || one.what === "load") one.reject(new Error(error));
    else one.reject(new Error(`Stopped: the code ended Python itself, or filled its memory (${error}). Python was started afresh.`));
    if (dead || heap > HEAP_FULL) this.end("Python was started afresh.");
  }
}
