// The address holds the whole state of a view: #watch&set=moons&rules=bp,mf&...

export function read() {
  const [view, ...pairs] = location.hash.slice(1).split("&");
  return { view, values: Object.fromEntries(pairs.map((pair) => pair.split("=").map(decodeURIComponent))) };
}

export function write(view, values = {}) {
  const pairs = Object.entries(values).map((pair) => pair.map(encodeURIComponent).join("="));
  history.replaceState(null, "", `#${[view, ...pairs].join("&")}`);
}
