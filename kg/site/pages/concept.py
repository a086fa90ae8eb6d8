"""The page of a concept: what it is, where it sits, what is claimed about it and how those claims fare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from kg.site.doctree import (
    Inline,
    Row,
    bullets,
    claim_item,
    claim_link,
    concept_link,
    definitions,
    joined,
    line_of_prose,
    link,
    page_link,
    paper_link,
    para,
    place,
    prose,
    section,
    source_code,
    span,
    strong,
    table,
    topic_link,
)
from kg.site.figures import drawing
from kg.site.illustration import illustration
from kg.site.kinds import by_kind, heading
from kg.site.neighbourhood import around_concept

if TYPE_CHECKING:
    from kg.graph import Claim, Concept
    from kg.site.knowledge import Knowledge


def concept_page(knowledge: Knowledge, name: str) -> nodes.section:
    """The whole page."""
    concept = knowledge.graph.concepts[name]
    claims = knowledge.graph.claims_about(name, narrower=False)
    page = section(
        concept.label[:1].upper() + concept.label[1:],
        _trail(knowledge, concept),
        *_definition(concept),
        *_in_short(knowledge, concept),
        *illustration(knowledge, name),
        *_conventions(concept),
        _where_it_sits(knowledge, concept),
        *_claims(knowledge, [claim for claim in claims if claim.kind != "Refutation"]),
        *_falsehoods(knowledge, [claim for claim in claims if claim.kind == "Refutation"]),
        *_derived(knowledge, concept),
        *_implementation(knowledge, concept),
        *_papers(knowledge, concept),
        *_on_the_list(knowledge, concept),
        ident="concept",
    )
    place(page, concept.place)
    return page


def _trail(knowledge: Knowledge, concept: Concept) -> nodes.paragraph:
    return para(
        page_link("concepts", "Concepts"), " › ", topic_link(knowledge, concept.topic), classes=["kg-trail"]
    )


def _definition(concept: Concept) -> list[nodes.Node]:
    blocks = prose(concept.definition)
    if blocks and isinstance(blocks[0], nodes.Element):
        blocks[0]["classes"].append("kg-lead")
    if concept.alt_labels:
        blocks.append(para(strong("Also called: "), "; ".join(concept.alt_labels), "."))
    if concept.exact_matches:
        parts: list[Inline] = []
        for address in concept.exact_matches:
            parts += [", "] if parts else []
            parts.append(link(address.rsplit("/", 1)[-1], address))
        blocks.append(para(strong("The same thing elsewhere: "), *parts))
    return blocks


def _conventions(concept: Concept) -> list[nodes.Node]:
    if not concept.conventions:
        return []
    pairs: list[tuple[list[Inline], list[Inline]]] = [
        ([aspect], [*line_of_prose(setting)]) for aspect, setting in concept.conventions
    ]
    return [section("Conventions", definitions(pairs), ident="conventions")]


def _where_it_sits(knowledge: Knowledge, concept: Concept) -> nodes.section:
    parts: list[nodes.Node] = [
        drawing(around_concept(knowledge, concept), f"What “{concept.label}” is joined to")
    ]
    for words, names in (
        ("Is a kind of", concept.broader),
        ("Kinds of it", concept.narrower),
        ("Related", knowledge.related_to(concept)),
    ):
        if names:
            parts.append(para(strong(f"{words}: "), *joined(concept_link(knowledge, name) for name in names)))
    parts.append(para(page_link("map", "Find it on the concept map"), classes=["kg-onmap"]))
    return section("Where it sits", *parts, ident="where")


def _claims(knowledge: Knowledge, claims: list[Claim]) -> list[nodes.Node]:
    if not claims:
        return [section("Claims", para("Nothing is claimed about it yet."), ident="claims")]
    groups = [
        section(
            heading(knowledge, kind),
            bullets(claim_item(knowledge, claim) for claim in own),
            ident=f"claims-{kind.lower()}",
        )
        for kind, own in by_kind(knowledge, claims)
    ]
    return [section("Claims", *groups, ident="claims")]


def _falsehoods(knowledge: Knowledge, refutations: list[Claim]) -> list[nodes.Node]:
    if not refutations:
        return []
    items: list[list[Inline]] = [
        [
            span(f"“{claim.as_usually_said}” ", "kg-false") if claim.as_usually_said else "",
            *claim_item(knowledge, claim),
        ]
        for claim in refutations
    ]
    return [section("Often said, and false", bullets(items), ident="falsehoods")]


def _in_short(knowledge: Knowledge, concept: Concept) -> list[nodes.Node]:
    """Orientation: which concepts it is joined to, by the kind of the claims that join them."""
    found: dict[str, dict[str, None]] = {}
    for claim in knowledge.graph.claims_about(concept.name, narrower=False):
        if concept.name not in (claim.left, claim.right) or claim.left == claim.right:
            continue
        is_left = concept.name == claim.left
        other = claim.right if is_left else claim.left
        words = _RELATED.get((claim.kind, is_left)) or _RELATED.get((claim.kind, True), "")
        failed = claim.evidence is not None and claim.evidence.outcome == "failed"
        if other and other in knowledge.graph.concepts and words and not failed:
            found.setdefault(words, {})[other] = None
    rows = [
        para(strong(f"{words}: "), *joined(concept_link(knowledge, name) for name in found[words]), ".")
        for words in dict.fromkeys(_RELATED.values())
        if words in found
    ]
    return [nodes.container("", *rows, classes=["kg-short"])] if rows else []


_RELATED = {
    ("Identity", True): "Identities with",
    ("EqualUpTo", True): "Equalities up to a group with",
    ("Reduction", True): "Reductions to",
    ("Reduction", False): "Reductions from",
    ("InExpectation", True): "Equalities on average with",
    ("InLaw", True): "Equalities in law with",
    ("Limit", True): "Limits with",
    ("Convergence", True): "Convergence with",
    ("Bound", True): "Bounds with",
    ("Refutation", True): "Refuted relations with",
}
"""What a claim of each kind is to its left side (True) or its right side.

Not "equal to": an identity may hold for one side with something added or arguments exchanged, which its sentence says.
"""


def _derived(knowledge: Knowledge, concept: Concept) -> list[nodes.Node]:
    """Equivalences that follow from stated claims and passed when they were run themselves."""
    found = [one for one in knowledge.derived.get(concept.name, ()) if one.outcome == "passed"]
    rows: list[Row] = []
    for one in found[:MOST_DERIVED]:
        ends = dict.fromkeys((one.what.start, one.what.end))
        others = [name for name in ends if name != concept.name] or [concept.name]
        steps = [claim_link(knowledge, name) for name in one.what.claims]
        strength = knowledge.word(one.strength) if one.strength else ""
        rows.append([[concept_link(knowledge, others[0])], [one.what.relation], joined(steps), [strength]])
    if not rows:
        return []
    lead = para(
        "Nobody stated these; each is a chain of the claims named, and was run as one comparison of its two ends."
    )
    cut = (
        [para(f"{len(found)} in all; the first {MOST_DERIVED} are shown.")]
        if len(found) > MOST_DERIVED
        else []
    )
    listed = table(["Concept", "What follows", "Because", "Strength"], rows, classes=["kg-derived"])
    return [section("What follows from the claims", lead, listed, *cut, ident="derived")]


MOST_DERIVED = 12
"""A longer table of what follows is cut; `kg derive` lists everything."""


def _implementation(knowledge: Knowledge, concept: Concept) -> list[nodes.Node]:
    function = knowledge.code.implementations.get(concept.name)
    if function is None:
        return []
    where = f"{knowledge.project.relative(function.path).as_posix()}:{function.line}"
    code = source_code(function.source, "python", [span(where, "kg-where")])
    return [section("Implementation", code, *_edits(knowledge, concept), ident="code")]


def _edits(knowledge: Knowledge, concept: Concept) -> list[nodes.Node]:
    """How far the claims pin the implementation down: which automatic edits of it they notice."""
    survey = knowledge.coverage.get(concept.name)
    if survey is None or not survey.tried:
        return []
    by = joined([claim_link(knowledge, name) for name in sorted(survey.by)])
    noticed = para(
        f"Of {survey.tried} automatic edits that change what this code computes, {survey.caught} are noticed by: ",
        *by,
    )
    if not survey.unnoticed:
        return [noticed]
    return [noticed, para("Noticed by no claim:"), bullets([[edit] for edit in survey.unnoticed])]


def _papers(knowledge: Knowledge, concept: Concept) -> list[nodes.Node]:
    """The papers that the claims come from, each with the places that the claims name."""
    claims = knowledge.graph.claims_about(concept.name, narrower=False)
    items: list[list[Inline]] = []
    for paper in knowledge.papers_of(concept):
        places: dict[str, None] = {}
        for claim in claims:
            for source in claim.sources:
                if source.paper == paper.key:
                    places[f"{source.locator} ({knowledge.word(source.status)})"] = None
        items.append([paper_link(paper), f", {paper.title}: ", span("; ".join(places), "kg-explained")])
    return [section("Papers", bullets(items), ident="papers")] if items else []


def _on_the_list(knowledge: Knowledge, concept: Concept) -> list[nodes.Node]:
    items: list[list[Inline]] = [
        [item.section, ": ", item.text]
        for item in knowledge.graph.items.values()
        if concept.name in item.concepts
    ]
    if not items:
        return []
    said = para("Asked about in ", page_link("list", "the list"), ":")
    return [section("On the list", said, bullets(items), ident="list")]
