"""Where floats mislead: true bounds that look broken, small numbers lost in a product, and equalities only of 53 bits."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from kg.numbers.arrays import Redraw
from kg.verify import bound, floating
from kg.verify.draws import FloatSource
from kg.verify.verdict import Verdict

Judge = Callable[..., Verdict]
Tiny = Any
Make = Callable[..., Tiny]


def test_one_minus_a_sigmoid_does_not_make_a_sharp_bound_look_broken(judge: Judge) -> None:
    # For large s the float 1 − σ(s) keeps no digit of the true e^(−s).
    text = """
    def left(s: Real[Array, "n"]) -> Array:
        xp = array_namespace(s)
        return 1 - 1 / (1 + xp.exp(-64 * s * s))

    def right(s: Real[Array, "n"]) -> Array:
        return array_namespace(s).exp({exponent} * s * s)
    """
    checks = """
    @check(relation="<=")
    def the_claim(use, s: Real[Array, "n"]):
        return use("left")(s), use("right")(s) * 2 / 2

    @the_claim.control("the exponent is a little too large")
    def _(use, s):
        return use("left")(s), use("right")(s) * array_namespace(s).exp(-s * s)
    """
    s = np.linspace(0.5, 0.75, 20)
    assert np.any(1 - 1 / (1 + np.exp(-64 * s * s)) > np.exp(-64 * s * s) * (1 + 1e-9))
    assert judge(text.format(exponent=-64), checks, kind="Bound").outcome == "passed"
    assert judge(text.format(exponent=-65), checks, kind="Bound").outcome == "failed"


# The leverage of the middle one of five points for two real exponentials; the true supremum is 0.3594….
LEVERAGE = """
def _table(w):
    points = constant(w, 1) * np.asarray([0, -2, -1, 1, 2])
    return array_namespace(w).exp(points[:, None] * w[None, :])

def left(w: Real[Array, "2"]) -> Array:
    a = _table(w)
    xp = array_namespace(w)
    first = a[:, 0] / xp.sqrt(a[:, 0] @ a[:, 0])
    rest = a[:, 1] - first * (first @ a[:, 1])
    return first[0] ** 2 + rest[0] ** 2 / (rest @ rest)

def by_qr(w: Real[Array, "2"]) -> Array:
    xp = array_namespace(w)
    return xp.sum(xp.linalg.qr(_table(w))[0][0, :] ** 2)
"""

NEAR_DUPLICATES = """
@condition
def nearly_equal_frequencies(w):
    return bool(w[1] - w[0] != 0)

@nearly_equal_frequencies.sampler
def _(w):
    return {{"w": array_namespace(w).concat([w[:1], w[:1] + w[1:] / 2**25 / 2**24])}}

@check(relation="<=")
def the_claim(use, w: Real[Array, "2"]):
    return use("{name}")(w), constant(w, {bound}) / 8

@the_claim.control("a bound that is too small")
def _(use, w):
    return use("{name}")(w), constant(w, 1) / 8
"""


def leverage(make: Make, name: str, bound: int) -> Tiny:
    checks = NEAR_DUPLICATES.format(name=name, bound=bound)
    return make(LEVERAGE, checks, kind="Bound", about=name, conditions=("nearly_equal_frequencies",))


@pytest.mark.parametrize("name", ["left", "by_qr"])
def test_near_duplicate_frequencies_make_floats_violate_a_true_leverage_bound(make: Make, name: str) -> None:
    trial = leverage(make, name, 3).trial()
    ratios = []
    for number in range(100):
        source = FloatSource(f"near duplicates {number}")
        with suppress(Redraw):
            ratios.append(bound.ratio(*trial.sides(trial.draw({}, source))))
    assert max(ratios) > 1.01


def test_near_duplicate_frequencies_do_not_refute_a_true_leverage_bound(make: Make) -> None:
    assert leverage(make, "left", 3).verdict().outcome == "passed"
    assert leverage(make, "left", 2).verdict().outcome == "failed"


def test_a_plain_qr_that_returns_garbage_does_not_refute_a_true_leverage_bound(make: Make) -> None:
    assert leverage(make, "by_qr", 3).verdict().outcome != "failed"


DECAYING = """
def _mask(c, n):
    return [constant(c, 1) / 64**k for k in range(n)]

def left(c: Real[Array, ""], x: Real[Array, "n"]) -> Array:
    xp = array_namespace(x)
    n = x.shape[0]
    column = c * xp.stack([constant(c, 1) / 64**k for k in range(n)])
    zero = xp.zeros((n - 1,), dtype=x.dtype)
    product = xp.fft.fft(xp.concat([column, zero])) * xp.fft.fft(xp.concat([x, zero]))
    return xp.real(xp.fft.ifft(product))[:n]

def right(c: Real[Array, ""], x: Real[Array, "n"]) -> Array:
    xp = array_namespace(x)
    n = x.shape[0]
    return xp.stack([xp.sum(xp.stack([c * x[j] / 64 ** (i - j) for j in range(i + 1)])) for i in range(n)])
"""


def test_a_product_with_a_decaying_mask_by_fourier_transform_is_accepted_normwise(make: Make) -> None:
    tiny = make(
        DECAYING,
        """
        @check(sizes={"n": (7, 8)})
        def the_claim(use, c: Real[Array, ""], x: Real[Array, "n"]):
            # One early number and then silence, so that the late results are tiny.
            xp = array_namespace(x)
            x = xp.concat([x[:1], x[1:] / 2**60])
            return use("left")(c, x), use("right")(c, x)

        @the_claim.control("the mask decays a little faster")
        def _(use, c, x):
            return use("left")(c, x) * 65 / 64, use("right")(c, x)
        """,
    )
    verdict = tiny.verdict()
    assert verdict.outcome == "passed", verdict
    assert verdict.strength == "IdentityTested"
    trial = tiny.trial()
    source = FloatSource("componentwise")
    (left,), (right,) = trial.sides(trial.draw({"n": 8}, source))
    # What a componentwise tolerance would have said of it.
    assert np.max(np.abs(left - right) / np.abs(right)) > 1e-7
    assert floating.judge(trial).accepted is True


# Singular values near 1 and 1/2, so that thirty steps leave about one part in 2^120.
POWER_ITERATION = """
def left(a: Real[Array, "n n"]) -> Array:
    # The starting vector is the first column; the spectrum has one dominant value.
    xp = array_namespace(a)
    v = a[:, 0]
    for _ in range({steps}):
        v = a.mT @ (a @ v)
        v = v / xp.linalg.vector_norm(v)
    return xp.linalg.vector_norm(a @ v)

def right(a: Real[Array, "n n"]) -> Array:
    return array_namespace(a).max(array_namespace(a).linalg.svdvals(a))
"""

DOMINANT = """
@condition
def one_dominant_value(a):
    return True

@one_dominant_value.sampler
def _(a):
    xp = array_namespace(a)
    identity = xp.eye(a.shape[0], dtype=a.dtype)
    return {"a": a / 64 + (identity + np.eye(a.shape[0], dtype=int)[:1, :] * identity) / 2}
"""


def test_thirty_power_iterations_are_not_the_spectral_norm(make: Make) -> None:
    tiny = make(POWER_ITERATION.format(steps=30), DOMINANT, conditions=("one_dominant_value",))
    assert floating.judge(tiny.trial()).accepted is True
    verdict = tiny.verdict()
    assert verdict.outcome == "failed"
    assert "differ for certain" in verdict.reason


HOPFIELD = """
def left(k: Orthogonal[Array, "n n"]) -> Array:
    xp = array_namespace(k)
    scores = 64 * (k @ k.mT)
    weights = xp.exp(scores - shift(scores))
    return weights @ k / xp.sum(weights, axis=-1, keepdims=True)

def right(k: Orthogonal[Array, "n n"]) -> Array:
    return k * 1
"""


def test_one_step_of_a_hopfield_network_does_not_retrieve_exactly(make: Make) -> None:
    tiny = make(HOPFIELD)
    assert floating.judge(tiny.trial()).accepted is True
    verdict = tiny.verdict()
    assert verdict.outcome == "failed"
    assert "differ" in verdict.reason
