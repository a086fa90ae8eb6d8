"""Interferometers and meshes against hand values and random unitary matrices of SciPy."""

import numpy as np
import pytest
import scipy.stats
from numpy.testing import assert_allclose

from kg.impl.optics import (
    mach_zehnder_closed_form,
    mach_zehnder_interferometer,
    mzi_mesh,
    reck_decomposition,
)

FORMS = [mach_zehnder_interferometer, mach_zehnder_closed_form]


@pytest.mark.parametrize("form", FORMS)
def test_without_phases_all_light_changes_sides(form) -> None:
    assert_allclose(form(np.asarray(0.0), np.asarray(0.0)), [[0, 1j], [1j, 0]], atol=1e-15)


@pytest.mark.parametrize("form", FORMS)
def test_with_both_phases_half_a_turn_it_is_two_plain_guides(form) -> None:
    assert_allclose(form(np.asarray(np.pi), np.asarray(np.pi)), np.eye(2), atol=1e-15)


@pytest.mark.parametrize("form", FORMS)
def test_a_quarter_turn_splits_light_in_half(form) -> None:
    assert_allclose(np.abs(form(np.asarray(np.pi / 2), np.asarray(0.3))) ** 2, np.full((2, 2), 0.5))


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_a_mesh_loses_no_light(n) -> None:
    thetas, phis = np.random.default_rng(n).uniform(-3, 3, (2, n, n))
    mesh = mzi_mesh(thetas, phis, np.arange(n) / 2)
    assert_allclose(mesh @ mesh.conj().T, np.eye(n), atol=1e-14)


def test_a_mesh_of_three_guides_is_this_product_of_embedded_interferometers() -> None:
    thetas, phis = np.random.default_rng(3).uniform(0, 3, (2, 3, 3))
    phases = np.asarray([0.1, 0.2, 0.3])

    def embedded(r: int, m: int) -> np.ndarray:
        big = np.eye(3, dtype=complex)
        big[m : m + 2, m : m + 2] = mach_zehnder_closed_form(thetas[r, m], phis[r, m])
        return big

    expected = np.diag(np.exp(1j * phases)) @ embedded(1, 0) @ embedded(2, 1) @ embedded(2, 0)
    assert_allclose(mzi_mesh(thetas, phis, phases), expected, atol=1e-14)


@pytest.mark.parametrize("n", [2, 3, 7])
def test_the_settings_found_rebuild_a_random_unitary_matrix(n) -> None:
    u = scipy.stats.unitary_group.rvs(n, random_state=n)
    thetas, phis, phases = reck_decomposition(u)
    assert_allclose(mzi_mesh(thetas, phis, phases), u, atol=1e-13)
    assert np.count_nonzero(thetas) + np.count_nonzero(phis) + len(phases) == n * n


def test_entries_above_the_diagonal_are_not_read() -> None:
    thetas, phis = np.random.default_rng(4).uniform(0, 3, (2, 4, 4))
    mesh = mzi_mesh(thetas, phis, np.zeros(4))
    assert_allclose(mzi_mesh(np.tril(thetas, -1), np.tril(phis, -1), np.zeros(4)), mesh)
