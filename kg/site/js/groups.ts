// Where boxes stand when there are too many for a drawing with lines to be read: in rows, grouped under titles.
//
// Around a focus a group says what its members are to it, so the lines to the focus need not be drawn; without
// a focus a group is an area of the graph. Rows are as long as the frame lets one read, on a phone as on a desk.
import type { Area, MapNode } from "./graph";
import type { Line } from "./paint";
import type { Placed } from "./shelves";

const GAP = 14;
const TITLE = 34; // height of a title, with what is left free above the first row
const INSET = 10; // between the frame of a group and its boxes

/** What one end of a line is to the focus at its other end: [where the focus is the source, where it is the target]. */
const SAID: Record<string, [string, string]> = {
  broader: ["What it is a kind of", "Kinds of it"],
  related: ["Related", "Related"],
  left: ["What it relates", "Claims with it as one side"],
  right: ["What it relates", "Claims with it as one side"],
  about: ["What it is about", "Claims about it"],
  repairedBy: ["What is true instead", "What it is said instead of"],
  cites: ["Works it cites", "Works that cite it"],
  together: ["Behind one claim with it", "Behind one claim with it"],
};

/** Groups in rows of boxes, no longer than `room`, in the units of the drawing; the focus stands above them. */
export function inGroups(nodes: MapNode[], lines: Line[], focus: string, areas: Area[], room: number): Placed {
  const groups = nodes.some(({ id }) => id === focus) ? aroundFocus(nodes, lines, focus) : byArea(nodes, areas);
  const column = GAP + Math.max(...nodes.map((node) => node.width));
  const across = Math.max(1, Math.floor((room - 2 * INSET + GAP) / column));
  const width = 2 * INSET - GAP + column * Math.min(across, Math.max(...[...groups.values()].map((group) => group.length)));
  const placed: Placed = { places: new Map(), areas: [] };
  let top = 0;
  for (const [title, group] of groups) {
    const start = top;
    if (title) top += TITLE;
    for (let first = 0; first < group.length; first += across) {
      const row = group.slice(first, first + across);
      const high = Math.max(...row.map((node) => node.height));
      row.forEach((node, place) => {
        const middle = title ? INSET + column * (place + 0.5) - GAP / 2 : node.width / 2;
        placed.places.set(node.id, { x: middle, y: top + high / 2 });
      });
      top += high + GAP;
    }
    const said = group.length > 1 ? `${title} (${group.length})` : title;
    if (title) placed.areas.push({ field: "", value: "", title: said, x: width / 2, y: (start + top) / 2, width, height: top - start });
    top += GAP;
  }
  return placed;
}

function byArea(nodes: MapNode[], areas: Area[]): Map<string, MapNode[]> {
  const titles = new Map(areas.map(({ value, title }) => [value, title]));
  const groups = new Map<string, MapNode[]>();
  for (const node of nodes) {
    const topic = [node.topic].flat()[0] ?? "";
    add(groups, titles.get(topic) ?? topic, node);
  }
  return groups;
}

function aroundFocus(nodes: MapNode[], lines: Line[], focus: string): Map<string, MapNode[]> {
  const roles = new Map<string, string>();
  for (const { edge: [source, target, relation] } of lines) {
    const said = SAID[relation] ?? ["Near it", "Near it"];
    const [other, role] = source === focus ? [target, said[0]] : [source, said[1]];
    if ((source === focus || target === focus) && !roles.has(other)) roles.set(other, role);
  }
  const steps = distances(lines, focus);
  const groups = new Map<string, MapNode[]>(nodes.filter(({ id }) => id === focus).map((node) => ["", [node]]));
  for (const role of new Set(Object.values(SAID).flat())) {
    for (const node of nodes) if (node.id !== focus && roles.get(node.id) === role) add(groups, role, node);
  }
  const further = nodes.filter(({ id }) => id !== focus && !roles.has(id)).sort((a, b) => (steps.get(a.id) ?? 99) - (steps.get(b.id) ?? 99));
  for (const node of further) add(groups, steps.has(node.id) ? `${steps.get(node.id)} steps away` : "Further away", node);
  return groups;
}

function distances(lines: Line[], start: string): Map<string, number> {
  const found = new Map([[start, 0]]);
  for (let step = 1, before = 0; before < found.size; step += 1) {
    before = found.size;
    for (const { from, to } of lines) {
      for (const [one, other] of [[from.id, to.id], [to.id, from.id]] as const) {
        if (found.get(one) === step - 1 && !found.has(other)) found.set(other, step);
      }
    }
  }
  return found;
}

function add(groups: Map<string, MapNode[]>, title: string, node: MapNode): void {
  const group = groups.get(title);
  if (group) group.push(node); else groups.set(title, [node]);
}
