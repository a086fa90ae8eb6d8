// The data of a page as it is written (kg/site/packing.py), and as the rest of the script reads it.
import type { Area, MapData, MapEdge, MapNode } from "./graph";

/** One value per node; or the distinct values and the place of each, none where all share one. */
type Column = unknown[] | { of: unknown[]; at: number[] };

interface Packed {
  count: number;
  columns: Record<string, Column>;
  lines: [relation: string, way: number, ends: number[]][]; // way: 1 upwards, 2 downwards, 3 both, 0 neither
  areas: Area[];
  isInOrder?: boolean;
  relations: Record<string, string>;
  addresses: Record<string, string>;
  words?: string;
  connects?: MapData["connects"];
}

const EMPTY = { words: "", kind: [], topic: "", strength: "", freshness: "", summary: "", area: 0, x: 0, y: 0, width: 1, height: 1 };

/** `rows` are the rows of a table or the items of a tree that stand for the nodes, where the page has such. */
export function unpacked(text: string, rows: HTMLElement[]): MapData {
  const packed = JSON.parse(text) as Packed;
  const isNamed = "label" in packed.columns;
  const nodes = Array.from({ length: packed.count }, (_, place) => node(packed, place, isNamed ? undefined : rows[place]));
  const edges: MapEdge[] = [];
  const upwards: MapData["upwards"] = [];
  const name = (place: number | undefined): string => nodes[place ?? -1]?.id ?? "";
  for (const [relation, way, ends] of packed.lines) {
    for (let place = 0; place < ends.length; place += 2) {
      const [source, target] = [name(ends[place]), name(ends[place + 1])];
      edges.push([source, target, relation]);
      if (way & 1) upwards.push([source, target]);
      if (way & 2) upwards.push([target, source]);
    }
  }
  const { areas, isInOrder = false, relations, connects, words } = packed;
  return { nodes, edges, upwards, areas, isInOrder, relations, ...(connects && { connects }), ...(words && { words }) };
}

function node(packed: Packed, place: number, row: HTMLElement | undefined): MapNode {
  const held = (key: string): unknown => {
    const column = packed.columns[key];
    return Array.isArray(column) ? column[place] : column?.of[column.at[place] ?? 0];
  };
  const said = Object.fromEntries(Object.keys(packed.columns).flatMap((key) => {
    const value = held(key);
    return value === null ? [] : [[key, value]];
  })) as Partial<MapNode> & { folder: string; sign?: string };
  const address = packed.addresses[said.folder] ?? "";
  const link = row?.querySelector("a");
  const title = link?.textContent ?? said.title ?? titleIn((said.label ?? "").slice(said.sign ? said.sign.length + 1 : 0));
  const id = link ? nameIn(address, link) : said.id ?? title.toLowerCase().replace(/[ -]/g, "_");
  return { ...EMPTY, label: title, ...said, title, id, url: address.replace("NAME", encodeURIComponent(id)) };
}

/** The name in a link that was made from the address of its folder. */
function nameIn(address: string, link: HTMLAnchorElement): string {
  const [before = "", after = ""] = address.split("NAME");
  const given = link.getAttribute("href") ?? "";
  return decodeURIComponent(given.slice(before.length, given.length - after.length));
}

/** The title that was broken into the lines of a label; lines end at a space, or behind a hyphen in a word. */
const titleIn = (label: string): string => label.replace(/(?<=[A-Za-z0-9]-)\n/g, "").replaceAll("\n", " ");

/** The words that are searched and not shown, in the order of the nodes: fetched by a script, as a file may be too. */
export function fetchWords(address: string): Promise<string[]> {
  return new Promise((resolve) => {
    const script = Object.assign(document.createElement("script"), { src: address });
    const arrived = (): void => resolve((globalThis as { kgWords?: string[] }).kgWords ?? []);
    script.addEventListener("load", arrived);
    script.addEventListener("error", () => resolve([])); // then titles and names are searched alone
    document.head.append(script);
  });
}
