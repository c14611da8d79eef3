// The stepper's drawing code, the one home of it: anywidget calls `render` in a notebook, stepper-start.js on the site.
// model.get("data"): {runs: [{title, moments, loss, eta, limits}], editable: ["x", "W", "M"], note}, made by steps.py.

const STYLE = `
.mfn { font-size: 14px; line-height: 1.45; max-width: 100%; outline-offset: 3px; }
.mfn .bar { display: flex; flex-wrap: wrap; gap: 6px 10px; align-items: center; margin: 4px 0; }
.mfn button { font: inherit; color: inherit; background: none; border: 1px solid currentColor; border-radius: 4px;
  padding: 2px 10px; cursor: pointer; }
.mfn button[aria-pressed=true] { font-weight: bold; box-shadow: inset 0 -3px currentColor; }
.mfn button:disabled { opacity: 0.45; cursor: default; }
.mfn .both { display: flex; flex-wrap: wrap; gap: 8px 24px; }
.mfn .list { margin: 0; padding: 0; list-style: none; min-width: 190px; }
.mfn .list li { border-left: 4px solid transparent; white-space: nowrap; }
.mfn .list button { display: block; width: 100%; min-height: 0; border: 0; border-radius: 0; padding: 1px 8px; text-align: left;
  font-weight: inherit; }
.mfn .list li.now { border-left-color: #B07800; background: rgba(176, 120, 0, 0.18); font-weight: bold; }
.mfn .row { display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: center; overflow-x: auto; max-width: 100%; }
.mfn .sign { font-size: 18px; }
.mfn table { border-collapse: collapse; margin: 0; width: auto; display: table; font-size: 13px; }
.mfn td { border: 1px solid rgba(128, 128, 128, 0.35); padding: 2px 5px; min-width: 34px; text-align: center;
  font-variant-numeric: tabular-nums; color: inherit; white-space: nowrap; }
.mfn td.label { box-shadow: inset 0 0 0 2px #B07800; }
.mfn td.from { outline: 2px solid #B07800; outline-offset: -2px; font-weight: bold; }
.mfn td.edit { cursor: text; text-decoration: underline dotted; }
.mfn figure { margin: 0; display: inline-block; }
.mfn figcaption { text-align: center; font-size: 13px; margin: 0; }
.mfn figcaption i { opacity: 0.8; font-size: 12px; font-style: normal; }
.mfn .made { margin: 2px 0; min-height: 1.5em; font-size: 13px; }
.mfn .says { margin: 6px 0; min-height: 3em; }
`;

const short = (v) => {
  const text = Number.isInteger(v) && Math.abs(v) < 1000 ? String(v) : v.toFixed(Math.abs(v) >= 100 ? 0 : 2);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
};

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "html") node.innerHTML = value;
    else if (value !== false && value !== undefined) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// One cell of a table is reached by Tab, the others from it by the arrow keys. act: what Enter does, or nothing.
function byKeys(cells, act) {
  cells.forEach((row, i) => row.forEach((cell, j) => {
    cell.tabIndex = i + j ? -1 : 0;
    cell.addEventListener("keydown", (event) => {
      if (event.target !== cell) return;
      const next = MOVES[event.key] && cells[i + MOVES[event.key][0]]?.[j + MOVES[event.key][1]];
      if (next) { cell.tabIndex = -1; next.tabIndex = 0; next.focus(); }
      if (event.key === "Enter") act?.(i, j);
      if (MOVES[event.key] || (act && event.key === "Enter")) { event.preventDefault(); event.stopPropagation(); }
    });
  }));
}

const cellsOf = (table) => [...table.rows].map((row) => [...row.cells]);

function matrix(part, limits, hidden, onedit) {
  const body = make("tbody");
  const full = limits[part.kind] || 1;
  part.rows.forEach((row, i) => {
    const line = make("tr");
    row.forEach((value, j) => {
      const cell = make("td", { class: j < part.marked ? "label" : "" }, hidden ? "?" : short(value));
      const share = Math.min(1, Math.abs(value) / full);
      const mask = part.name.startsWith("[");
      if (!hidden && !mask) cell.style.background = `rgba(${value < 0 ? "67,147,195" : "214,96,77"},${0.6 * share})`;
      if (!hidden && mask) cell.style.background = `rgba(128,128,128,${0.4 * value})`;
      if (onedit) {
        cell.classList.add("edit");
        cell.title = "click, or press Enter, to change";
        cell.setAttribute("data-is", `${part.name} ${i} ${j}`);
        cell.addEventListener("click", () => edit(cell, value, (number) => onedit(i, j, number)));
      }
      line.append(cell);
    });
    body.append(line);
  });
  if (onedit) byKeys(cellsOf(body), (i, j) => cellsOf(body)[i][j].click());
  const caption = make("figcaption", { html: `${part.name} <i>${part.shape}</i>` });
  if (part.marked) caption.append(make("i", {}, " framed: the label"));
  return make("figure", {}, make("table", {}, body), caption);
}

// Which entries of an operand made entry (i, j) of the result: a row and a column of a product, else the same place, or
// the row where a whole row went into one number. Returns [operand's index, in words, (r, c) => boolean].
function sources(moment, i, j) {
  const size = (part) => [part.rows.length, part.rows[0]?.length ?? 0];
  const [n, m] = size(moment.result), parts = moment.operands;
  if (parts.length === 2 && moment.signs[0] === "") {
    const [a, b] = parts.map(size);
    if (a[0] === n && b[1] === m && a[1] === b[0]) {
      return [[0, `row ${i + 1} of ${parts[0].name}`, (r) => r === i], [1, `column ${j + 1} of ${parts[1].name}`, (r, c) => c === j]];
    }
  }
  const rowwise = moment.result.name === "p";
  return parts.map((part, k) => {
    const [rows, columns] = size(part);
    if (rows === n && columns === m && !rowwise) return [k, `the same place of ${part.name}`, (r, c) => r === i && c === j];
    if (rows === n) return [k, `row ${i + 1} of ${part.name}`, (r) => r === i];
    return null;
  }).filter(Boolean);
}

const MOST = 6;

// The sum that made entry (i, j) of a product: "0.24·0.55 − 0.32·0.08 = 0.11"; after MOST terms "…"; "" for other moments.
function sum(moment, i, j) {
  if (moment.scaled || !sources(moment, i, j)[1]?.[1].startsWith("column")) return "";
  const [a, b] = moment.operands.map((part) => part.rows);
  const terms = a[i].map((value, k) => {
    const below = value * b[k][j] < 0;
    return `${k ? (below ? " − " : " + ") : below ? "−" : ""}${short(Math.abs(value))}·${short(Math.abs(b[k][j]))}`;
  });
  return ` ${terms.slice(0, MOST).join("")}${terms.length > MOST ? " + …" : ""} = ${short(moment.result.rows[i][j])}`;
}

// Hovering or focusing a cell of the result marks what made it; arrow keys go from cell to cell.
function explainCells(table, others, moment, tell) {
  const cells = cellsOf(table);
  byKeys(cells);
  const mark = (i, j, on) => {
    const found = sources(moment, i, j);
    for (const [k, , made] of found) {
      [...others[k].rows].forEach((row, r) => [...row.cells].forEach((cell, c) => cell.classList.toggle("from", on && made(r, c))));
    }
    cells[i][j].classList.toggle("from", on && found.length > 0);
    tell(on && found.length ? `Entry (${i + 1}, ${j + 1}) of ${moment.result.name}: ${found.map(([, words]) => words).join(", ")}.${sum(moment, i, j)}` : "");
  };
  cells.forEach((row, i) => row.forEach((cell, j) => {
    for (const [event, on] of [["mouseenter", true], ["focus", true], ["mouseleave", false], ["blur", false]]) {
      cell.addEventListener(event, () => mark(i, j, on));
    }
  }));
}

function edit(cell, value, done) {
  if (cell.querySelector("input")) return;
  const field = make("input", { type: "number", step: "any", value, style: "width: 64px", "aria-label": "new value" });
  let over = false;
  const finish = (keep, back = false) => {
    if (over) return;
    over = true;
    if (back) cell.focus(); // first, so that a redrawing finds it
    const number = Number(field.value);
    if (keep && field.value !== "" && Number.isFinite(number) && number !== value) done(number);
    else cell.replaceChildren(short(value));
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") finish(true, true);
    if (event.key === "Escape") finish(false, true);
  });
  field.addEventListener("blur", () => finish(true));
  cell.replaceChildren(field);
  field.select(); // typing replaces the number
}

function render({ model, el }) {
  const state = { run: 0, at: 0, predict: false, seen: new Set() };
  const root = make("div", { class: "mfn", tabindex: "0", role: "group", "aria-label": "one update, step by step" });
  root.addEventListener("keydown", (event) => {
    if (event.target.tagName === "INPUT" && event.target.type !== "checkbox") return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) { go(state.at + by); event.preventDefault(); event.stopPropagation(); }
    if (event.key === "Enter" && event.target === root) { reveal(); event.stopPropagation(); }
  });
  el.replaceChildren(make("style", {}, STYLE), root);

  const data = () => model.get("data");
  const moments = () => data().runs[state.run].moments;
  const key = () => `${state.run}/${state.at}`;
  const go = (k) => { state.at = Math.max(0, Math.min(moments().length - 1, k)); draw(); };
  const reveal = () => { state.seen.add(key()); draw(); };

  function draw() {
    let focused = root.contains(document.activeElement) ? document.activeElement.getAttribute("data-is") : null;
    const all = data(), run = all.runs[state.run];
    state.at = Math.min(state.at, run.moments.length - 1); // another network may have fewer
    const moment = run.moments[state.at];
    const hidden = state.predict && moment.operands.length > 0 && !state.seen.has(key());
    const tabs = all.runs.length > 1 ? [make("div", { class: "bar" }, "Rule: ", ...all.runs.map((one, k) =>
      make("button", { "aria-pressed": String(k === state.run), "data-is": `rule${k}`,
        onclick: () => { state.run = k; state.at = same(moment, one.moments); draw(); } }, one.title)))] : [];
    const box = make("input", { type: "checkbox", "data-is": "predict",
      onchange: (event) => { state.predict = event.target.checked; draw(); } });
    box.checked = state.predict;
    const bar = make("div", { class: "bar" },
      make("button", { disabled: state.at === 0, "data-is": "back", onclick: () => go(state.at - 1) }, "◀ previous"),
      make("button", { disabled: state.at === run.moments.length - 1, "data-is": "next",
        onclick: () => go(state.at + 1) }, "next ▶"),
      `${state.at + 1} of ${run.moments.length}`,
      make("label", {}, box, " predict first"),
      ...(hidden ? [make("button", { "data-is": "reveal", onclick: reveal }, "show the result")] : []));
    const list = make("ul", { class: "list" }, ...run.moments.map((m, k) => [m, k])
      .filter(([m]) => m.block === moment.block).map(([m, k]) =>
        make("li", { class: k === state.at ? "now" : "" }, make("button", { onclick: () => go(k), "data-is": `moment${k}`,
          "aria-current": k === state.at ? "step" : false, html: m.formula + (m.equation ? ` &nbsp; (${m.equation})` : "") }))));
    const row = make("div", { class: "row" });
    if (moment.scaled) row.append(make("span", { class: "sign" }, "("));
    const drawn = [];
    moment.operands.forEach((part, k) => {
      drawn.push(matrix(part, run.limits, false, canEdit(all, moment, part)));
      row.append(drawn[k]);
      if (moment.scaled && k === moment.operands.length - 1) row.append(make("span", { class: "sign" }, `) ${moment.scaled}`));
      if (moment.signs[k]) row.append(make("span", { class: "sign" }, moment.signs[k]));
    });
    const result = matrix(moment.result, run.limits, hidden, moment.operands.length ? null : canEdit(all, moment, moment.result));
    row.append(result);
    const made = make("p", { class: "made" });
    if (!hidden && drawn.length) {
      const tables = drawn.map((figure) => figure.querySelector("table"));
      explainCells(result.querySelector("table"), tables, moment, (words) => { made.innerHTML = words; });
    }
    const says = hidden
      ? `What will ${moment.result.name} be? Decide on its signs and on one entry; then look.`
      : moment.text + (moment.equation ? ` Eq. (${moment.equation}).` : "");
    root.replaceChildren(...tabs, bar,
      make("div", { class: "both" }, make("div", {}, make("b", {}, `${run.title}, ${moment.block}`), list), row),
      made, make("p", { class: "says", html: says, "aria-live": "polite" }),
      make("p", { class: "says" }, `Loss on this batch: ${run.loss[0].toPrecision(4)}, after a step of η = ${run.eta}: ` +
        `${run.loss[1].toPrecision(4)}. ${all.note}`));
    if (focused?.startsWith("moment")) focused = `moment${state.at}`;
    if (focused) (root.querySelector(`[data-is="${focused}"]:not(:disabled)`) || root).focus({ preventScroll: true });
  }

  // The same moment under another rule: the block and the array, if it has them.
  function same(moment, others) {
    const found = others.findIndex((m) => m.block === moment.block && m.formula.split(" ")[0] === moment.formula.split(" ")[0]);
    return found < 0 ? 0 : found;
  }

  function canEdit(all, moment, part) {
    const name = part.name.replace("<sup>T</sup>", "");
    if (!all.editable.includes(name) || (name === "x" && moment.block !== "block1")) return null;
    const turned = part.name !== name;
    return (i, j, value) => {
      model.set("edit", { name: name === "x" ? "x" : `${moment.block}.${name}`, row: turned ? j : i, column: turned ? i : j,
        value, count: (model.get("edit").count || 0) + 1 });
      model.save_changes();
    };
  }

  model.on("change:data", draw);
  draw();
}

export default { render };
