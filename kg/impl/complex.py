"""Complex matrices as real ones, and the unitary discrete Fourier transform.

Conventions: the transform is unitary, e^{−2πikn/N}/√N, and acts on the last axis; frequencies are counted modulo N.
"""

from __future__ import annotations

from kg.numbers import Array, Complex, Real, array_namespace, constant, unit_root


def complex_matrix_as_real(z: Complex[Array, "m n"]) -> Real[Array, "2m 2n"]:
    """The real matrix [[Re Z, −Im Z], [Im Z, Re Z]] of twice the size.

    Conventions: a complex vector is stacked as its real parts, then its imaginary parts.
    Source: :cite:t:`trabelsi2018deep`.
    """
    xp = array_namespace(z)
    re, im = xp.real(z), xp.imag(z)
    return xp.concat([xp.concat([re, -im], axis=1), xp.concat([im, re], axis=1)], axis=0)


def discrete_fourier_transform(x: Complex[Array, "n"]) -> Complex[Array, "n"]:
    """F_k = Σ_n e^{−2πikn/N} x_n / √N along the last axis, as written, in N² products.

    Conventions: minus in the exponent; unitary scale 1/√N; any number of leading axes.
    Source: :cite:t:`lustig2007sparse`.
    """
    xp = array_namespace(x)
    N = x.shape[-1]
    waves = xp.stack([xp.stack([unit_root(x, N, -k * n) for n in range(N)]) for k in range(N)])
    return x @ waves.mT / xp.sqrt(constant(xp.real(x), N))


def signal_energy(x: Complex[Array, "n"]) -> Real[Array, ""]:
    """Σ_n |x_n|², from real and imaginary parts.

    Conventions: a sum, not a mean.
    Source: :cite:t:`lustig2007sparse`.
    """
    xp = array_namespace(x)
    return xp.sum(xp.real(x) ** 2 + xp.imag(x) ** 2)


def parseval_energy(x: Complex[Array, "n"]) -> Real[Array, ""]:
    """Σ_k |F_k|² of the unitary discrete Fourier transform F of x.

    Conventions: transform with 1/√N, so that no factor is needed.
    Source: :cite:t:`lustig2007sparse`.
    """
    xp = array_namespace(x)
    F = discrete_fourier_transform(x)
    return xp.real(xp.sum(xp.conj(F) * F))
