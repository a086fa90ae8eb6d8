"""The typed things of a graph, kept between commands: what ``kg list`` and ``kg show`` read, and parsing takes long for.

They are kept in the user's cache under the hash of all they were made from, as the triples are (:mod:`kg.cache`), one file a
project. What cannot be read, for whatever reason, is made again.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg import cache
from kg.entities import Claim, Concept, Condition, Evidence, ListItem, Paper
from kg.judge import keep

if TYPE_CHECKING:
    from kg.project import Project
    from kg.reader import Reader


@dataclass(frozen=True)
class Things:
    """Everything with a name, in the order in which it is shown."""

    concepts: Mapping[str, Concept]
    claims: Mapping[str, Claim]
    papers: Mapping[str, Paper]
    conditions: Mapping[str, Condition]
    items: Mapping[str, ListItem]
    evidence: Mapping[str, Evidence]
    kinds: tuple[str, ...]
    aliases: Mapping[str, str]


def of(reader: Reader) -> Things:
    """What a reader finds, sorted by name; the lines of the user's list in their order."""
    return Things(
        concepts={one.name: one for one in sorted(reader.concepts(), key=lambda one: one.name)},
        claims={one.name: one for one in sorted(reader.claims(), key=lambda one: one.name)},
        papers={one.name: one for one in sorted(reader.papers(), key=lambda one: one.name)},
        conditions={one.name: one for one in sorted(reader.conditions(), key=lambda one: one.name)},
        items={one.name: one for one in sorted(reader.items(), key=lambda one: (one.order, one.name))},
        evidence=reader.evidence,
        kinds=reader.kinds,
        aliases=reader.aliases,
    )


def kept(project: Project, key: bytes) -> Things | None:
    """What was kept of the sources with this key, if anything."""
    # A file that was cut short, or that another program has written, makes the unpickler raise whatever it likes.
    with suppress(Exception):
        written = _place(project).read_bytes()
        if key and written[: len(key)] == key:
            found = pickle.loads(written[len(key) :])
            return found if isinstance(found, Things) else None
    return None


def keep_of(project: Project, key: bytes, things: Things) -> None:
    """Keep the things of a project whose sources were read without an error and have had this key ever since."""
    if key and key_of(project) == key:
        keep(_place(project), key + pickle.dumps(things, pickle.HIGHEST_PROTOCOL))


def _place(project: Project) -> Path:
    return cache.folder_of(project) / "things.pickle"


def key_of(project: Project) -> bytes:
    """The hash of the sources and of the code that understands them; empty if a source cannot be read."""
    digest = cache.digest_of(project)
    if not digest:
        return b""
    here = Path(__file__).parent
    code = [(here / f"{name}.py").read_bytes() for name in ("things", "reader", "entities")]
    return hashlib.sha256(b"\0".join([digest.encode(), sys.version.encode(), *code])).digest()
