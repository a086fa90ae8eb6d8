"""``kg lint``: every problem of a project at once."""

from __future__ import annotations

import json

from kg.cli import FINE, FOUND
from kg.cli.verb import deliver, format_option, project, say, verb


@verb("lint", "kg lint", "kg lint --project ../my-equivalences --format json")
@format_option("text", "json")
def command(form: str) -> int:
    """Report every problem of the project.

    Each line says where, what is wrong, and what to do. Looks at the Turtle files, the bibliography and the Python code, and runs none of it.
    Exit status 1 if there is any problem.
    """
    from kg.lint import problems

    found = problems(project())
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
    say(f"{len(found)} problem{'' if len(found) == 1 else 's'}" if found else "no problems")
    return FOUND if found else FINE
