"""Complex numbers, Fourier transforms and interferometers: the project's against those rewritten."""

from __future__ import annotations

import math

import numpy as np
import pytest
from comparison import SEEDS, assert_agree, largest, random_unitary, the_projects
from rewritten import complexes as mine


def complex_normal(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Independent complex normal numbers."""
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_complex_matrix_is_a_real_one_of_twice_the_size(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = complex_normal(rng, 3, 5), complex_normal(rng, 5, 7)
    real = the_projects("complex", "complex_matrix_as_real")
    assert_agree(mine.complex_matrix_as_real(a), real(a), scale=0, size=0)
    for as_real in (mine.complex_matrix_as_real, real):
        terms = float(np.max(np.abs(a) @ np.abs(b)))
        assert_agree(as_real(a @ b), as_real(a) @ as_real(b), scale=terms, size=10)
    x = complex_normal(rng, 5)
    stacked, image = np.concatenate([x.real, x.imag]), a @ x
    assert_agree(
        real(a) @ stacked, np.concatenate([image.real, image.imag]), scale=largest(a) * largest(x), size=10
    )


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_determinant_as_a_real_matrix_is_the_squared_modulus(seed: int, n: int) -> None:
    # Every permutation's product is at most the product of the row sums of absolute values.
    a = complex_normal(np.random.default_rng(seed), n, n)
    expected = abs(mine.determinant(a)) ** 2
    for as_real in (mine.complex_matrix_as_real, the_projects("complex", "complex_matrix_as_real")):
        terms = float(np.prod(np.sum(np.abs(as_real(a)), axis=1)))
        assert_agree(mine.determinant(as_real(a)), expected, scale=terms, size=2 * n)


@pytest.mark.parametrize("size", [1, 2, 5, 7, 9])
def test_the_fourier_transform_is_as_defined_and_keeps_energy(size: int) -> None:
    x = complex_normal(np.random.default_rng(size), size)
    spectrum = mine.discrete_fourier_transform(x)
    terms = float(np.sum(np.abs(x)))
    # The angle 2πkn/N reaches 2πN before it is reduced, so a rounding of it counts that often.
    theirs = the_projects("complex", "discrete_fourier_transform")(x)
    assert_agree(spectrum, theirs, scale=terms * 2 * math.pi * size, size=size)
    energy = mine.signal_energy(x)
    assert_agree(mine.parseval_energy(x), energy, scale=terms**2 * 2 * math.pi * size, size=size)
    for name, scale in (("signal_energy", energy), ("parseval_energy", terms**2 * 2 * math.pi * size)):
        assert_agree(getattr(mine, name)(x), the_projects("complex", name)(x), scale=scale, size=size)


def test_the_fourier_transform_leaves_leading_axes_alone() -> None:
    x = complex_normal(np.random.default_rng(3), 2, 3, 5)
    theirs = the_projects("complex", "discrete_fourier_transform")(x)
    expected = np.array([[mine.discrete_fourier_transform(row) for row in table] for table in x])
    assert_agree(expected, theirs, scale=5 * largest(x) * 10 * math.pi, size=5)


@pytest.mark.parametrize("size", [1, 2, 5, 8, 9])
def test_the_spectrum_of_a_real_image_is_hermitian_and_half_of_it_is_enough(size: int) -> None:
    image = np.random.default_rng(size).normal(size=size)
    for transform in (mine.discrete_fourier_transform, the_projects("complex", "discrete_fourier_transform")):
        spectrum = transform(image.astype(complex))
        mirrored = np.array([spectrum[-k % size] for k in range(size)])
        scale = float(np.sum(np.abs(image))) * 2 * math.pi * size
        assert_agree(mirrored, np.conj(spectrum), scale=scale, size=size)
        again = mine.inverse_fourier_transform(mine.completed_from_half(spectrum[: size // 2 + 1], size))
        assert_agree(again, image.astype(complex), scale=scale * size, size=size)


def test_the_spectrum_of_an_image_with_a_phase_is_not_hermitian() -> None:
    for image in (np.array([1, (4 + 3j) / 5]), np.array([1, 1j, 0])):
        spectrum = mine.discrete_fourier_transform(image)
        mirrored = np.array([spectrum[-k % len(image)] for k in range(len(image))])
        assert np.max(np.abs(mirrored - np.conj(spectrum))) > 0.5
    # Two images with the same half of k-space and different other halves: half of it cannot be enough.
    full = mine.discrete_fourier_transform(np.array([1, 1j, 0]))
    hermitian = mine.completed_from_half(full[:2], 3)
    assert np.array_equal(full[:2], hermitian[:2])
    assert np.max(np.abs(mine.inverse_fourier_transform(hermitian) - np.array([1, 1j, 0]))) > 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_the_interferometer_is_its_closed_form(seed: int) -> None:
    theta, phi = np.random.default_rng(seed).uniform(-7, 7, size=2)
    product, closed = mine.mach_zehnder_interferometer(theta, phi), mine.mach_zehnder_closed_form(theta, phi)
    assert_agree(product, closed, scale=2 + abs(theta) + abs(phi), size=4)
    for name, expected in (("mach_zehnder_interferometer", product), ("mach_zehnder_closed_form", closed)):
        theirs = the_projects("optics", name)(np.float64(theta), np.float64(phi))
        assert_agree(expected, theirs, scale=2 + abs(theta) + abs(phi), size=4)


def test_the_interferometer_crosses_the_guides_at_one_end_and_leaves_them_apart_at_the_other() -> None:
    assert_agree(np.abs(mine.mach_zehnder_closed_form(0.0, 0.4)), [[0, 1], [1, 0]], scale=1, size=1)
    assert_agree(np.abs(mine.mach_zehnder_closed_form(math.pi, 0.4)), [[1, 0], [0, 1]], scale=1, size=1)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_the_mesh_is_as_defined(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    thetas, phis, phases = rng.uniform(-3, 3, (n, n)), rng.uniform(-3, 3, (n, n)), rng.uniform(-3, 3, n)
    theirs = the_projects("optics", "mzi_mesh")(thetas, phis, phases)
    # n(n−1)/2 unitary factors, each with angles up to 3.
    assert_agree(mine.mzi_mesh(thetas, phis, phases), theirs, scale=4 * n, size=n * n)
    above = np.triu(np.ones((n, n), dtype=bool))
    other = the_projects("optics", "mzi_mesh")(
        np.where(above, 9.0, thetas), np.where(above, 9.0, phis), phases
    )
    assert_agree(theirs, other, scale=0, size=0)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_a_unitary_matrix_is_a_mesh_of_interferometers(seed: int, n: int) -> None:
    u = random_unitary(np.random.default_rng(seed), n)
    settings = mine.reck_decomposition(u)
    theirs = the_projects("optics", "reck_decomposition")(u)
    # An angle found from two entries is as uncertain as one over the length of the two; the row is of length one
    # and the smallest pair met is measured here.
    doubt = n / smallest_entry_met(u)
    assert_agree(mine.mzi_mesh(*settings), u, scale=4 * n, size=n * n)
    assert_agree(the_projects("optics", "mzi_mesh")(*theirs), u, scale=4 * n, size=n * n)
    below = np.tril(np.ones((n, n), dtype=bool), -1)
    for one, other, where in zip(settings, theirs, (below, below, np.ones(n, dtype=bool)), strict=True):
        assert_agree(np.exp(1j * one)[where], np.exp(1j * np.asarray(other))[where], scale=doubt, size=n * n)
    assert np.all((np.asarray(theirs[0])[below] >= 0) & (np.asarray(theirs[0])[below] <= math.pi))


def test_unitary_matrices_with_zeros_are_meshes_too() -> None:
    shift = np.roll(np.eye(5), 1, axis=0)
    block = np.kron(np.eye(2), random_unitary(np.random.default_rng(4), 2))
    for u in (np.eye(3), 1j * np.eye(4), shift, shift[::-1], block):
        assert_agree(
            mine.mzi_mesh(*mine.reck_decomposition(u)), u.astype(complex), scale=4 * len(u), size=len(u) ** 2
        )


def smallest_entry_met(u: np.ndarray) -> float:
    """The smallest absolute value among the entries from which angles are found."""
    thetas, phis, _ = mine.reck_decomposition(u)
    rest, smallest = u.astype(complex), 1.0
    for r in reversed(range(1, len(u))):
        for m in range(r):
            smallest = min(smallest, abs(rest[r, m]), abs(rest[r, m + 1]))
            undo = mine.mach_zehnder_interferometer(thetas[r, m], phis[r, m]).conj().T
            rest = rest @ mine.on_guides(undo, m, len(u))
    return smallest
