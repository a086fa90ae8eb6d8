"""Evidence as Turtle: ``ontology/generated/evidence.ttl``, sorted, with no clock, host, version or float residual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from kg.files import write_whole
from kg.graph import Evidence, Graph
from kg.names import prefixes, turtle_literal
from kg.verify.verdict import Verdict

_HEADER = "# Written by `kg verify`; do not edit. One stanza for each claim, in order of name.\n"


def evidence_path(graph: Graph) -> Path:
    """Where the evidence of a project lies."""
    return graph.project.ontology / "generated" / "evidence.ttl"


def as_verdict(kind: str, evidence: Evidence, *, stale: bool) -> Verdict:
    """Recorded evidence as a verdict that was not run again."""
    return Verdict(
        claim=evidence.claim,
        kind=kind,
        outcome=evidence.outcome,
        strength=evidence.strength,
        method=evidence.method or "",
        log2_error=evidence.log2_error,
        controls=evidence.controls,
        mutants=evidence.mutants,
        shapes=tuple(evidence.shapes),
        reason=evidence.reason or "",
        digest=evidence.digest or "",
        stale=stale,
    )


def record(graph: Graph, verdicts: Iterable[Verdict]) -> Path:
    """Write the evidence of all claims: the new verdicts, and what is already recorded for the others. Atomic."""
    new = {verdict.claim: verdict for verdict in verdicts}
    rows = []
    for name, claim in sorted(graph.claims.items()):
        verdict = new.get(name)
        if verdict is None and claim.evidence is not None:
            verdict = as_verdict(claim.kind, claim.evidence, stale=False)
        if verdict is not None:
            rows.append(_stanza(graph.claims[name].iri, verdict))
    text = "".join(
        [
            _HEADER,
            *(
                f"@prefix {p}: <{prefixes(graph.project.base)[p]}> .\n"
                for p in ("kg", "claim", "evidence", "earl")
            ),
            *rows,
        ]
    )
    path = evidence_path(graph)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
    return path


def _stanza(claim_iri: str, verdict: Verdict) -> str:
    rows = [f"kg:claim <{claim_iri}>", f"earl:outcome earl:{verdict.outcome}"]
    if verdict.strength:
        rows.append(f"kg:strength kg:{verdict.strength}")
    if verdict.method:
        rows.append(f"kg:method {turtle_literal(verdict.method)}")
    if verdict.log2_error is not None:
        rows.append(f"kg:log2ErrorProbability {verdict.log2_error}")
    rows += [f"kg:controlsRejected {verdict.controls[0]}", f"kg:controlsTotal {verdict.controls[1]}"]
    if verdict.mutants is not None:
        names = ("mutantsKilled", "mutantsTotal", "mutantsEquivalent")
        rows += [f"kg:{name} {count}" for name, count in zip(names, verdict.mutants, strict=True)]
    rows += _shapes(verdict.shapes)
    if verdict.reason:
        rows.append(f"kg:reason {turtle_literal(verdict.reason)}")
    rows.append(f"kg:digest {turtle_literal(verdict.digest)}")
    return f"\nevidence:{verdict.claim} a kg:Evidence ;\n    " + " ;\n    ".join(rows) + " .\n"


def _shapes(shapes: Sequence[str]) -> list[str]:
    return ["kg:shapes " + " , ".join(turtle_literal(s) for s in sorted(shapes))] if shapes else []
