"""Checks of the claims about optical meshes."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, pi
from kg.verify import Array, ComplexNormal, Real, Size, Uniform, Unitary, check, condition


@condition(generic=True)
def unitary_input(u):
    xp = array_namespace(u)
    distance = abs(u @ xp.conj(u).mT - xp.eye(u.shape[0], dtype=u.dtype))
    return bool(np.all(distance * 2**30 < 1))


@check
def mach_zehnder_interferometer_is_its_closed_form(use, theta: Real[Array, ""], phi: Real[Array, ""]):
    return use("mach_zehnder_interferometer")(theta, phi), use("mach_zehnder_closed_form")(theta, phi)


@mach_zehnder_interferometer_is_its_closed_form.control(
    "the phase φ acts behind the interferometer instead of in front"
)
def _(use, theta, phi):
    xp = array_namespace(theta)
    inner = use("mach_zehnder_interferometer")(theta, 0 * phi)
    behind = xp.concat([xp.exp(1j * phi) * inner[:1, :], inner[1:, :]], axis=0)
    return behind, use("mach_zehnder_closed_form")(theta, phi)


@mach_zehnder_interferometer_is_its_closed_form.control("the global phase i e^{iθ/2} is forgotten")
def _(use, theta, phi):
    xp = array_namespace(theta)
    form = use("mach_zehnder_closed_form")(theta, phi) * xp.exp(-0.5j * theta) / 1j
    return use("mach_zehnder_interferometer")(theta, phi), form


@check
def unitary_matrix_is_an_mzi_mesh(use, u: Unitary[Array, "n n"]):
    # Below the diagonal there are n(n−1)/2 places, and only what stands there is handed on: one interferometer each.
    xp = array_namespace(u)
    thetas, phis, phases = use("reck_decomposition")(u)
    return use("mzi_mesh")(xp.tril(thetas, k=-1), xp.tril(phis, k=-1), phases), u


@unitary_matrix_is_an_mzi_mesh.control("one interferometer is replaced by two plain waveguides")
def _(use, u):
    # At θ = φ = π an interferometer is the identity.
    xp = array_namespace(u)
    thetas, phis, phases = use("reck_decomposition")(u)
    places = np.arange(u.shape[0])
    deleted = (places[:, None] == 1) & (places[None, :] == 0)
    return use("mzi_mesh")(
        xp.where(deleted, pi(thetas), thetas), xp.where(deleted, pi(phis), phis), phases
    ), u


@unitary_matrix_is_an_mzi_mesh.control("the phases on the outputs are left out")
def _(use, u):
    thetas, phis, phases = use("reck_decomposition")(u)
    return use("mzi_mesh")(thetas, phis, 0 * phases), u


# Random settings -------------------------------------------------------------------------------------------------


def _outputs_of_the_first_guide(use, shares, turns):
    """Amplitudes on all outputs when light enters the first guide; `shares` are the cos²(θ/2) of the interferometers.

    The phase of each is that of the complex number in `turns`.
    """
    settings = use("mach_zehnder_closed_form")
    n = shares.shape[1]
    light = [np.ones(len(shares)), *[np.zeros(len(shares))] * (n - 1)]
    for r in reversed(range(1, n)):
        for m in range(r):
            T = settings(2 * np.arccos(np.sqrt(shares[:, r, m])), np.angle(turns[:, r, m]))
            upper, lower = light[m], light[m + 1]
            light[m], light[m + 1] = T[0, 0] * upper + T[0, 1] * lower, T[1, 0] * upper + T[1, 1] * lower
    return np.stack(light, axis=1)


def _fourth_powers(light):
    """The fourth power of each amplitude, and the square of all the light, in which a mesh that loses some is seen."""
    power = np.abs(light) ** 2
    return np.concatenate([power**2, np.sum(power, axis=1, keepdims=True) ** 2], axis=1)


@check(sizes={"n": (3, 4)})
def expectation_of_the_fourth_power_in_a_beta_mesh_is_that_of_haar_measure(
    use, u: Uniform[Array, "samples n n"], v: ComplexNormal[Array, "samples n n"], n: Size[int, "n"]
):
    # The (m+1)-th root of a uniform number has the law Beta(m+1, 1).
    shares = u ** (1 / (1 + np.arange(n)))
    powers = _fourth_powers(_outputs_of_the_first_guide(use, shares, v))
    return powers, np.append(np.full(n, 2 / (n * (n + 1))), 1)


@expectation_of_the_fourth_power_in_a_beta_mesh_is_that_of_haar_measure.control(
    "all phases are uniform, those inside the interferometers too"
)
def _(use, u, v, n):
    shares = np.cos(np.pi * u / 2) ** 2
    powers = _fourth_powers(_outputs_of_the_first_guide(use, shares, v))
    return powers, np.append(np.full(n, 2 / (n * (n + 1))), 1)


@expectation_of_the_fourth_power_in_a_beta_mesh_is_that_of_haar_measure.control(
    "the fourth power of a real orthogonal matrix: 3/(n(n+2))"
)
def _(use, u, v, n):
    shares = u ** (1 / (1 + np.arange(n)))
    powers = _fourth_powers(_outputs_of_the_first_guide(use, shares, v))
    return powers, np.append(np.full(n, 3 / (n * (n + 2))), 1)
