"""Checks of the claims about tensor trains, and of the bounds that truncations of unfoldings share."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Natural, Real, check, condition


def _longest_rank(shape, cut):
    """The largest rank that the unfolding with the first `cut` axes as rows can have."""
    return min(int(np.prod(shape[:cut])), int(np.prod(shape[cut:])))


@condition
def ranks_within_unfoldings(t, r1, r2, r3):
    return all(1 <= rank <= _longest_rank(t.shape, cut) for cut, rank in enumerate((r1, r2, r3), start=1))


@ranks_within_unfoldings.sampler
def _(t, r1, r2, r3):
    wrapped = [1 + (rank - 1) % _longest_rank(t.shape, cut) for cut, rank in enumerate((r1, r2, r3), start=1)]
    # A rank larger than those before it allow changes nothing: the cut sees fewer rows.
    wrapped[1] = min(wrapped[1], wrapped[0] * t.shape[1])
    wrapped[2] = min(wrapped[2], wrapped[1] * t.shape[2])
    return dict(zip(("r1", "r2", "r3"), wrapped, strict=True))


def _tails(t, ranks):
    """For each cut between two axes, the sum of the squares of the singular values that its truncation drops."""
    xp = array_namespace(t)
    tails = []
    for cut, rank in enumerate(ranks, start=1):
        rows = int(np.prod(t.shape[:cut]))
        dropped = xp.linalg.svdvals(xp.reshape(t, (rows, -1)))[rank:]
        tails.append(xp.sum(dropped * dropped))
    return tails


# A CP tensor as a train -----------------------------------------------------------------------------------------


@check
def cp_tensor_is_a_tensor_train_with_diagonal_cores(
    use, a: Real[Array, "i r"], b: Real[Array, "j r"], c: Real[Array, "k r"]
):
    return use("cp_tensor")(a, b, c), use("tensor_train_tensor")(a, _diagonal_core(b), c.mT)


def _diagonal_core(b):
    """The core whose matrix j is the diagonal matrix of row j of B."""
    xp = array_namespace(b)
    return xp.permute_dims(b[:, :, None] * xp.eye(b.shape[1], dtype=b.dtype)[None, :, :], (1, 0, 2))


@cp_tensor_is_a_tensor_train_with_diagonal_cores.control(
    "the middle core is filled: every component meets every other"
)
def _(use, a, b, c):
    xp = array_namespace(a)
    core = xp.permute_dims(xp.broadcast_to(b[:, :, None], (*b.shape, b.shape[1])), (1, 0, 2))
    return use("cp_tensor")(a, b, c), use("tensor_train_tensor")(a, core, c.mT)


@cp_tensor_is_a_tensor_train_with_diagonal_cores.control("the components of the last factor are reversed")
def _(use, a, b, c):
    xp = array_namespace(a)
    train = use("tensor_train_tensor")(a, _diagonal_core(b), xp.flip(c, axis=1).mT)
    return use("cp_tensor")(a, b, c), train


# Successive cuts ------------------------------------------------------------------------------------------------


@check(relation="<=", sizes={"a": (2, 3, 4), "b": (3, 5), "c": (2, 3), "d": (2, 3, 4)})
def tensor_train_svd_error_is_at_most_the_sum_of_the_tails(
    use, r1: Natural[int, "1 7"], r2: Natural[int, "1 9"], r3: Natural[int, "1 7"], t: Real[Array, "a b c d"]
):
    xp, tails = array_namespace(t), _tails(t, (r1, r2, r3))
    difference, whole = t - use("tensor_train_svd")(t, ranks=(r1, r2, r3)), xp.sum(t * t)
    # Relative, so that nothing cut at all is rounding on the left and on the right.
    error = xp.sum(difference * difference) / whole
    # That a cut drops anything is seen from below; at the witness, where the last alone does, from above.
    return [error, *(tail / whole for tail in tails[:-1])], [sum(tails) / whole, error, error]


tensor_train_svd_error_is_at_most_the_sum_of_the_tails.explain(
    "t * t → t / t", "both sides are divided by the same positive number, and any other would do"
)


@tensor_train_svd_error_is_at_most_the_sum_of_the_tails.witness
def _(t):
    # Only the last cut drops anything.
    a, b, c, d = t.shape
    return {"r1": a, "r2": min(a * b, c * d), "r3": 1}


@tensor_train_svd_error_is_at_most_the_sum_of_the_tails.control("the largest tail alone bounds the error")
def _(use, r1, r2, r3, t):
    xp = array_namespace(t)
    error = t - use("tensor_train_svd")(t, ranks=(r1, r2, r3))
    return xp.sum(error * error), max(_tails(t, (r1, r2, r3)))


def _leading(matrix, rank):
    xp = array_namespace(matrix)
    return xp.linalg.svd(matrix, full_matrices=False)[0][:, :rank]


def _along(t, basis, axis):
    """The projection of a tensor on the span of a basis along one axis."""
    xp = array_namespace(t)
    front = xp.moveaxis(t, axis, 0)
    flat = basis @ (basis.mT @ xp.reshape(front, (front.shape[0], -1)))
    return xp.moveaxis(xp.reshape(flat, front.shape), 0, axis)


def _alternating_train(t, r1, r2, start, sweeps=2):
    """A train of these ranks near a tensor with three axes: the spans of its two ends are improved in turn."""
    xp = array_namespace(t)
    first, last = None, xp.linalg.qr(start[:, :r2])[0]
    for _ in range(sweeps):
        first = _leading(xp.reshape(_along(t, last, 2), (t.shape[0], -1)), r1)
        last = _leading(xp.reshape(xp.moveaxis(_along(t, first, 0), 2, 0), (t.shape[2], -1)), r2)
    return _along(_along(t, first, 0), last, 2)


@check(relation="<=", sizes={"a": (3, 4), "b": (3, 5), "c": (3, 4)})
def tensor_train_svd_error_is_at_most_the_number_of_cuts_times_the_best(
    use, r1: Natural[int, "1 2"], r2: Natural[int, "1 2"], t: Real[Array, "a b c"], start: Real[Array, "c c"]
):
    xp = array_namespace(t)
    difference = t - use("tensor_train_svd")(t, ranks=(r1, r2))
    rival, error = t - _alternating_train(t, r1, r2, start), xp.sum(difference * difference)
    # From below, so that a cut that drops nothing does not pass for a better approximation.
    return [error, *_tails(t, (r1, r2))], [2 * xp.sum(rival * rival), error, error]


@tensor_train_svd_error_is_at_most_the_number_of_cuts_times_the_best.control("the error is at most the best")
def _(use, r1, r2, t, start):
    xp = array_namespace(t)
    error = t - use("tensor_train_svd")(t, ranks=(r1, r2))
    rival = t - _alternating_train(t, r1, r2, start)
    return xp.sum(error * error), xp.sum(rival * rival)


# What no approximation can undercut -----------------------------------------------------------------------------


def _axis_tails(t, ranks):
    """For each axis, the sum of the squares of the singular values of its unfolding beyond the rank."""
    xp = array_namespace(t)
    tails = []
    for axis, rank in enumerate(ranks):
        dropped = xp.linalg.svdvals(xp.reshape(xp.moveaxis(t, axis, 0), (t.shape[axis], -1)))[rank:]
        tails.append(xp.sum(dropped * dropped))
    return tails


def _tucker_rival(t, ranks, starts):
    """A tensor of these multilinear ranks near t: from the spans of `starts`, improved one axis after the other."""
    xp = array_namespace(t)
    bases = [xp.linalg.qr(start[:, :rank])[0] for start, rank in zip(starts, ranks, strict=True)]
    for axis in range(len(ranks)):
        seen = t
        for other in range(len(ranks)):
            seen = seen if other == axis else _along(seen, bases[other], other)
        bases[axis] = _leading(xp.reshape(xp.moveaxis(seen, axis, 0), (t.shape[axis], -1)), ranks[axis])
    for axis, basis in enumerate(bases):
        t = _along(t, basis, axis)
    return t


@check(relation="<=", sizes={"a": (4, 5)})
def largest_tail_is_at_most_the_error_of_any_tensor_of_the_multilinear_rank(
    use,
    r1: Natural[int, "1 3"],
    r2: Natural[int, "1 7"],
    r3: Natural[int, "1 7"],
    t: Real[Array, "a b c"],
    u: Real[Array, "a a"],
    v: Real[Array, "b b"],
    w: Real[Array, "c c"],
):
    ranks = (r1, r2, r3)
    error = array_namespace(t).sum((t - _tucker_rival(t, ranks, (u, v, w))) ** 2)
    return max(_axis_tails(t, ranks)), error


@largest_tail_is_at_most_the_error_of_any_tensor_of_the_multilinear_rank.witness
def _(t):
    # Only the first axis is cut; then improving that axis gives the best there is.
    return {"r1": 1, "r2": t.shape[1], "r3": t.shape[2]}


@largest_tail_is_at_most_the_error_of_any_tensor_of_the_multilinear_rank.control("the tails add up")
def _(use, r1, r2, r3, t, u, v, w):
    ranks = (r1, r2, r3)
    error = array_namespace(t).sum((t - _tucker_rival(t, ranks, (u, v, w))) ** 2)
    return sum(_axis_tails(t, ranks)), error


@largest_tail_is_at_most_the_error_of_any_tensor_of_the_multilinear_rank.control(
    "one singular value more is counted"
)
def _(use, r1, r2, r3, t, u, v, w):
    error = array_namespace(t).sum((t - _tucker_rival(t, (r1, r2, r3), (u, v, w))) ** 2)
    return max(_axis_tails(t, (r1 - 1, r2, r3))), error


# What the truncations keep --------------------------------------------------------------------------------------


@check(sizes={"p": (2,), "q": (2, 3), "s": (2, 3), "i": (3, 4), "j": (3, 5), "k": (4, 5)})
def hosvd_keeps_a_tucker_tensor_of_its_ranks(
    use, core: Real[Array, "p q s"], u: Real[Array, "i p"], v: Real[Array, "j q"], w: Real[Array, "k s"]
):
    tensor = use("tucker_tensor")(core, u, v, w)
    return use("hosvd")(tensor, ranks=core.shape), tensor


hosvd_keeps_a_tucker_tensor_of_its_ranks.explain(
    "operand dropped: matrix @ xp.reshape(front, (front.shape[0], -1)) → xp.reshape",
    "what truncates nothing keeps every tensor; that the truncation cuts is the subject of the bounds",
)


@hosvd_keeps_a_tucker_tensor_of_its_ranks.control("one rank is smaller than that of the core")
def _(use, core, u, v, w):
    p, q, s = core.shape
    tensor = use("tucker_tensor")(core, u, v, w)
    return use("hosvd")(tensor, ranks=(p, q, s - 1)), tensor


@check(sizes={"p": (2, 3), "q": (2, 3), "i": (3, 4), "j": (3, 5), "k": (4, 5)})
def tensor_train_svd_keeps_a_tensor_train_of_its_ranks(
    use, first: Real[Array, "i p"], middle: Real[Array, "p j q"], last: Real[Array, "q k"]
):
    tensor = use("tensor_train_tensor")(first, middle, last)
    return use("tensor_train_svd")(tensor, ranks=(first.shape[1], last.shape[0])), tensor


@tensor_train_svd_keeps_a_tensor_train_of_its_ranks.control("one rank is smaller than that of the cores")
def _(use, first, middle, last):
    tensor = use("tensor_train_tensor")(first, middle, last)
    return use("tensor_train_svd")(tensor, ranks=(first.shape[1], last.shape[0] - 1)), tensor
