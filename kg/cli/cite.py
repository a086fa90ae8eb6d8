"""``kg cite``: works into the bibliography, by identifier or title."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli import FINE, FOUND
from kg.cli.literature import client, client_options, cost, entries
from kg.cli.verb import deliver, project, say, verb
from kg.errors import FetchError, UsageError

if TYPE_CHECKING:
    from kg.literature.openalex import OpenAlex
    from kg.project import Project


@verb(
    "cite",
    "kg cite 10.1109/TIT.2007.909108 arXiv:2006.16236",
    'kg cite "Gaussian error linear units" --dry-run',
    "kg cite --rename katharopoulos2020transformers katharopoulos2020rnns",
)
@click.argument("works", nargs=-1, metavar="WORK...")
@click.option("--dry-run", is_flag=True, help="Show the entries; write nothing.")
@click.option(
    "--rename", nargs=2, type=str, metavar="OLD NEW", help="Change a key instead; the old one stays valid."
)
@client_options
def command(works: tuple[str, ...], dry_run: bool, rename: tuple[str, str] | None, **options: Any) -> int:
    """Add works to the bibliography.

    WORK is a DOI, an arXiv or ACL identifier, an address that holds one, or the words of a title (a search costs $0.001). OpenAlex is asked; the entry is shown and appended, and nothing else in the file changes. What is not surely the work is refused, and the candidates are listed.
    Exit status 1 if any of them was not found or is doubtful.
    """
    here = project()
    if rename is not None:
        if works:
            raise UsageError("--rename takes two keys and no works: do one after the other")
        _rename(here, *rename, dry_run)
        return FINE
    if not works:
        raise UsageError('name a work: a DOI, arXiv:…, or "the words of its title"')
    entries(here, ())
    asked = client(**options)
    statuses = [_cite(here, work, asked, dry_run) for work in works]
    if asked.transport is not None and asked.transport.spent:
        say(f"spent {cost(asked.transport.spent)}")
    return FINE if all(statuses) else FOUND


def _cite(here: Project, work: str, asked: OpenAlex, dry_run: bool) -> bool:
    """Add one work; whether that, or that it was there, is certain."""
    from kg.files import alone_in, write_whole
    from kg.literature.cite import find, present
    from kg.literature.edit import appended

    known = entries(here, ())
    place = here.relative(here.bibliography).as_posix()
    there = present(work, known)
    if there is None:
        taken = [name for entry in known for name in (entry.key, *entry.formerly)]
        try:
            new = find(work, asked, taken)
        except FetchError as error:
            say(f"kg: {error}")
            return False
        there = next((one for name in new.record.names if (one := present(name, known))), None)
        if there is None:
            deliver(new.bibtex, None)
            if new.remark:
                say(f"{new.key}: {new.remark}")
            if not dry_run:
                with alone_in(here.bibliography.parent):
                    write_whole(here.bibliography, appended(_text(here.bibliography), new.bibtex))
                say(f"added to {place} as {new.key}; next: cite it in a claim, and kg enrich {new.key}")
            return True
    deliver(there.bibtex, None)
    say(f"{place}:{there.line}: this work is already here as {there.key}")
    return True


def _rename(here: Project, old: str, new: str, dry_run: bool) -> None:
    from kg.files import write_whole
    from kg.literature.edit import renamed

    text = renamed(_text(here.bibliography), old, new)
    if not dry_run:
        write_whole(here.bibliography, text)
    say(f"{old} is now {new}; '{old}' still leads there, and kg lint names the places to change")


def _text(path: Path) -> str:
    # Line endings and a byte order mark stay as they are.
    return path.read_bytes().decode("utf-8")
