// Which area stands beside which: set on shelves as books are, in the shape of the reader's window.
import type { Area, MapNode } from "./graph";
import type { Frame, Spot } from "./paint";

export interface Placed { places: Map<string, Spot>; areas: Frame[] }

const GAP = 24;
const IN_ORDER = 40; // between areas that are read one after the other
const TRIED = 24; // lengths of shelves

/** Areas on shelves and their nodes with them, so that the whole is as large as can be at `proportion` (width : height). */
export function onShelves(areas: Area[], nodes: MapNode[], proportion: number, isInOrder: boolean): Placed {
  const used = new Set(nodes.map(({ area }) => area));
  const held = areas.filter((_, place) => used.has(place));
  const total = held.reduce((sum, { width, height }) => sum + (width + GAP) * (height + GAP), 0);
  const widest = Math.max(0, ...held.map(({ width }) => width));
  let [corners, least] = [new Map<Area, Spot>(), Infinity];
  for (let step = 0; step < TRIED; step += 1) {
    const long = Math.max(widest, Math.sqrt(total * proportion) * (0.7 + 0.05 * step));
    const tried = isInOrder ? inOrder(held, long) : byHeight(held, long);
    const right = Math.max(...held.map((area) => (tried.get(area)?.x ?? 0) + area.width));
    const bottom = Math.max(...held.map((area) => (tried.get(area)?.y ?? 0) + area.height));
    const cost = Math.max(right, bottom * proportion);
    if (cost < least) [corners, least] = [tried, cost];
  }
  const corner = (area: Area | undefined): Spot => (area && corners.get(area)) ?? { x: 0, y: 0 };
  const places = new Map(nodes.map(({ id, area, x, y }) => {
    const { x: left, y: top } = corner(areas[area]);
    return [id, { x: left + x, y: top + y }];
  }));
  return { places, areas: held.map((area) => ({ ...area, x: corner(area).x + area.width / 2, y: corner(area).y + area.height / 2 })) };
}

/** One after the other, as words in a paragraph. */
function inOrder(areas: Area[], long: number): Map<Area, Spot> {
  const corners = new Map<Area, Spot>();
  let [x, y, high] = [0, 0, 0];
  for (const area of areas) {
    if (x && x + area.width > long) [x, y, high] = [0, y + high + IN_ORDER, 0];
    corners.set(area, { x, y });
    x += area.width + IN_ORDER;
    high = Math.max(high, area.height);
  }
  return corners;
}

interface Stack { left: number; width: number; free: number; floor: number }

/** Tallest first; on a shelf as high as its first area, lower areas are stacked while there is room beneath one. */
function byHeight(areas: Area[], long: number): Map<Area, Spot> {
  const corners = new Map<Area, Spot>();
  const stacks: Stack[] = [];
  let [right, top, floor] = [0, 0, 0];
  for (const area of [...areas].sort((a, b) => b.height - a.height)) {
    let stack = stacks.find(({ width, free, floor: end }) => area.width <= width && free + area.height <= end);
    if (!stack) {
      if (!stacks.length || right + area.width > long) {
        [right, top] = [0, floor && floor + GAP];
        floor = top + area.height;
      }
      stack = { left: right, width: area.width, free: top, floor };
      stacks.push(stack);
      right += area.width + GAP;
    }
    corners.set(area, { x: stack.left, y: stack.free });
    stack.free += area.height + GAP;
  }
  return corners;
}
