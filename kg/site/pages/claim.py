"""The page of a claim: what it says, why it is true, how it is checked, and how it fares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from kg.site.doctree import (
    Inline,
    badge,
    bullets,
    claim_item,
    claim_link,
    concept_link,
    condition_link,
    definitions,
    formula,
    joined,
    line_of_prose,
    mono,
    page_link,
    paper_link,
    para,
    place,
    prose,
    section,
    source_code,
    span,
    strong,
    topic_link,
    xref,
)
from kg.site.figures import drawing
from kg.site.illustration import illustration
from kg.site.neighbourhood import around_claim, claims_beside
from kg.site.status import evidence_in_words, status_of
from kg.wording import controls_lead

if TYPE_CHECKING:
    from kg.code import Function
    from kg.graph import Claim
    from kg.site.knowledge import Knowledge


MOST_BESIDE = 15
"""A longer list of neighbours says little; those that share most come first."""


def claim_page(knowledge: Knowledge, name: str) -> nodes.section:
    """The whole page."""
    claim = knowledge.graph.claims[name]
    page = section(
        knowledge.title(name),
        _trail(knowledge, claim),
        para(*line_of_prose(claim.statement), classes=["kg-lead"]),
        *_refuted(knowledge, claim),
        *_why(knowledge, claim),
        *_formula(claim),
        *_counterexample(knowledge, claim),
        *_picture(knowledge, claim),
        *_conditions(knowledge, claim),
        _standing(knowledge, claim),
        *_sides(knowledge, claim),
        *_check(knowledge, claim),
        _evidence(knowledge, claim),
        _sources(knowledge, claim),
        *_how_to_run(claim),
        _citation(knowledge, claim),
        _neighbours(knowledge, claim),
        ident="claim",
    )
    place(page, claim.place)
    return page


def _trail(knowledge: Knowledge, claim: Claim) -> nodes.paragraph:
    return para(
        page_link("claims", "Claims"),
        " › ",
        topic_link(knowledge, claim.topic),
        " › ",
        knowledge.word(claim.kind),
        "  ",
        badge(status_of(knowledge, claim)),
        classes=["kg-trail"],
    )


def _refuted(knowledge: Knowledge, claim: Claim) -> list[nodes.Node]:
    """For a refutation: the sentence people say, and what is true instead."""
    if not claim.as_usually_said:
        return []
    said = nodes.block_quote("", para(*line_of_prose(claim.as_usually_said)), classes=["kg-said"])
    repaired: list[nodes.Node] = []
    if claim.repaired_by:
        other = knowledge.graph.claims.get(claim.repaired_by)
        sentence = f": {other.statement}" if other else ""
        link = claim_link(knowledge, claim.repaired_by)
        repaired = [para(strong("What is true instead: "), link, sentence)]
    return [section("As usually said, which is false", said, *repaired, ident="as-usually-said")]


def _why(knowledge: Knowledge, claim: Claim) -> list[nodes.Node]:
    if not claim.because:
        return []
    titles = {"Refutation": "Why it is false", "Report": "What is behind it"}
    title = titles.get(claim.kind, "Why it is true")
    return [section(title, *prose(claim.because), ident="why")]


def _formula(claim: Claim) -> list[nodes.Node]:
    return [section("Formula", formula(claim.formula), ident="formula")] if claim.formula else []


def _counterexample(knowledge: Knowledge, claim: Claim) -> list[nodes.Node]:
    """The inputs at which a refuted sentence fails: as they were stored, and the code that makes them."""
    if claim.kind != "Refutation":
        return []
    stored = claim.evidence.shapes if claim.evidence else ()
    parts: list[nodes.Node] = [para("At: ", *joined(mono(shape) for shape in stored), ".")] if stored else []
    check = knowledge.code.checks.get(claim.name)
    made = [text for part, text in (check.parts if check else ()) if part == "counterexample"]
    parts += [source_code(text, "python") for text in made]
    return [section("The counterexample", *parts, ident="counterexample")] if parts else []


def _picture(knowledge: Knowledge, claim: Claim) -> list[nodes.Node]:
    drawn = illustration(knowledge, claim.name)
    return [section("What the check sees", *drawn, ident="picture")] if drawn else []


def _conditions(knowledge: Knowledge, claim: Claim) -> list[nodes.Node]:
    parts: list[nodes.Node] = []
    if claim.where:
        parts.append(para("Holds where: ", *line_of_prose(claim.where), "."[: not claim.where.endswith(".")]))
    if claim.up_to:
        parts.append(para(f"Equal up to {knowledge.word(claim.up_to)}: {knowledge.explanation(claim.up_to)}"))
    known = knowledge.graph.conditions
    pairs: list[tuple[list[Inline], list[Inline]]] = [
        ([condition_link(name, known[name].label)], [*line_of_prose(known[name].definition)])
        for name in claim.conditions
        if name in known
    ]
    if pairs:
        parts.append(definitions(pairs))
    if not parts:
        parts.append(para("No condition beyond shapes that fit."))
    return [section("Conditions", *parts, ident="conditions")]


def _standing(knowledge: Knowledge, claim: Claim) -> nodes.section:
    status = status_of(knowledge, claim)
    return section(
        "Strength and freshness",
        para(badge(status), f" {status.summary[:1].upper()}{status.summary[1:]}."),
        ident="strength",
    )


def _sides(knowledge: Knowledge, claim: Claim) -> list[nodes.Node]:
    """Both sides' code next to each other; where a side is no concept, whatever the check reaches."""
    found = knowledge.code.implementations
    names = [name for name in (claim.left, claim.right) if name in found]
    others = [name for name in knowledge.graph.reached[claim.name] if name not in names]
    listings = [_listing(knowledge, found[name]) for name in [*names, *others] if name is not None]
    if not listings:
        return []
    # Code of two sides stands next to each other; more columns would break every line of it.
    both = nodes.container("", *listings[: len(names)], classes=["kg-sides"])
    rest = listings[len(names) :]
    title = "Both sides" if len(names) == 2 else "Implementations"
    return [section(title, *([both] if names else []), *rest, ident="sides")]


def _listing(knowledge: Knowledge, function: Function) -> nodes.Element:
    where = f"{knowledge.project.relative(function.path).as_posix()}:{function.line}"
    if function.name in knowledge.graph.concepts:
        caption: list[Inline] = [concept_link(knowledge, function.name), "  ", span(where, "kg-where")]
    else:
        caption = [mono(function.name), "  ", span(where, "kg-where")]
    return source_code(function.source, "python", caption)


def _check(knowledge: Knowledge, claim: Claim) -> list[nodes.Node]:
    check = knowledge.code.checks.get(claim.name)
    if check is None:
        both = claim.left in knowledge.code.implementations and claim.right in knowledge.code.implementations
        words = (
            "No check is written: both sides are implemented concepts with the same inputs, "
            "and the judge compares the two directly."
            if both
            else "There is no check for this claim."
        )
        return [section("The check", para(words), ident="check")]
    parts: list[nodes.Node] = [_listing(knowledge, check)]
    shown = [
        (part, text) for part, text in check.parts if part != "counterexample" or claim.kind != "Refutation"
    ]
    parts += [source_code(text, "python", [f"Its {part}"]) for part, text in shown]
    sections = [section("The check", *parts, ident="check")]
    if check.controls:
        wordings = [line_of_prose(wording) for wording, _ in check.controls]
        said = para(controls_lead(claim.kind))
        listings = [source_code(text, "python") for _, text in check.controls]
        sections.append(section("Negative controls", said, bullets(wordings), *listings, ident="controls"))
    return list(sections)


def _evidence(knowledge: Knowledge, claim: Claim) -> nodes.section:
    sentences = evidence_in_words(knowledge, claim)
    return section("Evidence", bullets([[sentence] for sentence in sentences]), ident="evidence")


def _sources(knowledge: Knowledge, claim: Claim) -> nodes.section:
    items: list[list[Inline]] = []
    for source in claim.sources:
        paper = knowledge.graph.papers.get(source.paper)
        who = paper_link(paper) if paper else xref("paper", source.paper)
        seen = knowledge.word(source.status)
        explained = knowledge.explanation(source.status)
        title = f", {paper.title}" if paper else ""
        items.append([who, f"{title}, {source.locator} ", span(f"({seen})", "kg-where"), f". {explained}"])
    return section("Sources", bullets(items), ident="sources")


def _how_to_run(claim: Claim) -> list[nodes.Node]:
    if claim.evidence is not None and claim.evidence.outcome == "inapplicable":
        return []
    command = source_code(f"kg verify {claim.name}", "console")
    snippet = f'import kg\n\ngraph = kg.open()\nprint(graph.verify("{claim.name}"))'
    return [section("How to run it", command, source_code(snippet, "python"), ident="run")]


def _citation(knowledge: Knowledge, claim: Claim) -> nodes.section:
    """BibTeX for the claim as it stands here, and for the works it comes from."""
    evidence = claim.evidence
    state = (
        f", evidence {evidence.digest}"
        if evidence and evidence.digest and claim.name not in knowledge.stale
        else ""
    )
    own = "\n".join(
        [
            f"@misc{{{claim.name},",
            f"  title = {{{{{bibtex_text(knowledge.title(claim.name))}}}}},",
            f"  author = {{{{Contributors to {bibtex_text(knowledge.project.name)}}}}},",
            f"  note = {{{bibtex_text(knowledge.word(claim.kind) + state)}}},",
            f"  url = {{{claim.iri}}},",
            "}",
        ]
    )
    keys = dict.fromkeys(source.paper for source in claim.sources)
    papers = [knowledge.graph.papers[key].bibtex for key in keys if key in knowledge.graph.papers]
    said = para("The page as it stands, and the works it comes from:")
    return section("How to cite it", said, source_code("\n\n".join([own, *papers]), "bibtex"), ident="cite")


def bibtex_text(text: str) -> str:
    """Text that BibTeX and LaTeX read as it stands: what would be markup is left out or escaped."""
    kept = "".join(letter for letter in text if letter not in "{}\\\r\n")
    return "".join(f"\\{letter}" if letter in "%&$#_" else letter for letter in kept)


def _neighbours(knowledge: Knowledge, claim: Claim) -> nodes.section:
    beside = claims_beside(knowledge, claim)
    parts: list[nodes.Node] = [
        drawing(around_claim(knowledge, claim), f"What “{knowledge.title(claim.name)}” is joined to")
    ]
    if claim.concepts:
        linked = joined(concept_link(knowledge, name) for name in claim.concepts)
        parts.append(para(strong("Concepts: "), *linked))
    if beside:
        parts.append(para(strong("Claims that share a concept with it:")))
        parts.append(bullets(claim_item(knowledge, other) for other in beside[:MOST_BESIDE]))
        if len(beside) > MOST_BESIDE:
            parts.append(para(f"{len(beside) - MOST_BESIDE} more are on the pages of its concepts."))
    parts.append(para(page_link("map", "Find it on the concept map"), classes=["kg-onmap"]))
    return section("Neighbours", *parts, ident="neighbours")
