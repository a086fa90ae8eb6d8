"""The worst perturbation of a linear model, and iterations that look for a worst direction.

Conventions: vectors are one-dimensional; matrices act from the left.
"""

from __future__ import annotations

from itertools import product

from kg.numbers import Array, Natural, Positive, Real, array_namespace


def margin_at_the_worst_corner(
    w: Real[Array, "d"], x: Real[Array, "d"], epsilon: Positive[Array, ""]
) -> Real[Array, ""]:
    """min over the 2^d corners δ ∈ {−ε, ε}^d of w·(x + δ): the margin of a linear model after the worst box perturbation.

    Conventions: the label is in w already; a linear function on a box is least at a corner.
    Source: :cite:t:`roth2020adversarial`.
    """
    xp = array_namespace(w)
    corners = [
        sum((w[i] * (x[i] + sign * epsilon) for i, sign in enumerate(signs)), 0 * epsilon)
        for signs in product((-1, 1), repeat=w.shape[0])
    ]
    return xp.min(xp.stack(corners))


def margin_less_the_dual_norm(
    w: Real[Array, "d"], x: Real[Array, "d"], epsilon: Positive[Array, ""]
) -> Real[Array, ""]:
    """w·x − ε‖w‖₁.

    Conventions: the norm is dual to the one that measures the perturbation, here the largest entry.
    Source: :cite:t:`roth2020adversarial`.
    """
    xp = array_namespace(w)
    return w @ x - epsilon * xp.sum(xp.abs(w))


def infinity_to_one_norm(a: Real[Array, "e d"]) -> Real[Array, ""]:
    """max ‖A s‖₁ over all vectors s of signs: the operator norm from the largest entry to the sum of moduli.

    Conventions: by enumeration of 2^d vectors; no faster exact method is known.
    Source: :cite:t:`boyd1974power`.
    """
    xp = array_namespace(a)
    values = []
    for signs in product((-1, 1), repeat=a.shape[1]):
        image = sum((sign * a[:, j] for j, sign in enumerate(signs)), 0 * a[:, 0])
        values.append(xp.sum(xp.abs(image)))
    return xp.max(xp.stack(values))


def sign_power_method(
    a: Real[Array, "e d"], start: Real[Array, "d"], steps: Natural[int, "1 4"]
) -> Real[Array, ""]:
    """‖A s‖₁ after steps of s ← sign(Aᵀ sign(A s)), the power method for the norm from ℓ_∞ to ℓ_1.

    Conventions: the start is a vector of signs; the value after the last step is returned.
    Source: :cite:t:`boyd1974power`.
    """
    xp = array_namespace(a)
    s = start
    for _ in range(steps):
        s = xp.sign(a.mT @ xp.sign(a @ s))
    return xp.sum(xp.abs(a @ s))


def projected_step_on_a_box(
    x: Real[Array, "d"], gradient: Real[Array, "d"], length: Positive[Array, ""]
) -> Real[Array, "d"]:
    """The point of the box [−1, 1]^d nearest to x + αg.

    Conventions: the box is centred at the clean input; its half width is one.
    Source: :cite:t:`roth2020adversarial`.
    """
    xp = array_namespace(x)
    return xp.minimum(xp.maximum(x + length * gradient, -1 + 0 * x), 1 + 0 * x)


def steepest_corner_of_a_box(gradient: Real[Array, "d"]) -> Real[Array, "d"]:
    """sign(g): the point of the box [−1, 1]^d at which g·v is largest.

    Source: :cite:t:`roth2020adversarial`.
    """
    return array_namespace(gradient).sign(gradient)
