"""``kg serve``: the graph as a SPARQL endpoint, and the site, for this machine."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.verb import project, say, verb
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.serve.server import Server


@verb("serve", "kg serve", "kg serve --port 0 --timeout 5 --cors https://yasgui.example")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8008,
    show_default=True,
    help="Where to listen; 0 takes a free one.",
)
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The site to serve beside the endpoint.  [default: build/site, if it is there]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop a query that takes longer.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=100_000,
    show_default=True,
    metavar="N",
    help="Refuse to answer with more rows or triples.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Queries answered at once."
)
@click.option(
    "--cors",
    multiple=True,
    metavar="ORIGIN",
    help="Let pages of this site ask; may be repeated, * is every site.",
)
@click.option(
    "--allow-functions",
    is_flag=True,
    help="Let a query call kg:verify, kg:counterexample and kg:path, and so run checks here.",
)
@click.option(
    "--runs",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="With --allow-functions: at most N claims are run for a query.",
)
def command(
    port: int,
    site: Path | None,
    timeout: float,
    limit: int,
    jobs: int,
    cors: tuple[str, ...],
    allow_functions: bool,
    runs: int,
) -> None:
    """Serve the graph as a SPARQL 1.1 endpoint, and the site beside it.

    Only this machine is served, and only questions are answered: updates, SERVICE and FROM are refused. The endpoint is at /sparql; its address is printed. The files are read again when they change. Ctrl-C stops it.
    """
    from kg.serve.server import HOST, Server, Settings

    found = project()
    settings = Settings(
        found,
        site=_site(site),
        seconds=timeout,
        rows=limit,
        jobs=jobs,
        cors=cors,
        runs=runs if allow_functions else None,
    )
    try:
        server = Server(settings, port)
    except OSError as error:
        raise UsageError(
            f"port {port} of {HOST}: {error.strerror}: choose another with --port, or 0 for a free one"
        ) from None
    _serve(server)


def _serve(server: Server) -> None:
    def stop(*_: object) -> None:
        # A second signal ends the process at once.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        threading.Thread(target=server.shutdown).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    click.echo(server.address)
    site = server.settings.site
    say(
        f"the site is at {server.address.removesuffix('sparql')}"
        if site
        else "no site is built: kg map builds one"
    )
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.end()
    say("stopped")


def _site(given: Path | None) -> Path | None:
    site = given or Path("build/site")
    if (site / "index.html").is_file():
        return site.resolve()
    if given is not None:
        raise UsageError(f"{given}: there is no index.html: build the site with kg map --out {given}")
    return None
