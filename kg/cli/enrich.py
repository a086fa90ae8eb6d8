"""``kg enrich``: what OpenAlex knows of the works in the bibliography."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from kg.cli import FINE, FOUND
from kg.cli.literature import client, client_options, cost, entries
from kg.cli.verb import deliver, format_option, project, say, verb

if TYPE_CHECKING:
    from kg.bibliography import Entry
    from kg.literature.enrich import Finding, Plan, Report
    from kg.literature.openalex import OpenAlex


@verb(
    "enrich",
    "kg enrich --dry-run",
    "kg enrich",
    "kg enrich --cited --notices --max-cost 0.05",
    "kg enrich katharopoulos2020transformers --refresh --format json",
)
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--search", is_flag=True, help="Search by title for what has no identifier. Costs.")
@click.option("--cited", is_flag=True, help="Fetch the works cited by these too. Costs.")
@click.option("--notices", is_flag=True, help="Look for errata and retraction notices. Costs.")
@click.option("--batch", is_flag=True, help="Ask for 50 DOIs at once: faster, and costs.")
@click.option("--dry-run", is_flag=True, help="Say what would be asked and what it costs; ask nothing.")
@client_options
@format_option("text", "json")
def command(
    keys: tuple[str, ...],
    search: bool,
    cited: bool,
    notices: bool,
    batch: bool,
    dry_run: bool,
    form: str,
    **options: Any,
) -> int:
    """Compare the bibliography with OpenAlex and record what it knows.

    Works are asked for by DOI or arXiv identifier, which is free; everything else costs and has an option. Every record is compared with its entry (title, a surname, the year); contradictions are shown side by side. Facts go to ontology/generated/literature.ttl, answers into a cache; the bibliography is never changed. A key for OpenAlex is read from the variable OPENALEX_API_KEY.
    Exit status 1 if something contradicts or could not be asked.
    """
    here = project()
    chosen = entries(here, keys)
    asked = client(**options)
    from kg.literature import facts
    from kg.literature.enrich import Wishes, enrich, plan

    wishes = Wishes(search=search, cited=cited, notices=notices, batch=batch)
    planned = plan(chosen, asked, wishes)
    say(_planned(planned, cited, is_offline=asked.transport is None))
    if dry_run:
        return FINE
    old = facts.read_file(here)
    others = [entry for entry in entries(here, ()) if entry not in chosen]
    report = enrich(chosen, asked, wishes, old, others, _progress)
    if report.facts or old:
        place = here.relative(facts.write(here, report.facts))
        say(f"{len(report.facts)} records in {place.as_posix()}")
    deliver(_as_json(report) if form == "json" else _as_text(report), None)
    _afterwards(report, asked)
    wrong = any(one.standing in ("contradicted", "doubtful", "failed") for one in report.findings)
    return FOUND if wrong or report.error or report.too_dear else FINE


def _planned(plan: Plan, cited: bool, *, is_offline: bool) -> str:
    if is_offline:
        return f"{plan.known} answers in the cache, and --offline asks for no more"
    parts = [f"{plan.known} answers in the cache", f"{plan.free} questions for single works (free)"]
    if plan.lists:
        parts.append(f"{plan.lists} lists")
    if plan.searches:
        parts.append(f"up to {plan.searches} searches")
    if cited:
        parts.append("lists of the works cited, once those are known")
    return f"{', '.join(parts)}: about {cost(plan.dollars)}"


def _progress(found: Sequence[Entry]) -> Iterator[Entry]:
    from tqdm import tqdm

    yield from tqdm(found, unit="work", disable=not sys.stderr.isatty(), leave=False, file=sys.stderr)


def _afterwards(report: Report, asked: OpenAlex) -> None:
    from kg.literature.enrich import counted

    numbers = ", ".join(f"{number} {standing}" for standing, number in counted(report.findings))
    say(numbers or "there is nothing to ask for")
    if report.too_dear:
        say(f"{report.too_dear} questions were not asked: they would cost more than --max-cost allows")
    if asked.transport is not None:
        remaining = asked.transport.remaining
        left = f"; {cost(remaining)} of today's budget left" if remaining is not None else ""
        say(f"{asked.transport.calls} questions asked, {cost(asked.transport.spent)} spent{left}")
    if report.error is not None:
        say(f"kg: {report.error}")


def _as_text(report: Report) -> str:
    from kg import render

    rows = [(one.key, one.standing, " ".join(one.records), _remark(one)) for one in report.findings]
    return render.table(("work", "standing", "record", "remark"), rows) if rows else ""


def _remark(one: Finding) -> str:
    conflicts = [f"{c.aspect}: '{c.stated}' here, '{c.recorded}' there" for c in one.conflicts]
    return "; ".join([*conflicts, one.remark] if one.remark else conflicts) or one.found_by


def _as_json(report: Report) -> str:
    return json.dumps([asdict(one) for one in report.findings], ensure_ascii=False, indent=2)
