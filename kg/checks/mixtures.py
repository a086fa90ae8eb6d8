"""Checks of the claims about mixtures of Gaussians and attention."""

from __future__ import annotations

from kg.numbers import array_namespace, constant
from kg.verify import Array, Probability, Real, check, condition


def _temperature(k):
    return array_namespace(k).sqrt(constant(k, k.shape[1]))


def _weights_of_long_keys(k):
    """exp(|k_j|²/2√d): the weights of the mixture that attention implies."""
    xp = array_namespace(k)
    return xp.exp(xp.sum(k * k, axis=-1) / (2 * _temperature(k)))


def _posterior_mean(use, q, k, v, weights):
    return use("gaussian_mixture_responsibilities")(q, k, weights, _temperature(k)) @ v


@check
def softmax_attention_is_the_posterior_mean_of_a_gaussian_mixture(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    return use("softmax_attention")(q, k, v), _posterior_mean(use, q, k, v, _weights_of_long_keys(k))


@softmax_attention_is_the_posterior_mean_of_a_gaussian_mixture.control("all components have the same weight")
def _(use, q, k, v):
    xp = array_namespace(k)
    equal = xp.ones((k.shape[0],), dtype=k.dtype)
    return use("softmax_attention")(q, k, v), _posterior_mean(use, q, k, v, equal)


@softmax_attention_is_the_posterior_mean_of_a_gaussian_mixture.control("the weights are those of short keys")
def _(use, q, k, v):
    return use("softmax_attention")(q, k, v), _posterior_mean(use, q, k, v, 1 / _weights_of_long_keys(k))


@condition
def at_least_one_observation(n):
    return n >= 1


@check
def mixture_means_update_is_a_kernel_smoother(
    use, responsibilities: Probability[Array, "n m"], x: Real[Array, "n d"]
):
    return (
        use("mixture_means_update")(responsibilities, x),
        use("nadaraya_watson_smoother")(responsibilities.mT, x),
    )


@mixture_means_update_is_a_kernel_smoother.control(
    "the weights are divided by their sum over the components, as in attention"
)
def _(use, responsibilities, x):
    shares = responsibilities / array_namespace(x).sum(responsibilities, axis=1, keepdims=True)
    return use("mixture_means_update")(responsibilities, x), shares.mT @ x


@mixture_means_update_is_a_kernel_smoother.control("one point is left out")
def _(use, responsibilities, x):
    return use("mixture_means_update")(responsibilities[1:, :], x[1:, :]), use("nadaraya_watson_smoother")(
        responsibilities.mT, x
    )


@check
def self_attention_is_not_an_iteration_of_expectation_maximisation(use, x: Real[Array, "n d"]):
    responsibilities = use("gaussian_mixture_responsibilities")(
        x, x, _weights_of_long_keys(x), _temperature(x)
    )
    return use("softmax_attention")(x, x, x), use("mixture_means_update")(responsibilities, x)


@self_attention_is_not_an_iteration_of_expectation_maximisation.counterexample
def _():
    return {"x": [[0], [1]]}


@self_attention_is_not_an_iteration_of_expectation_maximisation.control(
    "the E-step alone, followed by the mean of the components for each point"
)
def _(use, x):
    return use("softmax_attention")(x, x, x), _posterior_mean(use, x, x, x, _weights_of_long_keys(x))
