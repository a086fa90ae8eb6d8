"""Checks of the claims about Galerkin attention beside the Petrov–Galerkin projection, and their conditions."""

from __future__ import annotations

from kg.numbers import array_namespace
from kg.verify import Array, Real, check, condition

# Spans ----------------------------------------------------------------------------------------------------------


@condition(generic=True)
def independent_query_columns(q):
    return q.shape[0] >= q.shape[1] and _invertible(q.mT @ q)


@condition(generic=True)
def independent_value_columns(v):
    return v.shape[0] >= v.shape[1] and _invertible(v.mT @ v)


def _invertible(gram):
    """Whether a square matrix is, with room for rounding: the determinant against the product of the row lengths."""
    xp = array_namespace(gram)
    lengths = xp.sqrt(xp.sum(gram * gram, axis=1))
    return bool(abs(xp.linalg.det(gram)) * 2**30 > xp.prod(lengths))


def _onto(use, basis, f):
    """The nearest functions to the columns of f that the columns of a basis span."""
    xp = array_namespace(f)
    columns = [basis @ use("least_squares")(basis, f[:, j]) for j in range(f.shape[1])]
    return xp.stack(columns, axis=1)


@check
def galerkin_attention_lies_in_the_span_of_the_queries(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    z = use("galerkin_attention")(q, k, v)
    return _onto(use, q, z), use("galerkin_attention")(q, k, v)


@galerkin_attention_lies_in_the_span_of_the_queries.control(
    "softmax attention, whose weights are not q times a matrix"
)
def _(use, q, k, v):
    z = use("softmax_attention")(q, k, v)
    return _onto(use, q, z), z


@galerkin_attention_lies_in_the_span_of_the_queries.control("the span of the keys")
def _(use, q, k, v):
    z = use("galerkin_attention")(q, k, v)
    return _onto(use, k, z), z


@check
def galerkin_attention_does_not_lie_in_the_span_of_the_values(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n d"]
):
    z = use("galerkin_attention")(q, k, v)
    return _onto(use, v, z), z


@galerkin_attention_does_not_lie_in_the_span_of_the_values.counterexample
def _():
    return {"q": [[1], [0]], "k": [[1], [0]], "v": [[1], [1]]}


@galerkin_attention_does_not_lie_in_the_span_of_the_values.control("the queries are the values")
def _(use, q, k, v):
    z = use("galerkin_attention")(v, v, v)
    return _onto(use, v, z), z


# Projections ----------------------------------------------------------------------------------------------------


@condition(generic=True)
def invertible_pairing(q, k):
    return q.shape[0] >= q.shape[1] and _invertible(k.mT @ q)


@condition
def dual_bases(q, k):
    xp = array_namespace(q)
    gap = k.mT @ q / q.shape[0] - xp.eye(q.shape[1], dtype=q.dtype)
    return bool(xp.all(abs(gap) < 1e-6))


@dual_bases.sampler
def _(q, k):
    return {"q": _dual(q, k)}


def _dual(q, k):
    """Other functions with the same span as the columns of q, whose inner products with those of k are one or zero."""
    xp = array_namespace(q)
    gram = k.mT @ q / q.shape[0]
    return xp.linalg.solve(gram.mT, q.mT).mT


@check
def galerkin_attention_with_dual_bases_is_a_petrov_galerkin_projection(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    return use("galerkin_attention")(q, k, v), use("petrov_galerkin_projection")(q, k, v)


@galerkin_attention_with_dual_bases_is_a_petrov_galerkin_projection.control("the bases are not dual")
def _(use, q, k, v):
    return use("galerkin_attention")(2 * q, k, v), use("petrov_galerkin_projection")(2 * q, k, v)


@galerkin_attention_with_dual_bases_is_a_petrov_galerkin_projection.control(
    "trial and test space change places"
)
def _(use, q, k, v):
    return use("galerkin_attention")(q, k, v), use("petrov_galerkin_projection")(k, q, v)


@check
def galerkin_attention_is_not_a_petrov_galerkin_projection(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    return use("galerkin_attention")(q, k, v), use("petrov_galerkin_projection")(q, k, v)


@galerkin_attention_is_not_a_petrov_galerkin_projection.counterexample
def _():
    return {"q": [[1], [1]], "k": [[2], [2]], "v": [[1], [0]]}


@galerkin_attention_is_not_a_petrov_galerkin_projection.control("the queries are made dual to the keys")
def _(use, q, k, v):
    dual = _dual(q, k)
    return use("galerkin_attention")(dual, k, v), use("petrov_galerkin_projection")(dual, k, v)


@check
def petrov_galerkin_projection_is_galerkin_attention_with_solved_queries(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    return use("petrov_galerkin_projection")(q, k, v), use("galerkin_attention")(_dual(q, k), k, v)


@petrov_galerkin_projection_is_galerkin_attention_with_solved_queries.control(
    "the system with the Gram matrix is not solved"
)
def _(use, q, k, v):
    return use("petrov_galerkin_projection")(q, k, v), use("galerkin_attention")(q, k, v)


@petrov_galerkin_projection_is_galerkin_attention_with_solved_queries.control(
    "the Gram matrix is not transposed"
)
def _(use, q, k, v):
    xp = array_namespace(q)
    gram = k.mT @ q / q.shape[0]
    solved = xp.linalg.solve(gram, q.mT).mT
    return use("petrov_galerkin_projection")(q, k, v), use("galerkin_attention")(solved, k, v)


@check
def galerkin_attention_applied_twice_inserts_the_gram_matrix(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    attend = use("galerkin_attention")
    return attend(q, k, attend(q, k, v)), attend(q @ use("discrete_gram_matrix")(q, k), k, v)


@galerkin_attention_applied_twice_inserts_the_gram_matrix.control(
    "twice is taken to be once, as for a projection"
)
def _(use, q, k, v):
    attend = use("galerkin_attention")
    return attend(q, k, attend(q, k, v)), attend(q, k, v)


@galerkin_attention_applied_twice_inserts_the_gram_matrix.control(
    "the Gram matrix of the queries with themselves"
)
def _(use, q, k, v):
    attend = use("galerkin_attention")
    return attend(q, k, attend(q, k, v)), attend(q @ use("discrete_gram_matrix")(q, q), k, v)


@check
def petrov_galerkin_error_is_orthogonal_to_the_keys(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    gram = use("discrete_gram_matrix")
    return gram(use("petrov_galerkin_projection")(q, k, v), k), gram(v, k)


@petrov_galerkin_error_is_orthogonal_to_the_keys.control("the queries test, as for least squares")
def _(use, q, k, v):
    gram = use("discrete_gram_matrix")
    return gram(use("petrov_galerkin_projection")(q, k, v), q), gram(v, q)


@petrov_galerkin_error_is_orthogonal_to_the_keys.control("Galerkin attention stands for the projection")
def _(use, q, k, v):
    gram = use("discrete_gram_matrix")
    return gram(use("galerkin_attention")(q, k, v), k), gram(v, k)


@check
def petrov_galerkin_projection_with_equal_bases_is_least_squares(
    use, q: Real[Array, "n d"], v: Real[Array, "n e"]
):
    return use("petrov_galerkin_projection")(q, q, v), _onto(use, q, v)


@petrov_galerkin_projection_with_equal_bases_is_least_squares.control(
    "each row of the keys is that of another grid point"
)
def _(use, q, v):
    k = array_namespace(q).flip(q, axis=0)
    return use("petrov_galerkin_projection")(q, k, v), _onto(use, q, v)


@petrov_galerkin_projection_with_equal_bases_is_least_squares.control(
    "Galerkin attention stands for the projection"
)
def _(use, q, v):
    return use("galerkin_attention")(q, q, v), _onto(use, q, v)


def _matrix_of(project, q, k):
    xp = array_namespace(q)
    return project(q, k, xp.eye(q.shape[0], dtype=q.dtype))


def _characteristic(matrix, x):
    """det(x I − MᵀM): its zeros are the squares of the singular values of M."""
    xp = array_namespace(matrix)
    unit = xp.eye(matrix.shape[0], dtype=matrix.dtype)
    return xp.linalg.det(x * unit - matrix.mT @ matrix)


def _beside_its_complement(project, q, k, x):
    """Both characteristic polynomials, each times the trivial zeros, at 0 and 1, that the other one has more of."""
    xp = array_namespace(q)
    n, d = q.shape
    p = _matrix_of(project, q, k)
    complement = xp.eye(n, dtype=q.dtype) - p
    left = x**d * (x - 1) ** (n - d) * _characteristic(p, x)
    return left, x ** (n - d) * (x - 1) ** d * _characteristic(complement, x)


@check
def projection_and_its_complement_share_their_singular_values(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], x: Real[Array, ""]
):
    return _beside_its_complement(use("petrov_galerkin_projection"), q, k, x)


@projection_and_its_complement_share_their_singular_values.control(
    "Galerkin attention, which is not idempotent"
)
def _(use, q, k, x):
    return _beside_its_complement(use("galerkin_attention"), q, k, x)


projection_and_its_complement_share_their_singular_values.explain(
    "k.mT @ v → k.mT", "the projection is asked for the unit vectors, whose table is the identity"
)


def _longest(matrix):
    return array_namespace(matrix).linalg.svdvals(matrix)[0]


@check
def petrov_galerkin_error_is_at_most_its_norm_times_the_best(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], f: Real[Array, "n"]
):
    xp = array_namespace(q)
    project = use("petrov_galerkin_projection")
    error = f - project(q, k, f[:, None])[:, 0]
    best = f - project(q, q, f[:, None])[:, 0]
    norm = xp.linalg.vector_norm
    return norm(error), _longest(_matrix_of(project, q, k)) * norm(best)


@petrov_galerkin_error_is_at_most_its_norm_times_the_best.witness
def _(use, q, k):
    # The function that the complementary projection lengthens most, and something that it sends to zero.
    xp = array_namespace(q)
    complement = xp.eye(q.shape[0], dtype=q.dtype) - _matrix_of(use("petrov_galerkin_projection"), q, k)
    return {"f": xp.linalg.svd(complement).Vh[0, :] + q[:, 0]}


@petrov_galerkin_error_is_at_most_its_norm_times_the_best.control(
    "the projection is as good as the best approximation"
)
def _(use, q, k, f):
    xp = array_namespace(q)
    project = use("petrov_galerkin_projection")
    error, best = (f - project(q, test, f[:, None])[:, 0] for test in (k, q))
    return xp.linalg.vector_norm(error), xp.linalg.vector_norm(best)


@petrov_galerkin_error_is_at_most_its_norm_times_the_best.control(
    "Galerkin attention stands for the projection"
)
def _(use, q, k, f):
    xp = array_namespace(q)
    error = f - use("galerkin_attention")(q, k, f[:, None])[:, 0]
    best = f - use("petrov_galerkin_projection")(q, q, f[:, None])[:, 0]
    norm = xp.linalg.vector_norm
    return norm(error), _longest(_matrix_of(use("galerkin_attention"), q, k)) * norm(best)
