"""Rules about names: each is defined once, can be typed, and means something wherever it is used."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from pyoxigraph import NamedNode

from kg.graph import Claim, Concept, Condition, Paper
from kg.lint.draft import Draft, Problem
from kg.names import STANDARD_PREFIXES, VOCABULARY, compact, did_you_mean, local_name

MACHINE_TERMS = ("topic", "sourceFile", "sourceLine", "formerly")
"""Terms that the loader itself understands or adds, whether or not a vocabulary explains them."""

_SKOS = STANDARD_PREFIXES["skos"]


def twice_defined(draft: Draft) -> Iterator[Problem]:
    """One name, one thing: over concepts, claims, conditions, lines of the list and papers together."""
    first: dict[str, str] = {key: str(paper.place) for key, paper in sorted(draft.graph.papers.items())}
    for file in draft.own_files:
        for head in file.heads:
            name = local_name(head.iri)
            # A class and a concept may share a word: one is written kg:…, the other is what people type.
            key = head.iri if head.iri.startswith(VOCABULARY) else name
            if key in first:
                problem = f"'{name}' is already defined at {first[key]}"
                yield Problem(file.place, head.line, problem, "merge the two, or give one another name")
            else:
                first[key] = f"{file.place.as_posix()}:{head.line}"


def unwritable(draft: Draft) -> Iterator[Problem]:
    """Names of concepts, claims and conditions are names of Python functions too."""
    graph = draft.graph
    things: list[Concept | Claim | Condition] = [*graph.concepts.values(), *graph.claims.values()]
    for thing in (*things, *graph.conditions.values()):
        name = thing.name
        fits = name.isidentifier() and name.isascii() and name == name.lower()
        if not fits or keyword.iskeyword(name):
            advice = "use small letters from a to z, digits and _, beginning with a letter"
            yield draft.problem(thing.iri, f"'{name}' cannot be the name of a function", advice)


def former_names(draft: Draft) -> Iterator[Problem]:
    """A former name is not the present name of something else."""
    graph = draft.graph
    present: dict[str, Concept | Claim | Paper] = {**graph.concepts, **graph.claims, **graph.papers}
    for old, name in graph.aliases.items():
        if old in present and name in present:
            problem = f"'{name}' was formerly '{old}', but there is still something of that name"
            yield draft.problem(
                present[name].iri, problem, "remove kg:formerly, or rename the other", "formerly"
            )


def unknown_terms(draft: Draft) -> Iterator[Problem]:
    """Classes, properties and individuals of the vocabulary that it does not have."""
    own = _vocabulary(draft)
    for file, subject, quad in draft.quads():
        for term in (quad.predicate, quad.object):
            if not isinstance(term, NamedNode):
                continue
            name = local_name(term.value)
            if term.value == VOCABULARY + name and name not in own:
                is_kind = quad.predicate.value == STANDARD_PREFIXES["rdf"] + "type"
                known = [*draft.graph.kinds, *own] if is_kind else own
                advice = did_you_mean(name, known, "the terms are explained in ontology/vocabulary.ttl")
                problem = f"kg:{name} is not in the vocabulary"
                yield draft.in_file(file, subject, problem, advice, name)
            standard = _standard_terms(term.value.removesuffix(name))
            if standard and name and name not in standard:
                advice = did_you_mean(name, standard, "look it up in that vocabulary")
                problem = f"{compact(term.value)} does not exist"
                yield draft.in_file(file, subject, problem, advice, name)


def _vocabulary(draft: Draft) -> frozenset[str]:
    heads = (head.iri for file in draft.sources.turtle for head in file.heads)
    found = {local_name(iri) for iri in heads if iri == VOCABULARY + local_name(iri)}
    return frozenset(found | set(MACHINE_TERMS))


@lru_cache(maxsize=64)
def _standard_terms(namespace: str) -> frozenset[str]:
    """The terms of a vocabulary that is closed, so that a misspelt one can be told from a new one."""
    from rdflib.namespace import DCTERMS, OWL, RDFS, SKOS

    for closed in (SKOS, RDFS, OWL, DCTERMS):
        if str(closed) == namespace:
            return frozenset(local_name(str(term)) for term in dir(closed))
    return frozenset()


def unknown_references(draft: Draft) -> Iterator[Problem]:
    """Whatever a property points at exists, and is the kind of thing that it should point at."""
    expected = _expectations(draft)
    kinds_of = _kinds_of_names(draft)
    for file, subject, quad in draft.quads():
        if quad.predicate.value not in expected or not isinstance(quad.object, NamedNode):
            continue
        what, known = expected[quad.predicate.value]
        name = local_name(quad.object.value)
        if name in known or name in draft.unclear:
            # A name in a file that is broken is not understood, and nothing can be said of it.
            meant = getattr(known.get(name), "iri", "") if isinstance(known, Mapping) else ""
            if meant and meant != quad.object.value:
                written, base = compact(quad.object.value, draft.project.base), draft.project.base
                problem = f"{written} is nothing, though there is a {what} of that name"
                yield draft.in_file(file, subject, problem, f"write {compact(meant, base)}", name)
            continue
        if name in draft.graph.aliases:
            problem, advice = f"'{name}' has been renamed", f"write '{draft.graph.aliases[name]}'"
        elif name in kinds_of:
            problem = f"'{name}' is a {kinds_of[name]}, and {compact(quad.predicate.value)} wants a {what}"
            advice = did_you_mean(name, known, f"name a {what}")
        else:
            problem = _absence(draft, name, what)
            advice = did_you_mean(name, known, f"define it, or name another {what}")
        yield draft.in_file(file, subject, problem, advice, name)


def _absence(draft: Draft, name: str, what: str) -> str:
    if what == "work":
        return f"'{name}' is not in {draft.sources.bibliography_place.as_posix()}"
    return f"'{name}' is no {what}"


def _expectations(draft: Draft) -> Mapping[str, tuple[str, Collection[str]]]:
    graph = draft.graph
    concept, claim = ("concept", graph.concepts), ("claim", graph.claims)
    groups = _instances(draft, "Group")
    found: dict[str, tuple[str, Collection[str]]] = {
        VOCABULARY + "left": concept,
        VOCABULARY + "right": concept,
        VOCABULARY + "about": concept,
        _SKOS + "broader": concept,
        _SKOS + "narrower": concept,
        _SKOS + "related": concept,
        VOCABULARY + "implementationOf": concept,
        VOCABULARY + "condition": ("condition", graph.conditions),
        VOCABULARY + "cites": ("work", graph.papers),
        VOCABULARY + "asks": ("work", graph.papers),
        VOCABULARY + "answeredBy": claim,
        VOCABULARY + "repairedBy": claim,
        VOCABULARY + "upTo": ("group", groups),
        VOCABULARY + "locatorStatus": ("status of a locator", _instances(draft, "LocatorStatus")),
    }
    return found


def _instances(draft: Draft, class_: str) -> frozenset[str]:
    type_ = NamedNode(STANDARD_PREFIXES["rdf"] + "type")
    quads = draft.graph.store.quads_for_pattern(None, type_, NamedNode(VOCABULARY + class_), None)
    return frozenset(local_name(quad.subject.value) for quad in quads if isinstance(quad.subject, NamedNode))


def _kinds_of_names(draft: Draft) -> dict[str, str]:
    graph = draft.graph
    mappings: list[tuple[str, Collection[str]]] = [
        ("concept", graph.concepts),
        ("claim", graph.claims),
        ("condition", graph.conditions),
        ("work", graph.papers),
        ("line of the list", graph.items),
    ]
    return {name: what for what, names in mappings for name in names}
