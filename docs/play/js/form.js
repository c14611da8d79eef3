// The settings that Watch and Break share: data, network, rate, batch, seed.
import { field, make, select } from "./dom.js";

export const DEFAULTS = { set: "digits", depth: 2, width: 64, rate: 0.003, batch: 64, seed: 0 };
const CHOICES = {
  set: [["digits", "digits, 8 × 8"], ["moons", "two moons"], ["spirals", "two spirals"]],
  depth: [1, 2, 3, 4, 5, 6].map((n) => [n, `${n} block${n > 1 ? "s" : ""}`]),
  width: [4, 8, 16, 32, 64, 128].map((n) => [n, `${n} neurons`]),
  rate: [0.0003, 0.001, 0.003, 0.01, 0.03].map((n) => [n, String(n)]),
  batch: [8, 16, 32, 64, 128].map((n) => [n, String(n)]),
};
const LABELS = { set: "Data", depth: "Depth", width: "Width", rate: "Learning rate", batch: "Batch", seed: "Seed" };

// A form's fields for these values; onchange is called with all values when one changes.
export function settings(values, onchange) {
  const seed = make("input", { name: "seed", type: "number", min: 0, max: 9999, step: 1, value: values.seed });
  const fields = Object.keys(CHOICES).map((name) => field(LABELS[name], select(name, CHOICES[name], values[name])));
  const box = make("div", { class: "fields" }, ...fields, field(LABELS.seed, seed));
  box.addEventListener("change", () => onchange(valuesOf(box)));
  return box;
}

export function valuesOf(box) {
  const found = {};
  for (const control of box.querySelectorAll("[name]")) {
    found[control.name] = control.name === "set" ? control.value : Number(control.value) || 0;
  }
  return found;
}

// What of an address can be used: known names, choices that exist.
export function sensible(values) {
  const found = { ...DEFAULTS };
  for (const [name, choices] of Object.entries(CHOICES)) {
    if (choices.some(([key]) => String(key) === values[name])) found[name] = name === "set" ? values[name] : Number(values[name]);
  }
  if (/^\d{1,4}$/.test(values.seed ?? "")) found.seed = Number(values.seed);
  return found;
}

export const asked = (values, rule, lane) => ({
  lane, rule, set: values.set, widths: Array(values.depth).fill(values.width), rate: values.rate, batch: values.batch, seed: values.seed,
});
