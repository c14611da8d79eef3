// Pictures on canvases: curves, images of weights, regions of the plane, bars. Numbers come from Python.

const ink = () => getComputedStyle(document.body).color;

// A canvas of the size that the style gives it, sharp on any screen; drawing is in CSS pixels.
function paper(canvas, height, width = canvas.clientWidth || 300) {
  const scale = window.devicePixelRatio || 1;
  canvas.style.height = `${height}px`;
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
  const g = canvas.getContext("2d");
  g.setTransform(scale, 0, 0, scale, 0, 0);
  g.clearRect(0, 0, width, height);
  g.font = "12px system-ui, sans-serif";
  return { g, width, height };
}

// lines: [{values, color, dash, width, alpha}], values from 0 to 1; marks: [{at, text}]; label: of a height.
export function curves(canvas, lines, total, marks = [], label = (share) => `${100 * share} %`) {
  const { g, width, height } = paper(canvas, 150);
  const left = 44, right = width - 8, top = 8, bottom = height - 20, most = Math.max(1, total - 1);
  const x = (i) => left + (right - left) * Math.min(1, i / most), y = (v) => bottom - (bottom - top) * v;
  g.fillStyle = g.strokeStyle = ink();
  g.lineWidth = 1;
  g.globalAlpha = 0.65;
  for (const share of [0, 0.5, 1]) {
    g.fillText(label(share), 0, y(share) + 4);
    g.globalAlpha = 0.15;
    g.beginPath(); g.moveTo(left, y(share)); g.lineTo(right, y(share)); g.stroke();
    g.globalAlpha = 0.65;
  }
  g.fillText("epoch 1", left, height - 4);
  g.textAlign = "right"; g.fillText(String(total), right, height - 4); g.textAlign = "left";
  for (const [k, { at, text }] of marks.entries()) {
    const wide = g.measureText(text).width, from = x(at) + 4 + wide > width ? x(at) - 4 - wide : x(at) + 4;
    g.globalAlpha = 0.5; g.setLineDash([2, 3]);
    g.beginPath(); g.moveTo(x(at), top); g.lineTo(x(at), bottom); g.stroke();
    g.globalAlpha = 0.85; g.fillText(text, from, bottom - 4 - 13 * (k % 3)); // names of neighbours stand above each other
  }
  for (const line of lines) {
    g.globalAlpha = line.alpha ?? 1; g.strokeStyle = g.fillStyle = line.color; g.lineWidth = line.width ?? 1.2;
    g.setLineDash(line.dash ?? []);
    g.beginPath();
    line.values.forEach((v, i) => { if (Number.isFinite(v)) g.lineTo(x(i), y(v)); });
    g.stroke();
    g.setLineDash([]);
    if (line.values.length === 1) { g.beginPath(); g.arc(x(0), y(line.values[0]), 3, 0, 7); g.fill(); }
  }
  g.globalAlpha = 1;
}

// tiles: images of side x side numbers from -1 (blue) to 1 (red).
export function images(canvas, { side, tiles }) {
  const many = 8, gap = 3, rows = Math.ceil(tiles.length / many);
  const size = Math.max(16, Math.floor(((canvas.clientWidth || 300) + gap) / many) - gap);
  const { g } = paper(canvas, rows * (size + gap));
  tiles.forEach((tile, k) => {
    const x0 = (k % many) * (size + gap), y0 = Math.floor(k / many) * (size + gap), cell = size / side;
    tile.forEach((v, i) => {
      g.fillStyle = diverging(v);
      g.fillRect(x0 + (i % side) * cell, y0 + Math.floor(i / side) * cell, cell + 0.5, cell + 0.5);
    });
  });
}

function diverging(v) {
  const a = Math.min(1, Math.abs(v)), [r, b, l] = v < 0 ? [67, 147, 195] : [214, 96, 77];
  return `rgb(${[r, b, l].map((c) => Math.round(247 + (c - 247) * a)).join(",")})`;
}

export const CLASSES = ["#2A8FC4", "#D55E00"];

// shares: side x side probabilities of class 1, from the upper left; points: [[x, y], ...] as shares of the side.
export function plane(canvas, side, shares, points, height) {
  canvas.style.width = `min(100%, ${height}px)`;
  const size = Math.min(canvas.clientWidth || height, height), { g } = paper(canvas, size), edge = (i) => Math.round((i * size) / side);
  shares.forEach((p, k) => {
    const [from, to] = [[42, 143, 196], [213, 94, 0]], sure = 0.25 + 0.5 * Math.abs(2 * p - 1);
    g.fillStyle = `rgba(${(p < 0.5 ? from : to).join(",")},${sure})`;
    const [column, row] = [k % side, Math.floor(k / side)];
    g.fillRect(edge(column), edge(row), edge(column + 1) - edge(column), edge(row + 1) - edge(row));
  });
  points?.at.forEach(([x, y], k) => {
    g.fillStyle = CLASSES[points.y[k]]; g.strokeStyle = "#fff"; g.lineWidth = 0.8;
    g.beginPath();
    if (points.y[k]) g.rect(x * size - 2.5, y * size - 2.5, 5, 5); else g.arc(x * size, y * size, 2.8, 0, 7);
    g.fill(); g.stroke();
  });
}

// A digit, dark on light: pixels from 0 to 1.
export function digit(canvas, pixels, side = 8) {
  const { g } = paper(canvas, 64, 64), cell = 64 / side; // as wide as in play.css, also while it is hidden
  pixels.forEach((v, i) => {
    const shade = Math.round(255 * (1 - v));
    g.fillStyle = `rgb(${shade},${shade},${shade})`;
    g.fillRect((i % side) * cell, Math.floor(i / side) * cell, cell + 0.5, cell + 0.5);
  });
}

// voices: [{name, scores}], each scaled by itself; right: the true class, which is framed.
export function bars(canvas, voices, right, color) {
  const row = 42, { g, width } = paper(canvas, voices.length * row + 16), left = 74;
  voices.forEach(({ name, scores }, k) => {
    const low = Math.min(0, ...scores), high = Math.max(...scores, low + 1e-9), step = (width - left - 4) / scores.length;
    const best = scores.indexOf(Math.max(...scores)), base = k * row + row - 4;
    g.fillStyle = ink(); g.globalAlpha = 0.85; g.fillText(name, 0, base - 12);
    scores.forEach((s, c) => {
      const tall = ((s - low) / (high - low)) * (row - 12);
      g.globalAlpha = c === best ? 1 : 0.4; g.fillStyle = color;
      g.fillRect(left + c * step + 1, base - tall, step - 3, Math.max(1, tall));
      if (c === right) { g.globalAlpha = 1; g.strokeStyle = "#B07800"; g.lineWidth = 2; g.strokeRect(left + c * step, base - row + 12, step - 1, row - 11); }
    });
  });
  g.globalAlpha = 0.8; g.fillStyle = ink(); g.textAlign = "center";
  const n = voices[0]?.scores.length ?? 0, step = (width - left - 4) / n;
  for (let c = 0; c < n; c++) g.fillText(String(c), left + (c + 0.5) * step, voices.length * row + 12);
  g.textAlign = "left"; g.globalAlpha = 1;
}
