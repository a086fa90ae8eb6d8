"""Networks of rectifiers, gradient ascent in a ball and the power method, from their definitions."""

from __future__ import annotations

import numpy as np


def relu_network(w1, b1, w2, b2, x):
    """W₂ max(W₁x + b₁, 0) + b₂."""
    hidden = [
        max(sum(p * q for p, q in zip(row, x, strict=True)) + c, 0.0) for row, c in zip(w1, b1, strict=True)
    ]
    return np.array(
        [sum(p * q for p, q in zip(row, hidden, strict=True)) + c for row, c in zip(w2, b2, strict=True)]
    )


def jacobian(w1, b1, w2, x):
    """W₂ diag(1[W₁x + b₁ > 0]) W₁."""
    return w2 @ np.diag((w1 @ x + b1 > 0).astype(float)) @ w1


def gradient(w1, b1, w2, b2, x, point):
    """Of ½‖f(x*) − f(x)‖² at the point x*: by the chain rule, the transposed Jacobian times the change."""
    change = relu_network(w1, b1, w2, b2, point) - relu_network(w1, b1, w2, b2, x)
    return jacobian(w1, b1, w2, point).T @ change


def projected_gradient_ascent(w1, b1, w2, b2, x, epsilon, start, steps):
    """The directions of the iterates on the sphere when every step is infinitely long: gradients of length one."""
    directions, v = [], start
    for _ in range(steps):
        g = gradient(w1, b1, w2, b2, x, x + epsilon * v)
        v = g / np.sqrt(np.sum(g * g))
        directions.append(v)
    return np.array(directions)


def long_steps(w1, b1, w2, b2, x, epsilon, start, steps, step):
    """The same with a step of finite length and the nearest point of the ball, as the definition has it."""
    directions, point = [], x + epsilon * start
    for _ in range(steps):
        moved = point + step * gradient(w1, b1, w2, b2, x, point) - x
        point = x + moved * min(1.0, epsilon / np.linalg.norm(moved))
        directions.append((point - x) / epsilon)
    return np.array(directions)


def power_method(j, v, steps):
    """Iterates of v ← JᵀJv/‖JᵀJv‖, the first direction itself not among them."""
    iterates = []
    for _ in range(steps):
        v = j.T @ (j @ v)
        v = v / np.sqrt(np.sum(v * v))
        iterates.append(v)
    return np.array(iterates)


def distance_to_a_switch(w1, b1, x):
    """From x to the nearest hyperplane on which a unit switches."""
    return min(
        abs(sum(p * q for p, q in zip(row, x, strict=True)) + c) / np.linalg.norm(row)
        for row, c in zip(w1, b1, strict=True)
    )
