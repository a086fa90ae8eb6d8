// Asking in the page: an editor for SPARQL, the project's questions to start from, and answers from a worker.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { nothing, table, turtle } from "./answer";
import type { Answer, Question } from "./answering";

/** Things with pages in one folder: the IRI of a name is `start` and the name, except for those in `others`. */
interface Family { address: string; start: string; names: string[]; others: Record<string, string> }

export interface AskData {
  starters: Record<string, { words: string; why: string; text: string }>;
  prefixes: Record<string, string>;
  pages: Family[];
  files: { graph: string; static: string };
}

/** A query that has not been answered by then is given up; the worker starts anew. */
const PATIENCE = 20_000;

const EMPTY = "SELECT ?claim ?statement\nWHERE { ?claim kg:statement ?statement }\nLIMIT 20\n";

const colour = (name: string): string => `var(--kg-${name})`;

const LOOK = [
  EditorView.theme({
    "&": { color: colour("ink"), backgroundColor: colour("page"), border: `1px solid ${colour("line")}`, borderRadius: "0.3em", fontSize: "0.9em" },
    "&.cm-focused": { outline: `3px solid ${colour("accent")}`, outlineOffset: "1px" },
    ".cm-content": { caretColor: colour("ink"), minHeight: "12em" },
    ".cm-scroller": { maxHeight: "32em" },
    ".cm-cursor": { borderLeftColor: colour("ink") },
    ".cm-gutters": { color: colour("quiet"), backgroundColor: colour("area"), border: "none" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
    "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { background: `${colour("identitytested-fill")} !important` },
  }),
  syntaxHighlighting(HighlightStyle.define([
    { tag: tags.keyword, color: colour("identitytested"), fontWeight: "600" },
    { tag: [tags.string, tags.literal], color: colour("sampled") },
    { tag: tags.comment, color: colour("quiet"), fontStyle: "italic" },
    { tag: [tags.variableName, tags.special(tags.variableName)], color: colour("scaled") },
    { tag: [tags.atom, tags.link, tags.tagName], color: colour("proved") },
  ])),
];

function start(root: HTMLElement): void {
  const source = document.getElementById("kg-ask-data");
  const form = root.querySelector<HTMLFormElement>("form");
  const place = root.querySelector<HTMLElement>(".kg-ask-editor");
  const status = root.querySelector<HTMLElement>(".kg-ask-said");
  const answers = root.querySelector<HTMLElement>(".kg-ask-answer");
  if (!source || !form || !place || !status || !answers) return;
  const part = <T extends HTMLElement>(name: string): T => form.querySelector<T>(`.kg-ask-${name}`)!;
  const [stop, csv, json] = [part<HTMLButtonElement>("stop"), part<HTMLButtonElement>("csv"), part<HTMLButtonElement>("json")];
  const data = JSON.parse(source.textContent ?? "") as AskData;
  const starter = form.elements.namedItem("starter") as HTMLSelectElement;
  const files = Object.fromEntries(Object.entries(data.files).map(([name, path]) => [name, new URL(path, location.href).href]));
  let worker: Worker | null = null;
  let timer = 0;
  let last: Answer | null = null;

  form.hidden = status.hidden = false;
  const editor = new EditorView({
    parent: place,
    state: EditorState.create({
      extensions: [
        lineNumbers(), history(), drawSelection(), bracketMatching(), highlightActiveLine(), EditorView.lineWrapping,
        StreamLanguage.define(sparql), LOOK,
        EditorView.contentAttributes.of({ "aria-label": "Query in SPARQL; Control and Enter asks, Escape and then Tab leaves" }),
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => { ask(); return true; } }])),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.updateListener.of((update) => { if (update.docChanged) link(); }),
      ],
    }),
  });

  const query = (): string => editor.state.doc.toString();
  const tell = (words: string, isFault = false): void => { status.textContent = words; status.classList.toggle("kg-fault", isFault); };

  function write(text: string): void {
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }

  /** The address of what stands in the editor: a starter by its name, anything else in full. */
  function link(): void {
    const name = starter.value;
    const isStarter = name && data.starters[name]?.text === query();
    const said = new URLSearchParams(isStarter ? { question: name } : { query: query() });
    part<HTMLAnchorElement>("link").href = `${location.pathname}${location.search}#${said}`;
  }

  function take(name: string): void {
    starter.value = name in data.starters ? name : "";
    part("why").textContent = data.starters[name]?.why ?? "";
    write(data.starters[name]?.text ?? EMPTY);
    link();
  }

  /** Read the address; whether it asks something. */
  function follow(): boolean {
    const given = new URLSearchParams(location.hash.slice(1));
    const text = given.get("query");
    const name = given.get("question") ?? "";
    take(name);
    if (text !== null) write(text);
    return text !== null || name in data.starters;
  }

  function settle(): void {
    clearTimeout(timer);
    stop.disabled = true;
    root.dataset.busy = "";
  }

  function giveUp(words: string): void {
    worker?.terminate();
    worker = null;
    settle();
    tell(words, true);
  }

  function ask(): void {
    if (root.dataset.busy) giveUp("");
    if (location.protocol === "file:") {
      tell("This page was opened as a file, and browsers let a page read the graph only from a web server: see “The graph as a file” below.", true);
      return;
    }
    address.replaceState(null, "", part<HTMLAnchorElement>("link").href);
    tell(worker ? "Asking …" : "Starting the engine …");
    root.dataset.busy = "yes";
    stop.disabled = false;
    csv.disabled = json.disabled = true;
    worker ??= hired();
    timer = window.setTimeout(() => giveUp(`No answer within ${PATIENCE / 1000} seconds, so it was stopped: add a LIMIT or make the pattern narrower.`), PATIENCE);
    const question: Question = { query: declared(query(), data.prefixes), wasm: `${files.static}oxigraph.wasm`, graph: files.graph ?? "" };
    worker.postMessage(question);
  }

  function hired(): Worker {
    const made = new Worker(`${files.static}kg-ask-worker.js`);
    made.addEventListener("message", ({ data: answer }: MessageEvent<Answer>) => hear(answer));
    made.addEventListener("error", (event) => giveUp(`The engine could not be started: ${event.message || "see the browser's console"}.`));
    return made;
  }

  function hear(answer: Answer): void {
    if (answer.kind === "loaded") { tell(`Asking ${answer.triples} triples …`); return; }
    settle();
    last = answer;
    answers!.hidden = answer.kind === "refused";
    if (answer.kind === "refused") { tell(refusal(answer.words, query(), data.prefixes), true); return; }
    const time = `${Math.max(1, Math.round(answer.milliseconds))} ms`;
    if (answer.kind === "graph") {
      answers!.replaceChildren(answer.turtle.trim() ? turtle(answer.turtle) : nothing());
      tell(`A graph, in ${time}.`);
    } else {
      const rows = answer.results.results?.bindings.length;
      answers!.replaceChildren(table(answer.results, data));
      tell(rows === undefined ? `Answered in ${time}.` : `${rows} ${rows === 1 ? "row" : "rows"} in ${time}.`);
    }
    csv.disabled = !(answer.kind === "table" && answer.csv);
    json.disabled = answer.kind !== "table";
    root.dataset.answered = String(Number(root.dataset.answered ?? 0) + 1);
  }

  starter.addEventListener("change", () => { take(starter.value); tell(""); });
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  stop.addEventListener("click", () => giveUp("Stopped."));
  csv.addEventListener("click", () => { if (last?.kind === "table") save("answer.csv", "text/csv", last.csv); });
  json.addEventListener("click", () => { if (last?.kind === "table") save("answer.json", "application/sparql-results+json", JSON.stringify(last.results, null, 1)); });
  window.addEventListener("hashchange", () => { if (follow()) ask(); });
  if (follow()) ask();
  root.dataset.ready = "yes";
}

const address = window.history; // CodeMirror's history has the same name

/** The query after the prefixes it does not declare itself, on one line so that its own lines keep their numbers. */
function declared(query: string, prefixes: Record<string, string>): string {
  const own = new Set([...query.matchAll(/\bPREFIX\s+([\w-]*):/gi)].map((match) => match[1]));
  return Object.entries(prefixes).filter(([name]) => !own.has(name)).map(([name, iri]) => `PREFIX ${name}: <${iri}> `).join("") + query;
}

/** The engine's words, with the column counted in the reader's own text. */
function refusal(words: string, query: string, prefixes: Record<string, string>): string {
  const shift = declared(query, prefixes).length - query.length;
  const own = words.replace(/\bat 1:(\d+)/, (_, column: string) => `at 1:${Math.max(1, Number(column) - shift)}`);
  return `The query cannot be answered: ${own}`;
}

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

const root = document.querySelector<HTMLElement>(".kg-ask");
if (root) start(root);
