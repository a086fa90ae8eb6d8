"""Activation functions and converters, from their definitions."""

from __future__ import annotations

import math

import numpy as np
from scipy import special


def relu(x):
    """A positive number is kept, a negative one becomes zero."""
    return np.array([v if v > 0 else 0 * v for v in x])


def normal_density(x):
    """The bell curve with mean zero and variance one."""
    return np.array([math.exp(-v * v / 2) / math.sqrt(2 * math.pi) for v in x])


def normal_cdf(x):
    """The probability that a standard normal number is at most x, as the integral of the density."""
    return np.array([0.5 + _integral(_bell, 0.0, v) for v in x])


def gelu(x):
    """x times the probability that a standard normal number is at most x, with the error function."""
    return np.array([v / 2 * (1 + math.erf(v / math.sqrt(2))) for v in x])


def normal_cdf_gate(x):
    """x times the lower tail of the normal distribution, by a library that keeps small tails accurate."""
    return np.array([v * special.ndtr(v) for v in x])


def tail_integral(a):
    """Pr(Z ≤ −a) by the integral in the claim, for a > 0."""
    panel = min(a, 0.5)  # the nearest pole is at distance a
    integral = _integral(lambda t: math.exp(-t * t / 2) / (t * t + a * a), 0.0, 12.0, panel=panel)
    return a * math.exp(-a * a / 2) / math.pi * integral


def normal_ramp(x):
    """The mean of the positive part of x + Z: the integral of t times the density of t − x over t > 0."""
    return np.array([_integral(lambda t, v=v: t * _bell(t - v), 0.0, max(v, 0.0) + 12.0) for v in x])


def far_ramp(x):
    """The same for x far below zero, relative to the result: φ(x) ∫ t e^(−t²/2 + xt) dt over t > 0."""
    reach = 40 / abs(x)
    return _bell(x) * _integral(lambda t: t * math.exp(-t * t / 2 + x * t), 0.0, reach, panel=1 / abs(x))


def running_integral_of_the_cdf(x):
    """∫ Φ(t) dt up to x, the other description of the same ramp; Φ is nothing to speak of below −40."""
    return np.array([_integral(special.ndtr, -40.0, v) for v in x])


def stochastic_gate(x, z):
    """Each number let through where its threshold is at most it: one row for each sample of thresholds."""
    return np.array([[v if t <= v else 0.0 for v, t in zip(x, row, strict=True)] for row in z])


def mean_of_the_gated_relu(x, switches):
    """The mean over samples of max(x, 0) times a switch that is on where a uniform number is below Φ(x)."""
    on = switches < special.ndtr(x)
    return np.mean(np.where(on, np.maximum(x, 0.0), 0.0), axis=0)


def slope_of_gelu(x):
    """Φ(x) + x φ(x)."""
    return normal_cdf(x) + np.asarray(x) * normal_density(x)


def absolute_value(x):
    """A choice between the number and its negative."""
    return np.array([v if v >= 0 else -v for v in x])


def absolute_value_from_relus(x):
    """The positive part of the number plus the positive part of its negative."""
    return relu(x) + relu([-v for v in x])


def folding_adc(u, bits):
    """Signs of a chain of stages y ← 1 − 2|y| that starts at 2u − 1, most significant first."""
    rows = []
    for value in u:
        y, row = 2 * value - 1, []
        for _ in range(bits):
            row.append(1 if y >= 0 else 0)
            y = 1 - 2 * abs(y)
        rows.append(row)
    return np.array(rows)


def gray_code(u, bits):
    """The binary digits of k ⊕ ⌊k/2⌋ for k = ⌊2ⁿu⌋, most significant first."""
    rows = []
    for value in u:
        k = math.floor(2**bits * value)
        code = k ^ (k // 2)
        rows.append([(code >> place) & 1 for place in reversed(range(bits))])
    return np.array(rows)


def _bell(t):
    return math.exp(-t * t / 2) / math.sqrt(2 * math.pi)


def _integral(f, low, high, *, panel=0.5):
    """Gauss's rule with 20 points on panels short beside the scale on which the bell curve bends."""
    nodes, weights = np.polynomial.legendre.leggauss(20)
    count = max(1, math.ceil(abs(high - low) / panel))
    half = (high - low) / count / 2
    terms = []
    for number in range(count):
        middle = low + (2 * number + 1) * half
        terms += [half * w * f(middle + half * t) for t, w in zip(nodes, weights, strict=True)]
    return math.fsum(terms)
