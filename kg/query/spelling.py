"""Names in a query that nothing bears: SPARQL answers a misspelt name with nothing, and says no word about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.names import did_you_mean, local_name, prefixes

if TYPE_CHECKING:
    from pyoxigraph import NamedNode, Store

OURS = ("kg", "concept", "claim", "cond", "ref", "item")
FUNCTIONS = ("verify", "counterexample", "path")
"""Functions of queries, which stand in no triple."""

_NOT_NAMES = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|<[^<>\s]*>|#[^\n]*")
_NAME = re.compile(rf"(?<![\w?$:.-])({'|'.join(OURS)}):([A-Za-z][\w-]*)")
_DECLARED = re.compile(r"\bPREFIX\s+([\w-]*):", re.IGNORECASE)


def unknown_names(store: Store, query: str, base: str) -> Iterator[str]:
    """What is to be said of each name with one of our prefixes that occurs nowhere in the graph."""
    from pyoxigraph import NamedNode

    known = prefixes(base)
    # A prefix that the query declares itself may mean something else.
    own = set(_DECLARED.findall(query))
    for prefix, name in dict.fromkeys(_NAME.findall(_NOT_NAMES.sub(" ", query))):
        if prefix in own or (prefix == "kg" and name in FUNCTIONS):
            continue
        node = NamedNode(known[prefix] + name)
        if _occurs(store, node):
            continue
        advice = did_you_mean(name, _names(store, known[prefix]), "see what there is with kg list")
        yield f"nothing in the graph is called {prefix}:{name}: {advice}"


def _occurs(store: Store, node: NamedNode) -> bool:
    found = (
        store.quads_for_pattern(node, None, None, None),
        store.quads_for_pattern(None, node, None, None),
        store.quads_for_pattern(None, None, node, None),
    )
    return any(next(quads, None) is not None for quads in found)


def _names(store: Store, namespace: str) -> set[str]:
    subjects = {quad.subject.value for quad in store if isinstance(getattr(quad.subject, "value", None), str)}
    return {local_name(iri) for iri in subjects if iri == namespace + local_name(iri)}
