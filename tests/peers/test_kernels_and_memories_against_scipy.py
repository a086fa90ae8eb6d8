"""Kernels, log-sum-exp, divergences, mixtures and memories against SciPy, scikit-learn and PyTorch."""

from __future__ import annotations

import numpy as np
import torch
from scipy.special import logsumexp, rel_entr
from scipy.special import softmax as scipy_softmax
from scipy.stats import entropy, vonmises_fisher
from sklearn.gaussian_process.kernels import RBF
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics.pairwise import polynomial_kernel as sklearn_polynomial_kernel
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import PolynomialFeatures
from torch.autograd.functional import jacobian
from torch.nn.functional import gelu, scaled_dot_product_attention

from kg.impl.attention import (
    feed_forward_layer,
    key_value_memory,
    mean_pooling,
    softmax,
    softmax_one_attention,
)
from kg.impl.finitefeatures import distinct_quadratic_features, polynomial_kernel, quadratic_features
from kg.impl.hopfield import (
    concave_convex_step,
    cubic_memory_energy,
    hopfield_energy,
    hopfield_update,
    log_sum_exp,
    negative_entropy,
    softmax_jacobian,
)
from kg.impl.kernelmethods import kernel_ridge_regression, mean_shift_step
from kg.impl.kernels import product_kernel
from kg.impl.mercer import gaussian_kernel, von_mises_fisher_density
from kg.impl.mixtures import gaussian_mixture_responsibilities, mixture_means_update
from kg.impl.transport import entropic_transport_cost, kullback_leibler_divergence

PEERS = {
    "softmax": "scipy.special.softmax",
    "log_sum_exp": "scipy.special.logsumexp",
    "negative_entropy": "scipy.stats.entropy",
    "kullback_leibler_divergence": "scipy.special.rel_entr",
    "entropic_transport_cost": "scipy.stats.entropy",
    "softmax_jacobian": "torch.autograd.functional.jacobian",
    "hopfield_energy": "scipy.special.logsumexp",
    "hopfield_update": "torch.nn.functional.scaled_dot_product_attention",
    "concave_convex_step": "torch.nn.functional.scaled_dot_product_attention",
    "cubic_memory_energy": "torch.pow",
    "softmax_one_attention": "torch.nn.functional.scaled_dot_product_attention",
    "feed_forward_layer": "torch.nn.functional.gelu",
    "key_value_memory": "torch.nn.functional.gelu",
    "mean_pooling": "numpy.mean",
    "gaussian_kernel": "sklearn.gaussian_process.kernels.RBF",
    "product_kernel": "numpy.einsum",
    "von_mises_fisher_density": "scipy.stats.vonmises_fisher",
    "polynomial_kernel": "sklearn.metrics.pairwise.polynomial_kernel",
    "quadratic_features": "numpy.kron",
    "distinct_quadratic_features": "sklearn.preprocessing.PolynomialFeatures",
    "kernel_ridge_regression": "sklearn.kernel_ridge.KernelRidge",
    "mean_shift_step": "sklearn.metrics.pairwise.rbf_kernel",
    "gaussian_mixture_responsibilities": "sklearn.mixture.GaussianMixture",
    "mixture_means_update": "numpy.average",
}


def distributions(rng: np.random.Generator, *shape: int) -> np.ndarray:
    p = rng.uniform(0.1, 1, shape)
    return p / p.sum(axis=-1, keepdims=True)


def attend(q: np.ndarray, k: np.ndarray, v: np.ndarray, scale: float) -> np.ndarray:
    return scaled_dot_product_attention(*map(torch.from_numpy, (q, k, v)), scale=scale).numpy()


def test_softmax_and_log_sum_exp_are_those_of_scipy_at_large_scores_too(rng, agree) -> None:
    for scale in (1, 1000):
        s = scale * rng.standard_normal((4, 6))
        agree(softmax(s), scipy_softmax(s, axis=-1))
        agree(log_sum_exp(s), logsumexp(s, axis=-1))


def test_entropies_and_divergences_are_those_of_scipy(rng, agree) -> None:
    p, r = distributions(rng, 4, 6), distributions(rng, 4, 6)
    agree(negative_entropy(p), -entropy(p, axis=-1))
    agree(kullback_leibler_divergence(p, r), rel_entr(p, r).sum(axis=-1))


def test_the_entropic_cost_is_what_is_moved_less_the_entropy(rng, agree) -> None:
    plan, scores = distributions(rng, 4, 6), rng.standard_normal((4, 6))
    cost = -np.vdot(plan, scores) - 0.3 * entropy(plan, axis=-1).sum()
    agree(entropic_transport_cost(plan, scores, np.asarray(0.3)), cost)


def test_the_jacobian_of_the_softmax_is_what_automatic_differentiation_finds(rng, agree) -> None:
    s = rng.standard_normal(5)
    theirs = jacobian(lambda x: torch.softmax(x, dim=-1), torch.from_numpy(s))
    agree(softmax_jacobian(s), theirs)


def test_a_hopfield_update_is_attention_to_the_patterns_at_any_inverse_temperature(rng, agree) -> None:
    xi, patterns = rng.standard_normal((3, 4)), rng.standard_normal((6, 4))
    for beta in (0.2, 1.0, 8.0):
        theirs = attend(xi, patterns, patterns, beta)
        agree(hopfield_update(xi, patterns, np.asarray(beta)), theirs)
        agree(concave_convex_step(xi, patterns, np.asarray(beta)), theirs)


def test_the_hopfield_energy_is_half_a_square_less_a_log_sum_exp(rng, agree) -> None:
    xi, patterns = rng.standard_normal((3, 4)), rng.standard_normal((6, 4))
    theirs = np.square(xi).sum(axis=1) / 2 - logsumexp(2.5 * xi @ patterns.T, axis=1) / 2.5
    agree(hopfield_energy(xi, patterns, np.asarray(2.5)), theirs)


def test_the_cubic_energy_is_minus_a_third_of_the_cubed_overlaps(rng, agree) -> None:
    x, patterns = rng.standard_normal((3, 4)), rng.standard_normal((6, 4))
    theirs = -torch.pow(torch.from_numpy(x @ patterns.T), 3).sum(dim=1) / 3
    agree(cubic_memory_energy(x, patterns), theirs)


def test_softmax_one_attention_is_that_of_pytorch_with_a_row_of_zeros_at_large_scores_too(rng, agree) -> None:
    q, k, v = (rng.standard_normal(shape) for shape in ((3, 4), (6, 4), (6, 2)))
    padded = [np.concatenate([x, np.zeros((1, x.shape[1]))]) for x in (k, v)]
    for scale in (1, 1000):
        agree(softmax_one_attention(scale * q, k, v), attend(scale * q, *padded, 0.5))


def test_softmax_one_attention_reads_nothing_where_nothing_matches() -> None:
    output = softmax_one_attention(np.asarray([[-100.0]]), np.asarray([[1.0]]), np.asarray([[5.0]]))
    assert abs(output[0, 0]) < 1e-40


def test_a_feed_forward_layer_is_two_products_about_the_gelu_of_pytorch(rng, agree) -> None:
    x, w1, w2 = rng.standard_normal((3, 4)), rng.standard_normal((5, 4)), rng.standard_normal((2, 5))
    theirs = gelu(torch.from_numpy(x @ w1.T)).numpy() @ w2.T
    agree(feed_forward_layer(x, w1, w2), theirs)
    agree(key_value_memory(x, w1, w2.T), theirs)


def test_mean_pooling_is_the_mean(rng, agree) -> None:
    v = rng.standard_normal((6, 2))
    agree(mean_pooling(v), np.mean(v, axis=0))


def test_the_gaussian_kernel_has_the_fourth_root_of_the_width_for_its_length_scale(rng, agree) -> None:
    q, k = rng.standard_normal((3, 4)), rng.standard_normal((6, 4))
    agree(gaussian_kernel(q, k), RBF(length_scale=4**0.25)(q, k))


def test_a_product_kernel_is_the_exponential_of_both_scores(rng, agree) -> None:
    q, k, s, t = (rng.standard_normal(shape) for shape in ((3, 4), (6, 4), (3, 9), (6, 9)))
    scores = np.einsum("id,jd->ij", q, k) / 2 + np.einsum("id,jd->ij", s, t) / 3
    agree(product_kernel(q, k, s, t), np.exp(scores))


def test_the_von_mises_fisher_density_is_that_of_scipy(rng, agree) -> None:
    x, mu = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in rng.standard_normal((2, 4, 3)))
    for kappa in (0.1, 3.0, 20.0):
        theirs = np.stack([vonmises_fisher(m, kappa).pdf(x) for m in mu], axis=1)
        agree(von_mises_fisher_density(x, mu, np.asarray(kappa)), theirs)


def test_the_polynomial_kernel_and_its_features_are_those_of_scikit_learn(rng, agree) -> None:
    q, k = rng.standard_normal((3, 4)), rng.standard_normal((6, 4))
    theirs = sklearn_polynomial_kernel(q, k, degree=2, gamma=1, coef0=0)
    agree(polynomial_kernel(q, k), theirs)
    agree(quadratic_features(q), [np.kron(row, row) for row in q])
    monomials = PolynomialFeatures(2, include_bias=False)
    columns = monomials.fit_transform(q)[:, 4:]
    mixed = (monomials.powers_[4:] == 1).any(axis=1)
    agree(distinct_quadratic_features(q), columns * np.where(mixed, np.sqrt(2), 1))


def test_kernel_ridge_regression_is_that_of_scikit_learn(rng, agree) -> None:
    q, k, y = (rng.standard_normal(shape) for shape in ((3, 4), (6, 4), (6, 2)))
    model = KernelRidge(alpha=0.7, kernel=lambda a, b: np.exp(a @ b / 2)).fit(k, y)
    agree(kernel_ridge_regression(q, k, y, np.asarray(0.7)), model.predict(q))


def test_a_mean_shift_step_is_the_mean_weighted_by_a_gaussian_kernel(rng, agree) -> None:
    x, points = rng.standard_normal((3, 4)), rng.standard_normal((6, 4))
    weights = rbf_kernel(x, points, gamma=1 / (2 * np.sqrt(4)))
    agree(mean_shift_step(x, points), [np.average(points, axis=0, weights=row) for row in weights])


def test_responsibilities_are_the_probabilities_of_a_gaussian_mixture(rng, agree) -> None:
    x, means, weights = rng.standard_normal((5, 3)), rng.standard_normal((4, 3)), distributions(rng, 4)
    mixture = GaussianMixture(4, covariance_type="spherical")
    mixture.weights_, mixture.means_ = weights, means
    mixture.covariances_, mixture.precisions_cholesky_ = np.full(4, 0.6), np.full(4, 0.6**-0.5)
    theirs = mixture.predict_proba(x)
    agree(gaussian_mixture_responsibilities(x, means, weights, np.asarray(0.6)), theirs)
    agree(gaussian_mixture_responsibilities(x, means, 7 * weights, np.asarray(0.6)), theirs)
    moved = [np.average(x, axis=0, weights=theirs[:, j]) for j in range(4)]
    agree(mixture_means_update(theirs, x), moved)
