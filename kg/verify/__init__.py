"""The judges: one for each kind of claim, with what they draw, compare and record.

A check module needs only ``from kg.verify import check, condition`` and the kinds of :mod:`kg.domains`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.domains import (
    Array,
    Complex,
    ComplexNormal,
    Interval,
    Mask,
    Natural,
    Normal,
    Orthogonal,
    Permutation,
    Positive,
    PositiveDefinite,
    Probability,
    Real,
    Size,
    Symmetric,
    Uniform,
    Unitary,
    UnitRows,
)
from kg.verify.declare import Check, Condition, Use, check, condition
from kg.verify.evidence import evidence_path, record
from kg.verify.schedule import verify
from kg.verify.verdict import OUTCOMES, STRENGTHS, Verdict

if TYPE_CHECKING:
    from kg.verify.chain import ChainRun, run_chain

__all__ = [
    "OUTCOMES",
    "STRENGTHS",
    "Array",
    "ChainRun",
    "Check",
    "Complex",
    "ComplexNormal",
    "Condition",
    "Interval",
    "Mask",
    "Natural",
    "Normal",
    "Orthogonal",
    "Permutation",
    "Positive",
    "PositiveDefinite",
    "Probability",
    "Real",
    "Size",
    "Symmetric",
    "Uniform",
    "UnitRows",
    "Unitary",
    "Use",
    "Verdict",
    "check",
    "condition",
    "evidence_path",
    "record",
    "run_chain",
    "verify",
]


def __getattr__(name: str) -> Any:
    # The judges bring NumPy with them, and a run in which nothing is stale needs none of them.
    if name in ("ChainRun", "run_chain"):
        from kg.verify import chain

        return getattr(chain, name)
    raise AttributeError(f"module 'kg.verify' has no attribute '{name}'")
