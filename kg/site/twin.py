"""The concept map in words: a table and a tree that hold all it shows, complete without any script.

Both are written from the data of the drawing, so none can say what the others do not. They are written tersely and not
as a document tree: a thousand rows with links are most of a page's bytes.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kg.site.mapdata import Entry, Filter


class Twin:
    """The data of a map, with the words of its filters for what they hold, as HTML.

    ``written`` names what has been written, in that order, so that the page's script can join its data to the rows.
    """

    def __init__(
        self,
        data: Mapping[str, Any],
        filters: Sequence[Filter],
        relations: Mapping[str, str],
        address: Callable[[str], str],
    ) -> None:
        self._entries: dict[str, Entry] = {entry["id"]: entry for entry in data["nodes"]}
        self._edges: Sequence[tuple[str, str, str]] = data["edges"]
        self._words = {field: dict(options) for field, _, options in filters}
        self._relations = relations
        self._address = address
        self.written: list[str] = []

    def _areas(self) -> dict[str, list[Entry]]:
        areas: dict[str, list[Entry]] = {topic: [] for topic in self._words["topic"] if topic}
        for entry in self._entries.values():
            areas[entry["topic"]].append(entry)
        return {topic: entries for topic, entries in areas.items() if entries}

    # --- the table ------------------------------------------------------------------------------------

    def table(self) -> str:
        """A row for each concept and claim, area by area."""
        joined: dict[str, dict[str, list[str]]] = {}
        for source, target, relation in self._edges:
            of_relation = joined.setdefault(source, {}).setdefault(relation, [])
            of_relation.append(self._link(self._entries[target]))
        head = "".join(f'<th scope="col">{word}</th>' for word in ("Name", "Kind", "Strength", "Connections"))
        bodies = "".join(
            f'<tbody>\n<tr><th colspan="4" scope="rowgroup">{self._topic(topic)}</th></tr>\n'
            + "".join(self._row(entry, joined.get(entry["id"], {})) for entry in entries)
            + "</tbody>\n"
            for topic, entries in self._areas().items()
        )
        return (
            '<div class="table-wrapper" id="nodes"><table class="docutils kg-table kg-twin">\n'
            f"<thead><tr>{head}</tr></thead>\n{bodies}</table></div>\n"
        )

    def _row(self, entry: Entry, joined: Mapping[str, list[str]]) -> str:
        kind = self._words["kind"].get(entry["kind"][-1], "concept") if entry["kind"][1:] else "concept"
        lines = "; ".join(
            f"{self._relations[relation]} {', '.join(ends)}" for relation, ends in joined.items()
        )
        # Cells and rows end where the next begins: of a thousand rows the end tags alone are tens of kilobytes.
        cells = "".join(f"<td>{cell}" for cell in (self._link(entry), escape(kind), _badge(entry), lines))
        self.written.append(entry["id"])
        return f"<tr>{cells}\n"

    # --- the tree -------------------------------------------------------------------------------------

    def tree(self) -> str:
        """Concepts by area, what is narrower below what is broader, and claims below the concept they speak of."""
        above = self._above()
        parts = []
        for topic, entries in self._areas().items():
            below: dict[str, list[Entry]] = {}
            for entry in entries:
                below.setdefault(above.get(entry["id"], ""), []).append(entry)
            concepts = sum(entry["kind"] == ["concept"] for entry in entries)
            counted = f"{_counted(concepts, 'concept')}, {_counted(len(entries) - concepts, 'claim')}"
            title = escape(self._words["topic"][topic])
            parts.append(
                f'<details><summary>{title} <span class="kg-where">{counted}</span></summary>\n'
                f'<p class="kg-where">{self._topic(topic, "The page of this area")}</p>\n'
                f"{self._branch(below, '')}</details>\n"
            )
        return f'<div class="kg-tree" id="nodes">\n{"".join(parts)}</div>\n'

    def _above(self) -> dict[str, str]:
        """For each entry the one below which it stands: of its own area, the first that is said, and never in a ring."""
        above: dict[str, str] = {}
        for source, target, relation in self._edges:
            if relation not in {"broader", "left", "about", "right"} or source in above:
                continue
            if self._entries[source]["topic"] != self._entries[target]["topic"]:
                continue
            step: str | None = target
            while step is not None and step != source:
                step = above.get(step)
            if step is None:
                above[source] = target
        return above

    def _branch(self, below: Mapping[str, list[Entry]], name: str) -> str:
        # Claims first: what is said of a concept belongs to it, its kinds are concepts of their own.
        entries = sorted(below.get(name, ()), key=lambda entry: entry["kind"] == ["concept"] and name != "")
        if not entries:
            return ""
        items = "".join(
            f"<li>{self._leaf(entry)}{self._branch(below, entry['id'])}</li>\n" for entry in entries
        )
        return f"<ul>\n{items}</ul>\n"

    def _leaf(self, entry: Entry) -> str:
        self.written.append(entry["id"])
        if entry["kind"] == ["concept"]:
            return f"<strong>{self._link(entry)}</strong>"
        kind = self._words["kind"].get(entry["kind"][-1], "")
        return f'{_badge(entry)} {self._link(entry)} <span class="kg-where">{escape(kind)}</span>'

    # --- pieces ---------------------------------------------------------------------------------------

    def _link(self, entry: Entry) -> str:
        return f'<a href="{self._address(entry["docname"])}">{escape(entry["title"])}</a>'

    def _topic(self, topic: str, words: str = "") -> str:
        return (
            f'<a href="{self._address(f"area/{topic}")}">{escape(words or self._words["topic"][topic])}</a>'
        )


def _badge(entry: Entry) -> str:
    if not entry["strength"]:
        return ""
    stale = " (stale)" if entry["freshness"] == "stale" else ""
    words = escape(f"{entry['sign']} {entry['summary'].partition(',')[0]}{stale}")
    return f'<span class="kg-badge kg-{entry["strength"]} kg-{entry["freshness"]}">{words}</span>'


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
