"""Adversarial directions and the power method: the project's against those rewritten."""

from __future__ import annotations

import numpy as np
import pytest
from comparison import SEEDS, assert_agree, largest, the_projects
from rewritten import operatornorm as mine


def network(seed: int) -> tuple[np.ndarray, ...]:
    """Five inputs, seven units, three outputs; a point; a first direction of length one."""
    rng = np.random.default_rng(seed)
    weights = (rng.normal(size=(7, 5)), rng.normal(size=7), rng.normal(size=(3, 7)), rng.normal(size=3))
    start = rng.normal(size=5)
    return (*weights, rng.normal(size=5), start / np.linalg.norm(start))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_network_is_as_defined(seed: int) -> None:
    w1, b1, w2, b2, x, _ = network(seed)
    theirs = the_projects("operatornorm", "relu_network")(w1, b1, w2, b2, x)
    terms = float(np.max(np.abs(w2) @ (np.abs(w1) @ np.abs(x) + np.abs(b1)) + np.abs(b2)))
    assert_agree(mine.relu_network(w1, b1, w2, b2, x), theirs, scale=terms, size=12)


def rounding(w1: np.ndarray, w2: np.ndarray, directions: np.ndarray, change: float, epsilon: float) -> float:
    """Relative rounding of a gradient: the change of the outputs is found by subtracting them, over ε.

    A gradient may be much shorter than the weights allow; its length is measured for the shortest one, and each
    step multiplies the doubt of the one before by at most the ratio of longest to shortest.
    """
    j_size = float(np.linalg.norm(w1, 2) * np.linalg.norm(w2, 2))
    return (j_size**2 / directions.min()) ** len(directions) * (1 + change / (epsilon * j_size))


@pytest.mark.parametrize("fraction", [0.1, 0.9])
@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_ascent_inside_one_region_is_the_power_method(seed: int, fraction: float) -> None:
    w1, b1, w2, b2, x, start = network(seed)
    j, epsilon = mine.jacobian(w1, b1, w2, x), fraction * mine.distance_to_a_switch(w1, b1, x)
    iterates = mine.power_method(j, start, 3)
    stretched = np.array([np.linalg.norm(j.T @ j @ v) for v in (start, *iterates[:-1])])
    outputs = float(np.max(np.abs(mine.relu_network(w1, b1, w2, b2, x)))) + largest(w1, b1) * largest(w2, b2)
    scale = rounding(w1, w2, stretched, outputs, epsilon)
    theirs = the_projects("operatornorm", "power_method")(j, start, 3)
    assert_agree(iterates, theirs, scale=rounding(w1, w2, stretched, 0.0, epsilon), size=15)
    ascent = mine.projected_gradient_ascent(w1, b1, w2, b2, x, epsilon, start, 3)
    assert_agree(ascent, iterates, scale=scale, size=36)
    climb = the_projects("operatornorm", "projected_gradient_ascent")
    theirs = climb(w1, b1, w2, b2, x, np.float64(epsilon), start)
    assert_agree(ascent, theirs, scale=scale, size=36)
    # A step of 10⁹ shortest gradients is infinite up to 10⁻⁹ of what it carries along.
    finite = mine.long_steps(w1, b1, w2, b2, x, epsilon, start, 3, 1e9 / stretched.min())
    assert np.max(np.abs(finite - ascent)) <= 1e-8 * scale


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_ascent_is_as_defined_across_regions_too(seed: int, steps: int) -> None:
    w1, b1, w2, b2, x, start = network(seed)
    epsilon = 3.0
    ascent = mine.projected_gradient_ascent(w1, b1, w2, b2, x, epsilon, start, steps)
    climb = the_projects("operatornorm", "projected_gradient_ascent")
    theirs = climb(w1, b1, w2, b2, x, np.float64(epsilon), start, steps=steps)
    before = [start, *ascent[:-1]]
    lengths = [np.linalg.norm(mine.gradient(w1, b1, w2, b2, x, x + epsilon * v)) / epsilon for v in before]
    assert_agree(
        ascent, theirs, scale=rounding(w1, w2, np.array(lengths), largest(w1) * largest(w2), epsilon), size=36
    )
    if steps == 3:  # every one of these starts has met another region by then: the condition on ε is needed
        inside = mine.power_method(mine.jacobian(w1, b1, w2, x), start, steps)
        assert np.max(np.abs(inside - ascent)) > 1e-3
