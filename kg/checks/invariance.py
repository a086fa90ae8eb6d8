"""Checks of what leaves normalisations unchanged, how they relate, and what scaling does where ε is positive."""

from __future__ import annotations

from kg.checks.normalisation import _row_norms, _spread, _square_norms
from kg.numbers import array_namespace, constant, jvp
from kg.verify import Array, Natural, Positive, Real, check

# Relatives and invariances --------------------------------------------------------------------------------------


@check
def layer_norm_is_rms_norm_of_the_centred_row(use, x: Real[Array, "3 d"], epsilon: Positive[Array, ""]):
    xp = array_namespace(x)
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    return use("layer_norm")(x, epsilon=epsilon), use("rms_norm")(centred, epsilon=epsilon)


@layer_norm_is_rms_norm_of_the_centred_row.control("the row is not centred")
def _(use, x, epsilon):
    return use("layer_norm")(x, epsilon=epsilon), use("rms_norm")(x, epsilon=epsilon)


@layer_norm_is_rms_norm_of_the_centred_row.control("columns are centred instead of rows")
def _(use, x, epsilon):
    xp = array_namespace(x)
    centred = x - xp.mean(x, axis=0, keepdims=True)
    return use("layer_norm")(x, epsilon=epsilon), use("rms_norm")(centred, epsilon=epsilon)


@check
def layer_norm_is_invariant_to_positive_scale_and_shift(
    use,
    x: Real[Array, "3 d"],
    scale: Positive[Array, ""],
    offset: Real[Array, "3"],
    epsilon: Natural[int, "0 3"],
):
    moved = scale * x + offset[:, None]
    return use("layer_norm")(moved, epsilon=epsilon), use("layer_norm")(x, epsilon=epsilon)


@layer_norm_is_invariant_to_positive_scale_and_shift.control("the scale is negative")
def _(use, x, scale, offset):
    return use("layer_norm")(offset[:, None] - scale * x), use("layer_norm")(x)


@layer_norm_is_invariant_to_positive_scale_and_shift.control("each feature has its own shift")
def _(use, x, scale, offset):
    return use("layer_norm")(scale * x + x[:1, :]), use("layer_norm")(x)


@layer_norm_is_invariant_to_positive_scale_and_shift.control("one is added to the variance")
def _(use, x, scale, offset):
    moved = scale * x + offset[:, None]
    return use("layer_norm")(moved, epsilon=1), use("layer_norm")(x, epsilon=1)


@check
def layer_norm_with_positive_epsilon_is_not_scale_invariant(
    use, x: Real[Array, "n d"], scale: Positive[Array, ""], epsilon: Positive[Array, ""]
):
    return use("layer_norm")(scale * x, epsilon=epsilon), use("layer_norm")(x, epsilon=epsilon)


@layer_norm_with_positive_epsilon_is_not_scale_invariant.counterexample
def _():
    # A row of deviation 1/1000, as small activations have, and the usual ε.
    return {"x": [["1/1000", "-1/1000"]], "scale": 2, "epsilon": "1/100000"}


@layer_norm_with_positive_epsilon_is_not_scale_invariant.control("ε is scaled by the square of the scale")
def _(use, x, scale, epsilon):
    return use("layer_norm")(scale * x, epsilon=scale * scale * epsilon), use("layer_norm")(
        x, epsilon=epsilon
    )


@layer_norm_with_positive_epsilon_is_not_scale_invariant.control("the row is shifted, not scaled")
def _(use, x, scale, epsilon):
    return use("layer_norm")(x + scale, epsilon=epsilon), use("layer_norm")(x, epsilon=epsilon)


@check
def layer_norm_is_a_projection_and_a_rescaling(use, x: Real[Array, "3 d"], epsilon: Natural[int, "0 3"]):
    return use("layer_norm")(x, epsilon=epsilon), use("sphere_projection")(x)


@layer_norm_is_a_projection_and_a_rescaling.control("the variance divides by d − 1")
def _(use, x):
    xp, d = array_namespace(x), x.shape[1]
    return use("layer_norm")(x) * xp.sqrt(constant(x, d - 1) / d), use("sphere_projection")(x)


@layer_norm_is_a_projection_and_a_rescaling.control("one is added to the variance")
def _(use, x):
    return use("layer_norm")(x, epsilon=1), use("sphere_projection")(x)


@check
def layer_norm_is_instance_norm_of_the_transpose(use, x: Real[Array, "3 d"], epsilon: Positive[Array, ""]):
    return use("layer_norm")(x, epsilon=epsilon), use("instance_norm")(x.mT, epsilon=epsilon).mT


@layer_norm_is_instance_norm_of_the_transpose.control("nothing is transposed")
def _(use, x, epsilon):
    return use("layer_norm")(x, epsilon=epsilon), use("instance_norm")(x, epsilon=epsilon)


@check
def layer_norm_is_not_batch_norm(use, x: Real[Array, "n d"]):
    return use("layer_norm")(x), use("instance_norm")(x)


@layer_norm_is_not_batch_norm.counterexample
def _():
    return {"x": [[0, 1, 2], [1, 2, 0], [2, 0, 0]]}


@layer_norm_is_not_batch_norm.control("the table is symmetric, and the result is transposed")
def _(use, x):
    square = x @ x.mT
    return use("layer_norm")(square), use("instance_norm")(square).mT


def _covariance(x):
    """Covariance matrix of the features over the rows."""
    xp = array_namespace(x)
    centred = x - xp.mean(x, axis=0, keepdims=True)
    return centred.mT @ centred / x.shape[0]


@check
def layer_norm_does_not_whiten(use, x: Real[Array, "n d"]):
    xp = array_namespace(x)
    return _covariance(use("layer_norm")(x)), xp.eye(x.shape[1], dtype=x.dtype)


@layer_norm_does_not_whiten.counterexample
def _():
    return {"x": [[0, 1, 2], [1, 2, 0], [2, 0, 0]]}


@layer_norm_does_not_whiten.control("the covariance sends the constants to zero")
def _(use, x):
    covariance = _covariance(use("layer_norm")(x))
    return covariance @ array_namespace(x).ones((x.shape[1],), dtype=x.dtype), 0 * x[0, :]


@check
def covariance_of_layer_normed_rows_is_singular(use, x: Real[Array, "3 d"], epsilon: Natural[int, "0 3"]):
    return _along_the_constants_and_in_all(use("layer_norm")(x, epsilon=epsilon))


def _along_the_constants_and_in_all(rows):
    """The covariance matrix applied to the constants, claimed to be zero, and the total mean square, to be d."""
    xp, d = array_namespace(rows), rows.shape[1]
    along = _covariance(rows) @ xp.ones((d,), dtype=rows.dtype)
    total = xp.sum(_square_norms(rows))
    return (along, total), (xp.zeros((d,), dtype=rows.dtype), constant(rows, d))


@covariance_of_layer_normed_rows_is_singular.control("the rows are not centred before they are divided")
def _(use, x):
    return _along_the_constants_and_in_all(use("rms_norm")(x))


@covariance_of_layer_normed_rows_is_singular.control("one is added to the variance")
def _(use, x):
    return _along_the_constants_and_in_all(use("layer_norm")(x, epsilon=1))


@check
def rms_norm_is_not_layer_norm(use, x: Real[Array, "n d"]):
    return use("rms_norm")(x), use("layer_norm")(x)


@rms_norm_is_not_layer_norm.counterexample
def _():
    return {"x": [[1, 3]]}


@rms_norm_is_not_layer_norm.control("the row is centred first")
def _(use, x):
    return use("rms_norm")(x - array_namespace(x).mean(x, axis=-1, keepdims=True)), use("layer_norm")(x)


# What scaling does with ε -------------------------------------------------------------------------------------


@check
def scaling_a_row_divides_the_epsilon_of_layer_norm(
    use, x: Real[Array, "3 d"], scale: Positive[Array, ""], epsilon: Positive[Array, ""]
):
    left = use("layer_norm")(scale * x, epsilon=epsilon)
    return left, use("layer_norm")(x, epsilon=epsilon / (scale * scale))


@scaling_a_row_divides_the_epsilon_of_layer_norm.control("ε stays as it is")
def _(use, x, scale, epsilon):
    return use("layer_norm")(scale * x, epsilon=epsilon), use("layer_norm")(x, epsilon=epsilon)


@scaling_a_row_divides_the_epsilon_of_layer_norm.control("ε is divided by the scale, not by its square")
def _(use, x, scale, epsilon):
    return use("layer_norm")(scale * x, epsilon=epsilon), use("layer_norm")(x, epsilon=epsilon / scale)


@check
def scale_defect_of_layer_norm_is_at_most_epsilon_over_twice_the_variance(
    use, x: Real[Array, "n d"], scale: Positive[Array, ""], epsilon: Positive[Array, ""]
):
    xp = array_namespace(x)
    before = use("layer_norm")(x, epsilon=epsilon)
    defect = _row_norms(use("layer_norm")(scale * x, epsilon=epsilon) - before)
    variance = _spread(x, -1) / x.shape[1]
    return defect, _row_norms(before) * epsilon * xp.abs(1 - 1 / (scale * scale)) / (2 * variance)


@scale_defect_of_layer_norm_is_at_most_epsilon_over_twice_the_variance.witness
def _(x):
    # One row over and over, and an ε so small beside its variance that the first order is nearly all there is.
    return {"x": 0 * x + x[:1, :], "scale": 2, "epsilon": _spread(x, -1)[0] / x.shape[1] / 2**21}


@scale_defect_of_layer_norm_is_at_most_epsilon_over_twice_the_variance.control(
    "the deviation stands for the variance, and ε is small"
)
def _(use, x, scale, epsilon):
    xp = array_namespace(x)
    before = use("layer_norm")(x, epsilon=epsilon)
    defect = _row_norms(use("layer_norm")(scale * x, epsilon=epsilon) - before)
    deviation = xp.sqrt(_spread(x, -1) / x.shape[1])
    return defect, _row_norms(before) * epsilon * xp.abs(1 - 1 / (scale * scale)) / (2 * deviation)


@scale_defect_of_layer_norm_is_at_most_epsilon_over_twice_the_variance.control("a third of it")
def _(use, x, scale, epsilon):
    xp = array_namespace(x)
    before = use("layer_norm")(x, epsilon=epsilon)
    defect = _row_norms(use("layer_norm")(scale * x, epsilon=epsilon) - before)
    variance = _spread(x, -1) / x.shape[1]
    return defect, _row_norms(before) * epsilon * xp.abs(1 - 1 / (scale * scale)) / (6 * variance)


@check(sizes={"d": (3, 5, 7)})
def layer_norm_with_epsilon_stretches_by_at_most_one_over_its_root(
    use, x: Real[Array, "n d"], direction: Real[Array, "n d"], epsilon: Positive[Array, ""]
):
    moved = jvp(lambda y: use("layer_norm")(y, epsilon=epsilon), x, direction)
    return _row_norms(moved), _row_norms(direction) / array_namespace(x).sqrt(epsilon)


@layer_norm_with_epsilon_stretches_by_at_most_one_over_its_root.witness
def _(x, direction):
    # A constant row has no deviation, and a direction with mean zero is not shortened by centring.
    xp = array_namespace(x)
    return {
        "x": xp.broadcast_to(x[:, :1], x.shape),
        "direction": direction - xp.mean(direction, axis=-1, keepdims=True),
    }


@layer_norm_with_epsilon_stretches_by_at_most_one_over_its_root.control("ε stands outside the root")
def _(use, x, direction, epsilon):
    moved = jvp(lambda y: use("layer_norm")(y, epsilon=epsilon), x, direction)
    return _row_norms(moved), _row_norms(direction) * array_namespace(x).sqrt(epsilon)


@check(relation="<=")
def layer_norm_without_epsilon_has_no_lipschitz_constant(
    use, x: Real[Array, "n d"], y: Real[Array, "n d"], constant_of_the_map: Positive[Array, ""]
):
    return _moves(use, x, y, constant_of_the_map, 0)


def _moves(use, x, y, factor, epsilon):
    normed = [use("layer_norm")(z, epsilon=epsilon) for z in (x, y)]
    return _row_norms(normed[0] - normed[1]), factor * _row_norms(x - y)


@layer_norm_without_epsilon_has_no_lipschitz_constant.counterexample
def _():
    # Two rows a hundredth apart on either side of the constants, and a constant of a hundred.
    return {"x": [["1/400", "-1/400"]], "y": [["-1/400", "1/400"]], "constant_of_the_map": 100}


@layer_norm_without_epsilon_has_no_lipschitz_constant.control("ε is one and the constant is one")
def _(use, x, y, constant_of_the_map):
    return _moves(use, x, y, constant(x, 1), 1)
