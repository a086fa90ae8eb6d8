"""The tensor power method, deflation and whitening against values worked out by hand."""

import numpy as np

from kg.impl.powermethod import tensor_deflation, tensor_power_method, whitened_components


def _diagonal(*weights):
    t = np.zeros((len(weights),) * 3)
    for r, weight in enumerate(weights):
        t[r, r, r] = weight
    return t


def test_deflation_at_a_unit_vector_clears_its_entry():
    np.testing.assert_array_equal(tensor_deflation(_diagonal(2, 3), np.asarray([1.0, 0.0])), _diagonal(0, 3))


def test_the_power_method_finds_the_favoured_component_first():
    starts = np.asarray([[0.1, 1.0], [1.0, 0.2]])
    weights, components = tensor_power_method(_diagonal(2, 3), starts)
    np.testing.assert_allclose(weights, [3, 2], rtol=1e-14)
    np.testing.assert_allclose(components, [[0, 1], [1, 0]], atol=1e-14)


def test_whitening_orthogonal_components_only_rescales_them():
    np.testing.assert_allclose(
        whitened_components(np.asarray([4.0, 9.0]), np.diag([2.0, 5.0])), np.eye(2), rtol=1e-14
    )
