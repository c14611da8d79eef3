// The editor: CodeMirror where it was fetched when the page was built, else a plain one. Both: value, set, focus, and
// replace, which says whether the text was replaced: as an edit that can be undone, or after a question.
// onchange is called with the text, onsubmit on Ctrl-Enter or Cmd-Enter.
import { make } from "./dom.js";
import { EDITOR } from "./made.js";

const LABEL = "your Python code; Ctrl-Enter checks it; Escape, then Tab leaves the editor";

export async function editor(place, onchange, onsubmit) {
  if (EDITOR) {
    try { return await rich(place, onchange, onsubmit); } catch (error) { console.info("CodeMirror could not be loaded:", error.message); }
  }
  return plain(place, onchange, onsubmit);
}

async function rich(place, onchange, onsubmit) {
  const [state, view, commands, language, python, { tags }] = await Promise.all([
    import("@codemirror/state"), import("@codemirror/view"), import("@codemirror/commands"), import("@codemirror/language"),
    import("@codemirror/lang-python"), import("@lezer/highlight"),
  ]);
  const colours = language.HighlightStyle.define([
    { tag: [tags.keyword, tags.operatorKeyword], color: "var(--syntax-keyword)", fontWeight: "600" },
    { tag: [tags.string, tags.docString], color: "var(--syntax-string)" },
    { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
    { tag: tags.number, color: "var(--syntax-number)" },
    { tag: tags.function(tags.definition(tags.variableName)), fontWeight: "600" },
  ]);
  const theme = view.EditorView.theme({
    "&": { backgroundColor: "var(--card)", color: "var(--ink)" },
    ".cm-content": { caretColor: "var(--ink)" },
    ".cm-content, .cm-gutter": { minHeight: "12rem" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    ".cm-gutters": { backgroundColor: "var(--code)", color: "var(--soft)", border: "0" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
    "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent) !important" },
    ".cm-matchingBracket": { outline: "1px solid var(--soft)", backgroundColor: "transparent !important" },
  });
  const extensions = [
    view.lineNumbers(), view.highlightActiveLine(), view.drawSelection(), commands.history(), language.bracketMatching(),
    language.indentUnit.of("    "), python.python(), language.syntaxHighlighting(colours), theme, view.EditorView.lineWrapping,
    view.EditorView.contentAttributes.of({ "aria-label": LABEL }),
    view.keymap.of([...["Ctrl-Enter", "Meta-Enter"].map((key) => ({ key, run: () => { onsubmit(); return true; } })), ...commands.defaultKeymap, ...commands.historyKeymap, commands.indentWithTab]),
    view.EditorView.updateListener.of((update) => { if (update.docChanged) onchange(update.state.doc.toString()); }),
  ];
  const fresh = (doc) => state.EditorState.create({ doc, extensions });
  const made = new view.EditorView({ parent: place, state: fresh("") });
  return {
    kind: "CodeMirror",
    get value() { return made.state.doc.toString(); },
    set: (text) => made.setState(fresh(text)), // with a history of its own: undo does not reach into another exercise
    replace: (text) => { made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: text } }); return true; },
    focus: () => made.focus(),
  };
}

function plain(place, onchange, onsubmit) {
  const area = make("textarea", { spellcheck: "false", autocapitalize: "off", "aria-label": LABEL });
  let leave = false;
  area.addEventListener("input", () => onchange(area.value));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { leave = true; return; }
    if (event.key === "Tab" && !leave && !event.shiftKey) { event.preventDefault(); area.setRangeText("    ", area.selectionStart, area.selectionEnd, "end"); onchange(area.value); }
    if (event.key === "Enter") {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) { onsubmit(); return; }
      const line = area.value.slice(0, area.selectionStart).split("\n").pop(), indent = line.match(/^ */)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
      area.setRangeText(`\n${indent}`, area.selectionStart, area.selectionEnd, "end");
      onchange(area.value);
    }
    leave = false;
  });
  place.append(area);
  return { kind: "plain",
    get value() { return area.value; }, set(text) { area.value = text; },
    replace(text) { const agreed = confirm("Replace your text by the exercise's first one? It cannot be undone."); if (agreed) area.value = text; return agreed; },
    focus: () => area.focus() };
}
