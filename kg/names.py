"""Names and IRIs: the one place where prefixes are written down.

People type *local names* (``softmax_attention``), files hold IRIs. A name is the part of an IRI after its last
``/`` or ``#``, whatever comes before: another project has a base IRI of its own, and its names work the same way.
Only the vocabulary (``kg:``) is shared, because it is what the software itself understands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

BASE = "https://w3id.org/ml-equivalences/"
"""Base IRI of the built-in project and of the shared vocabulary; an identifier, never fetched."""

VOCABULARY = BASE + "vocabulary#"
"""Namespace of the classes and properties, the same in every project."""

STANDARD_PREFIXES: Mapping[str, str] = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "earl": "http://www.w3.org/ns/earl#",
    "cito": "http://purl.org/spar/cito/",
    "fabio": "http://purl.org/spar/fabio/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
}

_OWN_FOLDERS: Mapping[str, str] = {
    "concept": "concept/",
    "claim": "claim/",
    "cond": "condition/",
    "ref": "reference/",
    "evidence": "evidence/",
    "item": "list/",
    "derived": "derived/",
    "coverage": "coverage/",
}

_PLAIN_LOCAL_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\Z")


def prefixes(base: str = BASE) -> dict[str, str]:
    """Every prefix of a project with this base IRI: the vocabulary, its own folders, the standard ones."""
    own = {prefix: base + folder for prefix, folder in _OWN_FOLDERS.items()}
    return {"kg": VOCABULARY, **own, **STANDARD_PREFIXES}


def sparql_prologue(base: str = BASE) -> str:
    """The same prefixes as the opening lines of a SPARQL query."""
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in prefixes(base).items())


def turtle_prologue(base: str = BASE) -> str:
    """The same prefixes as the opening lines of a Turtle file."""
    return "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in prefixes(base).items())


def local_name(iri: str) -> str:
    """What people type for an IRI: the part after its last ``/`` or ``#``."""
    return iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :]


def compact(iri: str, base: str = BASE) -> str:
    """An IRI as ``prefix:name`` where one of the prefixes fits, else unchanged."""
    for prefix, namespace in prefixes(base).items():
        if iri.startswith(namespace) and _PLAIN_LOCAL_NAME.match(iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` was probably meant to be: the nearest in spelling, or else the shortest it is part of."""
    from difflib import get_close_matches

    candidates = sorted(set(known))
    by_lower = {candidate.lower(): candidate for candidate in reversed(candidates)}
    if name.lower() in by_lower:
        return by_lower[name.lower()]
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    if not found and len(name) >= 4:
        found = sorted((longer for longer in by_lower if name.lower() in longer), key=len)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """Advice for an unknown name: a guess at what was meant, or else ``otherwise``."""
    guess = closest(name, known)
    return f"did you mean '{guess}'?" if guess is not None else otherwise


def turtle_literal(text: str) -> str:
    """A text as a Turtle string on one line: quotes, backslashes and every control character escaped."""
    marks = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return (
        '"'
        + "".join(marks.get(one) or (one if _is_printed(one) else f"\\u{ord(one):04X}") for one in text)
        + '"'
    )


def _is_printed(letter: str) -> bool:
    return letter >= " " and letter != "\x7f"
