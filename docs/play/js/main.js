// The page: four views over two interpreters, one of which runs nothing but what the reader writes.
import { $, make } from "./dom.js";
import * as link from "./link.js";
import { ENGINE } from "./made.js";
import { Python } from "./python.js";
import { Watch } from "./watch.js";

const state = $("#state");
const show = (kind, text) => { state.dataset.state = kind; state.textContent = text; };
const ours = new Python("networks", show);
const theirs = new Python("your code", (kind, text) => { if (kind === "failed") show(kind, text); });

const MAKERS = {
  watch: async (root) => new Watch(root, ours),
  step: async (root) => new (await import("./step.js")).Step(root, ours),
  write: async (root) => new (await import("./write.js")).Write(root, theirs),
  break: async (root) => new (await import("./break.js")).Break(root, ours),
};
const views = {}, making = {};
const tabs = [...document.querySelectorAll("[role=tab]")];
const nameOf = (tab) => tab.id.replace("tab-", "");

async function open(name, values) {
  for (const tab of tabs) {
    const chosen = nameOf(tab) === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    $(`#${nameOf(tab)}`).hidden = !chosen;
    if (!chosen) views[nameOf(tab)]?.pause?.();
  }
  const first = !views[name];
  try {
    views[name] = await (making[name] ??= MAKERS[name]($(`#${name}`)));
    if (first || values) await views[name].open(values ?? {});
    else views[name].remember?.();
  } catch (error) { lost($(`#${name}`), error); }
}

// Open a view and go into it: where keys work in a view at once, it takes the focus from its tab.
async function enter(name, values) {
  await open(name, values);
  views[name]?.focus?.();
}

// What is read where a part of the page did not come: a browser may not ask for it again before the page is reloaded.
function lost(root, error) {
  root.replaceChildren(make("p", { class: "wrong", role: "alert" }, `This part of the page could not be loaded (${error.message}). Is there a network? `),
    make("button", { onclick: () => location.reload() }, "Reload the page"));
}

for (const tab of tabs) {
  tab.addEventListener("click", () => enter(nameOf(tab)));
  tab.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length];
    next.focus();
    open(nameOf(next));
  });
}

const playground = (window.playground = { ours, theirs, views, followed: 0 });

async function follow() {
  const { view, values } = link.read();
  await enter(view in MAKERS ? view : "watch", view in MAKERS ? values : {});
  playground.followed += 1;
}
addEventListener("hashchange", follow);
$(".engine").textContent = `${ENGINE.name}, a Python for browsers, comes from ${ENGINE.from}; what you write stays in this browser.`;
follow();
requestAnimationFrame(() => setTimeout(() => ours.ready().catch(() => {}))); // after the first paint
