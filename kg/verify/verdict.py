"""What a judge says of a claim, and the order of strengths."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

STRENGTHS = ("Proved", "IdentityTested", "Enclosed", "Scaled", "Statistical", "Sampled", "Reported")
OUTCOMES = ("passed", "failed", "cantTell", "inapplicable", "untested")


@dataclass(frozen=True)
class Verdict:
    """The outcome for one claim.

    `log2_error` bounds, as a power of two, the chance that a false claim would have passed (rounded up to an integer).
    `mutants` is None until they have been probed. `seconds` and `p_value` are never
    stored in the committed evidence.
    """

    claim: str
    kind: str
    outcome: str
    strength: str | None = None
    method: str = ""
    log2_error: int | None = None
    controls: tuple[int, int] = (0, 0)
    mutants: tuple[int, int, int] | None = None
    shapes: tuple[str, ...] = ()
    reason: str = ""
    digest: str = ""
    seconds: float = 0.0
    stale: bool = False
    p_value: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that ``kg verify --format json`` prints."""
        killed, total, equivalent = self.mutants or (0, 0, 0)
        return {
            "claim": self.claim,
            "kind": self.kind,
            "outcome": self.outcome,
            "strength": self.strength,
            "method": self.method,
            "error_probability": None if self.log2_error is None else 2.0 ** max(self.log2_error, -1074),
            "controls": {"rejected": self.controls[0], "total": self.controls[1]},
            "mutants": {"killed": killed, "total": total, "equivalent": equivalent},
            "shapes": list(self.shapes),
            "seconds": round(self.seconds, 3),
            "stale": self.stale,
            "reason": self.reason,
            "p_value": self.p_value,
        }

    def but(self, **changes: Any) -> Verdict:
        return replace(self, **changes)


@dataclass
class Finding:
    """What one judge found in one arithmetic: accepted, rejected, or not testable and why."""

    accepted: bool | None
    method: str = ""
    strength: str = "Sampled"
    log2_error: int | None = None
    shapes: list[str] = field(default_factory=list)
    reason: str = ""


def shape_text(sizes: dict[str, int]) -> str:
    """``d=3 m=5 n=7``; ``scalar`` for a claim without dimensions."""
    return " ".join(f"{name}={size}" for name, size in sorted(sizes.items())) or "scalars"
