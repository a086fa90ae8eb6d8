"""What a search found, written for people: Turtle stanzas with their checks, and the page on how far it looked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kg.names import turtle_literal
from kg.reasoning.discovery import Judged, Search, by_reason
from kg.reasoning.forms import code, text
from kg.reasoning.grouping import Family

if TYPE_CHECKING:
    from kg.graph import Graph

UNSOURCED = "not stated in any source we hold"


def claim_name(judged: Judged) -> str:
    """A name to begin with: the implementations that meet, the shorter side first."""
    left, right = judged.collision.left.form, judged.collision.right.form
    said = "_of_".join(left.functions) or "an_input"
    return f"{said}_is_{'_of_'.join(right.functions)}"


def stanza(graph: Graph, family: Family) -> str:
    """A claim ready for a topic file, but for the reason, which a person has to write; its check stands above it.

    The others of its family follow as comments.
    """
    judged = family.first
    left, right = judged.collision.left.form, judged.collision.right.form
    about = [name for name in dict.fromkeys((*left.functions, *right.functions)) if name in graph.concepts]
    sizes = (
        f"smallest sizes tested: {judged.finding.shapes[0]}" if judged.finding.shapes else "sizes not told"
    )
    rows = [
        f"    kg:about {' , '.join(f'concept:{name}' for name in about)} ;",
        f"    kg:statement {turtle_literal(judged.collision.words)}@en ;",
        *(['    kg:where "the first dimension is the largest"@en ;'] if judged.ordered else []),
        f"    kg:note {turtle_literal(f'{UNSOURCED}; {judged.finding.strength}, {sizes}')}@en ;",
        '    kg:source [ kg:cites ref:this_project ; kg:locator "found by kg discover" ; kg:locatorStatus kg:Confirmed ] .',
    ]
    head = [f"# {line}" for line in _check(judged).splitlines()]
    others = [f"# {family.words}:"] if family.others else []
    others += [f"#   {other.collision.words} ({_how(other)})" for other in family.others]
    return "\n".join([*head, f"claim:{claim_name(judged)} a kg:Identity ;", *rows, *others]) + "\n"


def _check(judged: Judged) -> str:
    left, right = judged.collision.left.form, judged.collision.right.form
    inputs = ", ".join(f'{n}: {d.kind}[Array, "{" ".join(d.dims)}"]' for n, d in left.leaves)
    body = f"    return {code(left.expression)}, {code(right.expression)}"
    uses_namespace = "xp." in body
    uses = sorted({d for d in left.dimensions if f"({d}" in body or f" {d}" in body})
    lines = ["@check", f"def {claim_name(judged)}(use, {inputs}):"]
    lines += ["    xp = array_namespace(a)"] if uses_namespace else []
    lines += [f"    {dim} = {_length(judged, dim)}" for dim in uses]
    return "\n".join([*lines, body])


def _length(judged: Judged, dim: str) -> str:
    for name, domain in judged.collision.left.form.leaves:
        if dim in domain.dims:
            return f"{name}.shape[{domain.dims.index(dim)}]"
    return "2"


def page(search: Search) -> str:
    """The page that says how far the search went and what it came to."""
    table = search.table
    entries = sum(table.counts.values())
    lines = [
        "# What the search for unknown equalities looked at",
        "",
        "`kg discover` runs every implementation of the graph, with small changes and fed into each other, on the same fixed",
        "random inputs and puts what comes out into one table. Two entries with one value are either equal or an accident;",
        "those that the graph neither states nor derives are judged with the judges of claims. This page is its own output",
        "(`kg discover --page`), so its numbers are those of the last search.",
        "",
        "## What was in the table",
        "",
        f"{entries} forms of {len(_names(search))} implementations, on {sum(w is not None for w in table.worlds.values())} different sets of inputs:",
        "",
        "| form | entered | the same whatever the input | refused or not finite |",
        "| --- | ---: | ---: | ---: |",
    ]
    for sort, count in table.counts.most_common():
        lines.append(f"| {sort} | {count} | {table.constant[sort]} | {table.unusable[sort]} |")
    lines += ["", f"{len(table.left_out)} implementations were left out:", ""]
    lines += [f"* {count}: {reason}" for reason, count in by_reason(Counter(table.left_out.values()))]
    lines += _limits()
    lines += [
        "",
        "## What collided",
        "",
        f"{len(search.collisions)} pairs have one fingerprint. Dropped, with the reason:",
        "",
    ]
    lines += [f"* {count}: {reason}" for reason, count in by_reason(search.dropped)]
    lines += ["", f"The other {len(search.judged)} were judged:", ""]
    outcomes = Counter(
        f"{one.outcome}, {one.finding.strength}" if one.outcome == "passed" else one.outcome
        for one in search.judged
    )
    lines += [f"* {count}: {what}" for what, count in by_reason(outcomes)]
    lines += ["", "## Equal, and stated by no claim of the graph", ""]
    lines += [
        f"{len(search.kept)} equalities, those that hold for one reason in one entry, which leaves {len(search.families)}:",
        "",
    ]
    for family in search.families:
        lines.append(f"* `{family.first.collision.words}` ({_how(family.first)})")
        if family.others:
            lines += [f"  {family.words}:", ""]
            lines += [f"  * `{other.collision.words}` ({_how(other)})" for other in family.others]
    lines += [
        "",
        "Inputs are called a, b, c in order of their shapes; a capital I is an identity matrix, ᵀ a transpose.",
        "",
    ]
    lines += ["## Looked equal, and were not, or could not be decided", ""]
    lines += [
        f"* `{one.collision.words}`: {one.outcome}, {_short(one.finding.reason)}"
        for one in search.judged
        if one.outcome != "passed"
    ]
    lines += ["", "## Near misses", "", "Equal but for one number, the same in every draw:", ""]
    lines += [
        f"* `{text(one.right.form.expression)}` is `{text(one.left.form.expression)}` with {one.what}, {one.number} at the sizes of the table"
        for one in search.near
    ]
    return "\n".join(lines) + "\n"


def _limits() -> list[str]:
    return [
        "",
        "Forms have one change at most (an input that is 0, 1 or the identity; an input or the result transposed; two inputs",
        "the same) or consist of one implementation fed into one input of another, with at most four inputs in all. Dimensions",
        "of a plain implementation are made equal in every possible way, those of a changed one two at a time. Of several",
        "implementations of one function only the first is changed and fed. Optional arguments keep their default values.",
        "Values are compared in double precision to six digits at two draws, then modulo a 62-bit prime where the text allows it.",
        "So the search misses: equalities of longer expressions, those that hold only for special inputs, and laws of random ones.",
    ]


def _how(judged: Judged) -> str:
    sizes = judged.finding.shapes[0] if judged.finding.shapes else "no sizes"
    only = "; with the first dimension the largest" if judged.ordered else ""
    return f"{judged.finding.strength}, smallest sizes {sizes}{only}"


def _short(reason: str) -> str:
    return reason.rsplit(";", maxsplit=1)[-1].strip()[:160] or "no reason given"


def _names(search: Search) -> set[str]:
    return {name for bucket in search.table.entries.values() for one in bucket for name in one.form.functions}
