"""Complex matrices and transforms, interferometers and their meshes, from their definitions."""

from __future__ import annotations

import cmath
import math

import numpy as np


def complex_matrix_as_real(z):
    """Four blocks: real part, minus imaginary part, imaginary part, real part."""
    m, n = z.shape
    result = np.zeros((2 * m, 2 * n))
    for i in range(m):
        for j in range(n):
            result[i, j] = result[m + i, n + j] = z[i, j].real
            result[i, n + j], result[m + i, j] = -z[i, j].imag, z[i, j].imag
    return result


def determinant(matrix):
    """The sum over permutations, with their signs: nothing is divided."""
    n = len(matrix)
    if n == 0:
        return 1
    minors = [np.delete(np.delete(matrix, 0, 0), j, 1) for j in range(n)]
    return sum((-1) ** j * matrix[0, j] * determinant(minors[j]) for j in range(n))


def discrete_fourier_transform(x):
    """F_k = Σ_n e^{−2πikn/N} x_n/√N."""
    size = len(x)
    return np.array(
        [
            sum(cmath.exp(-2j * math.pi * k * n / size) * x[n] for n in range(size)) / math.sqrt(size)
            for k in range(size)
        ]
    )


def inverse_fourier_transform(f):
    """The conjugate transform."""
    return np.conj(discrete_fourier_transform(np.conj(f)))


def completed_from_half(half, size):
    """A whole spectrum from its first ⌊N/2⌋ + 1 values, if it is Hermitian."""
    return np.array([half[k] if k < len(half) else np.conj(half[size - k]) for k in range(size)])


def signal_energy(x):
    """The sum of the squared magnitudes of the samples."""
    return sum(abs(v) ** 2 for v in x)


def parseval_energy(x):
    """The sum of the squared magnitudes of the unitary transform."""
    return signal_energy(discrete_fourier_transform(x))


def mach_zehnder_interferometer(theta, phi):
    """Splitter, phase θ on the upper arm, splitter, phase φ on the upper input: the light meets φ first."""
    splitter = np.array([[1, 1j], [1j, 1]]) / math.sqrt(2)
    inner, outer = np.diag([cmath.exp(1j * theta), 1]), np.diag([cmath.exp(1j * phi), 1])
    return splitter @ inner @ splitter @ outer


def mach_zehnder_closed_form(theta, phi):
    """i e^{iθ/2} times a matrix of sines and cosines of θ/2."""
    s, c, e = math.sin(theta / 2), math.cos(theta / 2), cmath.exp(1j * phi)
    return 1j * cmath.exp(1j * theta / 2) * np.array([[e * s, c], [e * c, -s]])


def on_guides(matrix, m, n):
    """A two-by-two matrix acting on guides m and m + 1 of n."""
    whole = np.eye(n, dtype=complex)
    whole[m : m + 2, m : m + 2] = matrix
    return whole


def mzi_mesh(thetas, phis, phases):
    """The light meets the interferometers of the last row first, in a row the first column first, then the phases."""
    n = len(phases)
    whole = np.eye(n, dtype=complex)
    for r in reversed(range(1, n)):
        for m in range(r):
            whole = on_guides(mach_zehnder_interferometer(thetas[r, m], phis[r, m]), m, n) @ whole
    return np.diag(np.exp(1j * np.asarray(phases))) @ whole


def reck_decomposition(u):
    """Undo on the right of u one interferometer after another, each nulling one entry below the diagonal."""
    n = len(u)
    rest, thetas, phis = u.astype(complex), np.zeros((n, n)), np.zeros((n, n))
    for r in reversed(range(1, n)):
        for m in range(r):
            a, b = rest[r, m], rest[r, m + 1]
            # The new entry is −i e^{−iθ/2} (a e^{−iφ} sin θ/2 + b cos θ/2).
            thetas[r, m] = 2 * math.atan2(abs(b), abs(a))
            phis[r, m] = cmath.phase(-a * b.conjugate())  # any angle serves where one of the two is zero
            undo = mach_zehnder_interferometer(thetas[r, m], phis[r, m]).conj().T
            rest = rest @ on_guides(undo, m, n)
    return thetas, phis, np.angle(np.diag(rest))
