"""``kg map``: build the site with the concept map."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.verb import project, say, verb


@verb("map", "kg map", "kg map --out public --strict")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/site"),
    show_default=True,
    metavar="DIR",
    help="Where the site goes.",
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to use.")
@click.option("--strict", is_flag=True, help="A warning while building is an error.")
def command(out: Path, jobs: int, strict: bool) -> None:
    """Build the site with the concept map.

    It has a page for every concept, claim and paper. The path of its first page is printed, to open in a browser.
    """
    from kg.site import build

    found = project()
    say("building the site")
    click.echo(build(found, out, jobs=jobs, strict=strict))
