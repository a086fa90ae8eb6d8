"""Checks of the claims about complex numbers and Fourier spectra."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant, unit_root
from kg.verify import Array, Complex, ComplexNormal, Real, check, condition


@condition
def real_image(image):
    return bool(np.all(array_namespace(image).imag(image) == 0))


@real_image.sampler
def _(image):
    return {"image": array_namespace(image).real(image)}


@check
def complex_matrix_as_real_of_a_product_is_a_product(use, a: Complex[Array, "m n"], b: Complex[Array, "n p"]):
    as_real = use("complex_matrix_as_real")
    return as_real(a) @ as_real(b), as_real(a @ b)


@complex_matrix_as_real_of_a_product_is_a_product.control(
    "both off-diagonal blocks carry a plus, as in split complex layers"
)
def _(use, a, b):
    xp = array_namespace(a)

    def plus(z):
        re, im = xp.real(z), xp.imag(z)
        return xp.concat([xp.concat([re, im], axis=1), xp.concat([im, re], axis=1)], axis=0)

    return plus(a) @ plus(b), plus(a @ b)


@complex_matrix_as_real_of_a_product_is_a_product.control("one factor is conjugated")
def _(use, a, b):
    as_real = use("complex_matrix_as_real")
    return as_real(a) @ as_real(array_namespace(b).conj(b)), as_real(a @ b)


@check
def complex_matrix_as_real_squares_the_modulus_of_the_determinant(use, a: Complex[Array, "n n"]):
    # The complex determinant is expanded along its first row, as not every arithmetic has one; the real one is built in.
    xp = array_namespace(a)
    determinant = _determinant_by_expansion(a)
    return xp.linalg.det(use("complex_matrix_as_real")(a)), xp.real(xp.conj(determinant) * determinant)


@complex_matrix_as_real_squares_the_modulus_of_the_determinant.control(
    "the square of the determinant instead of its modulus"
)
def _(use, a):
    xp = array_namespace(a)
    determinant = _determinant_by_expansion(a)
    return xp.linalg.det(use("complex_matrix_as_real")(a)), xp.real(determinant * determinant)


@complex_matrix_as_real_squares_the_modulus_of_the_determinant.control(
    "the modulus is not squared, one factor being real"
)
def _(use, a):
    xp = array_namespace(a)
    determinant = _determinant_by_expansion(a)
    return xp.linalg.det(use("complex_matrix_as_real")(a)), xp.real(determinant)


def _determinant_by_expansion(a):
    xp = array_namespace(a)
    n = a.shape[0]
    if n == 0:
        return constant(a, 1)
    total = 0
    for j in range(n):
        minor = xp.concat([a[1:, :j], a[1:, j + 1 :]], axis=1)
        total = total + (-1) ** j * a[0, j] * _determinant_by_expansion(minor)
    return total


@check(sizes={"n": (5, 8, 12)})
def parseval_energy_is_signal_energy(use, x: Complex[Array, "n"]):
    return use("parseval_energy")(x), use("signal_energy")(x)


@parseval_energy_is_signal_energy.control("the transform is scaled by 1/N instead of 1/√N")
def _(use, x):
    xp = array_namespace(x)
    root = xp.sqrt(constant(xp.real(x), x.shape[0]))
    return use("parseval_energy")(x / root), use("signal_energy")(x)


@parseval_energy_is_signal_energy.control("the mean is not counted")
def _(use, x):
    xp = array_namespace(x)
    F = use("discrete_fourier_transform")(x)[1:]
    return xp.real(xp.sum(xp.conj(F) * F)), use("signal_energy")(x)


@check
def k_space_of_a_real_image_is_hermitian(use, image: Complex[Array, "m n"]):
    F = _k_space(use, image)
    return (_mirrored(F), _image_from_half(use, F)), (array_namespace(F).conj(F), image)


@k_space_of_a_real_image_is_hermitian.control("the image carries a phase that varies in space")
def _(use, image):
    xp = array_namespace(image)
    n = image.shape[1]
    phase = xp.stack([unit_root(image, n, j) for j in range(n)])
    turned = image * phase * unit_root(image, 8, 1)
    F = _k_space(use, turned)
    return (_mirrored(F), _image_from_half(use, F)), (xp.conj(F), turned)


@k_space_of_a_real_image_is_hermitian.control(
    "frequencies are mirrored about the last one instead of about zero"
)
def _(use, image):
    xp = array_namespace(image)
    F = _k_space(use, image)
    return (xp.flip(F, axis=(0, 1)), _image_from_half(use, F)), (xp.conj(F), image)


def _image_from_half(use, F):
    """The image from the columns 0 … ⌊n/2⌋ of its k-space alone: the others are filled in as mirrored conjugates."""
    xp = array_namespace(F)
    m, n = F.shape
    known = F[:, : n // 2 + 1]
    mirrored = xp.take(xp.conj(known), -np.arange(m) % m, axis=0)
    missing = [mirrored[:, n - k : n - k + 1] for k in range(n // 2 + 1, n)]
    filled = xp.concat([known, *missing], axis=1)
    return xp.conj(_k_space(use, xp.conj(filled)))


@check
def mri_k_space_is_not_hermitian(use, in_phase: Real[Array, "m n"], quadrature: Real[Array, "m n"]):
    F = _k_space(use, in_phase + 1j * quadrature)
    return _mirrored(F), array_namespace(F).conj(F)


@mri_k_space_is_not_hermitian.counterexample
def _():
    # Two voxels of equal magnitude, one of them rotated by the angle of the triangle with sides 3, 4 and 5.
    return {"in_phase": [[1, "4/5"]], "quadrature": [[0, "3/5"]]}


@mri_k_space_is_not_hermitian.control("the image is real: no voxel carries a phase")
def _(use, in_phase, quadrature):
    F = _k_space(use, in_phase + 0j * quadrature)
    return _mirrored(F), array_namespace(F).conj(F)


def _k_space(use, image):
    """The two-dimensional transform: along the columns, then along the rows."""
    transform = use("discrete_fourier_transform")
    return transform(transform(image).mT).mT


def _mirrored(F):
    """F(−k), frequencies counted modulo the lengths of the axes."""
    xp = array_namespace(F)
    for axis in (0, 1):
        F = xp.take(F, -np.arange(F.shape[axis]) % F.shape[axis], axis=axis)
    return F


# Noise under a magnitude -----------------------------------------------------------------------------------------


# Noise under a magnitude -----------------------------------------------------------------------------------------

_SIGNALS = np.asarray([1, 2])


def _rice_mean(signal):
    """Mean of |a + z| where real and imaginary part of z have variance ½ each, by Kummer's function."""
    from scipy.special import hyp1f1

    return np.sqrt(np.pi / 4) * hyp1f1(-1 / 2, 1, -(signal**2))


@check
def expectation_of_a_noisy_magnitude_is_the_rice_mean(use, z: ComplexNormal[Array, "samples"]):
    return np.abs(_SIGNALS + z[:, None]), _rice_mean(_SIGNALS)


@expectation_of_a_noisy_magnitude_is_the_rice_mean.control(
    "noise across the signal only, to second order: a + 1/(4a)"
)
def _(use, z):
    return np.abs(_SIGNALS + z[:, None]), _SIGNALS + 1 / (4 * _SIGNALS)


@expectation_of_a_noisy_magnitude_is_the_rice_mean.control("the noise averages out: the mean is the signal")
def _(use, z):
    return np.abs(_SIGNALS + z[:, None]), _SIGNALS


@expectation_of_a_noisy_magnitude_is_the_rice_mean.control("the root of the mean square")
def _(use, z):
    return np.abs(_SIGNALS + z[:, None]), np.sqrt(_SIGNALS**2 + 1)


expectation_of_a_noisy_magnitude_is_the_rice_mean.explain(
    "_SIGNALS - z[:, None]",
    "noise and its negative have the same law, so no mean can tell a sum from a difference",
)
