"""Unit propagation at the scale of pi-base: 900 rules, 220 objects, 240 properties.

A synthetic instance from a seed: rules are true of a hidden table of random objects (so that the facts, a tenth of the
table, contradict nothing), with one to three premises each.

    python benchmarks/propagation.py
"""

from __future__ import annotations

import random
import time

import click

from kg.reasoning.propagation import Fact, Literal, Rule, contradictions, propagate

RULES, OBJECTS, PROPERTIES = 900, 220, 240


def instance(seed: int, share: float = 0.1) -> tuple[list[Fact], list[Rule]]:
    """Facts and rules that a hidden table satisfies."""
    rng = random.Random(seed)
    rules: list[Rule] = []
    # An order on the properties: a conclusion comes after its premises, so that a table can be completed in one pass.
    while len(rules) < RULES:
        chosen = sorted(rng.sample(range(PROPERTIES), rng.choice((2, 2, 2, 3, 4))))
        premises = tuple((f"p{at}", rng.random() < 0.8) for at in chosen[:-1])
        rules.append(Rule(f"r{len(rules)}", premises, (f"p{chosen[-1]}", rng.random() < 0.8)))
    by_conclusion: dict[str, list[Rule]] = {}
    for rule in rules:
        by_conclusion.setdefault(rule.conclusion[0], []).append(rule)
    facts, kept = [], set(rules)
    for number in range(OBJECTS):
        row: dict[str, bool] = {}
        for at in range(PROPERTIES):
            name = f"p{at}"
            fired = [r for r in by_conclusion.get(name, ()) if all(row[n] == h for n, h in r.premises)]
            row[name] = fired[0].conclusion[1] if fired else rng.random() < 0.5
            kept -= {r for r in fired if r.conclusion[1] != row[name]}
        for name, holds in row.items():
            if rng.random() < share:
                facts.append(Fact(Literal(f"o{number}", name, holds), f"f{len(facts)}"))
    return facts, [rule for rule in rules if rule in kept]


def filled_up(rules: list[Rule]) -> list[Rule]:
    """Rules that had to go because two of them clash on a row, made up by weaker ones that follow from the rest."""
    rng, rules = random.Random(1), list(rules)
    while len(rules) < RULES:
        one = rng.choice(rules)
        more = (f"p{rng.randrange(PROPERTIES)}", True)
        if more[0] not in {one.conclusion[0], *(n for n, _ in one.premises)}:
            rules.append(Rule(f"w{len(rules)}", (*one.premises, more), one.conclusion))
    return rules


def main() -> None:
    """Print how long propagation takes and how much it concludes, for three shares of given facts."""
    click.echo("| given facts | literals concluded | longest proof | propagation | all contradictions |")
    click.echo("| ---: | ---: | ---: | ---: | ---: |")
    for share in (0.02, 0.1, 0.3):
        facts, rules = instance(7, share)
        rules = filled_up(rules)
        started = time.perf_counter()
        closure = propagate(facts, rules)
        taken = time.perf_counter() - started
        literals = closure.literals()
        longest = max(len([*closure.proof(one).steps()]) for one in literals[:: max(1, len(literals) // 500)])
        started = time.perf_counter()
        clashes = contradictions(facts, rules)
        again = time.perf_counter() - started
        assert not clashes, "the hidden table satisfies everything"
        click.echo(
            f"| {len(facts)} | {len(literals) - len(facts)} | {longest} | {taken:.3f} s | {again:.3f} s |"
        )


if __name__ == "__main__":
    main()
