"""``kg next``: which work to read next, and why."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import FINE
from kg.cli.verb import Choice, deliver, format_option, graph, say, verb
from kg.errors import UsageError
from kg.linking.suggestions import GAPS

if TYPE_CHECKING:
    from kg.linking.recovery import Recovered


@verb(
    "next",
    "kg next",
    "kg next --for linear_attention",
    "kg next --gap unconfirmed --limit 5",
    "kg next --for softmax_attention --why-not katharopoulos2020transformers",
    "kg next --evaluate",
    "kg next --evaluate --citations tests/linking/cora.cites",
)
@click.option("--for", "name", metavar="CONCEPT|PAPER", help="Start from here, not from all that was read.")
@click.option("--gap", type=Choice(GAPS), help="Only works that may close a gap of this kind.")
@click.option("--read", "read_", multiple=True, metavar="KEY", help="Count this work as read (repeatable).")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="How many works.")
@click.option("--why-not", metavar="KEY", help="Say where this work stands, or why it is left out.")
@click.option("--evaluate", is_flag=True, help="Hide what is known and report how it comes back.")
@click.option(
    "--citations",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --evaluate: lines 'cited citing' instead of the bibliography.",
)
@format_option("text", "json")
def command(
    name: str | None,
    gap: str | None,
    read_: tuple[str, ...],
    limit: int,
    why_not: str | None,
    evaluate: bool,
    citations: Path | None,
    form: str,
) -> int:
    """Suggest which work to read next, each with the path that leads to it.

    Personalised PageRank over citations (recorded by kg enrich) and concepts, from the works read so far: those with a locator that somebody confirmed. Works read, retracted or withdrawn are left out. --gap aims at locators that are unconfirmed, works without claims, concepts without works, claims with a single source.
    --evaluate forgets, for one work after the other, that a claim cites it, and where citations are recorded that another work does; each is then ranked among all works.
    """
    if citations is not None and not evaluate:
        raise UsageError("--citations needs --evaluate: give both, or neither")
    if evaluate:
        _evaluate(citations, form)
        return FINE
    from kg.linking.neighbourhood import read
    from kg.linking.suggestions import aim, suggest

    found = graph()
    near = read(found, read_)
    for key in (*read_, *([why_not] if why_not else ())):
        if key not in near.works:
            from kg.names import did_you_mean

            raise UsageError(
                f"{key}: there is no work of this key: {did_you_mean(key, near.works, 'see kg list')}"
            )
    aimed = aim(found, near, name, gap)
    if why_not is not None:
        from kg.linking.suggestions import why_not as because

        ranked = {one.key: one for one in suggest(near, aimed)}
        left_out = because(near, aimed, why_not)
        if left_out is None and why_not in ranked:
            one = ranked[why_not]
            left_out = f"it is number {one.rank} of {len(ranked)}: {'; '.join(one.reasons)}"
        deliver(f"{why_not}: {left_out or 'nothing leads to it from here'}", None)
        return FINE
    chosen = suggest(near, aimed, limit)
    if not any(near.cites.values()):
        say("no citations are recorded, so concepts alone lead the way: kg enrich brings what works cite")
    if form == "json":
        deliver(json.dumps([asdict(one) for one in chosen], ensure_ascii=False, indent=2), None)
        return FINE
    lines = []
    for one in chosen:
        lines.append(f"{one.rank}. {one.key}: {one.title}\n")
        lines += [f"     {reason}\n" for reason in (*one.reasons, *one.gaps[:3])]
        lines += [f"     and {len(one.gaps) - 3} more such\n"] if len(one.gaps) > 3 else []
    deliver("".join(lines), None)
    if not chosen:
        say("nothing is left to suggest")
    return FINE


def _evaluate(citations: Path | None, form: str) -> None:
    from kg.linking.hiding import evaluate, read_citations

    results = evaluate(read_citations(citations)) if citations is not None else _on_our_own()
    if form == "json":
        deliver(json.dumps([asdict(one) for one in results], ensure_ascii=False, indent=2), None)
        return
    from kg import render

    rows = [
        (
            one.task,
            one.method,
            f"{one.mrr:.3f}",
            f"{one.low:.3f}-{one.high:.3f}",
            f"{one.recall_10:.3f}",
            f"{one.recall_20:.3f}",
            f"{one.ndcg_10:.3f}",
            f"{one.median_rank:g}",
            f"{one.ratio:.1f} ({one.ratio_low:.1f}-{one.ratio_high:.1f})" if one.ratio != 1 else "",
        )
        for one in results
    ]
    header = (
        "hidden",
        "method",
        "MRR",
        "95 % interval",
        "R@10",
        "R@20",
        "nDCG@10",
        "median rank",
        "walk is … times",
    )
    deliver(render.table(header, rows), None)
    for task, number, works in dict.fromkeys((one.task, one.hidden, one.candidates) for one in results):
        say(f"{task}: {number} hidden, each ranked among all {works} works but those known to belong there")


def _on_our_own() -> tuple[Recovered, ...]:
    """Both ways of hiding, on the bibliography of the project: claims forgotten, and references where some are known."""
    from kg.linking.forgetting import evaluate as forget
    from kg.linking.hiding import evaluate
    from kg.linking.neighbourhood import read
    from kg.literature.catalogue import citations

    found = graph()
    near = read(found)
    known = {key: cited for key, cited in citations(found).items() if cited}
    if not any(near.cites.values()):
        say(
            "no citations are recorded, so which work cites which is unknown: none were walked over, and none hidden"
        )
        return forget(found, near)
    results: list[Recovered] = []
    reasons: list[UsageError] = []
    for hide in (partial(forget, found, near), partial(evaluate, known)):
        try:
            results += hide()
        except UsageError as error:
            reasons.append(error)
    if not results:
        raise reasons[0]
    for reason in reasons:
        say(str(reason))
    return tuple(results)
