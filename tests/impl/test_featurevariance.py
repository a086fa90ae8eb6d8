"""Random features and orthogonal directions against closed forms and NumPy's QR decomposition."""

from __future__ import annotations

import numpy as np

from kg.impl.featurevariance import orthogonal_random_directions, trigonometric_random_features


def test_the_inner_product_of_trigonometric_features_is_a_scaled_cosine() -> None:
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((3, 2)), rng.standard_normal((5, 2))
    features = trigonometric_random_features(x, w)
    products = np.sum(features[:, :, None, :] * features[:, None, :, :], axis=-1)
    squares = np.sum(x * x, axis=1)
    angles = w @ (x[:, None, :] - x[None, :, :]).transpose(0, 2, 1)
    expected = np.exp((squares[:, None] + squares[None, :]) / 2) * np.cos(angles.transpose(1, 0, 2))
    assert np.allclose(products, expected)


def test_the_directions_are_at_right_angles_and_have_the_lengths_given() -> None:
    g, h = np.random.default_rng(1).standard_normal((2, 4, 3, 3))
    w = orthogonal_random_directions(g, h)
    gram = w @ w.transpose(0, 2, 1)
    lengths = np.linalg.norm(h, axis=-1)
    assert np.allclose(gram, np.eye(3) * lengths[:, None, :] ** 2)


def test_the_directions_are_those_of_a_qr_decomposition_up_to_their_signs() -> None:
    g, h = np.random.default_rng(2).standard_normal((2, 4, 3, 3))
    q, r = np.linalg.qr(g.transpose(0, 2, 1))
    signed = (q * np.sign(np.diagonal(r, axis1=1, axis2=2))[:, None, :]).transpose(0, 2, 1)
    assert np.allclose(orthogonal_random_directions(g, h), signed * np.linalg.norm(h, axis=-1)[..., None])
