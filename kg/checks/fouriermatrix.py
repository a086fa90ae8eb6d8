"""Checks of the claims about the matrix of Fourier features of weighted points."""

from __future__ import annotations

from kg.numbers import array_namespace, cis
from kg.verify import Array, Positive, Real, check


@check
def gram_matrix_of_a_fourier_matrix_is_a_table_of_a_characteristic_function(
    use, points: Real[Array, "n"], weights: Positive[Array, "n"], frequencies: Real[Array, "d"]
):
    xp = array_namespace(points)
    rows = use("fourier_matrix")(points, weights, frequencies)
    return xp.conj(rows).mT @ rows, _characteristic_function(points, weights, _differences(frequencies))


def _differences(frequencies):
    """λ_k − λ_j in row j and column k."""
    return frequencies[None, :] - frequencies[:, None]


def _characteristic_function(points, weights, frequencies):
    """Σ_t p_t e^{iλ x_t} at each entry λ of a table, point after point."""
    waves = [weights[t] * cis(frequencies * points[t]) for t in range(points.shape[0])]
    xp = array_namespace(points)
    return sum(waves, 0 * xp.ones(frequencies.shape, dtype=points.dtype))


@gram_matrix_of_a_fourier_matrix_is_a_table_of_a_characteristic_function.control(
    "the weights enter without a root"
)
def _(use, points, weights, frequencies):
    xp = array_namespace(points)
    rows = use("fourier_matrix")(points, weights**2, frequencies)
    return xp.conj(rows).mT @ rows, _characteristic_function(points, weights, _differences(frequencies))


@gram_matrix_of_a_fourier_matrix_is_a_table_of_a_characteristic_function.control(
    "sums of frequencies in place of differences"
)
def _(use, points, weights, frequencies):
    xp = array_namespace(points)
    rows = use("fourier_matrix")(points, weights, frequencies)
    sums = frequencies[None, :] + frequencies[:, None]
    return xp.conj(rows).mT @ rows, _characteristic_function(points, weights, sums)


@check
def trigonometric_random_features_on_a_line_are_a_fourier_matrix(
    use, points: Real[Array, "n"], frequencies: Real[Array, "m"]
):
    weights = array_namespace(points).exp(points**2)
    return _features_on_a_line(use, points, frequencies), use("fourier_matrix")(points, weights, frequencies)


def _features_on_a_line(use, points, frequencies):
    """The cosines as real parts and the sines as imaginary parts, a row for each point."""
    features = use("trigonometric_random_features")(points[:, None], frequencies[:, None])
    return (features[:, :, 0] + 1j * features[:, :, 1]).mT


@trigonometric_random_features_on_a_line_are_a_fourier_matrix.control("all points weigh the same")
def _(use, points, frequencies):
    weights = array_namespace(points).ones_like(points)
    return _features_on_a_line(use, points, frequencies), use("fourier_matrix")(points, weights, frequencies)


@trigonometric_random_features_on_a_line_are_a_fourier_matrix.control("the exponent has the other sign")
def _(use, points, frequencies):
    weights = array_namespace(points).exp(points**2)
    return _features_on_a_line(use, points, frequencies), use("fourier_matrix")(points, weights, -frequencies)
