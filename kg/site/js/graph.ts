// The graph as the page carries it, and questions about it that need no drawing.

export interface MapNode {
  id: string;
  title: string;
  label: string; // the title, broken into lines by the build
  words: string; // alternative labels, a statement or a title: searched but not shown, and empty until fetched
  kind: string[]; // ["concept"], or ["claim", its kind], or the type of a work
  topic: string | string[];
  paper?: string[]; // keys of the works behind a claim
  years?: number[]; // when these, or the work itself, appeared
  strength: string; // "" where nothing is claimed
  freshness: string; // "current", "stale" or "none"; "" where nothing is claimed
  summary: string; // strength and freshness as a reader would say them
  rank?: number; // only on claims a connection may use: 0 is the strongest
  conditions?: string[];
  upTo?: string;
  url: string;
  area: number; // which area holds the box; this and what follows is absent where nothing is drawn
  x: number; // centre of the box from the upper left corner of its area
  y: number;
  width: number;
  height: number;
}

export type MapEdge = [source: string, target: string, relation: string];

export interface Area {
  field: string; // the filter that shows this area alone, or ""
  value: string;
  title: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface MapData {
  nodes: MapNode[];
  edges: MapEdge[];
  upwards: [lower: string, upper: string][];
  areas: Area[];
  isInOrder: boolean; // areas are read one after the other
  relations: Record<string, string>;
  words?: string; // the address of what is searched and not shown
  connects?: { equivalences: string[]; supports: string[] };
}

/** Which way from the focus: everything near, only what is above it, or only what is below. */
export type Way = "" | "up" | "down";

/** What the reader asked to see; every field also lives in the address of the page. */
export interface View {
  text: string;
  filters: Record<string, string>;
  since: number; // 0: no bound
  until: number;
  focus: string;
  way: Way;
  depth: number;
  from: string;
  to: string;
}

export const EVERYTHING: View = {
  text: "", filters: {}, since: 0, until: 0, focus: "", way: "", depth: 1, from: "", to: "",
};

const FILTERS = ["topic", "kind", "strength", "freshness", "paper"];

export function readView(hash: string): View {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name: string): string => given.get(name) ?? "";
  const number = (name: string): number => Math.max(0, Math.trunc(Number(text(name)) || 0));
  const way = text("way");
  return {
    text: text("text"),
    filters: Object.fromEntries(FILTERS.filter(text).map((name) => [name, text(name)])),
    since: number("since"), until: number("until"),
    focus: text("focus"), way: way === "up" || way === "down" ? way : "",
    depth: Math.min(9, Math.max(1, number("depth"))),
    from: text("from"), to: text("to"),
  };
}

export function writeView(view: View): string {
  const said = new URLSearchParams();
  const put = (name: string, value: string | number): void => { if (value) said.set(name, String(value)); };
  put("text", view.text);
  for (const name of FILTERS) put(name, view.filters[name] ?? "");
  for (const name of ["since", "until", "focus", "from", "to"] as const) put(name, view[name]);
  if (view.focus) { put("way", view.way); put("depth", view.depth === 1 ? "" : view.depth); }
  return said.toString();
}

/** Who is one step away, in each direction of reading. */
export interface Around {
  near: Map<string, Set<string>>;
  up: Map<string, Set<string>>;
  down: Map<string, Set<string>>;
}

export function neighbours(data: MapData): Around {
  const empty = (): Map<string, Set<string>> => new Map(data.nodes.map((node) => [node.id, new Set()]));
  const around: Around = { near: empty(), up: empty(), down: empty() };
  for (const [source, target] of data.edges) {
    around.near.get(source)?.add(target);
    around.near.get(target)?.add(source);
  }
  for (const [lower, upper] of data.upwards) {
    around.up.get(lower)?.add(upper);
    around.down.get(upper)?.add(lower);
  }
  return around;
}

/** Everything at most `depth` steps away from `start`, with `start` itself. */
export function within(steps: Map<string, Set<string>>, start: string, depth: number): Set<string> {
  const reached = new Set([start]);
  let frontier = [start];
  for (let step = 0; step < depth && frontier.length; step += 1) {
    const next = new Set(frontier.flatMap((id) => [...(steps.get(id) ?? [])]));
    frontier = [...next].filter((id) => !reached.has(id));
    frontier.forEach((id) => reached.add(id));
  }
  return reached;
}

const isClaim = (node: MapNode): boolean => node.kind[0] === "claim";

function isAskedFor(node: MapNode, view: View): boolean {
  for (const [field, wanted] of Object.entries(view.filters)) {
    const held = node[field as keyof MapNode];
    if (wanted && !(Array.isArray(held) ? (held as unknown[]).includes(wanted) : held === wanted)) return false;
  }
  if (view.since || view.until) {
    const last = view.until || Infinity;
    if (!node.years?.some((year) => year >= view.since && year <= last)) return false;
  }
  const text = `${node.title} ${node.id} ${node.words}`.toLowerCase();
  return view.text.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** The ids the view shows: what matches, and around a matching claim the concepts it speaks of. */
export function shown(data: MapData, around: Around, view: View): Set<string> {
  const known = around.near.has(view.focus);
  const near = known ? within(around[view.way || "near"], view.focus, view.depth) : null;
  const matching = data.nodes.filter((node) => isAskedFor(node, view) && (!near || near.has(node.id)));
  const result = new Set(matching.map((node) => node.id));
  if (known) result.add(view.focus);
  const narrowed = Object.values(view.filters).some(Boolean) || view.since || view.until;
  if (!narrowed || view.filters.kind === "concept") return result;
  const concepts = new Set(data.nodes.filter((node) => node.kind[0] === "concept").map((node) => node.id));
  for (const node of matching.filter(isClaim)) {
    for (const other of around.near.get(node.id) ?? []) {
      if (concepts.has(other) && (!near || near.has(other))) result.add(other);
    }
  }
  return result;
}

/** The node a reader means by a title, a name, or the beginning of either. */
export function meant(data: MapData, said: string, kind = ""): MapNode | undefined {
  const wanted = said.trim().toLowerCase();
  if (!wanted) return undefined;
  const nodes = kind ? data.nodes.filter((node) => node.kind[0] === kind) : data.nodes;
  return nodes.find((node) => node.title.toLowerCase() === wanted || node.id.toLowerCase() === wanted)
    ?? nodes.find((node) => node.title.toLowerCase().startsWith(wanted));
}
