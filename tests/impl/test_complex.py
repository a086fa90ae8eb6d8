"""The discrete Fourier transform against NumPy's, energies, and complex matrices as real ones."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kg.impl.complex import (
    complex_matrix_as_real,
    discrete_fourier_transform,
    parseval_energy,
    signal_energy,
)


def complex_normal(*shape: int) -> np.ndarray:
    rng = np.random.default_rng(sum(shape))
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


@pytest.mark.parametrize("shape", [(8,), (5,), (3, 6), (1,)])
def test_the_transform_is_numpys_with_orthonormal_scale(shape) -> None:
    x = complex_normal(*shape)
    assert_allclose(discrete_fourier_transform(x), np.fft.fft(x, norm="ortho"), atol=1e-14)


def test_a_wave_becomes_one_coefficient() -> None:
    wave = np.exp(2j * np.pi * np.arange(4) / 4)
    assert_allclose(discrete_fourier_transform(wave), [0, 2, 0, 0], atol=1e-15)


@pytest.mark.parametrize("energy", [signal_energy, parseval_energy])
def test_energy_is_the_squared_norm(energy) -> None:
    x = complex_normal(7)
    assert_allclose(energy(x), np.linalg.norm(x) ** 2)


@pytest.mark.parametrize("energy", [signal_energy, parseval_energy])
def test_three_plus_four_i_has_energy_twenty_five(energy) -> None:
    assert_allclose(energy(np.asarray([3 + 4j, 0])), 25.0)


def test_i_becomes_a_quarter_turn() -> None:
    assert_allclose(complex_matrix_as_real(np.asarray([[1j]])), [[0, -1], [1, 0]])


def test_the_real_matrix_acts_on_stacked_parts() -> None:
    z, x = complex_normal(3, 4), complex_normal(4)
    stacked = complex_matrix_as_real(z) @ np.concatenate([x.real, x.imag])
    assert_allclose(stacked, np.concatenate([(z @ x).real, (z @ x).imag]))
