"""Fixtures: one array of each exact arithmetic, made from the same small rational numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.numbers.arrays import System, SystemArray
from kg.numbers.balls import Balls
from kg.numbers.counting import Counts
from kg.numbers.degrees import Degrees
from kg.numbers.residues import Residues

SYSTEMS: dict[str, Callable[[], System]] = {
    "residues": lambda: Residues("tests"),
    "balls": Balls,
    "counts": Counts,
    "degrees": Degrees,
}


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> System:
    """Every system in turn."""
    return SYSTEMS[request.param]()


@pytest.fixture
def number() -> Callable[[System, Any], SystemArray]:
    """Exact numbers as an array of a system."""
    return lambda system, values: SystemArray(system, system.literal(np.asarray(values)))
