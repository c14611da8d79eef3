// Who waits for whom: the blocks of a network, and from where the error comes to each under a rule.
import { svg } from "./dom.js";

const WIDTH = 300, BOX = 42;
let drawn = 0; // arrowheads are referred to by an id, which must not be that of a hidden picture

export function diagram(rule, depth) {
  const step = (WIDTH - 20) / (depth + 1), y = 46;
  const place = (k) => 10 + step * k + (step - BOX) / 2;
  const words = sentence(rule, depth), head = `head-${(drawn += 1)}`;
  const root = svg("svg", { viewBox: `0 0 ${WIDTH} 84`, role: "img", "aria-label": words, class: "diagram" });
  root.append(svg("defs", {}, svg("marker", { id: head, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" },
    svg("path", { d: "M0 0 L8 4 L0 8 z", fill: rule.color }))));
  const text = (x, dy, content) => { const t = svg("text", { x, y: dy, "text-anchor": "middle", class: "small" }); t.textContent = content; root.append(t); };
  const arrow = (path) => root.append(svg("path", { d: path, fill: "none", stroke: rule.color, "stroke-width": 1.8, "marker-end": `url(#${head})` }));
  for (let k = 0; k <= depth; k++) {
    const own = rule.error_from.includes("own"), out = k === depth;
    if (out && own) continue;
    root.append(svg("rect", { x: place(k), y, width: BOX, height: 26, rx: 4, class: "box", "stroke-dasharray": out ? "3 2" : "none" }));
    text(place(k) + BOX / 2, y + 17, out ? "out" : `${k + 1}`);
    if (k > 0) root.append(svg("line", { x1: place(k - 1) + BOX, y1: y + 13, x2: place(k), y2: y + 13, class: "thin" }));
    if (own) arrow(`M${place(k) + 8} ${y} C${place(k) + 4} ${y - 30} ${place(k) + BOX - 4} ${y - 30} ${place(k) + BOX - 8} ${y - 1}`);
    else if (k > 0 && rule.error_from.includes("above")) arrow(`M${place(k) + 8} ${y} C${place(k)} ${y - 24} ${place(k - 1) + BOX} ${y - 24} ${place(k - 1) + BOX - 8} ${y - 1}`);
    else if (out && rule.error_from.includes("output")) for (let i = 0; i < depth; i++) {
      arrow(`M${place(depth) + 10} ${y} C${place(depth)} ${y - 22 - 9 * (depth - i)} ${place(i) + BOX} ${y - 22 - 9 * (depth - i)} ${place(i) + BOX / 2} ${y - 1}`);
    }
  }
  return root;
}

export function sentence(rule, depth) {
  if (rule.error_from.includes("own")) return "Nobody waits: each block has its error as soon as its own activities are there.";
  if (rule.error_from.includes("output")) return "All blocks wait until the output has its error; then all may change at once.";
  return `Block 1 waits for the whole way up and the whole way back${depth > 1 ? ": the error comes down block by block" : ""}.`;
}
