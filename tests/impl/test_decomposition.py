"""CP and Tucker tensors and alternating least squares against values worked out by hand."""

import numpy as np

from kg.impl.decomposition import (
    cp_alternating_least_squares,
    cp_least_squares_factor,
    cp_tensor,
    khatri_rao_product,
    tucker_tensor,
)

RNG = np.random.default_rng(32)


def test_a_cp_tensor_of_unit_vectors_has_its_weights_on_the_diagonal():
    t = cp_tensor(np.diag([2.0, 3.0]), np.eye(2), np.eye(2))
    assert t[0, 0, 0] == 2
    assert t[1, 1, 1] == 3
    assert np.sum(t != 0) == 2


def test_columns_of_a_khatri_rao_product_are_kronecker_products():
    b, c = RNG.normal(size=(3, 2)), RNG.normal(size=(4, 2))
    by_column = np.stack([np.kron(b[:, r], c[:, r]) for r in range(2)], axis=1)
    np.testing.assert_allclose(khatri_rao_product(b, c), by_column, rtol=1e-14)


def test_a_tucker_tensor_of_unit_matrices_is_its_core():
    core = RNG.normal(size=(2, 3, 4))
    np.testing.assert_array_equal(tucker_tensor(core, np.eye(2), np.eye(3), np.eye(4)), core)


def test_a_factor_is_found_again_from_the_other_two():
    a, b, c = RNG.normal(size=(4, 2)), RNG.normal(size=(3, 2)), RNG.normal(size=(5, 2))
    np.testing.assert_allclose(cp_least_squares_factor(cp_tensor(a, b, c), b, c), a, atol=1e-12)


def test_sweeps_approach_a_tensor_of_the_rank_asked_for():
    factors = [RNG.normal(size=(n, 2)) for n in (4, 3, 5)]
    t = cp_tensor(*factors)
    starts = [factor + 0.2 * RNG.normal(size=factor.shape) for factor in factors[1:]]
    errors = [
        np.linalg.norm(t - cp_tensor(*cp_alternating_least_squares(t, *starts, sweeps=n)))
        for n in (1, 10, 200)
    ]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-6 * np.linalg.norm(t)


def test_a_sweep_stays_at_the_smaller_of_two_orthogonal_terms():
    t = cp_tensor(np.diag([2.0, 1.0]), np.eye(2), np.eye(2))
    second = np.asarray([[0.0], [1.0]])
    np.testing.assert_array_equal(
        cp_tensor(*cp_alternating_least_squares(t, second, second, sweeps=5)),
        cp_tensor(second, second, second),
    )
