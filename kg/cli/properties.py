"""``kg properties``: what properties a concept has or lacks, and why that follows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from kg import render
from kg.cli import FINE, FOUND
from kg.cli.verb import deliver, format_option, graph, say, verb
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.reasoning.propagation import Closure, Contradiction, Literal, Proof
    from kg.reasoning.properties import Theory


@verb("properties", "kg properties online_softmax_attention --why", "kg properties")
@click.argument("concept", required=False)
@click.option("--why", is_flag=True, help="Print the proof of each.")
@format_option("text", "json")
def command(concept: str | None, why: bool, form: str) -> int:
    """Show which properties follow for a concept, or for all.

    Facts are shown by claims; equal functions of the same inputs share them, and rules say what else follows. A conclusion holds under the conditions of every claim in its proof.
    Exit status 1 if the facts contradict each other; then the smallest set of them that does is printed.
    """
    from kg.reasoning.propagation import contradictions, propagate
    from kg.reasoning.properties import theory

    found = graph()
    name = _concept(found, concept) if concept else None
    known = theory(found)
    closure = propagate(known.facts, known.rules, known.links)
    clashes = contradictions(known.facts, known.rules, known.links)
    literals = sorted(closure.literals(name), key=lambda one: (one.thing, not one.holds, one.property))
    if form == "json":
        rows = [_json(found, known, closure, one) for one in literals]
        deliver(json.dumps(rows, ensure_ascii=False, indent=2), None)
    else:
        deliver(_text(found, known, closure, literals, why=why), None)
        deliver("".join(_contradiction(known, one) for one in clashes), None)
    if not literals:
        say(
            f"nothing is known of properties of {name}"
            if name
            else "the graph holds no facts about properties"
        )
    return FOUND if clashes else FINE


def _concept(found: Graph, name: str) -> str:
    from kg.graph import Concept

    thing = found.find(name)
    if not isinstance(thing, Concept):
        raise UsageError(f"{name}: this is no concept: see kg list --only concepts")
    return thing.name


def _text(found: Graph, known: Theory, closure: Closure, literals: list[Literal], *, why: bool) -> str:
    if not why:
        rows = [
            (one.thing, "has" if one.holds else "lacks", known.labels[one.property], _by(known, closure, one))
            for one in literals
        ]
        return render.table(("concept", "", "property", "by"), rows) if rows else ""
    parts = []
    for one in literals:
        proof = closure.proof(one)
        assert proof is not None
        where = known.conditions(found, proof)
        tail = [f"where {', '.join(where)}"] if where else []
        parts.append("\n".join([*_lines(known, proof), *tail]))
    return "\n\n".join(parts)


def _by(known: Theory, closure: Closure, one: Literal) -> str:
    proof = closure.proof(one)
    assert proof is not None
    return known.shown.get(proof.by, proof.by)


def _lines(known: Theory, proof: Proof, indent: str = "") -> list[str]:
    """The proof with the claim that shows each fact, and the reason of each rule."""
    literal = proof.literal
    said = f"{literal.thing} {'has' if literal.holds else 'lacks'} '{known.labels[literal.property]}'"
    lines = [f"{indent}{said}, by {known.shown.get(proof.by, proof.by)}"]
    if proof.by in known.because:
        lines.append(f"{indent}  ({known.because[proof.by]})")
    for one in proof.premises:
        lines += _lines(known, one, indent + "    ")
    return lines


def _contradiction(known: Theory, one: Contradiction) -> str:
    claims = [known.shown[fact] for fact in one.facts]
    proofs = "\n".join([*_lines(known, one.one), "and yet", *_lines(known, one.other)])
    return f"\nThese claims cannot all be right: {', '.join(claims)}\n{proofs}\n"


def _json(found: Graph, known: Theory, closure: Closure, one: Literal) -> dict[str, Any]:
    proof = closure.proof(one)
    assert proof is not None
    return {
        "concept": one.thing,
        "property": one.property,
        "holds": one.holds,
        "by": known.shown.get(proof.by, proof.by),
        "steps": [known.shown.get(step, step) for step in proof.steps()],
        "conditions": list(known.conditions(found, proof)),
    }
