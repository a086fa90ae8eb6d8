// An answer as part of the page.  Everything in it is set as text; nothing is ever read as markup.
import type { AskData } from "./ask";
import type { Results, Term } from "./answering";

/** More rows than this are not shown, but saved. */
const MOST_ROWS = 1000;

const element = (name: string, text = ""): HTMLElement => Object.assign(document.createElement(name), { textContent: text });

export const nothing = (): HTMLElement => element("p", "Nothing.");

export const turtle = (text: string): HTMLElement => element("pre", text);

export function table(results: Results, data: AskData): HTMLElement {
  if (results.boolean !== undefined) return element("p", results.boolean ? "Yes." : "No.");
  const rows = results.results?.bindings ?? [];
  if (!rows.length) return nothing();
  const names = results.head.vars ?? [];
  const made = element("table");
  made.className = "kg-table kg-answer";
  const head = made.appendChild(element("thead")).appendChild(element("tr"));
  head.append(...names.map((name) => Object.assign(element("th", name), { scope: "col" })));
  const body = made.appendChild(element("tbody"));
  for (const row of rows.slice(0, MOST_ROWS)) {
    const line = body.appendChild(element("tr"));
    line.append(...names.map((name) => cell(row[name], data)));
  }
  const place = element("div");
  place.append(made);
  if (rows.length > MOST_ROWS) place.append(element("p", `The first ${MOST_ROWS} rows are shown; the saved files hold all.`));
  return place;
}

function cell(term: Term | undefined, data: AskData): HTMLElement {
  const made = element("td");
  if (!term) return made;
  const page = pageOf(term, data);
  if (page) made.append(Object.assign(document.createElement("a"), { href: page, textContent: shortened(term, data) }));
  else made.textContent = shortened(term, data);
  return made;
}

/** The page of an IRI, or of a plain text that is the name of something with a page. */
function pageOf(term: Term, data: AskData): string | undefined {
  const value = String(term.value);
  pages ??= known(data);
  if (term.type === "uri") return pages.byIri.get(value);
  return term.type === "literal" && /^[\w-]+$/.test(value) ? pages.byName.get(value) : undefined;
}

interface Pages { byIri: Map<string, string>; byName: Map<string, string> }
let pages: Pages | undefined;

function known(data: AskData): Pages {
  const found: Pages = { byIri: new Map(), byName: new Map() };
  for (const { address, start, names, others } of data.pages) {
    const all: [string, string][] = [...names.map((name): [string, string] => [start + name, name]), ...Object.entries(others)];
    for (const [iri, name] of all) {
      const page = address.replace("NAME", encodeURIComponent(name));
      found.byIri.set(iri, page);
      found.byName.set(name, page);
    }
  }
  return found;
}

function shortened(term: Term, data: AskData): string {
  if (term.type === "triple") {
    const { subject, predicate, object } = term.value as Record<string, Term>;
    return `<< ${[subject, predicate, object].map((part) => (part ? shortened(part, data) : "")).join(" ")} >>`;
  }
  const value = String(term.value);
  if (term.type === "bnode") return `_:${value}`;
  if (term.type !== "uri") return value;
  const found = Object.entries(data.prefixes).find(([, iri]) => value.startsWith(iri) && /^[\w-]+$/.test(value.slice(iri.length)));
  return found ? `${found[0]}:${value.slice(found[1].length)}` : value;
}
