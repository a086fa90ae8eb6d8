"""What the graph says of properties of concepts, as facts, rules and links for unit propagation."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import KgError
from kg.names import VOCABULARY, local_name
from kg.path import usable_claims
from kg.reasoning.propagation import Fact, Link, Literal, Proof, Rule

if TYPE_CHECKING:
    from kg.graph import Claim, Graph

_PREFIX = f"PREFIX kg: <{VOCABULARY}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"


@dataclass(frozen=True)
class Theory:
    """Facts, rules and links of a graph; `shown` says for each fact which claim shows it, `because` why a rule holds."""

    labels: dict[str, str]
    facts: tuple[Fact, ...]
    rules: tuple[Rule, ...]
    links: tuple[Link, ...]
    shown: dict[str, str]
    because: dict[str, str]

    def conditions(self, graph: Graph, proof: Proof) -> tuple[str, ...]:
        """The named conditions under which a conclusion holds: those of every claim in its proof."""
        claims = [self.shown.get(step, step) for step in proof.steps()]
        names = (name for one in claims if one in graph.claims for name in graph.claims[one].conditions)
        return tuple(dict.fromkeys(names))


def theory(graph: Graph) -> Theory:
    """Everything about properties that the graph holds.

    Raises:
        KgError: for a fact that its claim does not speak of, or that names no known property, claim or concept.
    """
    labels = {local_name(p): text for p, text in _rows(graph, "?p ?l", "?p a kg:Property ; rdfs:label ?l")}
    facts, shown = _facts(graph, labels)
    rules, because = _rules(graph)
    return Theory(labels, facts, rules, _links(graph), shown, because)


def _rows(graph: Graph, variables: str, pattern: str) -> list[tuple[str, ...]]:
    text = f"{_PREFIX}SELECT {variables} {{ {pattern} }} ORDER BY {variables}"
    found: Any = graph.store.query(text, use_default_graph_as_union=True)
    return [tuple(term.value for term in row) for row in found]


def _facts(graph: Graph, labels: dict[str, str]) -> tuple[tuple[Fact, ...], dict[str, str]]:
    facts, shown = [], {}
    for word, holds in (("has", True), ("lacks", False)):
        pattern = f"?f a kg:PropertyFact ; kg:ofConcept ?c ; kg:{word}Property ?p ; kg:shownBy ?k"
        for row in _rows(graph, "?f ?c ?p ?k", pattern):
            name, concept, prop, claim = map(local_name, row)
            _vouched(graph, name, concept, prop, claim, labels)
            standing = graph.claims[claim].evidence
            # A fact is as good as its claim: what is not known to hold concludes nothing.
            if standing is not None and standing.outcome == "passed":
                facts.append(Fact(Literal(concept, prop, holds), name))
                shown[name] = claim
    return tuple(facts), shown


def _vouched(graph: Graph, name: str, concept: str, prop: str, claim: str, labels: dict[str, str]) -> None:
    if claim not in graph.claims:
        raise KgError(f"{name}: there is no claim '{claim}': correct kg:shownBy")
    if prop not in labels:
        raise KgError(
            f"{name}: there is no property '{prop}': declare it as a kg:Property, or correct the name"
        )
    if concept not in {*graph.claims[claim].concepts, *graph.reached[claim]}:
        raise KgError(f"{name}: {claim} does not speak of {concept}: name the claim that shows it")


def _rules(graph: Graph) -> tuple[tuple[Rule, ...], dict[str, str]]:
    premises: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for word, holds in (("ifHas", True), ("ifLacks", False)):
        for row in _rows(graph, "?r ?p", f"?r a kg:PropertyRule ; kg:{word} ?p"):
            rule, prop = map(local_name, row)
            premises[rule].append((prop, holds))
    rules = []
    for word, holds in (("thenHas", True), ("thenLacks", False)):
        for row in _rows(graph, "?r ?p", f"?r a kg:PropertyRule ; kg:{word} ?p"):
            rule, prop = map(local_name, row)
            rules.append(Rule(rule, tuple(premises[rule]), (prop, holds)))
    because = {local_name(r): why for r, why in _rows(graph, "?r ?w", "?r a kg:PropertyRule ; kg:because ?w")}
    return tuple(sorted(rules, key=lambda rule: rule.name)), because


def _links(graph: Graph) -> tuple[Link, ...]:
    """Equal functions of the same inputs share all properties, a case has those of outputs alone."""
    every = frozenset(local_name(p) for (p,) in _rows(graph, "?p", "?p a kg:Property"))
    alone = frozenset(
        local_name(p) for (p,) in _rows(graph, "?p", "?p a kg:Property ; kg:ofOutputsAlone true")
    )
    links = []
    for claim in usable_claims(graph, ("Identity", "Reduction")):
        left, right = str(claim.left), str(claim.right)
        if claim.evidence is None or claim.evidence.outcome != "passed":
            continue
        partial = bool(claim.conditions)
        if claim.kind == "Reduction":
            links.append(Link(claim.name, right, left, alone, partial))
        elif _compares_as_they_are(graph, claim) and _restricts_sizes_only(graph, claim):
            links.append(Link(claim.name, left, right, every, partial))
            links.append(Link(claim.name, right, left, every, partial))
    return tuple(links)


def _compares_as_they_are(graph: Graph, claim: Claim) -> bool:
    """Whether the claim gives both sides the same inputs in the same order, and returns what they return."""
    check = graph.code.checks.get(claim.name)
    if check is None:
        return {claim.left, claim.right} <= set(graph.code.implementations)
    last = check.node.body[-1]
    if not (isinstance(last, ast.Return) and isinstance(last.value, ast.Tuple) and len(check.node.body) <= 2):
        return False
    parameters = [one.arg for one in check.node.args.args[1:]]
    sides = [_given(side, parameters) for side in last.value.elts]
    return sorted(name for name, _ in sides) == sorted((str(claim.left), str(claim.right))) and (
        sides[0][1] == sides[1][1] != ()
    )


def _restricts_sizes_only(graph: Graph, claim: Claim) -> bool:
    """Whether no condition speaks of inputs: within given sizes the two are then equal on all of their domain.

    A property about several inputs, such as scaling, says little on a domain that scaling leads out of.
    """
    check = graph.code.checks.get(claim.name)
    node = check.node if check is not None else graph.code.implementations[str(claim.left)].node
    inputs = {one.arg for one in node.args.args}
    spoken = (graph.code.conditions[name].node.args.args for name in claim.conditions)
    return not any(one.arg in inputs for arguments in spoken for one in arguments)


def _given(side: ast.expr, parameters: list[str]) -> tuple[str, tuple[str, ...]]:
    """The concept that a side calls and the inputs it is given as they are; empty if it does anything else."""
    if (
        isinstance(side, ast.Call)
        and isinstance(side.func, ast.Call)
        and ast.unparse(side.func.func) == "use"
    ):
        given = tuple(one.id for one in side.args if isinstance(one, ast.Name) and one.id in parameters)
        concept = side.func.args[0]
        if len(given) == len(side.args) and isinstance(concept, ast.Constant):
            return str(concept.value), given
    return "", ()
