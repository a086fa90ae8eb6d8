"""What changed between two states of a project: claims added, gone, reworded, stronger, weaker, stale, refuted.

A state is a revision of the project's git repository, or the working tree.  Only text is read: recorded evidence counts,
nothing is run.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.errors import UsageError
from kg.graph import Claim, Graph, load
from kg.project import Project, find_project

_ORDER = ("Reported", "Sampled", "Statistical", "Scaled", "Enclosed", "IdentityTested", "Proved")


@dataclass(frozen=True)
class Change:
    """One thing that happened to one claim, and the details in words."""

    claim: str
    what: str
    details: str


@contextmanager
def state(project: Project, revision: str | None) -> Iterator[Graph]:
    """The graph at a revision, or of the working tree for None.

    Raises:
        UsageError: if there is no such revision or no repository.
    """
    if revision is None:
        yield load(project)
        return
    with tempfile.TemporaryDirectory() as folder:
        top = Path(_git(project.root, "rev-parse", "--show-toplevel").decode().strip())
        files = Path(folder) / "files"
        # An index of its own, so that the user's is not touched.
        index = str(Path(folder) / "index")
        _git(top, "read-tree", revision, index=index)
        _git(top, "checkout-index", "--all", f"--prefix={files}/", index=index)
        yield load(find_project(files / project.root.relative_to(top)))


def _git(folder: Path, *arguments: str, index: str | None = None) -> bytes:
    environment = {**os.environ, "GIT_INDEX_FILE": index} if index else None
    try:
        return subprocess.run(
            ["git", *arguments], cwd=folder, check=True, capture_output=True, env=environment
        ).stdout
    except FileNotFoundError:
        raise UsageError("git was not found: kg diff reads earlier states from the repository") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"{arguments[-1]}: git says: {said[0] if said else 'nothing'}") from None


def changes(before: Graph, after: Graph) -> list[Change]:
    """Every change from one state to the other, by claim."""
    found: list[Change] = []
    renamed = {old: new for old, new in after.aliases.items() if old in before.claims and new in after.claims}
    for name, claim in before.claims.items():
        if name not in after.claims and name not in renamed:
            found.append(Change(name, "removed", claim.statement))
    for name, claim in after.claims.items():
        old = before.claims.get(name) or next(
            (before.claims[o] for o, n in renamed.items() if n == name), None
        )
        if old is None:
            found.append(Change(name, "added", claim.statement))
            continue
        found += _of_one(old, claim, stale=after.is_stale(claim))
    return sorted(found, key=lambda change: (change.claim, change.what))


def _of_one(old: Claim, new: Claim, *, stale: bool) -> Iterator[Change]:
    if old.name != new.name:
        yield Change(new.name, "renamed", f"was {old.name}")
    if old.statement != new.statement:
        yield Change(new.name, "reworded", f"was: {old.statement}")
    if old.kind != new.kind:
        what = "refuted" if new.kind == "Refutation" else "another kind"
        yield Change(new.name, what, f"{old.kind} → {new.kind}")
    yield from _evidence(old, new)
    if stale:
        yield Change(new.name, "stale", "its evidence belongs to another text: run kg verify")


def _evidence(old: Claim, new: Claim) -> Iterator[Change]:
    first, second = old.evidence, new.evidence
    if first is None or second is None:
        if second is not None:
            yield Change(new.name, "verified", f"{second.outcome}, {second.strength or 'no strength'}")
        return
    if first.outcome != second.outcome:
        yield Change(
            new.name,
            "another outcome",
            f"{first.outcome} → {second.outcome}: {second.reason or ''}".rstrip(": "),
        )
    if first.strength != second.strength and first.strength and second.strength:
        grown = _ORDER.index(second.strength) > _ORDER.index(first.strength)
        yield Change(new.name, "stronger" if grown else "weaker", f"{first.strength} → {second.strength}")
