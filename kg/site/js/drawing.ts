// The drawing: a Cytoscape canvas that shows the ids it is told to, in the build's layout or around a focus.
import dagre from "@dagrejs/dagre";
import cytoscape, { type Core, type ElementDefinition, type NodeSingular } from "cytoscape";
import type { MapData, MapNode } from "./graph";
import { stylesheet } from "./style";

export interface Drawing {
  show(ids: Set<string>, focus: string): void;
  choose(id: string): void;
  chosen(): string;
  step(dx: number, dy: number): string;
  zoom(factor: number): void;
  fit(): void;
  centre(id: string): void;
  restyle(): void;
}

export function draw(container: HTMLElement, data: MapData, on: { open(id: string): void; choose(id: string): void; focus(id: string): void }): Drawing {
  const topics = new Map(data.nodes.map((node) => [node.id, node.topic]));
  const cy = cytoscape({
    container,
    elements: elements(data, topics),
    style: stylesheet(container),
    layout: { name: "preset" },
    minZoom: 0.05,
    maxZoom: 3,
    boxSelectionEnabled: false,
    autoungrabify: true,
    userZoomingEnabled: false, // until the reader is in the drawing: the wheel first of all scrolls the page
  });
  let chosenId = "";

  function choose(id: string): void {
    chosenId = id;
    cy.elements().removeClass("chosen near");
    if (!id) return;
    const node = cy.getElementById(id);
    node.addClass("chosen");
    node.connectedEdges().addClass("near");
  }

  container.addEventListener("focus", () => cy.userZoomingEnabled(true));
  container.addEventListener("blur", () => cy.userZoomingEnabled(false));
  cy.on("tap", "node", (event) => on.open(event.target.id()));
  cy.on("cxttap taphold", "node", (event) => on.focus(event.target.id()));
  cy.on("mouseover", "node", (event) => { container.style.cursor = "pointer"; on.choose(event.target.id()); });
  cy.on("mouseout", "node", () => { container.style.cursor = ""; });
  cy.on("tapstart", () => container.focus({ preventScroll: true }));

  return {
    show(ids, focus) {
      cy.batch(() => show(cy, data, ids, focus));
      const whole = !focus && ids.size === data.nodes.length;
      cy.fit(whole ? undefined : cy.nodes(":visible").not(".area"), 24);
      if (cy.zoom() > 1.2) { cy.zoom(1.2); cy.center(cy.nodes(":visible").not(".area")); }
    },
    choose,
    chosen: () => chosenId,
    step(dx, dy) {
      const next = nearest(cy, chosenId, dx, dy);
      if (next) on.choose(next.id());
      if (next) cy.animate({ center: { eles: next } }, { duration: 120 });
      return next?.id() ?? "";
    },
    zoom(factor) {
      const middle = { x: cy.width() / 2, y: cy.height() / 2 };
      cy.zoom({ level: cy.zoom() * factor, renderedPosition: middle });
    },
    fit: () => { cy.fit(cy.elements(":visible"), 24); },
    centre(id) {
      if (cy.zoom() < 0.8) cy.zoom(0.8);
      cy.center(cy.getElementById(id));
    },
    restyle: () => { cy.style(stylesheet(container)); },
  };
}

function elements(data: MapData, topics: Map<string, string>): ElementDefinition[] {
  const areas = data.areas.map((area): ElementDefinition => ({
    data: { id: `area ${area.topic}`, label: area.title, width: area.width, height: area.height, topic: area.topic },
    position: { x: area.x, y: area.y },
    classes: "area",
    selectable: false,
  }));
  const nodes = data.nodes.map((node): ElementDefinition => ({ data: { ...node }, position: { x: node.x, y: node.y } }));
  const edges = data.edges.map((edge, index): ElementDefinition => ({
    data: { id: `edge ${index}`, ...edge, words: data.relations[edge.relation] ?? edge.relation },
    classes: topics.get(edge.source) === topics.get(edge.target) ? "" : "between-areas",
  }));
  return [...areas, ...nodes, ...edges];
}

/** At most so many nodes are laid out anew in the browser; more keep their places in the atlas. */
const FEW = 120;

function show(cy: Core, data: MapData, ids: Set<string>, focus: string): void {
  const visible = data.nodes.filter((node) => ids.has(node.id));
  const anew = visible.length < data.nodes.length && visible.length <= FEW;
  const placed = anew ? around(visible, data) : new Map(data.nodes.map((node) => [node.id, node]));
  const topics = new Set(visible.map((node) => node.topic));
  cy.nodes(".area").forEach((area) => { area.style("display", !anew && topics.has(area.data("topic")) ? "element" : "none"); });
  for (const node of data.nodes) {
    const element = cy.getElementById(node.id);
    element.style("display", ids.has(node.id) ? "element" : "none");
    const place = placed.get(node.id);
    if (place) element.position({ x: place.x, y: place.y });
  }
  cy.nodes().removeClass("focus");
  cy.getElementById(focus).addClass("focus");
  cy.edges().forEach((edge) => {
    edge.toggleClass("between-areas", !anew && edge.source().data("topic") !== edge.target().data("topic"));
  });
}

/** Places for a few nodes, in layers from left to right. */
function around(visible: MapNode[], data: MapData): Map<string, { x: number; y: number }> {
  const layout = new dagre.graphlib.Graph({ multigraph: true });
  layout.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 90 });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of visible) layout.setNode(id, { width, height });
  data.edges.forEach(({ source, target, relation }, index) => {
    if (!layout.hasNode(source) || !layout.hasNode(target)) return;
    // A claim stands between its two sides, so the edge to its left side runs backwards here.
    if (relation === "left") layout.setEdge(target, source, {}, String(index));
    else layout.setEdge(source, target, {}, String(index));
  });
  dagre.layout(layout);
  return new Map(visible.map(({ id }) => {
    const { x, y } = layout.node(id);
    return [id, { x: x ?? 0, y: y ?? 0 }];
  }));
}

/** The visible node closest to the chosen one in a direction; without a chosen one, the most central. */
function nearest(cy: Core, from: string, dx: number, dy: number): NodeSingular | null {
  const candidates = cy.nodes(":visible").not(".area");
  const start = cy.getElementById(from);
  const origin = start.nonempty() && start.visible() ? start.position() : middle(cy);
  let best: NodeSingular | null = null;
  let least = Infinity;
  candidates.forEach((node) => {
    const ahead = (node.position("x") - origin.x) * dx + (node.position("y") - origin.y) * dy;
    const aside = Math.abs((node.position("x") - origin.x) * dy) + Math.abs((node.position("y") - origin.y) * dx);
    const cost = ahead + 2 * aside;
    if (ahead > 1 && cost < least && node.id() !== from) [best, least] = [node, cost];
  });
  return best;
}

function middle(cy: Core): { x: number; y: number } {
  const { x1, x2, y1, y2 } = cy.extent();
  return { x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
}
