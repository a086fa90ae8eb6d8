"""Checks of the claims about optical meshes."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, pi
from kg.verify import Array, Real, Unitary, check, condition


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
