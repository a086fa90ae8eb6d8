"""Checks of the claims about stand-ins for large matrices: when they are exact, and by how much they are not."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Permutation, Real, check, condition

# Nyström, columns and rows, crosses ----------------------------------------------------------------------------


@condition(generic=True)
def landmarks_have_full_rank(b, c):
    return b.shape[0] > 1 and c.shape[1] > 1 and abs(np.linalg.det(b[:2, :]) * np.linalg.det(c[:, :2])) > 0


@check
def nystrom_approximation_of_a_matrix_of_low_rank_is_exact(use, b: Real[Array, "n 2"], c: Real[Array, "2 m"]):
    return use("nystrom_approximation")(b @ c, landmarks=2), b @ c


@nystrom_approximation_of_a_matrix_of_low_rank_is_exact.control("there are fewer landmarks than the rank")
def _(use, b, c):
    return use("nystrom_approximation")(b @ c, landmarks=1), b @ c


@nystrom_approximation_of_a_matrix_of_low_rank_is_exact.control("the rank is one more than the landmarks")
def _(use, b, c):
    xp = array_namespace(b)
    wide, high = xp.concat([b, b[:, :1] * b[:, 1:]], axis=1), xp.concat([c, c[:1, :] * c[1:, :]])
    return use("nystrom_approximation")(wide @ high, landmarks=2), wide @ high


@condition(generic=True)
def crossing_block_is_invertible(a):
    return min(a.shape) > 1 and abs(np.linalg.det(a[:2, :2])) > 0


@condition(generic=True)
def matrix_is_invertible(a):
    return a.shape[-2] == a.shape[-1] and bool(np.all(abs(np.linalg.det(a)) > 0))


@check(sizes={"n": (1, 2, 3)})
def error_of_the_nystrom_approximation_is_the_schur_complement(use, a: Real[Array, "n+2 n+2"]):
    return a - use("nystrom_approximation")(a, landmarks=2), _inverse_of_the_rest(a)


def _inverse_of_the_rest(a):
    """Zeros but for the last rows and columns, which hold the inverse of that block of the inverse of A."""
    xp = array_namespace(a)
    n = a.shape[0]
    rest = xp.linalg.inv(xp.linalg.inv(a)[2:, 2:])
    below = xp.concat([xp.zeros((n - 2, 2), dtype=a.dtype), rest], axis=1)
    return xp.concat([xp.zeros((2, n), dtype=a.dtype), below])


@error_of_the_nystrom_approximation_is_the_schur_complement.control("the block of A that holds no landmark")
def _(use, a):
    xp = array_namespace(a)
    n = a.shape[0]
    below = xp.concat([xp.zeros((n - 2, 2), dtype=a.dtype), a[2:, 2:]], axis=1)
    kept = xp.concat([xp.zeros((2, n), dtype=a.dtype), below])
    return a - use("nystrom_approximation")(a, landmarks=2), kept


@error_of_the_nystrom_approximation_is_the_schur_complement.control("there is one landmark")
def _(use, a):
    return a - use("nystrom_approximation")(a, landmarks=1), _inverse_of_the_rest(a)


@check
def nystrom_approximation_is_a_cur_decomposition(use, a: Real[Array, "n+2 m+2"]):
    return use("nystrom_approximation")(a, landmarks=2), use("cur_decomposition")(
        a, rows=(0, 1), columns=(0, 1)
    )


@nystrom_approximation_is_a_cur_decomposition.control("other columns than rows are chosen")
def _(use, a):
    return use("nystrom_approximation")(a, landmarks=2), use("cur_decomposition")(
        a, rows=(0, 1), columns=(0, 2)
    )


@condition(generic=True)
def pivots_are_not_zero(a):
    return bool(min(a.shape) > 2 and a[0, 1] != 0 and a[0, 1] * a[2, 2] != a[0, 2] * a[2, 1])


@check
def cross_approximation_is_a_cur_decomposition(use, a: Real[Array, "n+3 m+3"]):
    pivots = {"rows": (0, 2), "columns": (1, 2)}
    return use("cross_approximation")(a, **pivots), use("cur_decomposition")(a, **pivots)


@cross_approximation_is_a_cur_decomposition.control("the remainder is not updated between the crosses")
def _(use, a):
    crosses = [use("cross_approximation")(a, rows=(i,), columns=(j,)) for i, j in ((0, 1), (2, 2))]
    return crosses[0] + crosses[1], use("cur_decomposition")(a, rows=(0, 2), columns=(1, 2))


@cross_approximation_is_a_cur_decomposition.control("the last column of the cross is another one")
def _(use, a):
    return use("cross_approximation")(a, rows=(0, 2), columns=(1, 0)), use("cur_decomposition")(
        a, rows=(0, 2), columns=(1, 2)
    )


# Nyströmformer -------------------------------------------------------------------------------------------------


@condition(generic=True)
def landmark_block_is_invertible(q_landmarks, k_landmarks):
    scores = np.exp(np.asarray(q_landmarks @ k_landmarks.mT) / np.sqrt(q_landmarks.shape[1] or 1))
    return bool(abs(np.linalg.det(scores)) > 0)


def _softmax_matrix(use, q, k):
    return use("softmax_attention")(q, k, array_namespace(q).eye(k.shape[0], dtype=k.dtype))


@condition(generic=True)
def softmax_matrix_is_invertible(q, k):
    scores = np.exp(np.asarray(q @ k.mT) / np.sqrt(q.shape[1] or 1))
    return scores.shape[0] == scores.shape[1] and bool(abs(np.linalg.det(scores)) > 0)


@condition(generic=True)
def landmarks_match_the_rest(q, k, q_landmarks, k_landmarks):
    root = np.sqrt(q.shape[1] or 1)
    tables = (np.exp(np.asarray(a @ b.mT) / root) for a, b in ((q_landmarks, k), (q, k_landmarks)))
    return all(abs(np.linalg.det(t)) > 0 for t in tables)


@check
def nystromformer_with_every_key_a_landmark_is_softmax_attention(
    use,
    q: Real[Array, "2 d"],
    k: Real[Array, "2 d"],
    v: Real[Array, "2 e"],
    q_landmarks: Real[Array, "2 d"],
    k_landmarks: Real[Array, "2 d"],
):
    fast, exact = use("nystromformer_attention"), use("softmax_attention")(q, k, v)
    # All keys with any queries, and all queries with any keys.
    return (fast(q, k, v, q_landmarks, k), fast(q, k, v, q, k_landmarks)), (exact, exact)


@nystromformer_with_every_key_a_landmark_is_softmax_attention.control(
    "neither all keys nor all queries are landmarks"
)
def _(use, q, k, v, q_landmarks, k_landmarks):
    fast, exact = use("nystromformer_attention"), use("softmax_attention")(q, k, v)
    return fast(q, k, v, q_landmarks, k_landmarks), exact


@check
def nystromformer_is_not_the_nystrom_approximation_of_the_softmax_matrix(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    weights = use("nystrom_approximation")(_softmax_matrix(use, q, k), landmarks=2)
    return use("nystromformer_attention")(q, k, v, q[:2, :], k[:2, :]), weights @ v


@nystromformer_is_not_the_nystrom_approximation_of_the_softmax_matrix.counterexample
def _():
    return {"q": [[0], [1], [2]], "k": [[0], [1], [2]], "v": [[1], [0], [0]]}


@nystromformer_is_not_the_nystrom_approximation_of_the_softmax_matrix.control(
    "every token occurs twice, and one of each pair is a landmark"
)
def _(use, q, k, v):
    xp = array_namespace(q)
    twice = [xp.concat([z[:2, :], z[:2, :]]) for z in (q, k)]
    values = xp.concat([v[:2, :], 2 * v[:2, :]])
    weights = use("nystrom_approximation")(_softmax_matrix(use, *twice), landmarks=2)
    return use("nystromformer_attention")(*twice, values, q[:2, :], k[:2, :]), weights @ values


@check
def nystromformer_is_a_reweighted_nystrom_approximation_of_the_exponential_kernel(
    use,
    q: Real[Array, "n d"],
    k: Real[Array, "m d"],
    v: Real[Array, "m e"],
    q_landmarks: Real[Array, "2 d"],
    k_landmarks: Real[Array, "2 d"],
):
    return use("nystromformer_attention")(q, k, v, q_landmarks, k_landmarks), _reweighted(
        use, q, k, v, q_landmarks, k_landmarks
    )


def _reweighted(use, q, k, v, q_landmarks, k_landmarks, landmark_sums=True):
    """D_F⁻¹ (F A⁻¹ D_A D_B⁻¹ B) V: the lower right block of a Nyström approximation, with rows rescaled."""
    xp, kernel = array_namespace(q), use("exponential_kernel")
    f, a, b = kernel(q, k_landmarks), kernel(q_landmarks, k_landmarks), kernel(q_landmarks, k)
    d_f, d_a, d_b = (xp.sum(block, axis=1)[:, None] for block in (f, a, b))
    rows = d_a / d_b * b if landmark_sums else b / d_b
    above, below = xp.concat([a, rows], axis=1), xp.concat([f, f @ rows], axis=1)
    whole = use("nystrom_approximation")(xp.concat([above, below]), landmarks=2)
    return whole[2:, 2:] @ v / d_f


@nystromformer_is_a_reweighted_nystrom_approximation_of_the_exponential_kernel.control(
    "the sums over landmark keys are left out"
)
def _(use, q, k, v, q_landmarks, k_landmarks):
    return use("nystromformer_attention")(q, k, v, q_landmarks, k_landmarks), _reweighted(
        use, q, k, v, q_landmarks, k_landmarks, landmark_sums=False
    )


@nystromformer_is_a_reweighted_nystrom_approximation_of_the_exponential_kernel.control(
    "landmark queries and landmark keys are exchanged"
)
def _(use, q, k, v, q_landmarks, k_landmarks):
    return use("nystromformer_attention")(q, k, v, q_landmarks, k_landmarks), _reweighted(
        use, q, k, v, k_landmarks, q_landmarks
    )


@check(sizes={"n": (2, 3)})
def residual_of_the_cubic_inverse_step_is_its_cube_almost(use, a: Real[Array, "n n"], z: Real[Array, "n n"]):
    one = array_namespace(a).eye(a.shape[0], dtype=a.dtype)
    r = one - a @ z
    return one - a @ use("cubic_inverse_step")(a, z), (3 * r @ r @ r + r @ r @ r @ r) / 4


@residual_of_the_cubic_inverse_step_is_its_cube_almost.control("the residual is cubed")
def _(use, a, z):
    one = array_namespace(a).eye(a.shape[0], dtype=a.dtype)
    r = one - a @ z
    return one - a @ use("cubic_inverse_step")(a, z), r @ r @ r


@residual_of_the_cubic_inverse_step_is_its_cube_almost.control("a step of Newton's iteration, Z(2 − AZ)")
def _(use, a, z):
    one = array_namespace(a).eye(a.shape[0], dtype=a.dtype)
    r = one - a @ z
    return one - a @ z @ (2 * one - a @ z), (3 * r @ r @ r + r @ r @ r @ r) / 4


# Linformer -----------------------------------------------------------------------------------------------------


def _matrix_of(order, k):
    xp = array_namespace(k)
    return xp.take(xp.eye(k.shape[0], dtype=k.dtype), order, axis=0)


@check
def linformer_with_a_permutation_is_softmax_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], order: Permutation[Array, "m"]
):
    p = _matrix_of(order, k)
    return use("linformer_attention")(q, k, v, p, p), use("softmax_attention")(q, k, v)


@linformer_with_a_permutation_is_softmax_attention.control("the last key is dropped by the projection")
def _(use, q, k, v, order):
    p = _matrix_of(order, k)[:-1, :]
    return use("linformer_attention")(q, k, v, p, p), use("softmax_attention")(q, k, v)


@linformer_with_a_permutation_is_softmax_attention.control("keys and values are mixed differently")
def _(use, q, k, v, order):
    p = _matrix_of(order, k)
    return use("linformer_attention")(q, k, v, p, p[::-1, :]), use("softmax_attention")(q, k, v)


def _pair_means(k, count):
    """The matrix that averages the rows i and i + count."""
    xp = array_namespace(k)
    half = xp.eye(count, dtype=k.dtype) / 2
    return xp.concat([half, half], axis=1)


@check
def linformer_is_exact_where_it_averages_equal_keys(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "2*m e"]
):
    mean, twice = _pair_means(k, k.shape[0]), array_namespace(k).concat([k, k])
    return use("linformer_attention")(q, twice, v, mean, mean), use("softmax_attention")(q, twice, v)


@linformer_is_exact_where_it_averages_equal_keys.control("the keys of a pair differ")
def _(use, q, k, v):
    mean, apart = _pair_means(k, k.shape[0]), array_namespace(k).concat([k, 2 * k])
    return use("linformer_attention")(q, apart, v, mean, mean), use("softmax_attention")(q, apart, v)


@linformer_is_exact_where_it_averages_equal_keys.control("the values are added, not averaged")
def _(use, q, k, v):
    mean, twice = _pair_means(k, k.shape[0]), array_namespace(k).concat([k, k])
    return use("linformer_attention")(q, twice, v, mean, 2 * mean), use("softmax_attention")(q, twice, v)


@check
def linformer_is_not_softmax_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    even = 2 * (k.shape[0] // 2)
    mean = _pair_means(k, even // 2)
    return (
        use("linformer_attention")(q, k[:even, :], v[:even, :], mean, mean),
        use("softmax_attention")(q, k[:even, :], v[:even, :]),
    )


@linformer_is_not_softmax_attention.counterexample
def _():
    return {"q": [[1]], "k": [[1], [-1]], "v": [[1], [0]]}


@linformer_is_not_softmax_attention.control("the keys that are averaged are equal")
def _(use, q, k, v):
    xp = array_namespace(k)
    mean, twice, values = _pair_means(k, k.shape[0]), xp.concat([k, k]), xp.concat([v, 2 * v])
    return use("linformer_attention")(q, twice, values, mean, mean), use("softmax_attention")(
        q, twice, values
    )
