// Painting: boxes, lines and areas onto a canvas, as much of them as the scale lets a reader see.
//
// One path holds all lines of a relation and one all boxes of a look, which is what lets a machine without
// a graphics card paint thousands of them within a frame.
import type { Area, MapEdge, MapNode } from "./graph";

export interface Camera { x: number; y: number; scale: number } // the point in the middle, and pixels per unit
export interface Spot { x: number; y: number }
export interface Frame extends Area, Spot {} // an area with its middle
export interface Line { edge: MapEdge; from: MapNode; to: MapNode; isLong: boolean } // long: between two areas

export interface Scene {
  nodes: MapNode[]; // those that are shown
  lines: Line[];
  areas: Frame[];
  places: Map<string, Spot>;
  relations: Record<string, string>;
  chosen: string;
  focus: string;
  lit: Set<string>; // boxes of a chain, whose lines are all drawn strongly
  isGrouped: boolean; // titles say what boxes are to the focus; lines are drawn at the chosen box only
}

export type Colours = (name: string) => string;

export function colours(element: Element): Colours {
  const computed = getComputedStyle(element);
  return (name) => computed.getPropertyValue(`--kg-${name}`).trim() || "#888888";
}

const FONT = "system-ui, sans-serif";
const SMALLEST_TEXT = 5; // pixels; below it letters are only noise
const CROWD = 24; // lines at the chosen box
const SMALLEST_BOX = 9; // pixels of height below which a box is a blot of its strong colour
const DASHES: Record<string, number[]> = { broader: [7, 4], repairedBy: [10, 3], related: [2, 4], together: [2, 4] };
const ARROWS = new Set(["broader", "repairedBy", "cites"]);

export function paint(canvas: HTMLCanvasElement, scene: Scene, camera: Camera, colour: Colours): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.width / ratio, canvas.height / ratio];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = colour("page");
  context.fillRect(0, 0, width, height);
  const { scale } = camera;
  context.setTransform(
    ratio * scale, 0, 0, ratio * scale,
    ratio * (width / 2 - camera.x * scale), ratio * (height / 2 - camera.y * scale),
  );
  const seen = { left: camera.x - width / 2 / scale, right: camera.x + width / 2 / scale, top: camera.y - height / 2 / scale, bottom: camera.y + height / 2 / scale };
  const isSeen = (x: number, y: number, w: number, h: number): boolean =>
    x + w / 2 > seen.left && x - w / 2 < seen.right && y + h / 2 > seen.top && y - h / 2 < seen.bottom;
  const areas = scene.areas.filter((area) => isSeen(area.x, area.y, area.width, area.height));
  const nodes = scene.nodes.filter((node) => isSeen(at(scene, node).x, at(scene, node).y, node.width, node.height));
  frames(context, areas, colour);
  lines(context, scene, scale, colour);
  boxes(context, scene, nodes, scale, colour);
  titles(context, areas, scale, colour);
}

export function at(scene: Scene, node: MapNode): Spot {
  return scene.places.get(node.id) ?? { x: 0, y: 0 };
}

function frames(context: CanvasRenderingContext2D, areas: Frame[], colour: Colours): void {
  context.fillStyle = colour("area");
  context.beginPath();
  for (const { x, y, width, height } of areas) context.roundRect(x - width / 2, y - height / 2, width, height, 12);
  context.fill();
}

/** Titles of areas keep a readable size on the screen as long as they fit into their frame. */
function titles(context: CanvasRenderingContext2D, areas: Frame[], scale: number, colour: Colours): void {
  context.textAlign = "left";
  context.textBaseline = "top";
  context.lineJoin = "round";
  for (const { title, x, y, width, height } of areas) {
    let size = Math.max(20, 13 / scale);
    context.font = `600 ${size}px ${FONT}`;
    const room = (width - 16) / Math.max(1, context.measureText(title).width);
    size *= Math.min(1, room);
    if (size * scale < SMALLEST_TEXT) continue;
    context.font = `600 ${size}px ${FONT}`;
    context.lineWidth = size / 4;
    context.strokeStyle = colour("area");
    context.strokeText(title, x - width / 2 + 8, y - height / 2 + 6);
    context.fillStyle = colour("ink");
    context.fillText(title, x - width / 2 + 8, y - height / 2 + 6);
  }
}

function lines(context: CanvasRenderingContext2D, scene: Scene, scale: number, colour: Colours): void {
  const isSaid = scene.isGrouped && scene.chosen === scene.focus;
  const near = (line: Line): boolean =>
    (!isSaid && (line.from.id === scene.chosen || line.to.id === scene.chosen)) || (scene.lit.has(line.from.id) && scene.lit.has(line.to.id));
  const groups = new Map<string, Line[]>();
  // Around a box with many lines, thick ones and their words would hide what they lead to.
  const isCrowded = scene.lines.filter(near).length > CROWD;
  for (const line of scene.lines) {
    const isNear = near(line);
    // Between areas a line says little until one comes close or chooses an end of it.
    if (!isNear && (scene.isGrouped || (line.isLong && scale < 0.3))) continue;
    const look = `${isNear ? 2 : line.isLong ? 0 : 1} ${line.edge[2]}`;
    groups.set(look, [...(groups.get(look) ?? []), line]);
  }
  for (const [look, group] of [...groups].sort()) {
    const [strength = "1", relation = ""] = look.split(" ");
    context.globalAlpha = strength === "0" ? 0.3 : strength === "2" && isCrowded ? 0.6 : 1;
    context.strokeStyle = context.fillStyle = colour(strength === "2" ? "accent" : "line");
    context.lineWidth = strength === "2" && !isCrowded ? Math.max(2.5, 1.6 / scale) : Math.max(1.3, 0.5 / scale);
    context.setLineDash(scale < 0.25 ? [] : DASHES[relation] ?? []);
    const heads = new Path2D();
    context.beginPath();
    for (const line of group) stroke(context, heads, scene, line, ARROWS.has(relation) && scale >= 0.3);
    context.stroke();
    context.fill(heads);
    context.setLineDash([]);
    if (strength === "2" && scale >= 0.5 && !isCrowded) group.forEach((line) => words(context, scene, line, colour));
  }
  context.globalAlpha = 1;
}

function stroke(context: CanvasRenderingContext2D, heads: Path2D, scene: Scene, { from, to }: Line, hasHead: boolean): void {
  const [start, end] = [at(scene, from), at(scene, to)];
  context.moveTo(start.x, start.y);
  context.lineTo(end.x, end.y);
  if (!hasHead) return;
  const tip = edge(to, start, end);
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [(dx / length) * 9, (dy / length) * 9];
  heads.moveTo(tip.x, tip.y);
  heads.lineTo(tip.x - ux - uy / 2, tip.y - uy + ux / 2);
  heads.lineTo(tip.x - ux + uy / 2, tip.y - uy - ux / 2);
  heads.closePath();
}

/** Where the line from `start` to the middle of a box meets its border. */
function edge(box: MapNode, start: Spot, middle: Spot): Spot {
  const [dx, dy] = [start.x - middle.x, start.y - middle.y];
  const reach = Math.min(box.width / 2 / Math.abs(dx || 1e-9), box.height / 2 / Math.abs(dy || 1e-9), 1);
  return { x: middle.x + dx * reach, y: middle.y + dy * reach };
}

function words(context: CanvasRenderingContext2D, scene: Scene, line: Line, colour: Colours): void {
  const [start, end] = [at(scene, line.from), at(scene, line.to)];
  const tail = edge(line.from, end, start);
  const tip = edge(line.to, start, end);
  const [x, y] = [(tail.x + tip.x) / 2, (tail.y + tip.y) / 2];
  const text = scene.relations[line.edge[2]] ?? "";
  context.font = `10px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const width = context.measureText(text).width + 6;
  context.fillStyle = colour("page");
  context.fillRect(x - width / 2, y - 7, width, 14);
  context.fillStyle = colour("quiet");
  context.fillText(text, x, y);
}

/** Fill says how strong the evidence is, the border whether it is current, bold letters that it is no claim. */
function boxes(context: CanvasRenderingContext2D, scene: Scene, nodes: MapNode[], scale: number, colour: Colours): void {
  const groups = new Map<string, MapNode[]>();
  for (const node of nodes) {
    const look = `${node.strength || "concept"} ${node.freshness}`;
    const group = groups.get(look);
    if (group) group.push(node); else groups.set(look, [node]);
  }
  for (const [look, group] of groups) {
    const [level = "", freshness = ""] = look.split(" ");
    outline(context, scene, group);
    const isConcept = level === "concept";
    const isBlot = 30 * scale < SMALLEST_BOX;
    context.fillStyle = isConcept ? colour(isBlot ? "line" : "concept")
      : isBlot && freshness === "current" ? colour(level) : colour(`${level}-fill`);
    context.strokeStyle = colour(isConcept ? "line" : level);
    context.lineWidth = level === "failed" ? 5 : freshness === "stale" ? 3 : isConcept ? 1 : 2;
    if (isBlot) context.lineWidth = Math.max(context.lineWidth, (isConcept ? 0.4 : 1) / scale);
    context.globalAlpha = isConcept && isBlot ? 0.45 : 1;
    context.setLineDash(freshness === "stale" ? [8, 4] : freshness === "none" ? [2, 3] : []);
    context.fill();
    context.stroke();
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
  ring(context, scene, nodes, scene.focus, 3, colour("ink"), scale);
  ring(context, scene, nodes, scene.chosen, 4, colour("accent"), scale);
  if (12 * scale < SMALLEST_TEXT) return;
  context.fillStyle = colour("ink");
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const isConcept of [true, false]) {
    context.font = `${isConcept ? "600 " : ""}12px ${FONT}`;
    for (const node of nodes) {
      if ((node.strength === "") !== isConcept) continue;
      const { x, y } = at(scene, node);
      const rows = node.label.split("\n");
      rows.forEach((row, line) => context.fillText(row, x, y + (line - (rows.length - 1) / 2) * 14.4, node.width - 6));
    }
  }
}

function outline(context: CanvasRenderingContext2D, scene: Scene, nodes: MapNode[], wider = 0): void {
  context.beginPath();
  for (const node of nodes) {
    const { x, y } = at(scene, node);
    const [w, h] = [node.width + 2 * wider, node.height + 2 * wider];
    context.roundRect(x - w / 2, y - h / 2, w, h, 6);
  }
}

function ring(context: CanvasRenderingContext2D, scene: Scene, nodes: MapNode[], id: string, width: number, colour: string, scale: number): void {
  const node = nodes.find((one) => one.id === id);
  if (!node) return;
  context.lineWidth = Math.max(width, 2 / scale);
  context.strokeStyle = colour;
  outline(context, scene, [node], context.lineWidth / 2 + 2);
  context.stroke();
}
