"""A realistic larger project: works, authors, citations, concepts, claims, evidence.

    python benchmarks/larger_graph.py FOLDER --triples 100000 --seed 1

The same numbers give the same bytes. Citations follow a power law (a work is cited in proportion to how often it was
cited before), concepts form a tree, titles are made of few words, as titles are.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

from kg.names import turtle_prologue

BASE = "https://example.org/larger/"
TRIPLES_PER_WORK = 17
"""How many triples there are for each work, all kinds counted; found by generating."""

_WORDS = (
    "attention",
    "kernel",
    "linear",
    "random",
    "feature",
    "softmax",
    "gate",
    "norm",
    "sparse",
    "expert",
    "leverage",
    "score",
    "toeplitz",
    "tensor",
    "recurrence",
    "galerkin",
    "fourier",
    "wave",
    "optical",
    "convolution",
    "gradient",
    "bound",
    "limit",
    "spectral",
    "low",
    "rank",
    "sampling",
    "state",
    "space",
    "transformer",
    "operator",
    "network",
    "inverse",
    "matrix",
)
_KINDS = ("Identity", "Identity", "Bound", "Convergence", "Refutation", "Report", "Report")
_STRENGTHS = ("Proved", "IdentityTested", "Scaled", "Sampled", "Reported")

_PYPROJECT = f"""\
[tool.kg]
name = "larger"
base = "{BASE}"
ontology = "ontology"
bibliography = "references.bib"
implementations = "larger.impl"
checks = "larger.checks"
"""


def generate(folder: Path, triples: int, seed: int) -> Path:
    """Write a project of about so many triples into a folder."""
    dice = random.Random(seed)
    works = max(20, round(triples / TRIPLES_PER_WORK))
    concepts, claims, papers = max(5, works // 20), max(5, works // 25), min(500, max(5, works // 50))
    for name in (
        "ontology/concepts",
        "ontology/claims",
        "ontology/generated",
        "larger/impl",
        "larger/checks",
    ):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ("larger/__init__.py", "larger/impl/__init__.py", "larger/checks/__init__.py"):
        (folder / name).write_text("", encoding="utf-8")
    (folder / "pyproject.toml").write_text(_PYPROJECT, encoding="utf-8")
    (folder / "references.bib").write_text("\n".join(_papers(dice, papers)), encoding="utf-8")
    _write(folder / "ontology/concepts/synthetic.ttl", _concepts(dice, concepts))
    _write(folder / "ontology/claims/synthetic.ttl", _claims(dice, claims, concepts, papers))
    _write(folder / "ontology/generated/evidence.ttl", _evidence(dice, claims))
    _write(folder / "ontology/generated/literature.ttl", _literature(dice, works, concepts))
    return folder


def _write(path: Path, stanzas: Iterator[str]) -> None:
    head = turtle_prologue(BASE) + f"@prefix work: <{BASE}work/> .\n@prefix author: <{BASE}author/> .\n\n"
    path.write_text(head + "\n".join(stanzas), encoding="utf-8")


def _phrase(dice: random.Random, words: int) -> str:
    return " ".join(dice.choice(_WORDS) for _ in range(words))


def _papers(dice: random.Random, count: int) -> Iterator[str]:
    for number in range(count):
        yield (
            f"@article{{paper{number},\n  title = {{{_phrase(dice, 6).capitalize()}}},\n"
            f"  author = {{Surname{number}, Given}},\n  year = {{{1990 + number % 36}}},\n  journal = {{Journal}},\n"
            f"  doi = {{10.5555/{number}}}\n}}\n"
        )


def _concepts(dice: random.Random, count: int) -> Iterator[str]:
    for number in range(count):
        broader = f"    skos:broader concept:c{dice.randrange(number)} ;\n" if number else ""
        yield (
            f'concept:c{number} a skos:Concept ;\n    skos:prefLabel "{_phrase(dice, 2)} {number}"@en ;\n{broader}'
            f'    skos:definition "What is meant by {_phrase(dice, 8)}."@en .\n'
        )


def _claims(dice: random.Random, count: int, concepts: int, papers: int) -> Iterator[str]:
    for number in range(count):
        kind, (left, right) = dice.choice(_KINDS), dice.sample(range(concepts), 2)
        sides = f"kg:about concept:c{left} , concept:c{right}"
        if kind in {"Identity", "Bound"}:
            sides = f"kg:left concept:c{left} ; kg:right concept:c{right}"
        yield (
            f"claim:s{number} a kg:{kind} ;\n    {sides} ;\n"
            f'    kg:statement "{_phrase(dice, 12).capitalize()}."@en ;\n    kg:because "{_phrase(dice, 20)}."@en ;\n'
            f'    kg:source [ kg:cites ref:paper{dice.randrange(papers)} ; kg:locator "Theorem {number % 9 + 1}" ; '
            "kg:locatorStatus kg:Unconfirmed ; kg:intent cito:citesAsEvidence ] .\n"
        )


def _evidence(dice: random.Random, claims: int) -> Iterator[str]:
    for number in range(claims):
        if dice.random() < 0.85:
            outcome = dice.choices(("passed", "failed", "cantTell"), (90, 4, 6))[0]
            yield (
                f"evidence:s{number} a kg:Evidence ;\n    kg:claim claim:s{number} ;\n"
                f"    earl:outcome earl:{outcome} ;\n    kg:strength kg:{dice.choice(_STRENGTHS)} ;\n"
                f'    kg:controlsRejected 2 ;\n    kg:controlsTotal 2 ;\n    kg:method "{_phrase(dice, 4)}" ;\n'
                f'    kg:digest "{dice.getrandbits(128):032x}" .\n'
            )


def _literature(dice: random.Random, works: int, concepts: int) -> Iterator[str]:
    drawn_from: list[int] = [0]
    authors = max(5, works // 2)
    for number in range(works):
        cited = sorted({dice.choice(drawn_from) for _ in range(min(number, dice.randrange(0, 9)))} - {number})
        drawn_from += [*cited, number]
        creators = ", ".join(f"author:a{dice.randrange(authors)}" for _ in range(dice.randrange(1, 4)))
        cites = f"    cito:cites {', '.join(f'work:w{one}' for one in cited)} ;\n" if cited else ""
        yield (
            f'work:w{number} a fabio:Expression ;\n    dcterms:title "{_phrase(dice, 7).capitalize()}" ;\n'
            f'    dcterms:issued "{1990 + number * 36 // works}" ;\n    schema:author {creators} ;\n{cites}'
            f"    dcterms:subject concept:c{dice.randrange(concepts)} .\n"
        )
    for number in range(authors):
        yield f'author:a{number} a schema:Person ;\n    schema:name "Given Surname{number}" .\n'


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    generate(given.folder, given.triples, given.seed)
