// The concept map: one state (the view), kept in the address; the drawing and the tables both follow it.
import { draw, type Drawing } from "./drawing";
import { EVERYTHING, type MapData, type View, neighbours, readView, shown, writeView } from "./graph";

function start(root: HTMLElement): void {
  const source = document.getElementById("kg-map-data");
  const canvas = root.querySelector<HTMLElement>(".kg-map-canvas");
  const form = root.querySelector<HTMLFormElement>("form");
  const count = root.querySelector<HTMLElement>(".kg-map-count");
  const card = root.querySelector<HTMLElement>(".kg-map-card");
  if (!source || !canvas || !form || !count || !card) return;

  const data = JSON.parse(source.textContent ?? "") as MapData;
  const around = neighbours(data);
  const byId = new Map(data.nodes.map((node) => [node.id, node]));
  let view: View = readView(location.hash);

  for (const part of root.querySelectorAll<HTMLElement>("[hidden]")) part.hidden = false;
  const drawing: Drawing = draw(canvas, data, {
    open: (id) => { location.href = byId.get(id)?.url ?? ""; },
    choose: (id) => { drawing.choose(id); describe(id); },
    focus: (id) => go({ ...view, focus: id }),
  });

  function describe(id: string): void {
    const node = byId.get(id);
    card!.replaceChildren();
    if (!node) return;
    const link = Object.assign(document.createElement("a"), { href: node.url, textContent: node.title });
    const focus = Object.assign(document.createElement("button"), { type: "button", textContent: "Focus here" });
    focus.addEventListener("click", () => go({ ...view, focus: id }));
    card!.append(link, ` ${node.summary} `, focus);
  }

  /** Show a view and remember it; `remember` is off where the address already says it. */
  function go(next: View, remember = true): void {
    view = next;
    const ids = shown(data, around, view);
    drawing.show(ids, view.focus);
    showRows(ids);
    fill(form!, view);
    const focus = byId.get(view.focus);
    const where = focus ? `, at most ${view.depth} step${view.depth > 1 ? "s" : ""} from “${focus.title}”` : "";
    count!.textContent = `${ids.size} of ${data.nodes.length} concepts and claims shown${where}.`;
    if (focus) { drawing.choose(focus.id); describe(focus.id); }
    root.dataset.shown = String(ids.size);
    if (remember) {
      const said = writeView(view);
      history.replaceState(null, "", said ? `#${said}` : location.pathname + location.search);
    }
  }

  form.addEventListener("input", () => go(read(form, view)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = view.text.toLowerCase();
    const exact = data.nodes.find((node) => node.title.toLowerCase() === wanted || node.id === wanted);
    const ids = shown(data, around, view);
    const found = exact ?? data.nodes.find((node) => ids.has(node.id));
    if (found) go({ ...view, text: "", focus: found.id });
  });
  form.addEventListener("reset", (event) => { event.preventDefault(); drawing.choose(""); describe(""); go(EVERYTHING); });
  root.querySelector(".kg-map-fit")?.addEventListener("click", () => drawing.fit());
  canvas.addEventListener("keydown", (event) => { if (press(event.key)) event.preventDefault(); });
  window.addEventListener("hashchange", () => go(readView(location.hash), false));
  watchTheme(() => drawing.restyle());

  function press(key: string): boolean {
    const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[key];
    if (step) drawing.step(...step);
    else if (key === "+" || key === "=") drawing.zoom(1.25);
    else if (key === "-") drawing.zoom(0.8);
    else if (key === "0") drawing.fit();
    else if (key === "Enter" && drawing.chosen()) location.href = byId.get(drawing.chosen())?.url ?? "";
    else if (key === "f" && drawing.chosen()) go({ ...view, focus: drawing.chosen() });
    else if (key === "Escape") go({ ...view, focus: "" });
    else return false;
    return true;
  }

  go(view, false);
  root.dataset.ready = "yes";
}

/** Rows of the two tables name the nodes they are about; a row is shown when all of them are. */
function showRows(ids: Set<string>): void {
  for (const mark of document.querySelectorAll<HTMLElement>("[data-kg-row]")) {
    const row = mark.closest("tr");
    if (row) row.hidden = !(mark.dataset.kgRow ?? "").split(" ").every((id) => ids.has(id));
  }
}

function read(form: HTMLFormElement, view: View): View {
  const said = new FormData(form);
  const text = (name: string): string => String(said.get(name) ?? "");
  return {
    text: text("text"), kind: text("kind"), strength: text("strength"), topic: text("topic"),
    focus: view.focus, depth: Number(text("depth")) || 1,
  };
}

function fill(form: HTMLFormElement, view: View): void {
  for (const name of ["text", "kind", "strength", "topic", "depth"] as const) {
    const field = form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement | null;
    if (field && field.value !== String(view[name])) field.value = String(view[name]);
  }
  const depth = form.querySelector<HTMLElement>(".kg-map-depth");
  if (depth) depth.hidden = !view.focus;
}

function watchTheme(changed: () => void): void {
  new MutationObserver(changed).observe(document.body, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

const root = document.querySelector<HTMLElement>(".kg-map");
if (root) start(root);
