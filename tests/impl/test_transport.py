"""Sinkhorn's algorithm and Hilbert's metric against tables whose scaling is known and values worked out by hand."""

import numpy as np
import pytest

from kg.impl.transport import hilbert_metric, projective_diameter, sinkhorn, sinkhorn_scaling

RNG = np.random.default_rng(5)
KERNEL = np.exp(RNG.standard_normal((4, 4)))
BOTH = pytest.mark.parametrize("algorithm", [sinkhorn, sinkhorn_scaling])


@BOTH
def test_one_step_makes_rows_that_sum_to_one_and_two_steps_columns(algorithm) -> None:
    np.testing.assert_allclose(algorithm(KERNEL, 1).sum(axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(algorithm(KERNEL, 2).sum(axis=0), 1, rtol=1e-14)


@BOTH
def test_a_scaled_doubly_stochastic_table_is_scaled_back(algorithm) -> None:
    plan = np.asarray([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.3, 0.2, 0.5]])
    scaled = np.asarray([[1.0], [7.0], [0.1]]) * plan * np.asarray([2.0, 0.3, 5.0])
    np.testing.assert_allclose(algorithm(scaled, 120), plan, rtol=1e-12)


@BOTH
def test_a_table_of_two_tends_to_the_root_of_its_cross_ratio(algorithm) -> None:
    # The limit [[p, 1−p], [1−p, p]] keeps the cross ratio p²/(1−p)² = ad/(bc).
    ratio = np.sqrt(6 * 3 / (1 * 2))
    np.testing.assert_allclose(
        algorithm(np.asarray([[6.0, 1.0], [2.0, 3.0]]), 200)[0, 0], ratio / (1 + ratio), rtol=1e-12
    )


def test_the_metric_of_hilbert_is_the_logarithm_of_the_spread_of_ratios() -> None:
    assert hilbert_metric(np.asarray([1.0, 2.0, 6.0]), np.ones(3)) == pytest.approx(np.log(6))
    assert hilbert_metric(np.asarray([1.0, 2.0]), np.asarray([5.0, 10.0])) == pytest.approx(0)


def test_the_diameter_is_the_largest_distance_of_two_columns() -> None:
    columns = [hilbert_metric(KERNEL[:, i], KERNEL[:, j]) for i in range(4) for j in range(4)]
    assert projective_diameter(KERNEL) == pytest.approx(max(columns))


def test_the_diameter_of_a_table_of_rank_one_is_zero() -> None:
    assert projective_diameter(np.outer([1.0, 2.0], [3.0, 4.0, 5.0])) == pytest.approx(0, abs=1e-15)
