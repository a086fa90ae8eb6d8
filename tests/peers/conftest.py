"""What every comparison with another library needs: seeded inputs, one thread, and the two notions of nearness.

Linear algebra is compared by norm, scalar functions entry by entry.  The inputs are small and well conditioned, so two
correct programs in float64 differ by some tens of units in the last place; a thousand are allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

UNIT = 2.0**-52
ALLOWED = 1000 * UNIT

Agree = Callable[[Any, Any], None]


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A generator seeded by the name of the test."""
    return np.random.default_rng(list(request.node.name.encode()))


@pytest.fixture
def agree() -> Agree:
    """Fail unless two arrays are equal up to rounding, relative to the largest entry of theirs."""

    def check(ours: Any, theirs: Any) -> None:
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        assert ours.shape == theirs.shape
        scale = float(np.max(np.abs(theirs)))
        gap = float(np.max(np.abs(ours - theirs)))
        assert gap <= ALLOWED * scale, f"apart by {gap / scale:.2g} of the largest entry"

    return check


@pytest.fixture
def agree_entrywise() -> Agree:
    """Fail unless every entry of two arrays is equal up to rounding, relative to that entry."""

    def check(ours: Any, theirs: Any) -> None:
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        assert ours.shape == theirs.shape
        gap = np.abs(ours - theirs)
        worst = int(np.argmax(gap - ALLOWED * np.abs(theirs)))
        assert np.all(gap <= ALLOWED * np.abs(theirs)), (
            f"{ours.reshape(-1)[worst]!r} and {theirs.reshape(-1)[worst]!r}"
        )

    return check
