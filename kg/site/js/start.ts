// The concept map and the citation view: one state (the view), kept in the address; drawing, table or tree follow it.
import { conditions, connection, type Connection, said, weakest } from "./chain";
import type { draw, Drawing } from "./drawing";
import { EVERYTHING, type MapData, type MapNode, meant, neighbours, readView, shown, type View, type Way, writeView } from "./graph";
import { fetchWords, unpacked } from "./packed";
import { rowsOfPage, shower } from "./rows";

/** Bring the map of the page to life; only a page with a drawing brings what draws. */
export function start(drawn: typeof draw | null): void {
  const root = document.querySelector<HTMLElement>(".kg-map");
  if (root) enliven(root, drawn);
}

function enliven(root: HTMLElement, drawn: typeof draw | null): void {
  const source = document.getElementById("kg-map-data");
  const form = root.querySelector<HTMLFormElement>("form");
  const count = root.querySelector<HTMLElement>(".kg-map-count");
  const chain = root.querySelector<HTMLElement>(".kg-map-chain");
  const twins = [...root.querySelectorAll<HTMLAnchorElement>(".kg-map-twin a")].map((link) => ({ link, page: link.href }));
  const canvas = root.querySelector<HTMLElement>(".kg-map-canvas");
  const card = root.querySelector<HTMLElement>(".kg-map-card");
  if (!source || !form || !count || !chain) return;

  const rows = rowsOfPage();
  const data = unpacked(source.textContent ?? "", rows);
  const around = neighbours(data);
  const byId = new Map(data.nodes.map((node) => [node.id, node]));
  const title = (id: string): string => byId.get(id)?.title ?? id;
  const noun = data.connects ? "concepts and claims" : "works";
  let view: View = readView(location.hash);

  for (const part of [form, count, root.querySelector<HTMLElement>(".kg-map-frame"), card]) part?.removeAttribute("hidden");
  offer(root, "#kg-map-titles", data.nodes);
  offer(root, "#kg-map-concepts", data.nodes.filter((node) => node.kind[0] === "concept"));
  const open = (id: string): void => { location.href = byId.get(id)?.url ?? ""; };
  const showRows = shower(rows, data.nodes);
  const drawing: Drawing | null = canvas && drawn && drawn(canvas, data, {
    open, choose, focus: (id) => go({ ...view, focus: id }),
    enter: ({ field, value }) => go({ ...view, filters: { ...view.filters, [field]: value } }),
  });

  function choose(id: string): void {
    drawing?.choose(id);
    card?.replaceChildren();
    const node = byId.get(id);
    if (!node || !card) return;
    card.append(linkTo(node), ` ${node.summary} `, button("Focus", () => go({ ...view, focus: id })));
    if (data.connects && node.kind[0] === "concept") {
      card.append(" ", button("Connect from", () => go({ ...view, from: id })), " ", button("Connect to", () => go({ ...view, to: id })));
    }
  }

  let learnt: Promise<void> | undefined;

  /** Fetch what is searched and not shown, once, as soon as a reader turns to the search. */
  function learn(): Promise<void> {
    learnt ??= data.words === undefined ? Promise.resolve() : fetchWords(data.words).then((words) => {
      data.nodes.forEach((node, place) => { node.words = words[place] ?? ""; });
      if (view.text) go(view, false);
    });
    return learnt;
  }

  /** Show a view and remember it; `remember` is off where the address already says it. */
  function go(next: View, remember = true): void {
    view = next;
    if (view.text) void learn();
    const found = between(data, byId, view);
    const walked = found ? found.steps.flatMap((step, place) => (place ? [step.claim.id, step.end] : [step.start, step.claim.id, step.end])) : [];
    const ids = found ? new Set(walked) : shown(data, around, view);
    drawing?.show(ids, view.focus, walked);
    if (!drawing) showRows(ids, ids.size === data.nodes.length);
    fill(form!, view, title);
    root.dataset.shown = String(ids.size);
    count!.textContent = `${ids.size} of ${data.nodes.length} ${noun} shown${found ? "" : whereabouts(view, title, byId)}.`;
    tell(chain!, found, view, byId);
    if (byId.has(view.focus)) choose(view.focus);
    const words = writeView(view);
    for (const { link, page } of twins) link.href = words ? `${page}#${words}` : page;
    if (remember) history.replaceState(null, "", words ? `#${words}` : location.pathname + location.search);
  }

  form.querySelector("[name=text]")?.addEventListener("focus", () => void learn());
  form.addEventListener("input", (event) => {
    const name = (event.target as HTMLInputElement).name;
    if (name !== "from" && name !== "to") go(read(form, view));
  });
  form.addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.name === "from" || field.name === "to") go({ ...view, [field.name]: meant(data, field.value, "concept")?.id ?? field.value.trim() });
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (["from", "to"].includes((document.activeElement as HTMLInputElement | null)?.name ?? "")) return;
    const ids = shown(data, around, view);
    const found = meant(data, view.text) ?? data.nodes.find((node) => ids.has(node.id));
    if (found && view.text) go({ ...view, text: "", focus: found.id });
  });
  form.addEventListener("reset", (event) => { event.preventDefault(); choose(""); go(EVERYTHING); });
  const more = form.querySelector<HTMLElement>(".kg-map-more");
  const unfold = (isOpen: boolean): void => more?.setAttribute("aria-expanded", String(isOpen));
  more?.addEventListener("click", () => unfold(more.getAttribute("aria-expanded") !== "true"));
  form.querySelector(".kg-map-unfocus")?.addEventListener("click", () => go(unfocused(view)));
  form.querySelector(".kg-map-connect")?.addEventListener("click", () => go(view));
  for (const part of root.querySelectorAll<HTMLElement>("[data-zoom]")) {
    part.addEventListener("click", () => { const factor = Number(part.dataset.zoom); if (factor) drawing?.zoom(factor); else drawing?.fit(); });
  }
  canvas?.addEventListener("keydown", (event) => { if (!event.ctrlKey && !event.metaKey && press(event.key)) event.preventDefault(); });
  window.addEventListener("hashchange", () => go(readView(location.hash), false));
  watchTheme(() => drawing?.restyle());

  function press(key: string): boolean {
    const steps: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const ways: Record<string, Way> = { f: "", u: "up", d: "down" };
    const id = drawing?.chosen() ?? "";
    const step = steps[key];
    const way = ways[key];
    const isConcept = byId.get(id)?.kind[0] === "concept";
    if (step) drawing?.step(...step);
    else if (key === "+" || key === "=") drawing?.zoom(1.25);
    else if (key === "-") drawing?.zoom(0.8);
    else if (key === "0") drawing?.fit();
    else if (key === "Enter" && id) open(id);
    else if (way !== undefined && id) go({ ...view, focus: id, way });
    else if (key === "s" && isConcept) go({ ...view, from: id });
    else if (key === "t" && isConcept) go({ ...view, to: id });
    else if (key === "Escape") go(view.from || view.to ? { ...view, from: "", to: "" } : view.focus ? unfocused(view) : EVERYTHING);
    else return false;
    return true;
  }

  go(view, false);
  // Where a page opens narrowed or with a connection, the fields that say so are open, too.
  unfold(Boolean(view.from || view.to || view.since || view.until || Object.values(view.filters).some(Boolean)));
  const isReady = (): void => { root.dataset.ready = "yes"; };
  if (view.text) void learn().then(isReady); else isReady();
}

const unfocused = (view: View): View => ({ ...view, focus: "", way: "", depth: 1 });

/** The connection the view asks for, if it names two different concepts that are connected. */
function between(data: MapData, byId: Map<string, MapNode>, { from, to }: View): Connection | null {
  return data.connects && from !== to && byId.has(from) && byId.has(to) ? connection(data, from, to) : null;
}

function linkTo(node: MapNode): HTMLAnchorElement {
  return Object.assign(document.createElement("a"), { href: node.url, textContent: node.title });
}

function button(words: string, act: () => void): HTMLButtonElement {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: words });
  made.addEventListener("click", act);
  return made;
}

function whereabouts(view: View, title: (id: string) => string, byId: Map<string, MapNode>): string {
  if (!byId.has(view.focus)) return "";
  const steps = `at most ${view.depth} step${view.depth > 1 ? "s" : ""}`;
  return `, ${steps} ${view.way === "up" ? "up " : view.way === "down" ? "down " : ""}from “${title(view.focus)}”`;
}

/** Say a connection in words, with a link at every step; say also why there is none. */
function tell(place: HTMLElement, found: Connection | null, view: View, byId: Map<string, MapNode>): void {
  const title = (id: string): string => byId.get(id)?.title ?? id;
  place.replaceChildren();
  place.hidden = !(view.from && view.to);
  if (place.hidden) return;
  const para = (words: string): HTMLElement => Object.assign(document.createElement("p"), { textContent: words });
  if (!found) {
    const unknown = [view.from, view.to].find((id) => byId.get(id)?.kind[0] !== "concept");
    if (unknown !== undefined) place.append(para(`“${title(unknown)}” is not a concept here: choose one from the list.`));
    else if (view.from === view.to) place.append(para("Both ends are the same concept: choose two."));
    else place.append(para(`No chain of claims joins “${title(view.from)}” and “${title(view.to)}”.`));
    return;
  }
  const list = document.createElement("ol");
  for (const { start, end, claim } of found.steps) {
    const item = document.createElement("li");
    const [left, right] = [byId.get(start), byId.get(end)];
    if (left && right) item.append(linkTo(left), " – ", linkTo(right), ": ", linkTo(claim), ` (${claim.summary})`);
    list.append(item);
  }
  place.append(para(said(found, title)), list);
  const held = conditions(found.steps);
  const weak = weakest(found.steps);
  if (weak && found.steps.length > 1) place.append(para(`Weakest link: ${weak.title} (${weak.summary}).`));
  if (held.length) place.append(para(`Holds where all of these do: ${held.join("; ")}.`));
}

/** The titles that the fields offer while one types. */
function offer(root: HTMLElement, list: string, nodes: MapNode[]): void {
  root.querySelector(list)?.append(...nodes.map(({ title }) => Object.assign(document.createElement("option"), { value: title })));
}

function read(form: HTMLFormElement, view: View): View {
  const given = new FormData(form);
  const text = (name: string): string => String(given.get(name) ?? "");
  const filters: Record<string, string> = {};
  for (const field of form.querySelectorAll<HTMLSelectElement>("[data-filter]")) if (field.value) filters[field.name] = field.value;
  return {
    ...view, text: text("text"), filters, since: Number(text("since")) || 0, until: Number(text("until")) || 0,
    way: text("way") as Way, depth: Math.min(9, Math.max(1, Math.trunc(Number(text("depth"))) || 1)),
  };
}

function fill(form: HTMLFormElement, view: View, title: (id: string) => string): void {
  const put = (name: string, value: string): void => {
    const field = form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement | null;
    // A number is left alone while it is being typed: "1" on the way to "17" is not yet meant.
    const isTyping = field === document.activeElement && field?.type === "number";
    if (field && field.value !== value && !isTyping) field.value = value;
  };
  for (const field of form.querySelectorAll<HTMLSelectElement>("[data-filter]")) put(field.name, view.filters[field.name] ?? "");
  put("text", view.text);
  put("since", view.since ? String(view.since) : "");
  put("until", view.until ? String(view.until) : "");
  put("way", view.way);
  put("depth", String(view.depth));
  put("from", view.from && title(view.from));
  put("to", view.to && title(view.to));
  const focus = form.querySelector<HTMLElement>(".kg-map-focus");
  if (focus) focus.hidden = !view.focus;
}

function watchTheme(changed: () => void): void {
  new MutationObserver(changed).observe(document.body, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
