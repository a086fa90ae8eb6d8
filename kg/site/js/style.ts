// How nodes and edges look.  Colours are the page's own custom properties, so light and dark need no second list.
import type { StylesheetJson } from "cytoscape";

function colours(element: Element): (name: string) => string {
  const computed = getComputedStyle(element);
  return (name) => computed.getPropertyValue(`--kg-${name}`).trim() || "#888888";
}

const STRENGTHS = [
  "proved", "identitytested", "enclosed", "scaled", "statistical", "sampled", "reported",
  "none", "canttell", "failed",
];

/** Fill says how strong the evidence is, the border whether it is current, the shape what a node is. */
export function stylesheet(page: Element): StylesheetJson {
  const colour = colours(page);
  return [
    {
      selector: "node",
      style: {
        label: "data(label)", width: "data(width)", height: "data(height)", shape: "round-rectangle",
        "font-size": 12, "font-family": "system-ui, sans-serif", "text-wrap": "wrap",
        "text-valign": "center", "text-halign": "center", "line-height": 1.2,
        color: colour("ink"), "background-color": colour("concept"),
        "border-width": 1, "border-color": colour("line"), "min-zoomed-font-size": 3.5, "z-index-compare": "manual", "z-index": 2,
      },
    },
    {
      selector: "node[kind = 'concept']",
      style: { "font-weight": "bold" },
    },
    ...STRENGTHS.map((strength) => ({
      selector: `node[strength = '${strength}']`,
      style: { "background-color": colour(`${strength}-fill`), "border-color": colour(strength) },
    })),
    { selector: "node[freshness = 'current']", style: { "border-width": 2, "border-style": "solid" } },
    { selector: "node[freshness = 'stale']", style: { "border-width": 3, "border-style": "dashed" } },
    { selector: "node[freshness = 'none']", style: { "border-width": 2, "border-style": "dotted" } },
    { selector: "node[strength = 'failed']", style: { "border-width": 6, "border-style": "double" } },
    {
      selector: "node.area",
      style: {
        "background-color": colour("area"), "border-width": 0, "font-size": 48, "font-weight": "normal",
        color: colour("quiet"), "text-valign": "top", "text-margin-y": 60, events: "no", "z-index": 0, // below the edges
        "min-zoomed-font-size": 4,
      },
    },
    {
      selector: "edge",
      style: {
        "z-index-compare": "manual", "z-index": 1, width: 1.5, "line-color": colour("line"), "curve-style": "bezier", "target-arrow-color": colour("line"),
        "arrow-scale": 0.9, "font-size": 10, color: colour("quiet"), "text-background-color": colour("page"),
        "text-background-opacity": 0.85, "text-background-padding": "1px", "min-zoomed-font-size": 7,
      },
    },
    { selector: "edge[relation = 'broader']", style: { "line-style": "dashed", "target-arrow-shape": "triangle-backcurve" } },
    { selector: "edge[relation = 'related']", style: { "line-style": "dotted" } },
    { selector: "edge[relation = 'about']", style: { "target-arrow-shape": "circle" } },
    { selector: "edge[relation = 'repairedBy']", style: { "line-style": "dashed", "target-arrow-shape": "vee" } },
    { selector: "edge.between-areas", style: { "curve-style": "straight", "line-opacity": 0.35 } },
    { selector: "edge.near", style: { label: "data(words)", width: 2.5, "line-opacity": 1, "line-color": colour("accent"), "target-arrow-color": colour("accent") } },
    { selector: "node.chosen", style: { "outline-width": 4, "outline-color": colour("accent"), "outline-offset": 2 } },
    { selector: "node.focus", style: { "outline-width": 3, "outline-color": colour("ink"), "outline-offset": 2 } },
  ] as StylesheetJson;
}
