"""``kg diff``: which claims changed between two revisions, or since one."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from kg.cli import FINE, FOUND
from kg.cli.verb import deliver, format_option, project, say, verb


@verb("diff", "kg diff HEAD~3", "kg diff v0.1 v0.2 --format json")
@click.argument("before", metavar="REV1")
@click.argument("after", required=False, metavar="[REV2]")
@format_option("text", "json")
def command(before: str, after: str | None, form: str) -> int:
    """Say which claims changed from one revision to another.

    With one revision, from it to the files as they are now. Added, removed, renamed, reworded, stronger, weaker, refuted, of another outcome, stale. Recorded evidence is
    compared; nothing is run. Exit status 1 if a claim grew weaker, went stale, was refuted or stopped passing.
    """
    from kg.compare import changes, state

    here = project()
    with state(here, before) as old, state(here, after) as new:
        found = changes(old, new)
    if form == "json":
        deliver(json.dumps([asdict(change) for change in found], ensure_ascii=False, indent=2), None)
    else:
        deliver("\n".join(f"{c.what:16} {c.claim}: {c.details}" for c in found), None)
        say(
            f"{len(found)} change{'' if len(found) == 1 else 's'} from {before} to {after or 'the files as they are'}"
        )
    alarming = ("weaker", "stale", "refuted", "another outcome", "removed")
    return FOUND if any(change.what in alarming for change in found) else FINE
