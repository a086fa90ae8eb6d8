"""What a map's page carries, as few bytes: columns instead of records, numbers instead of names, nothing twice.

A column whose values repeat is written as the distinct ones (``of``) and where each stands (``at``). An id that a title
spells, a title that a label spells, and a direction that a relation implies are left out; ``packed.ts`` puts them back.
Words that are only searched are left out too: they are most of the bytes, and a file of their own holds them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Packed = dict[str, Any]

_COLUMNS = (
    *("id", "title", "label", "sign", "folder", "kind", "topic", "paper", "years", "strength", "freshness"),
    *("summary", "rank", "conditions", "upTo", "area", "x", "y", "width", "height"),
)


_NAMES = {"id", "title", "label", "sign", "area", "x", "y", "width", "height"}


def packed(
    data: Mapping[str, Any],
    relations: Mapping[str, str],
    address: Callable[[str], str],
    *,
    is_named: bool = True,
) -> Packed:
    """The data of a map as its page carries it; ``address`` gives the address of a document.

    ``is_named`` is off where the page has a row for each entry, in their order: its link says id and title already.
    """
    entries = [_shortened(entry) for entry in data["nodes"]]
    numbers = {entry["id"]: number for number, entry in enumerate(data["nodes"])}
    wanted = [key for key in _COLUMNS if is_named or key not in _NAMES]
    columns = {key: [entry.get(key) for entry in entries] for key in wanted}
    used = {relation for _, _, relation in data["edges"]}
    folders = sorted({entry["folder"] for entry in entries})
    return {
        **{key: data[key] for key in ("areas", "connects", "isInOrder") if key in data},
        "count": len(entries),
        "columns": {key: _column(values) for key, values in columns.items() if any(map(_says, values))},
        "lines": _lines(data, numbers),
        "relations": {relation: words for relation, words in relations.items() if relation in used},
        "addresses": {folder: address(f"{folder}/NAME") for folder in folders},
    }


def _shortened(entry: Mapping[str, Any]) -> Packed:
    """An entry without what can be put back."""
    made = {key: value for key, value in entry.items() if _says(value)}
    made["folder"] = made.pop("docname").partition("/")[0]
    sign = f"{entry['sign']} " if entry.get("sign") else ""
    if made["title"] == _title_in(made["label"].removeprefix(sign)):
        del made["title"]
    if made["id"] == _name_in(entry["title"]):
        del made["id"]
    for axis in {"x", "y"} & made.keys():
        made[axis] = round(made[axis])
    return made


def _says(value: object) -> bool:
    return value not in (None, "", [])


def _title_in(label: str) -> str:
    """The title that was broken into the lines of a label; lines end at a space, or behind a hyphen in a word."""
    return re.sub(r"(?<=[A-Za-z0-9]-)\n", "", label).replace("\n", " ")


def _name_in(title: str) -> str | None:
    """The name that a title most likely stands for; letters beyond ASCII are not the same in capitals everywhere."""
    return re.sub("[ -]", "_", title.lower()) if title.isascii() else None


def _column(values: Sequence[Any]) -> list[Any] | Packed:
    """Values, or the distinct ones and the place of each, whichever is shorter; one that all share needs no places."""
    places: dict[str, int] = {}
    at = [places.setdefault(json.dumps(value), len(places)) for value in values]
    coded: Packed = {"of": [json.loads(text) for text in places], "at": at if len(places) > 1 else []}
    plain = list(values)
    return coded if len(json.dumps(coded)) < len(json.dumps(plain)) else plain


def _lines(data: Mapping[str, Any], numbers: Mapping[str, int]) -> list[list[Any]]:
    """Lines by relation and by way: 1 where the target is above the source, 2 below, 3 where it is both, 0 neither."""
    upwards = {(lower, upper) for lower, upper in data["upwards"]}
    found: dict[tuple[str, int], list[int]] = {}
    for source, target, relation in data["edges"]:
        way = ((source, target) in upwards) + 2 * ((target, source) in upwards)
        found.setdefault((relation, way), []).extend((numbers[source], numbers[target]))
    return [[relation, way, ends] for (relation, way), ends in found.items()]
