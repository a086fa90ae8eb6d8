"""Checks of the claims about least squares with one row or one column left out."""

from __future__ import annotations

from kg.checks.leverage import _invertible
from kg.numbers import array_namespace
from kg.verify import Array, Real, check, condition


@condition(generic=True)
def no_row_indispensable(a):
    return all(_invertible(rest.mT @ rest) for rest in _without_each_row(a))


@condition
def two_columns_at_least(d):
    return d >= 2


@check
def deleting_a_row_multiplies_the_gram_determinant_by_one_less_its_leverage(use, a: Real[Array, "n d"]):
    det = array_namespace(a).linalg.det
    without = [det(rest.mT @ rest) for rest in _without_each_row(a)]
    return array_namespace(a).stack(without), (1 - use("leverage_scores")(a)) * det(a.mT @ a)


def _without_each_row(a):
    """The matrices, or columns, that are left when one row is taken out."""
    xp = array_namespace(a)
    return [xp.concat([a[:i], a[i + 1 :]]) for i in range(a.shape[0])]


@deleting_a_row_multiplies_the_gram_determinant_by_one_less_its_leverage.control("one more its leverage")
def _(use, a):
    det = array_namespace(a).linalg.det
    without = [det(rest.mT @ rest) for rest in _without_each_row(a)]
    return array_namespace(a).stack(without), (1 + use("leverage_scores")(a)) * det(a.mT @ a)


@check
def residual_of_a_row_left_out_is_its_residual_over_one_less_its_leverage(
    use, a: Real[Array, "n d"], b: Real[Array, "n"]
):
    return _left_out(use, a, b), (b - a @ use("least_squares")(a, b)) / (1 - use("leverage_scores")(a))


def _left_out(use, a, b):
    """For each row what it differs by from the fit to all other rows."""
    rests = zip(_without_each_row(a), _without_each_row(b), strict=True)
    fits = [use("least_squares")(rows, values) for rows, values in rests]
    xp = array_namespace(a)
    return xp.stack([b[i] - xp.sum(a[i, :] * fit) for i, fit in enumerate(fits)])


@residual_of_a_row_left_out_is_its_residual_over_one_less_its_leverage.control("the residual as it is")
def _(use, a, b):
    return _left_out(use, a, b), b - a @ use("least_squares")(a, b)


@residual_of_a_row_left_out_is_its_residual_over_one_less_its_leverage.control(
    "divided by the root of one less"
)
def _(use, a, b):
    residual = b - a @ use("least_squares")(a, b)
    return _left_out(use, a, b) ** 2, residual**2 / (1 - use("leverage_scores")(a))


@check
def variance_inflation_is_the_inverse_share_that_other_columns_do_not_explain(use, a: Real[Array, "n d"]):
    xp = array_namespace(a)
    gram = a.mT @ a
    inflation = xp.linalg.diagonal(gram) * xp.linalg.diagonal(xp.linalg.inv(gram))
    return inflation * _unexplained(use, a), xp.sum(a * a, axis=0)


def _unexplained(use, a):
    """For each column the squared length of what least squares on the other columns leaves of it."""
    xp = array_namespace(a)
    left = []
    for j in range(a.shape[1]):
        others = xp.concat([a[:, :j], a[:, j + 1 :]], axis=1)
        residual = a[:, j] - others @ use("least_squares")(others, a[:, j])
        left.append(xp.sum(residual * residual))
    return xp.stack(left)


@variance_inflation_is_the_inverse_share_that_other_columns_do_not_explain.control(
    "the diagonal of the inverse alone"
)
def _(use, a):
    xp = array_namespace(a)
    inflation = xp.linalg.diagonal(xp.linalg.inv(a.mT @ a))
    return inflation * _unexplained(use, a), xp.sum(a * a, axis=0)
