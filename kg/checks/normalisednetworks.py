"""Checks of what normalisation does in a network: folding, gradients, keys that all have one length."""

from __future__ import annotations

import numpy as np

from kg.checks.normalisation import _frobenius_norm, _operator, _row_norms, _spread
from kg.numbers import array_namespace, constant, jvp
from kg.verify import Array, Natural, Positive, Real, check

# The whole network --------------------------------------------------------------------------------------------


def _centring(x):
    xp, d = array_namespace(x), x.shape[-1]
    return xp.eye(d, dtype=x.dtype) - xp.ones((d, d), dtype=x.dtype) / d


def _folded(gain, bias, w_in):
    """Gain and bias of a normalisation, moved into the matrix that reads it."""
    xp = array_namespace(gain)
    layers = range(gain.shape[0])
    weights = xp.stack([gain[i, :, None] * w_in[i, :, :] for i in layers])
    return weights, xp.stack([bias[i, :] @ w_in[i, :, :] for i in layers])


@check(sizes={"h": (2, 3)})
def pre_layer_norm_network_is_a_centred_pre_rms_norm_network(
    use,
    row: Real[Array, "3"],
    gain: Real[Array, "2 3"],
    bias: Real[Array, "2 3"],
    w_in: Real[Array, "2 3 h"],
    w_out: Real[Array, "2 h 3"],
    epsilon: Positive[Array, ""],
):
    x = row[None, :]
    centring = _centring(x)
    left = use("pre_layer_norm_network")(x, gain, bias, w_in, w_out, epsilon=epsilon)
    return left, use("pre_rms_norm_network")(
        x @ centring, *_folded(gain, bias, w_in), w_out @ centring, epsilon=epsilon
    )


@pre_layer_norm_network_is_a_centred_pre_rms_norm_network.control("the branches are not centred")
def _(use, row, gain, bias, w_in, w_out, epsilon):
    x = row[None, :]
    left = use("pre_layer_norm_network")(x, gain, bias, w_in, w_out, epsilon=epsilon)
    return left, use("pre_rms_norm_network")(
        x @ _centring(x), *_folded(gain, bias, w_in), w_out, epsilon=epsilon
    )


@pre_layer_norm_network_is_a_centred_pre_rms_norm_network.control("the input is not centred")
def _(use, row, gain, bias, w_in, w_out, epsilon):
    x = row[None, :]
    left = use("pre_layer_norm_network")(x, gain, bias, w_in, w_out, epsilon=epsilon)
    return left, use("pre_rms_norm_network")(
        x, *_folded(gain, bias, w_in), w_out @ _centring(x), epsilon=epsilon
    )


@pre_layer_norm_network_is_a_centred_pre_rms_norm_network.control("the biases are not folded")
def _(use, row, gain, bias, w_in, w_out, epsilon):
    x = row[None, :]
    left = use("pre_layer_norm_network")(x, gain, bias, w_in, w_out, epsilon=epsilon)
    weights, _ = _folded(gain, bias, w_in)
    return left, use("pre_rms_norm_network")(
        x @ _centring(x), weights, 0 * weights[:, 0, :], w_out @ _centring(x), epsilon=epsilon
    )


@check
def folding_the_mean_away_fails_after_the_residual_sum(
    use, x: Real[Array, "n d"], w: Real[Array, "2 d d"], gain: Real[Array, "d"]
):
    return _post(use("layer_norm"), x, w, gain), _post(
        use("rms_norm"), x @ _centring(x), w @ _centring(x), gain
    )


def _post(normalise, x, w, gain):
    """Two post-norm layers with a linear branch: x ← normalise(x + x W)·γ, without the last gain."""
    inner = normalise(x + x @ w[0, :, :]) * gain
    return normalise(inner + inner @ w[1, :, :])


@folding_the_mean_away_fails_after_the_residual_sum.counterexample
def _():
    return {
        "x": [[0, 1, 2]],
        "w": [[[0, 0, 0], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0], [0, 0, 0]]],
        "gain": [1, 1, 2],
    }


@folding_the_mean_away_fails_after_the_residual_sum.control("the gain is one number for all features")
def _(use, x, w, gain):
    xp = array_namespace(x)
    same = xp.broadcast_to(gain[:1], gain.shape)
    # The input to the first branch is centred, so that W needs no folding from the left.
    centred = x @ _centring(x)
    return _post(use("layer_norm"), centred, w, same), _post(use("rms_norm"), centred, w @ _centring(x), same)


# Gradients ----------------------------------------------------------------------------------------------------


@check
def gradient_through_layer_norm_along_the_weights_is_the_share_of_epsilon(
    use,
    x: Real[Array, "2 c"],
    w: Real[Array, "c 3"],
    gradient: Real[Array, "2 3"],
    epsilon: Natural[int, "0 3"],
):
    return _along_the_weights(use, x, w, gradient, epsilon), _share(use, x, w, gradient, epsilon)


def _along_the_weights(use, x, w, gradient, epsilon, bias=0):
    """⟨W, ∇_W L⟩: the derivative of ⟨G, LN(xW)⟩ if W moves along itself, with G the gradient at the output."""
    moved = jvp(lambda m: use("layer_norm")(x @ m + bias, epsilon=epsilon), w, w)
    return array_namespace(x).sum(gradient * moved)


def _share(use, x, w, gradient, epsilon):
    """Σ_i ε/(σ_i² + ε) G_i·LN(x_i W): nothing without ε."""
    xp = array_namespace(x)
    along = xp.sum(gradient * use("layer_norm")(x @ w, epsilon=epsilon), axis=-1)
    return xp.sum(along * epsilon / (_spread(x @ w, -1) / w.shape[1] + epsilon))


@gradient_through_layer_norm_along_the_weights_is_the_share_of_epsilon.control(
    "it is zero although one is added to the variance"
)
def _(use, x, w, gradient):
    return _along_the_weights(use, x, w, gradient, 1), constant(x, 0)


@gradient_through_layer_norm_along_the_weights_is_the_share_of_epsilon.control("there is a bias")
def _(use, x, w, gradient):
    return _along_the_weights(use, x, w, gradient, 0, bias=w[0, :]), constant(x, 0)


@check
def derivative_of_weight_normalisation_is_its_gradient_formula(
    use, v: Real[Array, "d"], gradient: Real[Array, "d"], direction: Real[Array, "d"], length: Real[Array, ""]
):
    xp = array_namespace(v)
    moved = jvp(lambda w: use("weight_normalisation")(w, length), v, direction)
    pulled = use("weight_normalisation_gradient")(v, gradient, length)
    return xp.sum(gradient * moved), xp.sum(pulled * direction)


@derivative_of_weight_normalisation_is_its_gradient_formula.control("the part along v is not subtracted")
def _(use, v, gradient, direction, length):
    xp = array_namespace(v)
    moved = jvp(lambda w: use("weight_normalisation")(w, length), v, direction)
    return xp.sum(gradient * moved), xp.sum(gradient * direction) * length / xp.sqrt(xp.sum(v * v))


@check
def gradient_of_weight_normalisation_is_orthogonal_to_the_direction(
    use, v: Real[Array, "d"], gradient: Real[Array, "d"], length: Real[Array, ""]
):
    xp = array_namespace(v)
    return xp.sum(use("weight_normalisation_gradient")(v, gradient, length) * v), constant(v, 0)


@gradient_of_weight_normalisation_is_orthogonal_to_the_direction.control(
    "the gradient of a plain weight vector"
)
def _(use, v, gradient):
    return array_namespace(v).sum(gradient * v), constant(v, 0)


gradient_of_weight_normalisation_is_orthogonal_to_the_direction.explain(
    "xp.sqrt(square)", "two vectors stay orthogonal whatever one of them is multiplied by"
)


@check
def weight_normalisation_lengthens_the_weights_at_every_step(
    use, v: Real[Array, "d"], gradient: Real[Array, "d"], length: Real[Array, ""], rate: Positive[Array, ""]
):
    xp = array_namespace(v)
    step = use("weight_normalisation_gradient")(v, gradient, length)
    moved = v - rate * step
    return xp.sum(moved * moved), xp.sum(v * v) + rate * rate * xp.sum(step * step)


@weight_normalisation_lengthens_the_weights_at_every_step.control("a step along the plain gradient")
def _(use, v, gradient, rate):
    xp = array_namespace(v)
    moved = v - rate * gradient
    return xp.sum(moved * moved), xp.sum(v * v) + rate * rate * xp.sum(gradient * gradient)


# Keys on a sphere ---------------------------------------------------------------------------------------------


@check
def layer_normed_key_is_its_own_best_match(use, x: Real[Array, "m d"], epsilon: Natural[int, "0 3"]):
    scores = _scores(use("layer_norm")(x, epsilon=epsilon))
    return scores, _own(scores)


def _scores(keys):
    return keys @ keys.mT


def _own(scores):
    """In each row the score of a key with itself, as often as there are keys."""
    xp = array_namespace(scores)
    m = scores.shape[0]
    return xp.stack([xp.broadcast_to(scores[i, i], (m,)) for i in range(m)])


@layer_normed_key_is_its_own_best_match.witness
def _(x):
    return {"x": array_namespace(x).broadcast_to(x[:1, :], x.shape)}


@layer_normed_key_is_its_own_best_match.control("the keys are not normalised")
def _(use, x):
    return _scores(x), _own(_scores(x))


@layer_normed_key_is_its_own_best_match.control("a matrix acts on the keys after they have been normalised")
def _(use, x):
    keys = use("layer_norm")(x) * (1 + np.arange(x.shape[1]))
    return _scores(keys), _own(_scores(keys))


@check(relation="<=")
def key_does_not_attract_the_query_along_it(use, k: Real[Array, "m d"]):
    scores = _scores(k)
    return scores, _own(scores)


@key_does_not_attract_the_query_along_it.counterexample
def _():
    return {"k": [[1, 0], [2, 0]]}


@key_does_not_attract_the_query_along_it.control("the keys are normalised to one length")
def _(use, k):
    scores = _scores(use("rms_norm")(k))
    return scores, _own(scores)


def _weights(use, q, k):
    """What softmax attention gives to each key."""
    xp = array_namespace(q)
    return use("softmax_attention")(q, k, xp.eye(k.shape[0], dtype=k.dtype))


@check
def key_inside_the_hull_gets_at_most_the_mean_weight_of_its_neighbours(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], shares: Positive[Array, "m"]
):
    return _inside(use, q, k, shares)


def _inside(use, q, k, shares, outwards=1):
    """The weight of the key Σ λ_j k_j beside all k_j, and Σ λ_j times the weights of these."""
    xp = array_namespace(q)
    mixture = shares / xp.sum(shares)
    inner = outwards * (mixture @ k)
    weights = _weights(use, q, xp.concat([k, inner[None, :]]))
    return weights[:, -1], weights[:, :-1] @ mixture


@key_inside_the_hull_gets_at_most_the_mean_weight_of_its_neighbours.witness
def _(k):
    return {"k": array_namespace(k).broadcast_to(k[:1, :], k.shape)}


@key_inside_the_hull_gets_at_most_the_mean_weight_of_its_neighbours.control("the key is twice as far out")
def _(use, q, k, shares):
    return _inside(use, 10 * q, k, shares, outwards=2)


@check
def softmax_attention_to_layer_normed_keys_is_gaussian_smoothing(
    use, q: Real[Array, "n 3"], x: Real[Array, "2 3"], v: Real[Array, "2 e"], epsilon: Natural[int, "0 3"]
):
    keys = use("layer_norm")(x, epsilon=epsilon)
    return use("softmax_attention")(q, keys, v), use("nadaraya_watson_smoother")(_gaussian(q, keys), v)


def _gaussian(q, k):
    """exp(−|q_i − k_j|²/(2√d)): a Gaussian kernel of variance √d."""
    xp = array_namespace(q)
    apart = q[:, None, :] - k[None, :, :]
    return xp.exp(-xp.sum(apart * apart, axis=-1) / (2 * xp.sqrt(constant(q, q.shape[1]))))


@softmax_attention_to_layer_normed_keys_is_gaussian_smoothing.control("the keys are not normalised")
def _(use, q, x, v):
    return use("softmax_attention")(q, x, v), use("nadaraya_watson_smoother")(_gaussian(q, x), v)


@softmax_attention_to_layer_normed_keys_is_gaussian_smoothing.control(
    "a matrix acts on the keys after they have been normalised"
)
def _(use, q, x, v):
    keys = use("layer_norm")(x) * (1 + np.arange(x.shape[1]))
    return use("softmax_attention")(q, keys, v), use("nadaraya_watson_smoother")(_gaussian(q, keys), v)


@softmax_attention_to_layer_normed_keys_is_gaussian_smoothing.control("the variance of the kernel is d")
def _(use, q, x, v):
    keys, xp = use("layer_norm")(x), array_namespace(q)
    apart = q[:, None, :] - keys[None, :, :]
    weights = xp.exp(-xp.sum(apart * apart, axis=-1) / (2 * constant(q, q.shape[1])))
    return use("softmax_attention")(q, keys, v), use("nadaraya_watson_smoother")(weights, v)


# With gain and bias -------------------------------------------------------------------------------------------


@check
def affine_layer_norm_bounds_the_galerkin_operator_by_its_gains_and_biases(
    use,
    x: Real[Array, "2 n d"],
    gain: Real[Array, "2 d"],
    bias: Real[Array, "2 d"],
    epsilon: Natural[int, "0 3"],
):
    return _affine_operator(use, x, gain, bias, epsilon), _row_bound(gain, bias)


def _affine_operator(use, x, gain, bias, epsilon):
    keys, values = (
        use("layer_norm")(x[i, :, :], epsilon=epsilon) * gain[i, :] + bias[i, :] for i in range(2)
    )
    return _frobenius_norm(_operator(use, keys, values))


def _row_bound(gain, bias):
    """The product over keys and values of max|γ|·√d + |β|, the greatest length of a row."""
    xp = array_namespace(gain)
    root = xp.sqrt(constant(gain, gain.shape[1]))
    lengths = xp.max(xp.abs(gain), axis=-1) * root + _row_norms(bias)
    return lengths[0] * lengths[1]


@affine_layer_norm_bounds_the_galerkin_operator_by_its_gains_and_biases.witness
def _(use, x, gain):
    # All rows equal, gains of one size, and biases along the normalised rows.
    xp = array_namespace(x)
    rows = xp.broadcast_to(x[:, :1, :], x.shape)
    bias = xp.stack([use("layer_norm")(rows[i, :, :])[0, :] for i in range(2)])
    return {"x": rows, "gain": 0 * gain + 0.5, "bias": bias}


@affine_layer_norm_bounds_the_galerkin_operator_by_its_gains_and_biases.control("the biases are left out")
def _(use, x, gain, bias):
    return _affine_operator(use, x, gain, bias, 0), _row_bound(gain, 0 * bias)


@affine_layer_norm_bounds_the_galerkin_operator_by_its_gains_and_biases.control(
    "the mean of the gains stands for the largest"
)
def _(use, x, gain, bias):
    xp = array_namespace(x)
    mean = xp.mean(gain, axis=-1, keepdims=True)
    return _affine_operator(use, x, gain, 0 * bias, 0), _row_bound(mean + 0 * gain, 0 * bias)
