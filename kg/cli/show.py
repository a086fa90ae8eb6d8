"""``kg show``: everything the graph knows of one concept, claim or paper."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg import render
from kg.cli.verb import deliver, format_option, graph, verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph import Claim, Concept, Evidence, Graph, Paper
    from kg.literature.facts import Fact
    from kg.traced import Sketch


@verb("show", "kg show softmax_attention", "kg show online_softmax_is_softmax --format json")
@click.argument("name")
@format_option("text", "json")
def command(name: str, form: str) -> None:
    """Show one concept, claim or paper.

    What it says, why it is true, where it is from, what machines observed of it, and what stands near it.
    """
    from kg.graph import Claim, Concept

    found = graph()
    thing = found.find(name)
    if isinstance(thing, Claim):
        data, text = _claim_data(found, thing), _claim_text(found, thing)
    elif isinstance(thing, Concept):
        data, text = _concept_data(found, thing), _concept_text(found, thing)
    else:
        data, text = _paper_data(found, thing), _paper_text(found, thing)
    deliver(json.dumps(data, ensure_ascii=False, indent=2) if form == "json" else text, None)


def _place(graph: Graph, function: Sketch) -> str:
    path = graph.project.relative(function.path)
    if path.is_absolute():
        # A function outside the project belongs to an installed package; where that lies is this machine's business.
        path = Path(*path.parts[-3:])
    return f"{path.as_posix()}:{function.line}"


def _plain(thing: Claim | Concept | Paper) -> dict[str, Any]:
    data = asdict(thing)
    data["place"] = str(thing.place)
    return data


# --- claims


def _claim_data(graph: Graph, claim: Claim) -> dict[str, Any]:
    check = graph.traced.checks.get(claim.name)
    return _plain(claim) | {
        "what": "claim",
        "evidence": _evidence_data(claim.evidence, graph.is_stale(claim)) if claim.evidence else None,
        "check": {"place": _place(graph, check), "controls": list(check.controls)} if check else None,
        "implementations": _implementations(graph, claim),
        "neighbours": [other.name for other in _neighbours(graph, claim)],
    }


def _evidence_data(evidence: Evidence, is_stale: bool) -> dict[str, Any]:
    """The same words as in ``kg verify --format json``."""
    killed, mutants, equivalent = evidence.mutants or (0, 0, 0)
    return {
        "outcome": evidence.outcome,
        "strength": evidence.strength,
        "method": evidence.method,
        "error_probability": None if evidence.log2_error is None else 2.0**evidence.log2_error,
        "controls": {"rejected": evidence.controls[0], "total": evidence.controls[1]},
        "mutants": {"killed": killed, "total": mutants, "equivalent": equivalent},
        "shapes": list(evidence.shapes),
        "reason": evidence.reason,
        "stale": is_stale,
    }


def _claim_text(graph: Graph, claim: Claim) -> str:
    parts = [
        f"{claim.name}\n{claim.kind} on {claim.topic}, {claim.place}\n",
        render.section("Statement", claim.statement),
        render.section("As usually said, and false", claim.as_usually_said or ""),
        render.section("Sides" if claim.left else "About", render.sides_text(claim)),
        f"\nFormula\n  {claim.formula}\n" if claim.formula else "",
        render.section("Why", claim.because or ""),
        render.section("Conditions", _conditions(graph, claim)),
        render.section("Repaired by", [claim.repaired_by] if claim.repaired_by else []),
        render.section("Note", claim.note or ""),
        render.section("Sources", [_cited(graph, claim, at) for at in range(len(claim.sources))]),
        render.section("Evidence", render.evidence_sentences(claim, graph.is_stale(claim))),
        render.section("Code", _code(graph, claim)),
        render.section("Claims on the same concepts", _briefly(graph, _neighbours(graph, claim))),
    ]
    return "".join(parts)


def _conditions(graph: Graph, claim: Claim) -> list[str]:
    lines = [claim.where] if claim.where else []
    for name in claim.conditions:
        known = graph.conditions.get(name)
        lines.append(f"{name}: {known.definition}" if known else name)
    return lines


def _cited(graph: Graph, claim: Claim, at: int) -> str:
    source = claim.sources[at]
    paper = graph.papers.get(source.paper)
    return render.source_text(source) + (f": {paper.title}" if paper else "")


def _code(graph: Graph, claim: Claim) -> list[str]:
    lines = [f"{name}: {place}" for name, place in _implementations(graph, claim).items()]
    check = graph.traced.checks.get(claim.name)
    if check:
        lines.append(f"check: {_place(graph, check)}")
        must = "must withstand it" if claim.kind == "Refutation" else "must be rejected"
        lines += [f"{must}: {wording}" for wording in check.controls]
    return lines


def _implementations(graph: Graph, claim: Claim) -> dict[str, str]:
    """The implementations that the check of a claim can reach, and where they stand."""
    code = graph.traced
    return {name: _place(graph, code.implementations[name]) for name in code.reached[claim.name]}


def _neighbours(graph: Graph, claim: Claim) -> list[Claim]:
    near = {
        other.name: other for name in claim.concepts for other in graph.claims_about(name, narrower=False)
    }
    return [near[name] for name in sorted(near) if name != claim.name]


def _briefly(graph: Graph, claims: Iterable[Claim]) -> list[str]:
    stale = graph.stale_claims()
    return [
        f"{claim.name} [{claim.kind}, {render.standing(claim.evidence, claim.name in stale)}]"
        for claim in claims
    ]


# --- concepts


def _concept_data(graph: Graph, concept: Concept) -> dict[str, Any]:
    function = graph.traced.implementations.get(concept.name)
    return _plain(concept) | {
        "what": "concept",
        "implementation": {"place": _place(graph, function), "signature": function.signature}
        if function
        else None,
        "claims": [claim.name for claim in graph.claims_about(concept.name)],
    }


def _concept_text(graph: Graph, concept: Concept) -> str:
    function = graph.traced.implementations.get(concept.name)
    also = f", also called {', '.join(concept.alt_labels)}" if concept.alt_labels else ""
    parts = [
        f"{concept.name}\nConcept of {concept.topic}, {concept.place}\n",
        render.section(f"{concept.label}{also}", concept.definition),
        render.section("Conventions", [f"{aspect}: {setting}" for aspect, setting in concept.conventions]),
        render.section("Broader", ", ".join(concept.broader)),
        render.section("Narrower", ", ".join(concept.narrower)),
        render.section("Related", ", ".join(concept.related)),
        render.section("The same elsewhere", concept.exact_matches),
        render.section("Code", [f"{function.signature}: {_place(graph, function)}"] if function else []),
        render.section("Edits of the code", _edits(graph, concept)),
        render.section("Claims", _briefly(graph, graph.claims_about(concept.name))),
    ]
    return "".join(parts)


def _edits(graph: Graph, concept: Concept) -> list[str]:
    """What a survey showed of automatic edits of its implementation; nothing if there is none of today's claims."""
    from kg.coverage.record import coverage_path, recorded

    survey = recorded(graph).get(concept.name) if coverage_path(graph).is_file() else None
    if survey is None or not survey.tried:
        return []
    return [
        f"{survey.caught} of {survey.tried} automatic edits are noticed by some claim",
        *(f"noticed by none: {edit}" for edit in survey.unnoticed),
    ]


# --- papers


def _citing(graph: Graph, paper: Paper) -> list[Claim]:
    return [
        claim for claim in graph.claims.values() if any(source.paper == paper.key for source in claim.sources)
    ]


def _paper_data(graph: Graph, paper: Paper) -> dict[str, Any]:
    return _plain(paper) | {
        "what": "paper",
        "claims": [claim.name for claim in _citing(graph, paper)],
        "records": [asdict(fact) for fact in _records(graph, paper)],
    }


def _paper_text(graph: Graph, paper: Paper) -> str:
    from kg.literature.wording import sentences

    doi = f"https://doi.org/{paper.doi}" if paper.doi else ""
    arxiv = f"arXiv:{paper.eprint}" if paper.eprint else ""
    where = ", ".join(part for part in (paper.venue or "", str(paper.year or "")) if part)
    citing = _citing(graph, paper)
    used = [
        f"{said}: {source.locator} ({source.status.lower()})"
        for claim, said in zip(citing, _briefly(graph, citing), strict=True)
        for source in claim.sources
        if source.paper == paper.key
    ]
    parts = [
        f"{paper.key}\nPaper, {paper.place}\n",
        render.section(paper.title, f"{paper.author_list}. {where}"),
        render.section("Where to find it", [link for link in (doi, arxiv, paper.url or "") if link]),
        render.section("What OpenAlex records", sentences(_records(graph, paper))),
        render.section("Claims", used),
    ]
    return "".join(parts)


def _records(graph: Graph, paper: Paper) -> tuple[Fact, ...]:
    from kg.literature.facts import of_works, read

    return of_works(graph.sources.bibliography.entries, read(graph.store)).get(paper.key, ())
