"""Checks of the claims about the ranks of the tables that state spaces are, and of the masks they are made of."""

from __future__ import annotations

from kg.numbers import array_namespace
from kg.verify import Array, Natural, Real, Size, check


def _neighbours(table):
    """For each 2×2 block of neighbours on or below the diagonal, the products of its two diagonals."""
    xp, n = array_namespace(table), table.shape[0]
    corners = [(i, j) for i in range(1, n - 1) for j in range(i)]
    return (
        xp.stack([table[i, j] * table[i + 1, j + 1] for i, j in corners]),
        xp.stack([table[i, j + 1] * table[i + 1, j] for i, j in corners]),
    )


def _above(table):
    """The entries above the diagonal, all of which have to be zero."""
    return array_namespace(table).triu(table, k=1)


@check(sizes={"n": (3, 4, 5)})
def cumulative_product_mask_is_one_semiseparable(use, a: Real[Array, "n"], cut: Natural[int, "0 1"]):
    xp, table = array_namespace(a), use("cumulative_product_mask")(a)
    later = xp.stack([xp.prod(a[cut + 1 : i + 1]) for i in range(cut, a.shape[0])])
    earlier = xp.stack([xp.prod(a[j + 1 : cut + 1]) for j in range(cut + 1)])
    return [table[cut:, : cut + 1], _above(table)], [later[:, None] * earlier[None, :], 0 * table]


@cumulative_product_mask_is_one_semiseparable.control(
    "a block that reaches above the diagonal has rank one too"
)
def _(use, a):
    return _neighbours(array_namespace(a).roll(use("cumulative_product_mask")(a), 1, axis=0))


@cumulative_product_mask_is_one_semiseparable.control("sums of factors instead of products")
def _(use, a):
    xp = array_namespace(a)
    totals = xp.cumulative_sum(a, axis=0)
    return _neighbours(xp.tril(totals[:, None] - totals[None, :] + 1))


@check
def decay_mask_is_a_cumulative_product_mask(use, decay: Real[Array, ""], n: Size[int, "n"]):
    factors = array_namespace(decay).stack([decay] * n)
    return use("decay_mask")(decay, n=n), use("cumulative_product_mask")(factors)


@decay_mask_is_a_cumulative_product_mask.control("a token has faded when it reads itself")
def _(use, decay, n):
    factors = array_namespace(decay).stack([decay] * n)
    return decay * use("decay_mask")(decay, n=n), use("cumulative_product_mask")(factors)


@decay_mask_is_a_cumulative_product_mask.control("the factor changes from token to token")
def _(use, decay, n):
    factors = array_namespace(decay).stack([decay + t for t in range(n)])
    return use("decay_mask")(decay, n=n), use("cumulative_product_mask")(factors)


@check(sizes={"n": (3, 4), "s": (2, 3)})
def blocks_of_a_semiseparable_matrix_factor_through_the_state(
    use, a: Real[Array, "n s s"], b: Real[Array, "n s"], c: Real[Array, "n s"], cut: Natural[int, "0 2"]
):
    table = use("semiseparable_matrix")(a, b, c)
    factored = _readings(a, c, cut) @ _states(a, b, cut).mT
    return [table[cut:, : cut + 1], _above(table)], [factored, 0 * table]


def _readings(a, c, cut):
    """For each token from `cut` on, how it reads the state at `cut`: c_iᵀ A_i … A_{cut+1}."""
    xp, rows = array_namespace(a), []
    moved = xp.eye(c.shape[1], dtype=c.dtype)
    for i in range(cut, c.shape[0]):
        moved = a[i, :, :] @ moved if i > cut else moved
        rows.append(c[i, :] @ moved)
    return xp.stack(rows)


def _states(a, b, cut):
    """For each token up to `cut`, what it contributes to the state at `cut`: A_cut … A_{j+1} b_j."""
    xp, rows = array_namespace(a), []
    for j in range(cut + 1):
        state = b[j, :]
        for t in range(j + 1, cut + 1):
            state = a[t, :, :] @ state
        rows.append(state)
    return xp.stack(rows)


@blocks_of_a_semiseparable_matrix_factor_through_the_state.control("one entry of the state is left out")
def _(use, a, b, c, cut):
    block = use("semiseparable_matrix")(a, b, c)[cut:, : cut + 1]
    return block, _readings(a, c, cut)[:, 1:] @ _states(a, b, cut)[:, 1:].mT


@blocks_of_a_semiseparable_matrix_factor_through_the_state.control(
    "the block reaches one column above the diagonal"
)
def _(use, a, b, c):
    block = use("semiseparable_matrix")(a, b, c)[1:, :3]
    return block, _readings(a, c, 1) @ _states(a, b, 2).mT


def _table(use, a, b, c):
    """L ⊙ c bᵀ, as what attention under the mask makes of the unit vectors."""
    identity = array_namespace(b).eye(b.shape[0], dtype=b.dtype)
    return use("structured_masked_attention")(a, b, c, identity)


@check
def state_space_table_is_not_one_semiseparable(
    use, a: Real[Array, "n"], b: Real[Array, "n s"], c: Real[Array, "n s"]
):
    return _neighbours(_table(use, a, b, c))


@state_space_table_is_not_one_semiseparable.counterexample
def _():
    return {"a": [1, 1, 1], "b": [[1, 0], [0, 1], [0, 0]], "c": [[0, 0], [1, 0], [0, 1]]}


@state_space_table_is_not_one_semiseparable.control("the state is one number")
def _(use, a, b, c):
    return _neighbours(_table(use, a[:4], b[:4, :1], c[:4, :1])) if a.shape[0] > 2 else (a, a)


@check
def diagonal_state_space_is_not_attention_with_one_mask(
    use, a: Real[Array, "3 s"], b: Real[Array, "3 s"], c: Real[Array, "3 s"]
):
    return _mask_left_over(use, a, b, c)


def _mask_left_over(use, a, b, c):
    """The products of the diagonals of the lower left 2×2 block of M / c bᵀ, both times the product of the divisors."""
    xp = array_namespace(b)
    table = use("diagonal_state_space_recurrence")(a, b, c, xp.eye(3, dtype=b.dtype))
    scores = c @ b.mT
    left = table[1, 0] * table[2, 1] * scores[1, 1] * scores[2, 0]
    return left, table[1, 1] * table[2, 0] * scores[1, 0] * scores[2, 1]


@diagonal_state_space_is_not_attention_with_one_mask.counterexample
def _():
    # One entry of the state is kept, the other is forgotten at every step.
    return {"a": [[1, 0], [1, 0], [1, 0]], "b": [[1, 1], [1, 1], [1, 1]], "c": [[1, 1], [1, 1], [1, 2]]}


@diagonal_state_space_is_not_attention_with_one_mask.control("all entries of the state share one factor")
def _(use, a, b, c):
    return _mask_left_over(use, a[:, :1] + 0 * a, b, c)
