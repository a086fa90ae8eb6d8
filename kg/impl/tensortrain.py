"""Tensor trains: tensors whose entries are products of matrices, and the decomposition by successive cuts.

Conventions: cores are listed from the first axis to the last; unfoldings read row by row (the last index runs fastest).
"""

from __future__ import annotations

from typing import Any

from kg.numbers import Array, Real, array_namespace


def tensor_train_tensor(
    first: Real[Array, "i p"], middle: Real[Array, "p j q"], last: Real[Array, "q k"]
) -> Real[Array, "i j k"]:
    """The tensor whose entry (i, j, k) is a row of the first core times matrix j of the second times a column of the last.

    Conventions: cores are listed from the first axis to the last.
    Source: :cite:t:`oseledets2011tensor`.
    """
    xp = array_namespace(first)
    return xp.stack([first @ middle[:, j, :] @ last for j in range(middle.shape[1])], axis=1)


def tensor_train_svd(t: Real[Array, "a b c d"], *, ranks: tuple[int, ...]) -> Real[Array, "a b c d"]:
    """Cut the axes off one after the other, each time keeping the leading singular vectors of what is left.

    Conventions: from the first axis to the last; returns the approximation at full size, not the cores.
    Source: :cite:t:`oseledets2011tensor`.
    Raises: ValueError if there is not one rank for each cut between two axes.
    """
    xp = array_namespace(t)
    if len(ranks) != t.ndim - 1:
        raise ValueError(
            f"tensor_train_svd needs one rank for each of the {t.ndim - 1} cuts, got {len(ranks)}"
        )
    bases: list[Any] = []
    rest = t
    for axis, rank in enumerate(ranks):
        rows = t.shape[axis] if axis == 0 else ranks[axis - 1] * t.shape[axis]
        u, values, vt = xp.linalg.svd(xp.reshape(rest, (rows, -1)), full_matrices=False)
        bases.append(u[:, :rank])
        rest = values[:rank, None] * vt[:rank, :]
    for basis in reversed(bases):
        rest = basis @ xp.reshape(rest, (basis.shape[1], -1))
    return xp.reshape(rest, t.shape)
