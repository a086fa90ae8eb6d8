// The graph as the page carries it, and questions about it that need no drawing.

export interface MapNode {
  id: string;
  kind: string; // "concept", or the kind of a claim: "Identity", "Bound", …
  title: string;
  label: string; // the title, broken into lines by the build
  words: string; // alternative labels, searched but not shown
  topic: string;
  strength: string; // "" for concepts
  freshness: string; // "" for concepts; "current", "stale" or "none"
  summary: string; // strength and freshness as a reader would say them
  url: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface MapEdge {
  source: string;
  target: string;
  relation: string;
}

export interface Area {
  topic: string;
  title: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface MapData {
  nodes: MapNode[];
  edges: MapEdge[];
  areas: Area[];
  relations: Record<string, string>;
}

/** What the reader asked to see; every field also lives in the address of the page. */
export interface View {
  text: string;
  kind: string;
  strength: string;
  topic: string;
  focus: string;
  depth: number;
}

export const EVERYTHING: View = { text: "", kind: "", strength: "", topic: "", focus: "", depth: 1 };

export function readView(hash: string): View {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const depth = Number(given.get("depth") ?? 1);
  return {
    text: given.get("text") ?? "",
    kind: given.get("kind") ?? "",
    strength: given.get("strength") ?? "",
    topic: given.get("topic") ?? "",
    focus: given.get("focus") ?? "",
    depth: depth >= 1 && depth <= 9 ? Math.trunc(depth) : 1,
  };
}

export function writeView(view: View): string {
  const said = new URLSearchParams();
  for (const key of ["text", "kind", "strength", "topic", "focus"] as const) {
    if (view[key]) said.set(key, view[key]);
  }
  if (view.focus && view.depth !== 1) said.set("depth", String(view.depth));
  return said.toString();
}

export function neighbours(data: MapData): Map<string, Set<string>> {
  const around = new Map<string, Set<string>>(data.nodes.map((node) => [node.id, new Set()]));
  for (const { source, target } of data.edges) {
    around.get(source)?.add(target);
    around.get(target)?.add(source);
  }
  return around;
}

/** Everything at most `depth` edges away from `start`, with `start` itself. */
export function within(around: Map<string, Set<string>>, start: string, depth: number): Set<string> {
  const reached = new Set([start]);
  let frontier = [start];
  for (let step = 0; step < depth; step += 1) {
    frontier = frontier
      .flatMap((id) => [...(around.get(id) ?? [])])
      .filter((id) => !reached.has(id));
    frontier.forEach((id) => reached.add(id));
  }
  return reached;
}

function isAskedFor(node: MapNode, view: View): boolean {
  const isClaim = node.kind !== "concept";
  if (view.kind === "claim" ? !isClaim : view.kind && node.kind !== view.kind) return false;
  if (view.strength && node.strength !== view.strength) return false;
  if (view.topic && node.topic !== view.topic) return false;
  const text = `${node.title} ${node.id} ${node.words}`.toLowerCase();
  return view.text.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** The ids the view shows: what matches, and around a matching claim the concepts it speaks of. */
export function shown(data: MapData, around: Map<string, Set<string>>, view: View): Set<string> {
  const known = around.has(view.focus);
  const near = known ? within(around, view.focus, view.depth) : null;
  const matching = data.nodes.filter((node) => isAskedFor(node, view) && (!near || near.has(node.id)));
  const result = new Set(matching.map((node) => node.id));
  if (known) result.add(view.focus);
  const filtersClaims = view.kind !== "concept" && (view.kind || view.strength || view.topic);
  if (!filtersClaims) return result;
  const kinds = new Map(data.nodes.map((node) => [node.id, node.kind]));
  for (const node of matching) {
    if (node.kind === "concept") continue;
    for (const other of around.get(node.id) ?? []) {
      if (kinds.get(other) === "concept" && (!near || near.has(other))) result.add(other);
    }
  }
  return result;
}
