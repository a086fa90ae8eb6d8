"""Checks of the claims about linear attention: its order of multiplication, state, cost, derivatives and denominators."""

from __future__ import annotations

from kg.numbers import array_namespace, count_operations, jvp
from kg.verify import Array, Real, check

# As a recurrence ------------------------------------------------------------------------------------------------


@check
def linear_attention_is_a_recurrence(
    use, phi_q: Real[Array, "n c"], phi_k: Real[Array, "n c"], v: Real[Array, "n e"]
):
    return (
        use("linear_attention_recurrence")(phi_q, phi_k, v),
        use("causal_linear_attention")(phi_q, phi_k, v),
    )


def _run(phi_q, phi_k, v, state, step, first=0):
    """Read the tokens from number `first` on; `step(S, z, i)` gives the state that token i reads and the next one."""
    xp = array_namespace(phi_q)
    S, z = state
    outputs = []
    for i in range(phi_q.shape[0]):
        (read_S, read_z), (S, z) = step(S, z, i)
        if i >= first:
            outputs.append((phi_q[i, :] @ read_S) / (phi_q[i, :] @ read_z))
    return xp.stack(outputs)


def _filled(phi_k, v, value):
    """A state S, z with the same number everywhere."""
    xp = array_namespace(v)
    c, e = phi_k.shape[1], v.shape[1]
    return xp.full((c, e), value, dtype=v.dtype), xp.full((c,), value, dtype=v.dtype)


@linear_attention_is_a_recurrence.control(
    "each token reads the state before adding itself: the mask is strict"
)
def _(use, phi_q, phi_k, v):
    def step(S, z, i):
        return (S, z), (S + phi_k[i, :, None] * v[i, None, :], z + phi_k[i, :])

    # The first token would read an empty state, so the outputs are compared from the second one on.
    left = _run(phi_q, phi_k, v, _filled(phi_k, v, 0), step, first=1)
    return left, use("causal_linear_attention")(phi_q, phi_k, v)[1:, :]


@linear_attention_is_a_recurrence.control("the normaliser forgets all tokens but the present one")
def _(use, phi_q, phi_k, v):
    def step(S, z, i):
        state = S + phi_k[i, :, None] * v[i, None, :], phi_k[i, :]
        return state, state

    left = _run(phi_q, phi_k, v, _filled(phi_k, v, 0), step)
    return left, use("causal_linear_attention")(phi_q, phi_k, v)


@linear_attention_is_a_recurrence.control("the state starts at one instead of zero")
def _(use, phi_q, phi_k, v):
    def step(S, z, i):
        state = S + phi_k[i, :, None] * v[i, None, :], z + phi_k[i, :]
        return state, state

    left = _run(phi_q, phi_k, v, _filled(phi_k, v, 1), step)
    return left, use("causal_linear_attention")(phi_q, phi_k, v)


@check
def prefix_sum_attention_is_the_linear_attention_recurrence(
    use, phi_q: Real[Array, "n c"], phi_k: Real[Array, "n c"], v: Real[Array, "n e"]
):
    return use("prefix_sum_attention")(phi_q, phi_k, v), use("linear_attention_recurrence")(phi_q, phi_k, v)


@prefix_sum_attention_is_the_linear_attention_recurrence.control("totals from the last token")
def _(use, phi_q, phi_k, v):
    xp = array_namespace(v)
    turned = (xp.flip(x, axis=0) for x in (phi_q, phi_k, v))
    left = xp.flip(use("prefix_sum_attention")(*turned), axis=0)
    return left, use("linear_attention_recurrence")(phi_q, phi_k, v)


@prefix_sum_attention_is_the_linear_attention_recurrence.control("every query reads all keys")
def _(use, phi_q, phi_k, v):
    return use("linear_attention")(phi_q, phi_k, v), use("linear_attention_recurrence")(phi_q, phi_k, v)


@check
def linear_attention_is_the_last_output_of_the_recurrence(
    use, phi_q: Real[Array, "n c"], phi_k: Real[Array, "m c"], v: Real[Array, "m e"]
):
    # One query at a time is asked of all tokens; only its last answer is kept.
    recurrence = use("linear_attention_recurrence")
    last = [recurrence(phi_q[i : i + 1, :] + 0 * phi_k, phi_k, v)[-1, :] for i in range(phi_q.shape[0])]
    return use("linear_attention")(phi_q, phi_k, v), array_namespace(v).stack(last)


@linear_attention_is_the_last_output_of_the_recurrence.control("the first answer, after one token")
def _(use, phi_q, phi_k, v):
    recurrence = use("linear_attention_recurrence")
    first = [recurrence(phi_q[i : i + 1, :] + 0 * phi_k, phi_k, v)[0, :] for i in range(phi_q.shape[0])]
    return use("linear_attention")(phi_q, phi_k, v), array_namespace(v).stack(first)


@linear_attention_is_the_last_output_of_the_recurrence.control(
    "the last token is not written before it is read"
)
def _(use, phi_q, phi_k, v):
    right = use("linear_attention")(phi_q, phi_k[:-1, :], v[:-1, :])
    return use("linear_attention")(phi_q, phi_k, v), right


# As a kernel smoother -------------------------------------------------------------------------------------------


@check
def linear_attention_is_a_kernel_smoother(
    use, phi_q: Real[Array, "n c"], phi_k: Real[Array, "m c"], v: Real[Array, "m e"]
):
    weights = phi_q @ phi_k.mT
    return use("linear_attention")(phi_q, phi_k, v), use("nadaraya_watson_smoother")(weights, v)


@linear_attention_is_a_kernel_smoother.control("the weights pass through an exponential, as in softmax")
def _(use, phi_q, phi_k, v):
    weights = array_namespace(phi_q).exp(phi_q @ phi_k.mT)
    return use("linear_attention")(phi_q, phi_k, v), use("nadaraya_watson_smoother")(weights, v)


@linear_attention_is_a_kernel_smoother.control(
    "the summary of keys and values is divided by the sum of all weights"
)
def _(use, phi_q, phi_k, v):
    weights = phi_q @ phi_k.mT
    left = phi_q @ (phi_k.mT @ v) / array_namespace(phi_q).sum(weights)
    return left, use("nadaraya_watson_smoother")(weights, v)


# Its cost -------------------------------------------------------------------------------------------------------


def _by_kind(tally):
    """Multiplications, additions, divisions and the total, so that an operation of another kind is not missed."""
    return [tally["multiply"], tally["add"], tally["divide"], sum(tally.values())]


@check
def cost_of_linear_attention_is_linear_in_length(
    use, phi_q: Real[Array, "n c"], phi_k: Real[Array, "n c"], v: Real[Array, "n e"]
):
    (n, c), e = phi_q.shape, v.shape[-1]
    counted = count_operations(use("linear_attention"), phi_q, phi_k, v)
    by_kind = [n * c * (2 * e + 1), (e + 1) * (2 * n * c - n - c), n * e]
    return _by_kind(counted), [*by_kind, sum(by_kind)]


def _stated(use, phi_q, phi_k, v):
    return cost_of_linear_attention_is_linear_in_length(use, phi_q=phi_q, phi_k=phi_k, v=v)


@cost_of_linear_attention_is_linear_in_length.control(
    "queries meet keys first, which is quadratic in the length"
)
def _(use, phi_q, phi_k, v):
    smooth = use("nadaraya_watson_smoother")
    counted = count_operations(lambda a, b, x: smooth(a @ b.mT, x), phi_q, phi_k, v)
    return _by_kind(counted), _stated(use, phi_q, phi_k, v)[1]


@cost_of_linear_attention_is_linear_in_length.control("the sum of the key features is left out of the count")
def _(use, phi_q, phi_k, v):
    counted, (multiplications, additions, divisions, total) = _stated(use, phi_q, phi_k, v)
    sums = (phi_k.shape[0] - 1) * phi_k.shape[1]
    return counted, [multiplications, additions - sums, divisions, total - sums]


@cost_of_linear_attention_is_linear_in_length.control(
    "the normaliser is formed once instead of once for each query"
)
def _(use, phi_q, phi_k, v):
    def shared(a, b, x):
        return a @ (b.mT @ x) / (a[:1, :] @ array_namespace(b).sum(b, axis=0)[:, None])

    return _by_kind(count_operations(shared, phi_q, phi_k, v)), _stated(use, phi_q, phi_k, v)[1]


# Its derivatives ------------------------------------------------------------------------------------------------


@check
def derivatives_of_linear_attention_are_cumulative_sums(
    use,
    phi_q: Real[Array, "n c"],
    phi_k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    g: Real[Array, "n e"],
    towards: Real[Array, "2 n c"],
    aside: Real[Array, "n e"],
):
    directions = (towards[0, :, :], towards[1, :, :], aside)
    gradients = use("cumulative_sum_gradient")(phi_q, phi_k, v, g)
    return [_inner(a, b) for a, b in zip(gradients, directions, strict=True)], _slopes(
        use, phi_q, phi_k, v, g, directions
    )


def _inner(a, b):
    return array_namespace(a).sum(a * b)


def _slopes(use, phi_q, phi_k, v, g, directions):
    """The derivative of Σ g·y along each direction, by exact differentiation."""
    attend = use("unnormalised_linear_attention")
    return [
        jvp(lambda x: _inner(attend(x, phi_k, v), g), phi_q, directions[0]),
        jvp(lambda x: _inner(attend(phi_q, x, v), g), phi_k, directions[1]),
        jvp(lambda x: _inner(attend(phi_q, phi_k, x), g), v, directions[2]),
    ]


@derivatives_of_linear_attention_are_cumulative_sums.control(
    "totals from the first token for the keys and values too"
)
def _(use, phi_q, phi_k, v, g, towards, aside):
    xp = array_namespace(v)
    wanted = xp.cumulative_sum(phi_q[:, :, None] * g[:, None, :], axis=0)
    left = [_inner(xp.sum(wanted * v[:, None, :], axis=2), towards[1, :, :])]
    return left, _slopes(use, phi_q, phi_k, v, g, (towards[0, :, :], towards[1, :, :], aside))[1:2]


@derivatives_of_linear_attention_are_cumulative_sums.control(
    "the derivatives of the quotient, normaliser included"
)
def _(use, phi_q, phi_k, v, g, towards):
    gradient = use("cumulative_sum_gradient")(phi_q, phi_k, v, g)[0]
    quotient = use("linear_attention_recurrence")
    slope = jvp(lambda x: _inner(quotient(x, phi_k, v), g), phi_q, towards[0, :, :])
    return _inner(gradient, towards[0, :, :]), slope


# Positive features ----------------------------------------------------------------------------------------------


@check(relation="<=", sizes={"n": (1, 2), "m": (1, 2, 3), "c": (2, 3)})
def denominator_of_linear_attention_with_elu_features_is_bounded_below(
    use, q: Real[Array, "n c"], k: Real[Array, "m c"]
):
    xp, phi = array_namespace(q), use("elu_features")
    least = k.shape[0] * k.shape[1] * xp.exp(-xp.max(abs(q)) - xp.max(abs(k)))
    return least + 0 * q[:, 0], xp.sum(phi(q) @ phi(k).mT, axis=1)


@denominator_of_linear_attention_with_elu_features_is_bounded_below.witness
def _(q, k):
    # Every entry is the most negative one.
    xp = array_namespace(q)
    return {"q": -xp.max(abs(q)) + 0 * q, "k": -xp.max(abs(k)) + 0 * k}


@denominator_of_linear_attention_with_elu_features_is_bounded_below.control(
    "rectified features, which can all vanish"
)
def _(use, q, k):
    xp, phi = array_namespace(q), use("relu")
    least = k.shape[0] * k.shape[1] * xp.exp(-xp.max(abs(q)) - xp.max(abs(k)))
    return least + 0 * q[:, 0], xp.sum(phi(q) @ phi(k).mT, axis=1)


@denominator_of_linear_attention_with_elu_features_is_bounded_below.control("the one is not added to elu")
def _(use, q, k):
    xp, phi = array_namespace(q), use("elu_features")
    least = k.shape[0] * k.shape[1] * xp.exp(-xp.max(abs(q)) - xp.max(abs(k)))
    return least + 0 * q[:, 0], xp.sum((phi(q) - 1) @ (phi(k) - 1).mT, axis=1)


@check
def nonnegative_features_do_not_keep_the_denominator_positive(
    use, q: Real[Array, "n c"], k: Real[Array, "m c"]
):
    # The sign of a denominator: one if it is positive.
    xp, phi = array_namespace(q), use("relu")
    denominators = xp.sum(phi(q) @ phi(k).mT, axis=1)
    return xp.sign(denominators), 1 + 0 * q[:, 0]


@nonnegative_features_do_not_keep_the_denominator_positive.counterexample
def _():
    return {"q": [[-1]], "k": [[1]]}


@nonnegative_features_do_not_keep_the_denominator_positive.control("the features elu plus one")
def _(use, q, k):
    xp, phi = array_namespace(q), use("elu_features")
    return xp.sign(xp.sum(phi(q) @ phi(k).mT, axis=1)), 1 + 0 * q[:, 0]


@check(gradients=True)
def elu_features_are_a_rectifier_and_the_exponential_of_another(use, x: Real[Array, "n c"]):
    relu = use("relu")
    return use("elu_features")(x), relu(x) + array_namespace(x).exp(-relu(-x))


@elu_features_are_a_rectifier_and_the_exponential_of_another.control("elu, without the added one")
def _(use, x):
    relu = use("relu")
    return use("elu_features")(x), relu(x) + array_namespace(x).exp(-relu(-x)) - 1


@elu_features_are_a_rectifier_and_the_exponential_of_another.control("the exponential on both sides of zero")
def _(use, x):
    return use("elu_features")(x), array_namespace(x).exp(x)
