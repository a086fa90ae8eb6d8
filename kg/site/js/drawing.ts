// The drawing: which boxes stand where, and what the pointer and the wheel do to them.
import dagre from "@dagrejs/dagre";
import type { Area, MapData, MapNode } from "./graph";
import { at, type Camera, type Colours, colours, type Line, paint, type Scene, type Spot } from "./paint";

export interface Drawing {
  /** Show these ids; `chain` holds ids in the order of a connection, where there is one. */
  show(ids: Set<string>, focus: string, chain: string[]): void;
  choose(id: string): void;
  chosen(): string;
  step(dx: number, dy: number): void;
  zoom(factor: number): void;
  fit(): void;
  restyle(): void;
}

export interface Reader { open(id: string): void; choose(id: string): void; focus(id: string): void; enter(area: Area): void }

/** At most so many nodes are laid out anew in the browser; more keep their places in the atlas. */
const FEW = 120;
const CLOSEST = 3;
const FITTING = 1.2;

export function draw(frame: HTMLElement, data: MapData, on: Reader): Drawing {
  const canvas = frame.appendChild(document.createElement("canvas"));
  canvas.setAttribute("aria-hidden", "true"); // the frame around it speaks
  const byId = new Map(data.nodes.map((node) => [node.id, node]));
  const all: Line[] = data.edges.flatMap((edge) => {
    const [from, to] = [byId.get(edge[0]), byId.get(edge[1])];
    return from && to ? [{ edge, from, to, isLong: String(from.topic) !== String(to.topic) }] : [];
  });
  const scene: Scene = {
    nodes: data.nodes, lines: all, areas: data.areas, places: new Map(), relations: data.relations,
    chosen: "", focus: "", lit: new Set(),
  };
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let colour: Colours = colours(frame);
  let isDue = false;
  let wasPainted = false;
  let widest = { x: 0, y: 0, width: 1, height: 1 };

  function repaint(): void {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      paint(canvas, scene, camera, colour);
      if (!wasPainted) performance.mark("kg-map painted"); // what a reader waits for, and what is measured
      wasPainted = true;
    });
  }

  function measure(): void {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(frame.clientWidth * ratio));
    canvas.height = Math.max(1, Math.round(frame.clientHeight * ratio));
  }

  function look(next: Camera): void {
    const least = Math.min(frame.clientWidth / widest.width, frame.clientHeight / widest.height) / 2;
    const scale = Math.min(CLOSEST, Math.max(Math.min(least, FITTING), next.scale));
    camera = { ...next, scale };
    repaint();
  }

  function fit(): void {
    const boxes = scene.nodes.map((node) => ({ ...at(scene, node), width: node.width, height: node.height }));
    widest = bounds([...boxes, ...scene.areas]);
    const scale = Math.min((frame.clientWidth - 24) / widest.width, (frame.clientHeight - 24) / widest.height);
    look({ x: widest.x, y: widest.y, scale: Math.min(FITTING, scale) });
  }

  /** The point of the drawing under a point of the window. */
  function under(clientX: number, clientY: number): Spot {
    const corner = frame.getBoundingClientRect();
    const [x, y] = [clientX - corner.left - frame.clientLeft, clientY - corner.top - frame.clientTop];
    return { x: camera.x + (x - frame.clientWidth / 2) / camera.scale, y: camera.y + (y - frame.clientHeight / 2) / camera.scale };
  }

  function zoomAt(factor: number, fixed: Spot): void {
    const scale = Math.min(CLOSEST, camera.scale * factor);
    const kept = camera.scale / scale;
    look({ x: fixed.x + (camera.x - fixed.x) * kept, y: fixed.y + (camera.y - fixed.y) * kept, scale });
  }

  const nodeAt = (spot: Spot): MapNode | undefined => scene.nodes.find((node) => {
    const { x, y } = at(scene, node);
    return Math.abs(x - spot.x) <= node.width / 2 && Math.abs(y - spot.y) <= node.height / 2;
  });
  const areaAt = ({ x, y }: Spot): Area | undefined => scene.areas.find(
    (area) => Math.abs(area.x - x) <= area.width / 2 && Math.abs(area.y - y) <= area.height / 2,
  );

  pointing(frame, {
    move: (dx, dy) => look({ ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale }),
    pinch: (factor, x, y) => zoomAt(factor, under(x, y)),
    hover(x, y) {
      const node = nodeAt(under(x, y));
      frame.style.cursor = node ? "pointer" : "grab";
      if (node && node.id !== scene.chosen) on.choose(node.id);
    },
    tap(x, y, isTouch) {
      const spot = under(x, y);
      const node = nodeAt(spot);
      // Far out, boxes are too small to aim at: there a tap comes closer to the area instead.
      if (camera.scale < 0.3) { const area = areaAt(spot); if (area?.field) { on.enter(area); return; } }
      if (!node) return;
      if (isTouch && node.id !== scene.chosen) on.choose(node.id);
      else on.open(node.id);
    },
    hold(x, y) { const node = nodeAt(under(x, y)); if (node) on.focus(node.id); },
  });
  new ResizeObserver(() => { if (frame.clientWidth) { measure(); repaint(); } }).observe(frame);

  return {
    show(ids, focus, chain) {
      if (!canvas.dataset.measured) { measure(); canvas.dataset.measured = "yes"; }
      const isWhole = ids.size === data.nodes.length;
      scene.nodes = isWhole ? data.nodes : data.nodes.filter((node) => ids.has(node.id));
      const isAnew = !isWhole && scene.nodes.length <= FEW;
      // Of a chain only its own lines are drawn: what else joins its concepts would hide it.
      const place = new Map(chain.map((id, number) => [id, number]));
      const isLink = (from: string, to: string): boolean => Math.abs((place.get(from) ?? 0) - (place.get(to) ?? 0)) === 1;
      scene.lines = all.filter(({ from, to }) => ids.has(from.id) && ids.has(to.id) && (!chain.length || isLink(from.id, to.id)));
      scene.places = isAnew ? laidOut(scene, chain, frame.clientWidth / (frame.clientHeight || 1)) : new Map();
      if (isAnew) scene.lines = scene.lines.map((line) => ({ ...line, isLong: false }));
      const inUse = new Set(scene.nodes.flatMap((node) => node.topic));
      scene.areas = isAnew ? [] : data.areas.filter(({ field, value }) => !field || inUse.has(value));
      scene.focus = focus;
      scene.lit = new Set(chain);
      fit();
    },
    choose(id) { scene.chosen = id; repaint(); },
    chosen: () => scene.chosen,
    step(dx, dy) {
      const next = nearest(scene, camera, dx, dy);
      if (!next) return;
      const { x, y } = at(scene, next);
      look({ x, y, scale: Math.max(camera.scale, 0.5) });
      on.choose(next.id);
    },
    zoom: (factor) => zoomAt(factor, camera),
    fit,
    restyle() { colour = colours(frame); repaint(); },
  };
}

function bounds(boxes: { x: number; y: number; width: number; height: number }[]): { x: number; y: number; width: number; height: number } {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y, width, height } of boxes) {
    left = Math.min(left, x - width / 2); right = Math.max(right, x + width / 2);
    top = Math.min(top, y - height / 2); bottom = Math.max(bottom, y + height / 2);
  }
  if (left > right) return { x: 0, y: 0, width: 1, height: 1 };
  return { x: (left + right) / 2, y: (top + bottom) / 2, width: right - left, height: bottom - top };
}

/** Places for a few nodes, in layers from left to right; a chain is laid in rows, in the order in which it is read. */
function laidOut(scene: Scene, chain: string[], proportion: number): Map<string, Spot> {
  if (chain.length) return inRows(scene, chain);
  const layout = new dagre.graphlib.Graph({ multigraph: true });
  layout.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 90 });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of scene.nodes) layout.setNode(id, { width, height });
  scene.lines.forEach(({ edge: [source, target, relation] }, index) => {
    // A claim stands between its two sides, so the edge to its left side runs backwards here.
    if (relation === "left") layout.setEdge(target, source, {}, String(index));
    else layout.setEdge(source, target, {}, String(index));
  });
  dagre.layout(layout);
  const places = new Map(scene.nodes.map(({ id }) => {
    const { x, y } = layout.node(id);
    return [id, { x: x ?? 0, y: y ?? 0 }] as [string, Spot];
  }));
  return folded(scene.nodes, places, proportion);
}

/** Where a layer is much taller than the frame, full columns in the same order instead, so that the boxes can be read. */
function folded(nodes: MapNode[], places: Map<string, Spot>, proportion: number): Map<string, Spot> {
  const spot = ({ id }: MapNode): Spot => places.get(id) ?? { x: 0, y: 0 };
  const layers = new Map<number, number>();
  for (const node of nodes) layers.set(Math.round(spot(node).x), (layers.get(Math.round(spot(node).x)) ?? 0) + 1);
  const wide = 36 + Math.max(...nodes.map((node) => node.width));
  const high = GAP + nodes.reduce((sum, node) => sum + node.height, 0) / nodes.length;
  const rows = Math.ceil(Math.sqrt((nodes.length * wide) / (high * proportion)));
  if (Math.max(...layers.values()) <= 1.5 * rows) return places;
  const inOrder = [...nodes].sort((a, b) => spot(a).x - spot(b).x || spot(a).y - spot(b).y);
  const spots = new Map<string, Spot>();
  for (let start = 0; start < inOrder.length; start += rows) stack(inOrder.slice(start, start + rows), (wide * start) / rows, spots);
  return spots;
}

/** Between two boxes of a column. */
const GAP = 14;

/** One column, its middle at height 0. */
function stack(column: MapNode[], x: number, spots: Map<string, Spot>): void {
  let y = -column.reduce((sum, node) => sum + node.height + GAP, -GAP) / 2;
  for (const { id, height } of column) {
    spots.set(id, { x, y: y + height / 2 });
    y += height + GAP;
  }
}

/** Row below row, every second one from right to left, so that neighbours in the chain stay neighbours. */
function inRows(scene: Scene, chain: string[]): Map<string, Spot> {
  const across = Math.max(3, Math.round(Math.sqrt(chain.length)));
  const wide = 50 + Math.max(...scene.nodes.map((node) => node.width));
  const high = 50 + Math.max(...scene.nodes.map((node) => node.height));
  return new Map(chain.map((id, place) => {
    const row = Math.floor(place / across);
    const column = place % across;
    return [id, { x: wide * (row % 2 ? across - 1 - column : column), y: high * row }];
  }));
}

/** The shown node closest to the chosen one in a direction; without a chosen one, from the middle of the view. */
function nearest(scene: Scene, camera: Camera, dx: number, dy: number): MapNode | null {
  const start = scene.nodes.find((node) => node.id === scene.chosen);
  const origin = start ? at(scene, start) : camera;
  let best: MapNode | null = null;
  let least = Infinity;
  for (const node of scene.nodes) {
    const { x, y } = at(scene, node);
    const ahead = (x - origin.x) * dx + (y - origin.y) * dy;
    const aside = Math.abs((x - origin.x) * dy) + Math.abs((y - origin.y) * dx);
    const cost = ahead + 2 * aside;
    if (ahead > 1 && cost < least && node !== start) [best, least] = [node, cost];
  }
  return best;
}

interface Gestures {
  move(dx: number, dy: number): void;
  pinch(factor: number, x: number, y: number): void;
  hover(x: number, y: number): void;
  tap(x: number, y: number, isTouch: boolean): void;
  hold(x: number, y: number): void;
}

/** Mouse, pen and fingers as gestures. The wheel scrolls the page until the reader is in the drawing. */
function pointing(frame: HTMLElement, on: Gestures): void {
  const down = new Map<number, Spot>();
  let travelled = 0;

  frame.addEventListener("pointerdown", (event) => {
    frame.focus({ preventScroll: true });
    if (event.button !== 0) return;
    frame.setPointerCapture(event.pointerId);
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (down.size === 1) travelled = 0;
  });
  frame.addEventListener("pointermove", (event) => {
    const last = down.get(event.pointerId);
    if (!last) { if (event.pointerType === "mouse") on.hover(event.clientX, event.clientY); return; }
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    travelled += Math.abs(dx) + Math.abs(dy);
    const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
    if (other) {
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      if (before) on.pinch(after / before, (event.clientX + other.x) / 2, (event.clientY + other.y) / 2);
    } else if (travelled > 4) on.move(dx, dy);
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  frame.addEventListener("pointerup", (event) => {
    if (down.delete(event.pointerId) && travelled <= 4) on.tap(event.clientX, event.clientY, event.pointerType !== "mouse");
  });
  frame.addEventListener("pointercancel", (event) => { down.delete(event.pointerId); });
  frame.addEventListener("contextmenu", (event) => { event.preventDefault(); on.hold(event.clientX, event.clientY); });
  frame.addEventListener("wheel", (event) => {
    if (document.activeElement !== frame && !event.ctrlKey) return;
    event.preventDefault();
    on.pinch(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX, event.clientY);
  }, { passive: false });
}
