"""Checks of the claims about linear attention: its order of multiplication, its state, its cost."""

from __future__ import annotations

from kg.numbers import array_namespace, count_operations
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
