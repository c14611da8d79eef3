// The reader's work, kept in this browser: {exercise id: {code, passed, hints}}. Without storage it lives as long as the page.
const KEY = "mfnumpy-playground-1";

export class Store {
  constructor() {
    this.lasting = true;
    try { this.work = JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { this.work = {}; this.lasting = false; }
    if (typeof this.work !== "object" || Array.isArray(this.work)) this.work = {};
  }

  of(id) { return this.work[id] ?? {}; }

  put(id, changes) {
    this.work[id] = { ...this.work[id], ...changes };
    try { localStorage.setItem(KEY, JSON.stringify(this.work)); } catch { this.lasting = false; }
  }
}

// Files. Each exercise is a cell that begins with a line of its own, so that a file can be read back.
const MARK = "# %% exercise ";

export function asPython(lessons, store) {
  const cells = all(lessons).filter((e) => store.of(e.id).code).map((e) => `${MARK}${e.id}\n${store.of(e.id).code.trimEnd()}\n`);
  return `"""My exercises of mfnumpy."""\n\n${cells.join("\n\n")}`;
}

export function asNotebook(lessons, store) {
  const cells = [];
  for (const e of all(lessons)) {
    if (!store.of(e.id).code) continue;
    cells.push({ cell_type: "markdown", id: `text-${cells.length}`, metadata: {}, source: `## ${e.number} ${e.title}` });
    const checks = e.checks.map(([exercise, name]) => `check("${exercise}", ${name})`).join("\n");
    cells.push({ cell_type: "code", id: `code-${cells.length}`, metadata: { mfnumpy: e.id }, execution_count: null, outputs: [], source: store.of(e.id).code });
    cells.push({ cell_type: "code", id: `check-${cells.length}`, metadata: {}, execution_count: null, outputs: [], source: `from mfnumpy.check import check\n${checks}` });
  }
  const kernel = { display_name: "Python 3", language: "python", name: "python3" };
  return JSON.stringify({ cells, metadata: { kernelspec: kernel, language_info: { name: "python" } }, nbformat: 4, nbformat_minor: 5 }, null, 1);
}

// {id: code} of a file that was exported here, or of one of the course's notebooks, whose cells bear the same names.
export function fromFile(name, text, lessons) {
  const known = new Map(all(lessons).map((e) => [e.id, e]));
  const found = {};
  if (name.endsWith(".ipynb")) {
    const lesson = name.match(/^(\d\d[ab]?)_/)?.[1];
    for (const cell of JSON.parse(text).cells ?? []) {
      const source = [].concat(cell.source).join(""), own = cell.metadata?.mfnumpy, graded = cell.metadata?.nbgrader;
      if (known.has(own)) found[own] = source;
      else if (lesson && graded?.solution) {
        const e = [...known.values()].find((one) => one.id.startsWith(`${lesson}/`) && one.cell === graded.grade_id);
        if (e) found[e.id] = `${e.code.split("\n\n\n")[0]}\n\n\n${source.trim()}\n`;
      }
    }
  } else {
    for (const part of text.split(`\n${MARK}`).slice(1)) {
      const [id, ...lines] = part.split("\n");
      if (known.has(id.trim())) found[id.trim()] = `${lines.join("\n").trim()}\n`;
    }
  }
  return found;
}

const all = (lessons) => lessons.flatMap((lesson) => lesson.exercises);
