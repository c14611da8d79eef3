// Small helpers for the page.

export const $ = (selector, root = document) => root.querySelector(selector);

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "html") node.innerHTML = value;
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// A labelled field of a form.
export function field(label, control) {
  return make("label", { class: "field" }, make("span", {}, label), control);
}

export function select(name, options, value) {
  return make("select", { name }, ...options.map(([key, text]) => make("option", { value: key, selected: String(key) === String(value) }, text)));
}

export function say(node, text, kind = "") {
  node.textContent = text;
  node.dataset.kind = kind;
}

// Disable buttons for a while; the one that had the focus gets it back, so that the keyboard stays where it was.
export function disable(buttons, busy) {
  const held = buttons.find((button) => button === document.activeElement);
  for (const button of buttons) {
    button.disabled = busy;
    if (busy) button.dataset.held = button === held ? "1" : "";
    else if (button.dataset.held && document.activeElement === document.body) button.focus({ preventScroll: true });
  }
}

export const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`; // no line ends between the two
export const tidy = (number) => (Math.abs(number) >= 100 ? number.toFixed(0) : Math.abs(number) >= 0.001 ? number.toPrecision(3) : number.toExponential(1));
export const bytes = (n) => (n >= 2 ** 20 ? `${(n / 2 ** 20).toFixed(1)} MB` : `${Math.round(n / 1024)} kB`);

// Save a text as a file.
export function download(name, text, type = "text/plain") {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
