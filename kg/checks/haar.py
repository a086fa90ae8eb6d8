"""Checks of the claims about unitary matrices: which ones are drawn evenly, and which are not."""

from __future__ import annotations

from math import gamma

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Complex, ComplexNormal, Size, check

_POWERS = (1, 2, 3, 4)


def _trace_powers(u):
    """|tr U^k|² for each of the powers."""
    return np.stack(
        [abs(np.trace(np.linalg.matrix_power(u, k), axis1=-2, axis2=-1)) ** 2 for k in _POWERS], axis=-1
    )


@check(sizes={"n": (2, 3)})
def expectation_of_squared_haar_traces_is_the_smaller_of_power_and_size(
    use, g: ComplexNormal[Array, "samples n n"], n: Size[int, "n"]
):
    return _trace_powers(use("haar_unitary")(g)), np.minimum(_POWERS, n)


@expectation_of_squared_haar_traces_is_the_smaller_of_power_and_size.control(
    "QR by Householder reflections, phases not put right"
)
def _(use, g, n):
    return _trace_powers(use("householder_unitary")(g)), np.minimum(_POWERS, n)


@expectation_of_squared_haar_traces_is_the_smaller_of_power_and_size.control(
    "the power itself, as if the matrix were infinitely large"
)
def _(use, g, n):
    return _trace_powers(use("haar_unitary")(g)), np.asarray(_POWERS)


@expectation_of_squared_haar_traces_is_the_smaller_of_power_and_size.control(
    "the columns are scaled to length one but not made orthogonal"
)
def _(use, g, n):
    return _trace_powers(g / np.linalg.norm(g, axis=-2, keepdims=True)), np.minimum(_POWERS, n)


@check(sizes={"n": (2, 3, 5)})
def expectation_of_the_first_entry_of_householder_qr_is_negative(
    use, g: ComplexNormal[Array, "samples n n"], n: Size[int, "n"]
):
    return use("householder_unitary")(g)[:, 0, 0], -gamma(n) / (gamma(n + 1 / 2) * gamma(1 / 2))


@expectation_of_the_first_entry_of_householder_qr_is_negative.control("its value for large matrices")
def _(use, g, n):
    return use("householder_unitary")(g)[:, 0, 0], -1 / np.sqrt(np.pi * n)


@expectation_of_the_first_entry_of_householder_qr_is_negative.control("zero, as under Haar measure")
def _(use, g, n):
    return use("householder_unitary")(g)[:, 0, 0], 0


@expectation_of_the_first_entry_of_householder_qr_is_negative.control("the mean for real matrices")
def _(use, g, n):
    return use("householder_unitary")(g)[:, 0, 0], -gamma(n / 2) / (gamma(n / 2 + 1 / 2) * gamma(1 / 2))


@expectation_of_the_first_entry_of_householder_qr_is_negative.control("Gram–Schmidt, which is Haar")
def _(use, g, n):
    return use("haar_unitary")(g)[:, 0, 0], -gamma(n) / (gamma(n + 1 / 2) * gamma(1 / 2))


@check
def qr_without_phases_is_not_haar(use, a: Complex[Array, "n n"]):
    return use("householder_unitary")(-a), -use("householder_unitary")(a)


@qr_without_phases_is_not_haar.counterexample
def _():
    return {"a": [[1, 0], [0, 1]]}


@qr_without_phases_is_not_haar.control("the triangular factor is given a positive diagonal")
def _(use, a):
    return use("haar_unitary")(-a), -use("haar_unitary")(a)


@check
def householder_qr_with_phases_put_right_is_gram_schmidt(use, a: Complex[Array, "n n"]):
    both = _with_its_transpose(a)
    q = use("householder_unitary")(both)
    return q * _phases(q, both)[:, None, :], use("haar_unitary")(both)


@householder_qr_with_phases_put_right_is_gram_schmidt.control("the phases are left as they are")
def _(use, a):
    both = _with_its_transpose(a)
    return use("householder_unitary")(both), use("haar_unitary")(both)


@householder_qr_with_phases_put_right_is_gram_schmidt.control("rows are multiplied instead of columns")
def _(use, a):
    both = _with_its_transpose(a)
    q = use("householder_unitary")(both)
    return q * _phases(q, both)[:, :, None], use("haar_unitary")(both)


for _edit, _reason in (
    ("→ xp.conj(v) * v", "the product is real already"),
    ("→ xp.conj(x) * x", "the product is real already"),
    ("→ xp.sqrt(xp.sum", "the phases are put right afterwards, whichever sign was chosen"),
    ("→ xp.sign", "the phases are put right afterwards, whichever sign was chosen"),
):
    householder_qr_with_phases_put_right_is_gram_schmidt.explain(_edit, _reason)


def _with_its_transpose(a):
    """Two matrices in one array, as both functions take any number of them."""
    return array_namespace(a).stack([a, a.mT])


def _phases(q, a):
    """The diagonal of the triangular factor, each number divided by its modulus."""
    xp = array_namespace(a)
    diagonal = xp.sum(xp.conj(q) * a, axis=-2)
    return diagonal / xp.sqrt(xp.real(xp.conj(diagonal) * diagonal))


for _name, _product in (("haar_unitary", "xp.conj(v) * v"), ("householder_unitary", "xp.conj(x) * x")):
    householder_qr_with_phases_put_right_is_gram_schmidt.explain_implementation(
        _name, f"xp.real({_product}) → {_product}", "a number times its conjugate is real already"
    )
