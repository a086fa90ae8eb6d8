// The rows of a table and the items of a tree: which are there, and showing some of them.
import type { MapNode } from "./graph";

/** A row for each thing, in the order of the page; marked by name where the table is not made for the map. */
export function rowsOfPage(): HTMLElement[] {
  const marked = [...document.querySelectorAll<HTMLElement>("[data-kg-row]")].flatMap((mark) => mark.closest<HTMLElement>("tr") ?? []);
  return marked.length ? marked : [...document.querySelectorAll<HTMLElement>("#nodes :is(tr:has(td), li)")];
}

const markOf = (row: HTMLElement): string | undefined => row.querySelector<HTMLElement>("[data-kg-row]")?.dataset.kgRow;

/** What shows the rows whose names it is given, and folds a tree away where all are shown. */
export function shower(rows: HTMLElement[], nodes: MapNode[]): (ids: Set<string>, isWhole: boolean) => void {
  const parts = rows.map((row, place) => ({ id: markOf(row) ?? nodes[place]?.id ?? "", row }));
  const groups = [...document.querySelectorAll<HTMLElement>("table.kg-twin > tbody, .kg-tree > details")];
  return (ids, isWhole) => {
    for (const { id, row } of parts) {
      row.hidden = !ids.has(id);
      row.classList.remove("kg-beside");
    }
    // What is shown keeps the items it hangs from, so that a reader sees where it sits.
    for (const { row } of parts) if (!row.hidden) hold(row);
    for (const group of groups) {
      const isShown = group.querySelector("tr:has(td):not([hidden]), li:not([hidden])") !== null;
      group.hidden = !isShown;
      if (group instanceof HTMLDetailsElement) group.open = isShown && !isWhole;
    }
  };
}

function hold(row: HTMLElement): void {
  for (let above = row.parentElement?.closest("li"); above; above = above.parentElement?.closest("li")) {
    if (above.hidden) above.classList.add("kg-beside");
    above.hidden = false;
  }
}
