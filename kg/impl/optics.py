"""Mach–Zehnder interferometers, meshes of them, and the settings that make a mesh a given unitary matrix.

Conventions: balanced splitters (1/√2)[[1, i], [i, 1]]; the phase φ sits on the upper input and θ on the upper arm; light
passes the factors of a product from right to left; meshes are triangular, after Reck.
"""

from __future__ import annotations

from kg.numbers import Array, Complex, Real, Unitary, array_namespace, cis, constant


def mach_zehnder_interferometer(theta: Real[Array, ""], phi: Real[Array, ""]) -> Complex[Array, "2 2"]:
    """Splitter · phase θ · splitter · phase φ, the four matrices multiplied in order.

    Conventions: each phase is on the upper of the two guides; the light meets φ first.
    Source: :cite:t:`clements2016optimal`.
    """
    xp = array_namespace(theta)
    zero, one = constant(theta, 0), constant(theta, 1)
    splitter = xp.stack([xp.stack([one, 1j * one]), xp.stack([1j * one, one])]) / xp.sqrt(constant(theta, 2))
    inner = xp.stack([xp.stack([cis(theta), zero]), xp.stack([zero, one])])
    outer = xp.stack([xp.stack([cis(phi), zero]), xp.stack([zero, one])])
    return splitter @ inner @ splitter @ outer


def mach_zehnder_closed_form(theta: Real[Array, ""], phi: Real[Array, ""]) -> Complex[Array, "2 2"]:
    """i e^{iθ/2} [[e^{iφ} sin(θ/2), cos(θ/2)], [e^{iφ} cos(θ/2), −sin(θ/2)]].

    Conventions: as for the interferometer.
    Source: :cite:t:`clements2016optimal`.
    """
    xp = array_namespace(theta)
    sine, cosine = xp.sin(theta / 2), xp.cos(theta / 2)
    turn = xp.cos(phi) + 1j * xp.sin(phi)
    rows = xp.stack([xp.stack([turn * sine, cosine]), xp.stack([turn * cosine, -sine])])
    return (1j * cosine - sine) * rows


def mzi_mesh(
    thetas: Real[Array, "n n"], phis: Real[Array, "n n"], phases: Real[Array, "n"]
) -> Complex[Array, "n n"]:
    """Output phases times one interferometer for each pair of guides, in the triangular order of Reck.

    Conventions: settings are read below the diagonal only, n(n−1)/2 of each kind; the entry in row r and column m belongs
    to the interferometer on the guides m and m+1 that nulls this entry; the light meets the last row first, and in a
    row the first column first.
    Source: :cite:t:`reck1994experimental`.
    """
    xp = array_namespace(thetas)
    n = phases.shape[0]
    # From the output backwards: every further interferometer multiplies on the right.
    mesh = xp.eye(n, dtype=phases.dtype) * cis(phases)[:, None]
    for r in range(1, n):
        for m in reversed(range(r)):
            mixed = mesh[:, m : m + 2] @ mach_zehnder_interferometer(thetas[r, m], phis[r, m])
            mesh = xp.concat([mesh[:, :m], mixed, mesh[:, m + 2 :]], axis=1)
    return mesh


def reck_decomposition(
    u: Unitary[Array, "n n"],
) -> tuple[Real[Array, "n n"], Real[Array, "n n"], Real[Array, "n"]]:
    """Settings (θ, φ, output phases) of the triangular mesh that equals u; θ and φ stand below the diagonal.

    From the last row upwards, each interferometer undone on the right of u mixes two neighbouring columns so that one
    more entry of the row becomes zero; a diagonal of phases remains.  Angles are imaginary parts of logarithms.

    Conventions: u is unitary with no zero among the entries met, as almost every unitary matrix; θ lies in [0, π].
    Source: :cite:t:`reck1994experimental`.
    """
    xp = array_namespace(u)
    n = u.shape[0]
    zero = xp.zeros((), dtype=xp.real(u).dtype)
    thetas = [[zero] * n for _ in range(n)]
    phis = [[zero] * n for _ in range(n)]
    for r in reversed(range(n)):
        for m in range(r):
            left, right = u[:, m], u[:, m + 1]
            phi = _angle(-left[r] * xp.conj(right[r]))
            theta = 2 * _angle(xp.abs(left[r]) + 1j * xp.abs(right[r]))
            thetas[r][m], phis[r][m] = theta, phi
            back = -1j * xp.exp(-0.5j * theta)
            sine, cosine = back * xp.sin(theta / 2), back * xp.cos(theta / 2)
            left = left * xp.exp(-1j * phi)
            mixed = xp.stack([left * sine + right * cosine, left * cosine - right * sine], axis=1)
            u = xp.concat([u[:, :m], mixed, u[:, m + 2 :]], axis=1)
    phases = xp.stack([_angle(u[k, k]) for k in range(n)])
    below = [xp.stack([xp.stack(row) for row in angles]) for angles in (thetas, phis)]
    return below[0], below[1], phases


def _angle(z):
    """The argument of a complex number, between −π and π."""
    return array_namespace(z).imag(array_namespace(z).log(z))
