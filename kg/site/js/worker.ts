// The worker that answers: Oxigraph over the site's own graph file, fetched once when the first query is asked.
import init, { Store } from "oxigraph/web.js";
import type { Answer, Question, Results } from "./answering";

let ready: Promise<Store> | undefined;

async function opened(wasm: string, graph: string): Promise<Store> {
  const [, file] = await Promise.all([init({ module_or_path: wasm }), fetch(graph)]);
  if (!file.ok) throw new Error(`${graph}: ${file.status} ${file.statusText}`);
  const store = new Store();
  // Checked when it was built; lenient skips checking every IRI again.
  store.load(await file.text(), { format: "application/trig", lenient: true, no_transaction: true });
  say({ kind: "loaded", triples: store.size });
  return store;
}

const say = (answer: Answer): void => postMessage(answer);

function answer(store: Store, query: string): Answer {
  const begun = performance.now();
  const ask = (results_format: string): string =>
    store.query(query, { results_format, use_default_graph_as_union: true }) as string;
  const since = (): number => performance.now() - begun;
  if (isAboutTriples(query)) return { kind: "graph", turtle: ask("text/turtle"), milliseconds: since() };
  const results = JSON.parse(ask("json")) as Results;
  const milliseconds = since();
  return { kind: "table", results, csv: results.results ? ask("csv") : "", milliseconds };
}

/** Whether the answer is a graph: the engine must be told the format before it has read the query. */
function isAboutTriples(query: string): boolean {
  const plain = query.replace(/<[^<>\s]*>|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|#.*/g, " ");
  const form = /(?<![:?$\w])(SELECT|ASK|CONSTRUCT|DESCRIBE)\b(?!\s*:)/i.exec(plain)?.[1]?.toUpperCase();
  return form === "CONSTRUCT" || form === "DESCRIBE";
}

addEventListener("message", async ({ data }: MessageEvent<Question>) => {
  try {
    ready ??= opened(data.wasm, data.graph);
    say(answer(await ready, data.query));
  } catch (error) {
    say({ kind: "refused", words: error instanceof Error ? error.message : String(error) });
  }
});
