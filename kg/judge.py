"""Which judge is this? A digest of the code that judges, kept in the user's cache as it takes long to compute."""

from __future__ import annotations

import ast
import hashlib
import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from kg.errors import KgError
from kg.files import write_whole


def keep(cache: Path, content: str | bytes) -> None:
    """Put something into the user's cache, if that can be written."""
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        write_whole(cache, content)
    except (OSError, KgError):
        # A cache that cannot be written only costs time.
        pass


@lru_cache(maxsize=1)
def judge_digest() -> str:
    """Digest of the code that judges (``kg.domains``, ``kg.numbers``, ``kg.verify``), in normalised syntax.

    It is part of every claim's digest: what another judge observed is stale. Parsing takes a fifth of a second, so the
    digest is kept in the user's cache under a key made of the very bytes it was computed from.
    """
    here = Path(__file__).parent
    paths = [
        here / "domains.py",
        *sorted((here / "numbers").glob("*.py")),
        *sorted((here / "verify").glob("*.py")),
    ]
    contents = [path.read_bytes() for path in paths]
    key = hashlib.sha256(b"\0".join(contents)).hexdigest()[:32]
    cache = cache_folder() / f"judge-{key}"
    with suppress(OSError, ValueError):
        kept = cache.read_text(encoding="ascii")
        # A file cut short, or written by something else, would make every claim stale.
        if re.fullmatch("[0-9a-f]{16}", kept):
            return kept
    text = "\n".join(ast.dump(ast.parse(content)) for content in contents)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    keep(cache, digest)
    return digest


def cache_folder() -> Path:
    """The user's cache directory for kg; anything in it may be deleted at any time."""
    from platformdirs import user_cache_path

    return user_cache_path("kg", appauthor=False)
