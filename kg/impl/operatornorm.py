"""The power method, a network of rectified linear units, and gradient ascent against it.

Conventions: vectors are one-dimensional; matrices act from the left; lengths are Euclidean; a result that lists
iterates has one row for each step and leaves out the start.
"""

from __future__ import annotations

from typing import Any

from kg.numbers import Array, Natural, Positive, Real, UnitRows, array_namespace, jvp


def relu_network(
    w1: Real[Array, "h d"],
    b1: Real[Array, "h"],
    w2: Real[Array, "e h"],
    b2: Real[Array, "e"],
    x: Real[Array, "d"],
) -> Real[Array, "e"]:
    """W₂ max(W₁x + b₁, 0) + b₂.

    Conventions: one hidden layer; no rectifier after the last one.
    """
    xp = array_namespace(x)
    return w2 @ xp.maximum(w1 @ x + b1, 0) + b2


def projected_gradient_ascent(
    w1: Real[Array, "h d"],
    b1: Real[Array, "h"],
    w2: Real[Array, "e h"],
    b2: Real[Array, "e"],
    x: Real[Array, "d"],
    epsilon: Positive[Array, ""],
    start: UnitRows[Array, "d"],
    *,
    steps: int = 3,
) -> Real[Array, "steps d"]:
    """Directions v_1 … v_steps of ascent of ½‖f(x*) − f(x)‖² on the sphere of radius ε about x, f the network.

    From x* = x + ε v the step along the gradient g is so long that the nearest point of the ball is x + ε g/‖g‖; so the
    next direction is g/‖g‖. The gradient is taken by dual numbers, one coordinate at a time.
    Conventions: infinite step size; squared loss against the clean output; Euclidean ball.
    Source: :cite:t:`roth2020adversarial`, Theorem 1 of the ICLR 2020 submission.
    """
    xp = array_namespace(x)
    axes = xp.eye(x.shape[0], dtype=x.dtype)
    clean = relu_network(w1, b1, w2, b2, x)

    def loss(point: Any) -> Any:
        difference = relu_network(w1, b1, w2, b2, point) - clean
        return difference @ difference / 2

    v, directions = start, []
    for _ in range(steps):
        point = x + epsilon * v
        gradient = xp.stack([jvp(loss, point, axes[i, :]) for i in range(x.shape[0])])
        v = gradient / xp.sqrt(xp.sum(gradient * gradient))
        directions.append(v)
    return xp.stack(directions)


def power_method(
    j: Real[Array, "e d"], v: Real[Array, "d"], steps: Natural[int, "1 4"]
) -> Real[Array, "steps d"]:
    """Iterates v_1 … v_steps of v ← JᵀJv/‖JᵀJv‖.

    Conventions: the matrix iterated is JᵀJ; length one after each step.
    """
    xp = array_namespace(v)
    iterates = []
    for _ in range(steps):
        u = j.mT @ (j @ v)
        v = u / xp.sqrt(xp.sum(u * u))
        iterates.append(v)
    return xp.stack(iterates)
