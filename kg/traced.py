"""What a project's code says of each claim, kept between commands: most that read the graph need no more of the code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.code import CheckFunction, CodeIndex, Function, claim_digest, folders, index
from kg.judge import cache_folder, judge_digest, keep

if TYPE_CHECKING:
    from kg.graph import Claim
    from kg.project import Project


@dataclass(frozen=True)
class Sketch:
    """A function without its text: where it stands, how it is called, and the wording of a check's controls."""

    path: Path
    line: int
    signature: str
    controls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Traced:
    """By the name of a claim its digest and the implementations that its check can reach; functions by their names."""

    digests: Mapping[str, str]
    reached: Mapping[str, tuple[str, ...]]
    implementations: Mapping[str, Sketch]
    checks: Mapping[str, Sketch]


def traced(project: Project, claims: Mapping[str, Claim]) -> Traced:
    """See :class:`Traced`; from the user's cache if nothing it depends on has changed.

    Parsing all the code takes longer than everything else that ``kg list`` does; the key is made of the very bytes of
    the code and of the claims, so what is served is never stale.
    """
    files = [path for folder in folders(project) for path in sorted(folder.glob("*.py"))]
    here = Path(__file__).parent
    pieces = [
        judge_digest().encode(),
        # How a digest is made counts as well.
        *(
            (here / f"{name}.py").read_bytes()
            for name in ("traced", "code", "imports", "normal_form", "judge")
        ),
        repr(sorted(claims.items())).encode(),
        *(path.read_bytes() for path in files),
    ]
    names = "\0".join(f"{path.parent.name}/{path.name}" for path in files).encode()
    key = hashlib.sha256(b"\0".join([names, *(hashlib.sha256(p).digest() for p in pieces)])).hexdigest()[:32]
    cache = cache_folder() / f"traced-{key}.json"
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        found = _read(json.loads(cache.read_text(encoding="ascii")), *folders(project))
        if found.digests.keys() == found.reached.keys() == claims.keys():
            return found
    made = _traced(index(project), claims)
    # The same files may lie elsewhere tomorrow, or in a second clone today: kept are their names.
    keep(cache, json.dumps(asdict(made), default=lambda path: path.name))
    return made


def _traced(code: CodeIndex, claims: Mapping[str, Claim]) -> Traced:
    return Traced(
        {name: claim_digest(code, claim) for name, claim in claims.items()},
        {name: code.reached(claim) for name, claim in claims.items()},
        {name: _sketch(function) for name, function in code.implementations.items()},
        {name: _sketch(function) for name, function in code.checks.items()},
    )


def _sketch(function: Function) -> Sketch:
    controls = function.controls if isinstance(function, CheckFunction) else ()
    return Sketch(function.path, function.line, function.signature, tuple(said for said, _ in controls))


def _read(kept: dict[str, Any], implementations: Path, checks: Path) -> Traced:
    def sketches(of: dict[str, Any], folder: Path) -> dict[str, Sketch]:
        return {
            name: Sketch(folder / one["path"], one["line"], one["signature"], tuple(one["controls"]))
            for name, one in of.items()
        }

    return Traced(
        {name: str(digest) for name, digest in kept["digests"].items()},
        {name: tuple(reached) for name, reached in kept["reached"].items()},
        sketches(kept["implementations"], implementations),
        sketches(kept["checks"], checks),
    )
