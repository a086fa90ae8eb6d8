"""What OpenAlex has answered, on disk: one small JSON file for each question, readable by people.

requests-cache keys on requests; here one request may answer fifty questions (a batch of identifiers), and each is
remembered on its own, so that the next batch asks only for what is missing and an interrupted run resumes by itself.
Abstracts stay here: they are not ours to publish.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kg.files import write_whole


@dataclass(frozen=True, slots=True)
class Answer:
    """The records that answer one question; none if there is no such work. ``retrieved`` is UTC, to the second."""

    asked: str
    source: str
    retrieved: str
    records: tuple[Mapping[str, Any], ...]

    @property
    def record(self) -> Mapping[str, Any] | None:
        """The one record that answers a question for one work."""
        return self.records[0] if self.records else None


class Answers:
    """The answers in one folder, by question."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_folder()

    def get(self, asked: str) -> Answer | None:
        """What was answered, if the question was ever asked; a damaged file counts as no answer."""
        try:
            kept = json.loads(self._file(asked).read_text(encoding="utf-8"))
            records = tuple(record for record in kept["records"] if isinstance(record, dict))
            answer = Answer(kept["asked"], kept["source"], kept["retrieved"], records)
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return answer if answer.asked == asked else None

    def keep(self, asked: str, source: str, records: Sequence[Mapping[str, Any]]) -> Answer:
        """Remember an answer, whole or not at all.

        Raises: UsageError if it cannot be written.
        """
        answer = Answer(asked, source, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), tuple(records))
        path = self._file(asked)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(asdict(answer), ensure_ascii=False, indent=1))
        return answer

    def _file(self, asked: str) -> Path:
        name = hashlib.sha256(asked.encode()).hexdigest()
        return self.folder / name[:2] / f"{name[2:34]}.json"


def default_folder() -> Path:
    """Where answers are kept for this user."""
    from platformdirs import user_cache_path

    return user_cache_path("kg", appauthor=False) / "openalex"


def digest(record: Mapping[str, Any]) -> str:
    """SHA-256 of a record in canonical JSON: the same record is the same text, whichever request brought it."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
