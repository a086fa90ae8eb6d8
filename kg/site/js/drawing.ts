// The drawing: which boxes stand where, and what the pointer and the wheel do to them.
import dagre from "@dagrejs/dagre";
import type { Area, MapData, MapNode } from "./graph";
import { inGroups } from "./groups";
import { at, type Camera, type Colours, colours, type Frame, type Line, paint, type Scene, type Spot } from "./paint";
import { onShelves } from "./shelves";

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
/** Below LEGIBLE a drawing with lines is given up for rows of boxes, which are shown at COMFORTABLE at least. */
const LEGIBLE = 0.6;
const COMFORTABLE = 0.7;
const MARGIN = 12; // pixels

export function draw(frame: HTMLElement, data: MapData, on: Reader): Drawing {
  const canvas = frame.appendChild(document.createElement("canvas"));
  canvas.setAttribute("aria-hidden", "true"); // the frame around it speaks
  const byId = new Map(data.nodes.map((node) => [node.id, node]));
  const all: Line[] = data.edges.flatMap((edge) => {
    const [from, to] = [byId.get(edge[0]), byId.get(edge[1])];
    return from && to ? [{ edge, from, to, isLong: String(from.topic) !== String(to.topic) }] : [];
  });
  const scene: Scene = {
    nodes: data.nodes, lines: all, areas: [], places: new Map(), relations: data.relations,
    chosen: "", focus: "", lit: new Set(), isGrouped: false,
  };
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let colour: Colours = colours(frame);
  let isDue = false;
  let wasPainted = false;
  let widest = { x: 0, y: 0, width: 1, height: 1 };
  let arrange = (): void => {};
  let shape = 0; // width over height when everything was last given its place

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
    frame.dataset.scale = scale.toFixed(3); // for whoever asks whether it can be read
    repaint();
  }

  function fit(): void {
    widest = extent(scene);
    look({ x: widest.x, y: widest.y, scale: Math.min(FITTING, fitting(widest)) });
  }

  const fitting = ({ width, height }: Size): number =>
    Math.min((frame.clientWidth - 2 * MARGIN) / width, (frame.clientHeight - 2 * MARGIN) / height);

  /** All of it; of groups as much as can be read, from their top on: they go on below like the rows of a page. */
  function begin(): void {
    fit();
    if (!scene.isGrouped) return;
    const scale = Math.min(1, (frame.clientWidth - 2 * MARGIN) / widest.width);
    const top = widest.y - widest.height / 2;
    look({ x: widest.x, y: top + (frame.clientHeight / 2 - MARGIN) / scale, scale });
  }

  const proportion = (): number => frame.clientWidth / (frame.clientHeight || 1);

  /** Give everything its place in the frame as it is now. */
  function setOut(): void {
    shape = proportion();
    scene.isGrouped = false;
    arrange();
    begin();
  }

  /** Give a few nodes places of their own: in layers with lines, or in groups where those could not be read. */
  function layOut(chain: string[]): void {
    const across = frame.clientWidth - 2 * MARGIN;
    scene.lines = scene.lines.map((line) => ({ ...line, isLong: false }));
    scene.areas = [];
    scene.places = chain.length ? inRows(scene, chain, across) : inLayers(scene);
    if (chain.length || fitting(extent(scene)) >= LEGIBLE) return;
    scene.isGrouped = true;
    Object.assign(scene, inGroups(scene.nodes, scene.lines, scene.focus, data.areas, across / COMFORTABLE));
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
  const areaAt = ({ x, y }: Spot): Frame | undefined => scene.areas.find(
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
  new ResizeObserver(() => {
    if (!frame.clientWidth) return;
    measure();
    // A telephone that is turned round asks for another arrangement; a window made a little wider does not.
    if (shape && Math.abs(Math.log(proportion() / shape)) > 0.4) setOut(); else repaint();
  }).observe(frame);

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
      scene.focus = focus;
      scene.lit = new Set(chain);
      arrange = () => (isAnew ? layOut(chain) : Object.assign(scene, onShelves(data.areas, scene.nodes, proportion(), data.isInOrder)));
      setOut();
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

interface Size { width: number; height: number }
type Box = Spot & Size;

/** The box around everything that is shown. */
function extent(scene: Scene): Box {
  const boxes = scene.nodes.map((node) => ({ ...at(scene, node), width: node.width, height: node.height }));
  return bounds([...boxes, ...scene.areas]);
}

function bounds(boxes: Box[]): Box {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y, width, height } of boxes) {
    left = Math.min(left, x - width / 2); right = Math.max(right, x + width / 2);
    top = Math.min(top, y - height / 2); bottom = Math.max(bottom, y + height / 2);
  }
  if (left > right) return { x: 0, y: 0, width: 1, height: 1 };
  return { x: (left + right) / 2, y: (top + bottom) / 2, width: right - left, height: bottom - top };
}

/** Places for a few nodes, in layers from left to right. */
function inLayers(scene: Scene): Map<string, Spot> {
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
  return new Map(scene.nodes.map(({ id }) => {
    const { x, y } = layout.node(id);
    return [id, { x: x ?? 0, y: y ?? 0 }];
  }));
}

/** Row below row, every second one from right to left, so that neighbours in the chain stay neighbours. */
function inRows(scene: Scene, chain: string[], room: number): Map<string, Spot> {
  const wide = 50 + Math.max(...scene.nodes.map((node) => node.width));
  const high = 50 + Math.max(...scene.nodes.map((node) => node.height));
  const rows = Math.ceil(chain.length / Math.max(2, Math.floor(room / wide)));
  const across = Math.ceil(chain.length / rows);
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
