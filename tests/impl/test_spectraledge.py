"""The largest eigenvalue, against published numbers and against matrices."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
import pytest

from kg.impl.spectraledge import largest_gue_eigenvalue_mean, tracy_widom_mean


def test_the_mean_of_tracy_widom_is_the_published_number() -> None:
    # Bornemann, table of the moments for β = 2.
    assert tracy_widom_mean() == pytest.approx(-1.771086807411, abs=1e-9)


def test_of_two_levels_the_larger_one_is_known() -> None:
    # Half their distance is the length of a normal vector of three dimensions and variance 1/4, of mean √(2/π).
    assert largest_gue_eigenvalue_mean(2) == pytest.approx(sqrt(2 / pi), abs=1e-9)


def test_drawn_matrices_have_the_mean() -> None:
    rng = np.random.default_rng(5)
    n, count = 6, 20_000
    z = (rng.standard_normal((count, n, n)) + 1j * rng.standard_normal((count, n, n))) / 2
    largest = np.linalg.eigvalsh((z + np.conj(z.swapaxes(1, 2))) / sqrt(2))[:, -1]
    error = float(np.std(largest)) / sqrt(count)
    assert abs(float(np.mean(largest)) - largest_gue_eigenvalue_mean(n)) < 5 * error
