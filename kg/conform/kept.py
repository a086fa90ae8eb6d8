"""Fingerprints on disk: words, setting, values and movements of an implementation and of its variants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kg.conform.prints import Print


def write(path: Path, rows: Sequence[tuple[str, str, Print]]) -> None:
    """Keep these rows."""
    arrays: dict[str, Any] = {}
    described = []
    for i, (words, setting, made) in enumerate(rows):
        shape = [None if value is None else len(value) for value in made.values]
        described.append([words, setting, shape, [list(m) for m in made.moved]])
        for p, value in enumerate(made.values):
            arrays |= {f"{i}_{p}_{k}": x for k, x in enumerate(value or ())}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{id(rows)}.part.npz")
        np.savez(part, described=np.asarray(json.dumps(described)), **arrays)
        part.replace(path)
    except OSError:
        # A cache that cannot be written only costs time.
        pass


def read(path: Path) -> list[tuple[str, str, Print]] | None:
    """The rows that were kept, if there are any."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            rows = []
            for i, (words, setting, shape, moved) in enumerate(json.loads(str(stored["described"]))):
                values = tuple(
                    None if count is None else tuple(stored[f"{i}_{p}_{k}"] for k in range(count))
                    for p, count in enumerate(shape)
                )
                rows.append((words, setting, Print(values, tuple(tuple(m) for m in moved))))
            return rows
    except Exception:
        # Half written or of another version: made again.
        return None
