"""Text for a terminal: tables, wrapped paragraphs, and evidence in words."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from kg import names
from kg.wording import controls_sentence, error_sentence, mutants_sentence, shapes_sentence

if TYPE_CHECKING:
    from kg.entities import Claim, Evidence, Source
    from kg.query import Result, Term

_Row = TypeVar("_Row", bound=Sequence[str])

_STRENGTH_WORDS = {
    "Proved": "decided for every input of the tested shapes",
    "IdentityTested": "equal modulo random primes",
    "Enclosed": "enclosed over the whole stated domain",
    "Scaled": "the discrepancy shrinks with the precision",
    "Statistical": "a test of stated size and power",
    "Sampled": "equal in floating point within a derived tolerance",
    "Reported": "taken from the literature, not checked here",
}

_KIND_WORDS = {
    ("Refutation", "Proved"): "the counterexample is certified",
    ("Cost", "Proved"): "operations counted at every tested size",
    ("Bound", "Sampled"): "no violation found by an adversarial search",
}


def width() -> int:
    """Columns to fill: those of the terminal, but no line longer than people read with ease."""
    return min(shutil.get_terminal_size((100, 24)).columns, 110)


def table(headers: Sequence[str], rows: Iterable[_Row], *, right: Sequence[int] = ()) -> str:
    """A plain table; on a terminal its last column wraps to fit, into a pipe every row stays on one line.

    ``right`` are the columns aligned to the right, by position.
    """
    from tabulate import tabulate

    body = [[_one_line(cell) for cell in row] for row in rows]
    if sys.stdout.isatty() and body:
        widths = [max(len(row[at]) for row in [headers, *body]) + 2 for at in range(len(headers))]
        room = max(shutil.get_terminal_size((100, 24)).columns - sum(widths[:-1]), 24)
        body = [[*row[:-1], textwrap.fill(row[-1], room)] for row in body]
    align = ["right" if at in right else "left" for at in range(len(headers))]
    text = tabulate(body, headers=list(headers), tablefmt="simple", disable_numparse=True, colalign=align)
    return "\n".join(line.rstrip() for line in text.splitlines())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def paragraph(text: str, indent: str = "  ") -> str:
    """Text filled to the width, its own blank lines kept, every line behind ``indent``."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(
        textwrap.fill(part, width(), initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
        for part in parts
    )


def section(title: str, body: str | Iterable[str]) -> str:
    """A titled part of a longer answer; empty if there is nothing to say."""
    if isinstance(body, str):
        text = paragraph(body) if body.strip() else ""
    else:
        text = "\n".join(paragraph(line) for line in body)
    return f"\n{title}\n{text}\n" if text else ""


def term_text(term: Term | None, base: str) -> str:
    """A term for a table: a short name for an IRI, the bare text of a literal."""
    import pyoxigraph as ox

    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return names.compact(term.value, base)
    return term.value if isinstance(term, ox.Literal) else str(term)


def result_text(result: Result, base: str) -> str:
    """The answer to a query for people: a table, triples one a line, yes or no."""
    if result.boolean is not None:
        return "yes" if result.boolean else "no"
    if result.triples is not None:
        rows = [[term_text(part, base) for part in triple] for triple in result.triples]
        return table(("subject", "predicate", "object"), rows)
    rows = [[term_text(term, base) for term in row] for row in result.rows]
    return table(result.variables, rows, right=_numeric_columns(result))


def _numeric_columns(result: Result) -> list[int]:
    def is_number(term: Term | None) -> bool:
        kind = getattr(getattr(term, "datatype", None), "value", "")
        return names.local_name(kind) in {"integer", "decimal", "double", "float"}

    columns = range(len(result.variables))
    return [at for at in columns if result.rows and all(is_number(row[at]) for row in result.rows)]


def standing(evidence: Evidence | None, is_stale: bool) -> str:
    """Evidence in two words, for a column: the strength if it passed, else the outcome; stale if it is."""
    if evidence is None:
        return "untested"
    words = (evidence.strength if evidence.outcome == "passed" else None) or evidence.outcome
    return f"{words} (stale)" if is_stale else words


def evidence_sentences(claim: Claim, is_stale: bool) -> list[str]:
    """What machines observed of a claim, in full sentences."""
    evidence = claim.evidence
    if evidence is None:
        return ["Never run: kg verify has recorded nothing for this claim."]
    found = [
        how_sure(claim.kind, evidence.outcome, evidence.strength, evidence.method or "", evidence.log2_error)
    ]
    if evidence.method:
        found.append(f"Method: {evidence.method}.")
    sentences = (
        controls_sentence(claim.kind, evidence.controls),
        mutants_sentence(claim.kind, evidence.mutants),
        shapes_sentence(claim.kind, evidence.shapes),
    )
    found += [sentence for sentence in sentences if sentence]
    if evidence.reason:
        found.append(f"Remark: {evidence.reason}.")
    found.append(
        "Stale: the statement, the check or an implementation has changed since. Run kg verify."
        if is_stale
        else "Fresh: nothing it depends on has changed since."
    )
    return found


def how_sure(kind: str, outcome: str, strength: str | None, method: str, log2_error: int | None) -> str:
    """An outcome with what it is worth: its strength in words, and what bounds the chance that it is wrong."""
    if outcome != "passed" or strength is None:
        said = {"cantTell": "Undecided", "passed": "Passed"}.get(outcome, outcome.capitalize())
    else:
        words = _KIND_WORDS.get((kind, strength)) or _STRENGTH_WORDS.get(strength)
        said = f"Passed, {strength}" + (f" ({words})" if words else "")
    return f"{said}. {error_sentence(strength, method, log2_error, f'2^{log2_error}')}".rstrip()


def source_text(source: Source) -> str:
    """``key, Theorem 1 (unconfirmed)``."""
    return f"{source.paper}, {source.locator} ({source.status.lower()})"


def sides_text(claim: Claim) -> str:
    """The two sides with the sign of the claim's kind between them; what it is about if it has none."""
    if claim.left is None or claim.right is None:
        return ", ".join(claim.about)
    sign = {
        "Identity": "=",
        "Reduction": "is a case of",
        "EqualUpTo": f"= up to {(claim.up_to or 'a group').lower()}",
        "Bound": "≤",
        "InExpectation": "equals in the mean",
        "InLaw": "equals in law",
        "Convergence": "converges to",
        "Limit": "tends to",
    }.get(claim.kind, "and")
    return f"{claim.left} {sign} {claim.right}"
