"""Worst-case perturbations, filters and the largest eigenvalue, compared with numpy, scipy and torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
import scipy.ndimage
import scipy.optimize
import torch

from kg.impl.adversarial import (
    infinity_to_one_norm,
    margin_at_the_worst_corner,
    margin_less_the_dual_norm,
    projected_step_on_a_box,
    sign_power_method,
    steepest_corner_of_a_box,
)
from kg.impl.lipschitz import periodic_image_filter, self_attention_slope
from kg.impl.spectraledge import largest_gue_eigenvalue_mean

PEERS = {
    "margin_at_the_worst_corner": "scipy.optimize.linprog",
    "margin_less_the_dual_norm": "scipy.optimize.linprog",
    "infinity_to_one_norm": "numpy.linalg.norm",
    "sign_power_method": "numpy.linalg.norm",
    "projected_step_on_a_box": "torch.clamp",
    "steepest_corner_of_a_box": "torch.sign",
    "periodic_image_filter": "scipy.ndimage.correlate",
    "self_attention_slope": "torch.autograd.functional.jacobian",
    "largest_gue_eigenvalue_mean": "scipy.linalg.eigvalsh",
}


def _normal(seed: int, *shape: int) -> Any:
    return np.random.default_rng(seed).standard_normal(shape)


def test_the_worst_corner_solves_the_linear_program(agree: Any) -> None:
    w, x = _normal(1, 4), _normal(2, 4)
    program = scipy.optimize.linprog(w, bounds=[(v - 0.3, v + 0.3) for v in x])
    agree(margin_at_the_worst_corner(w, x, np.asarray(0.3)), program.fun)
    agree(margin_less_the_dual_norm(w, x, np.asarray(0.3)), program.fun)


def test_norms_on_matrices_whose_norm_is_the_sum_of_moduli(agree: Any) -> None:
    a = abs(_normal(3, 3, 4))
    agree(infinity_to_one_norm(a), np.linalg.norm(a.ravel(), 1))
    agree(sign_power_method(a, np.ones(4), 2), np.linalg.norm(a.ravel(), 1))


def test_steps_on_a_box(agree: Any) -> None:
    x, gradient = _normal(4, 5) / 4, _normal(5, 5)
    stepped = torch.clamp(torch.from_numpy(x + 1.5 * gradient), -1, 1)
    agree(projected_step_on_a_box(x, gradient, np.asarray(1.5)), stepped.numpy())
    agree(steepest_corner_of_a_box(gradient), torch.sign(torch.from_numpy(gradient)).numpy())


def test_an_image_that_wraps_around(agree: Any) -> None:
    kernel, image = _normal(6, 3, 3), _normal(7, 5, 5)
    agree(periodic_image_filter(kernel, image), scipy.ndimage.correlate(image, kernel, mode="wrap"))


def test_the_slope_of_self_attention(agree: Any) -> None:
    def output(x: Any) -> Any:
        return torch.softmax(torch.outer(x, x), dim=1) @ x

    tokens = _normal(8, 4)
    slopes = torch.autograd.functional.jacobian(output, torch.from_numpy(tokens))
    agree(self_attention_slope(tokens), slopes[0, 0].item())


def test_the_mean_of_the_largest_eigenvalue_of_many_matrices() -> None:
    z = _normal(9, 4000, 3, 3) + 1j * _normal(10, 4000, 3, 3)
    largest = [scipy.linalg.eigvalsh((one + np.conj(one.T)) / np.sqrt(8))[-1] for one in z]
    assert abs(np.mean(largest) - largest_gue_eigenvalue_mean(3)) < 5 * np.std(largest) / np.sqrt(4000)
