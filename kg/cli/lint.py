"""``kg lint``: every problem of a project at once."""

from __future__ import annotations

import json

import click

from kg.cli import FINE, FOUND
from kg.cli.verb import deliver, format_option, project, say, verb


@verb("lint", "kg lint", "kg lint --gaps", "kg lint --project ../my-equivalences --format json")
@click.option("--gaps", is_flag=True, help="What is not wrong but could rest on more, instead.")
@format_option("text", "json")
def command(gaps: bool, form: str) -> int:
    """Report every problem of the project.

    Each line says where, what is wrong, and what to do. Looks at the Turtle files, the bibliography and the Python code, and runs none of it.
    With --gaps: places in works that nobody has looked up, works without claims, concepts without works, claims with a single source.
    Exit status 1 if there is any problem, or any gap.
    """
    from kg.lint import Draft, problems_of
    from kg.lint.gaps import gaps as gaps_of
    from kg.locator import counts

    draft = Draft(project())
    found, what = (gaps_of(draft), "gap") if gaps else (problems_of(draft), "problem")
    if form == "json":
        rows = [
            {
                "path": problem.path.as_posix(),
                "line": problem.line,
                "problem": problem.problem,
                "advice": problem.advice,
            }
            for problem in found
        ]
        deliver(json.dumps(rows, ensure_ascii=False, indent=2), None)
    else:
        deliver("\n".join(str(problem) for problem in found), None)
    confirmed, unconfirmed = counts(draft.graph.claims.values())
    say(f"{confirmed} places in works confirmed, {unconfirmed} still to be looked up")
    say(f"{len(found)} {what}{'' if len(found) == 1 else 's'}" if found else f"no {what}s")
    return FOUND if found else FINE
