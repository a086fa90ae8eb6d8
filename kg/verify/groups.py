"""Equality up to a group, judged by invariants: two sides are equal up to the group iff these are equal.

=========== ============================================================== =================================
group       acts as                                                        invariant
=========== ============================================================== =================================
Scale       one factor on the whole side                                   all 2×2 minors of (left, right)
Sign        one sign on the whole side                                     the outer product with itself
Rotation    an orthogonal matrix on the last axis                          the Gram matrix of the rows
Permutation any order of the rows                                          ∏ (t + w·row) at random t, w
=========== ============================================================== =================================
"""

from __future__ import annotations

from typing import Any

from kg.errors import CheckError
from kg.numbers import array_namespace

GROUPS = ("Scale", "Sign", "Rotation", "Permutation")


def invariants(group: str, left: list[Any], right: list[Any], source: Any) -> tuple[list[Any], list[Any]]:
    """Replace each pair of sides by a pair that is equal iff the sides are equal up to the group.

    Raises:
        CheckError: for a group that is not listed above.
    """
    rule = {"Scale": _scale, "Sign": _sign, "Rotation": _rotation, "Permutation": _permutation}.get(group)
    if rule is None:
        raise CheckError(f"there is no rule for equality up to {group}; choose one of {', '.join(GROUPS)}")
    pairs = [rule(a, b, source) for a, b in zip(left, right, strict=True)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _flat(x: Any) -> Any:
    return array_namespace(x).reshape(x, (-1,))


def _scale(a: Any, b: Any, source: Any) -> tuple[Any, Any]:
    u, v = _flat(a), _flat(b)
    product = u[:, None] * v[None, :]
    return product, product.mT


def _sign(a: Any, b: Any, source: Any) -> tuple[Any, Any]:
    u, v = _flat(a), _flat(b)
    return u[:, None] * u[None, :], v[:, None] * v[None, :]


def _rotation(a: Any, b: Any, source: Any) -> tuple[Any, Any]:
    return a @ a.mT, b @ b.mT


def _permutation(a: Any, b: Any, source: Any) -> tuple[Any, Any]:
    xp = array_namespace(a)
    rows_a = xp.reshape(a, (a.shape[0], -1))
    rows_b = xp.reshape(b, (b.shape[0], -1))
    weights, offset = source.real((rows_a.shape[1],)), source.real(())
    return xp.prod(rows_a @ weights + offset), xp.prod(rows_b @ weights + offset)
