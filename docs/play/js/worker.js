// One Python in a module worker. In: {id, what, args}. Out: {id, progress}, {id, result, heap} or {id, error, dead}.
const HEAP_MOST = 768 * 2 ** 20; // WebAssembly's memory grows and never shrinks; Python says MemoryError beyond this
let python, ask, PythonError;

const TYPES = { wasm: "application/wasm", mjs: "text/javascript", js: "text/javascript", json: "application/json" };

// All files of the engine, each held against the hash that is pinned for it. Where Pyodide fetches one, it gets these.
async function fetchEngine({ base, files }, say) {
  const held = new Map(), plain = self.fetch.bind(self), names = Object.keys(files);
  const one = async (name) => {
    held.set(base + name, await bytes(base + name, files[name]));
    say({ files: held.size, of: names.length });
  };
  await Promise.all(names.map(one));
  self.fetch = async (where, options) => {
    const url = String(where.url ?? where), found = held.get(url);
    return found ? new Response(found, { headers: { "Content-Type": TYPES[url.split(".").pop()] ?? "application/octet-stream" } }) : plain(where, options);
  };
  return held;
}

function limitHeap() {
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65536 > HEAP_MOST) throw new RangeError("the heap has reached its limit");
    return grow.call(this, pages);
  };
}

async function bytes(url, integrity) {
  let answer;
  try {
    answer = await fetch(url, integrity ? { integrity } : {});
  } catch {
    throw new Error(`${new URL(url).host} cannot be reached, or what it sent is not what this page expects (${url.split("/").pop()})`);
  }
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.arrayBuffer();
}

// A script of the engine as a module: import() itself cannot check a hash.
async function scriptOf(data) {
  const blob = URL.createObjectURL(new Blob([data], { type: "text/javascript" }));
  try { return await import(blob); } finally { URL.revokeObjectURL(blob); }
}

async function start({ engine, app }, say) {
  if (typeof WebAssembly !== "object") throw new Error("this browser has no WebAssembly");
  limitHeap();
  const [held, archive] = await Promise.all([fetchEngine(engine, say), bytes(app)]);
  const { loadPyodide } = await scriptOf(held.get(engine.base + "pyodide.mjs"));
  await scriptOf(held.get(engine.base + "pyodide.asm.js"));
  python = await loadPyodide({ indexURL: engine.base, stdout: () => {}, stderr: () => {} });
  PythonError = python.ffi.PythonError;
  const problems = [];
  await python.loadPackage("numpy", { messageCallback() {}, errorCallback: (text) => problems.push(text) });
  if (!("numpy" in python.loadedPackages)) throw new Error(`NumPy cannot be loaded: ${problems.join("; ")}`);
  held.clear();
  python.FS.mkdirTree("/app");
  python.unpackArchive(archive, "zip", { extractDir: "/app" });
  python.runPython("import sys; sys.path.insert(0, '/app')");
  ask = python.pyimport("bridge").ask;
  return call(0, "about", {});
}

function call(id, what, args) {
  return JSON.parse(ask(what, JSON.stringify(args), (text) => self.postMessage({ id, progress: JSON.parse(text) })));
}

// What a traceback ends with: the exception and its message, which may have several lines.
function lastLines(text) {
  const lines = text.trim().split("\n"), at = lines.findLastIndex((line) => /^[A-Za-z_.]+(Error|Exception|Exit|Interrupt|OutOfTime)\b/.test(line));
  return lines.slice(at).join(" ");
}

self.onmessage = async ({ data: { id, what, args } }) => {
  try {
    const result = what === "load" ? await start(args, (progress) => self.postMessage({ id, progress })) : call(id, what, args);
    self.postMessage({ id, result, heap: python._module.HEAPU8.length });
  } catch (error) {
    // Whatever is no exception of Python's (os._exit, a trap) has ended the interpreter: the page starts another.
    const alive = PythonError !== undefined && error instanceof PythonError;
    const text = String(error.message ?? error);
    self.postMessage({ id, error: alive ? lastLines(text) : text, dead: !alive });
  }
};
