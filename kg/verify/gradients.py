"""Agreement of derivatives: two functions that agree everywhere have equal derivatives, and two texts should too.

For a check declared with ``gradients=True`` both sides are run over dual numbers, all real inputs moving at once in a
direction of their own that is drawn afresh, in the very arithmetic that settled the claim.  This finds a stabilising
maximum that is differentiated through, or a branch whose two arms agree only in value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from kg.domains import Domain
from kg.numbers.dual import Dual
from kg.verify.declare import Use
from kg.verify.trial import Trial

_PREFIX = "direction_of_"
MOVING = ("Real", "Positive", "Probability")


def derivative_of(trial: Trial) -> Trial:
    """The trial whose sides are the derivatives of this trial's sides along drawn directions."""
    moving = [name for name, domain in trial.domains.items() if domain.kind in MOVING]
    directions = {_PREFIX + name: Domain("Real", trial.domains[name].dims) for name in moving}
    return replace(
        trial,
        name=f"derivative of {trial.name}",
        function=partial(_tangents, trial, moving),
        domains={**trial.domains, **directions},
        group=None,
    )


def _tangents(trial: Trial, moving: list[str], use: Use, **inputs: Any) -> tuple[list[Any], list[Any]]:
    left, right = trial.run(_lifted(moving, inputs))
    return [_tangent(x) for x in left], [_tangent(x) for x in right]


def _lifted(moving: list[str], inputs: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in inputs.items() if not name.startswith(_PREFIX)}
    return {**plain, **{name: Dual(plain[name], inputs[_PREFIX + name]) for name in moving}}


def _tangent(side: Any) -> Any:
    return side.tangent if isinstance(side, Dual) else 0 * side
