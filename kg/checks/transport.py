"""Checks of the claims about entropic transport, Sinkhorn's algorithm and the softmax as half of it."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Natural, Positive, Probability, Real, Size, check, condition


@condition
def positive_temperature(temperature):
    return bool(np.all(temperature > 0))


@positive_temperature.sampler
def _(temperature):
    # Not close to zero, where probabilities are smaller than any float64.
    return {"temperature": temperature + constant(temperature, 1) / 8}


@condition
def rows_are_probabilities(plan):
    missing = abs(array_namespace(plan).sum(plan, axis=-1) - 1)
    return plan.shape[-1] > 0 and bool(np.all(plan > 0) and np.all(missing * 2**30 < 1))


@rows_are_probabilities.sampler
def _(plan):
    return {"plan": plan / array_namespace(plan).sum(plan, axis=-1, keepdims=True)}


@condition
def at_least_one_row(n):
    return n >= 1


# One marginal: the softmax --------------------------------------------------------------------------------------


@check
def softmax_has_the_least_entropic_cost_with_free_columns(
    use,
    plan: Probability[Array, "n m"],
    scores: Real[Array, "n m"],
    temperature: Positive[Array, ""],
):
    least = -temperature * array_namespace(scores).sum(use("log_sum_exp")(scores / temperature))
    return least, use("entropic_transport_cost")(plan, scores, temperature)


@softmax_has_the_least_entropic_cost_with_free_columns.witness
def _(use, scores, temperature):
    return {"plan": use("softmax")(scores / temperature)}


@softmax_has_the_least_entropic_cost_with_free_columns.control("without the temperature inside")
def _(use, plan, scores, temperature):
    least = -temperature * array_namespace(scores).sum(use("log_sum_exp")(scores))
    return least, use("entropic_transport_cost")(plan, scores, temperature)


@softmax_has_the_least_entropic_cost_with_free_columns.control("the entropy of the rows counts twice")
def _(use, plan, scores, temperature):
    least = -temperature * array_namespace(scores).sum(use("log_sum_exp")(scores / temperature))
    return least, use("entropic_transport_cost")(plan, scores, 2 * temperature)


@check
def entropic_cost_is_its_least_value_plus_a_divergence_from_softmax(
    use,
    plan: Probability[Array, "n m"],
    scores: Real[Array, "n m"],
    temperature: Positive[Array, ""],
):
    xp = array_namespace(scores)
    divergences = use("kullback_leibler_divergence")(plan, use("softmax")(scores / temperature))
    least = -use("log_sum_exp")(scores / temperature)
    return use("entropic_transport_cost")(plan, scores, temperature), temperature * xp.sum(
        least + divergences
    )


@entropic_cost_is_its_least_value_plus_a_divergence_from_softmax.control("the divergence the other way round")
def _(use, plan, scores, temperature):
    xp = array_namespace(scores)
    divergences = use("kullback_leibler_divergence")(use("softmax")(scores / temperature), plan)
    least = -use("log_sum_exp")(scores / temperature)
    return use("entropic_transport_cost")(plan, scores, temperature), temperature * xp.sum(
        least + divergences
    )


@entropic_cost_is_its_least_value_plus_a_divergence_from_softmax.control("at half the temperature")
def _(use, plan, scores, temperature):
    xp = array_namespace(scores)
    divergences = use("kullback_leibler_divergence")(plan, use("softmax")(2 * scores / temperature))
    least = -use("log_sum_exp")(2 * scores / temperature)
    return use("entropic_transport_cost")(plan, scores, temperature), temperature * xp.sum(
        least + divergences
    )


@check
def softmax_is_not_a_transport_plan(use, scores: Real[Array, "n n"]):
    return _column_sums(use("softmax")(scores)), _ones(scores)


def _column_sums(table):
    return array_namespace(table).sum(table, axis=0)


def _ones(scores):
    return array_namespace(scores).ones((scores.shape[1],), dtype=scores.dtype)


@softmax_is_not_a_transport_plan.counterexample
def _():
    return {"scores": [[1, 0], [1, 0]]}


@softmax_is_not_a_transport_plan.control(
    "scores that depend on the difference of the positions round a circle"
)
def _(use, scores):
    n = scores.shape[0]
    places = (np.arange(n)[:, None] - np.arange(n)[None, :]) % n
    turned = array_namespace(scores).stack(
        [array_namespace(scores).take(scores[0, :], places[i, :], axis=0) for i in range(n)]
    )
    return _column_sums(use("softmax")(turned)), _ones(scores)


# Two marginals: Sinkhorn ----------------------------------------------------------------------------------------


@check
def sinkhorn_scaling_is_sinkhorn(use, kernel: Positive[Array, "n n"], steps: Natural[int, "1 4"]):
    # Two successive numbers of steps, so that one ends with the rows and one with the columns.
    scaling, sinkhorn = use("sinkhorn_scaling"), use("sinkhorn")
    return [scaling(kernel, steps), scaling(kernel, steps + 1)], [
        sinkhorn(kernel, steps),
        sinkhorn(kernel, steps + 1),
    ]


@sinkhorn_scaling_is_sinkhorn.control("columns first")
def _(use, kernel, steps):
    return use("sinkhorn_scaling")(kernel, steps), use("sinkhorn")(kernel.mT, steps).mT


@sinkhorn_scaling_is_sinkhorn.control("one step more")
def _(use, kernel, steps):
    return use("sinkhorn_scaling")(kernel, steps), use("sinkhorn")(kernel, steps + 1)


@check
def softmax_is_the_first_step_of_sinkhorn(use, scores: Real[Array, "n n"], steps: Natural[int, "2 4"]):
    # The later steps are compared from the softmax on, with the algorithm in its other form.
    start, table = use("softmax")(scores), array_namespace(scores).exp(scores)
    return (
        [start, use("sinkhorn_scaling")(start, steps), use("sinkhorn_scaling")(start, steps + 1)],
        [use("sinkhorn")(table, 1), use("sinkhorn")(table, steps), use("sinkhorn")(table, steps + 1)],
    )


@softmax_is_the_first_step_of_sinkhorn.control("two steps")
def _(use, scores):
    return use("softmax")(scores), use("sinkhorn")(array_namespace(scores).exp(scores), 2)


@softmax_is_the_first_step_of_sinkhorn.control("the scores themselves are normalised")
def _(use, scores):
    return use("softmax")(scores), use("sinkhorn")(scores, 1)


def _turned(shares):
    """Σ_k c_k Cᵏ for the cyclic shift C: a doubly stochastic table for any shares c that sum to one."""
    xp, n = array_namespace(shares), shares.shape[0]
    places = (np.arange(n)[:, None] - np.arange(n)[None, :]) % n
    return xp.stack([xp.take(shares, places[i, :], axis=0) for i in range(n)])


def _half_swapped(table):
    """The average of a doubly stochastic table and the swap of the first two places, which is no cyclic shift."""
    n = table.shape[0]
    places = [*reversed(range(min(2, n))), *range(2, n)]
    return (table + array_namespace(table).asarray(np.eye(n, dtype=int)[places], dtype=table.dtype)) / 2


@condition
def shares_of_cyclic_shifts(shares, others):
    missing = [abs(array_namespace(x).sum(x) - 1) for x in (shares, others)]
    positive = all(bool(np.all(x > 0)) for x in (shares, others))
    return positive and all(bool(np.all(x * 2**30 < 1)) for x in missing)


@shares_of_cyclic_shifts.sampler
def _(shares, others):
    xp = array_namespace(shares)
    return {"shares": shares / xp.sum(shares), "others": others / xp.sum(others)}


def _scores_of(plan, u, v, temperature):
    """The scores S for which the plan is diag(u) exp(S/τ) diag(v)."""
    xp = array_namespace(plan)
    return temperature * (xp.log(plan) - xp.log(u)[:, None] - xp.log(v)[None, :])


@check
def entropic_cost_of_a_plan_is_that_of_a_scaled_kernel_plus_a_divergence(
    use,
    shares: Probability[Array, "n"],
    others: Probability[Array, "n"],
    u: Positive[Array, "n"],
    v: Positive[Array, "n"],
    temperature: Positive[Array, ""],
):
    xp, best, plan = array_namespace(u), _turned(shares), _half_swapped(_turned(others))
    scores, cost = _scores_of(best, u, v, temperature), use("entropic_transport_cost")
    # Row by row as well, where the factors of the columns still wear the weights of the plan.
    rows = [cost(plan[i : i + 1, :], scores[i : i + 1, :], temperature) for i in range(plan.shape[0])]
    divergences = use("kullback_leibler_divergence")(plan, best)
    return (
        [cost(plan, scores, temperature), xp.stack(rows)],
        [
            temperature * _divergence_and_factors(use, plan, best, u, v),
            temperature * (divergences + xp.log(u) + plan @ xp.log(v)),
        ],
    )


def _divergence_and_factors(use, plan, best, u, v):
    """KL(P‖P*) + Σ log u + Σ log v; at P = P* this is the least cost at temperature one."""
    xp = array_namespace(u)
    divergence = xp.sum(use("kullback_leibler_divergence")(plan, best))
    return divergence + xp.sum(xp.log(u)) + xp.sum(xp.log(v))


@entropic_cost_of_a_plan_is_that_of_a_scaled_kernel_plus_a_divergence.control("the plan has free columns")
def _(use, shares, others, u, v, temperature):
    best, plan = _turned(shares), 0 * _turned(others) + others
    cost = use("entropic_transport_cost")(plan, _scores_of(best, u, v, temperature), temperature)
    return cost, temperature * _divergence_and_factors(use, plan, best, u, v)


@entropic_cost_of_a_plan_is_that_of_a_scaled_kernel_plus_a_divergence.control("at half the temperature")
def _(use, shares, others, u, v, temperature):
    best, plan = _turned(shares), _turned(others)
    cost = use("entropic_transport_cost")(plan, _scores_of(best, u, v, temperature / 2), temperature)
    return cost, temperature * _divergence_and_factors(use, plan, best, u, v)


_TABLE = np.asarray([[1.0, 2.0, 5.0], [3.0, 1.0, 1.0], [1.0, 4.0, 2.0]])


@check(sizes={"n": (2, 4, 8, 16, 32)})
def limit_of_sinkhorn_is_doubly_stochastic(use, n: Size[int, "n"]):
    table = use("sinkhorn")(_TABLE, n)
    # The largest sum: the sums of one kind add up to the size, so where it is one all of them are.
    return np.max(np.concat([np.sum(table, axis=1), np.sum(table, axis=0)])), 1


limit_of_sinkhorn_is_doubly_stochastic.explain(
    "np.sum(table, axis=1) → np.sum(table, axis=0)",
    "it leaves a statement about columns alone, which sum to one after every even number of steps",
)


@limit_of_sinkhorn_is_doubly_stochastic.control("the columns of the softmax, which is the first step alone")
def _(use, n):
    return np.sum(use("sinkhorn")(_TABLE, 1), axis=0)[0], 1


@limit_of_sinkhorn_is_doubly_stochastic.control("after every second step one row is doubled")
def _(use, n):
    table = _TABLE
    for _ in range(n):
        table = use("sinkhorn")(np.asarray([[2.0], [1.0], [1.0]]) * table, 2)
        table = table * np.asarray([[2.0], [1.0], [1.0]])
    return np.sum(table, axis=1)[0], 1


# How fast -------------------------------------------------------------------------------------------------------


@condition
def all_sizes_at_least_one(n, m):
    return n >= 1 and m >= 1


@check
def positive_matrix_contracts_the_hilbert_metric(
    use, kernel: Positive[Array, "n m"], x: Positive[Array, "m"], y: Positive[Array, "m"]
):
    xp, metric = array_namespace(kernel), use("hilbert_metric")
    rate = xp.tanh(use("projective_diameter")(kernel) / 4)
    return metric(kernel @ x, kernel @ y), rate * metric(x, y)


def _symmetric(a, little):
    """The table with a on its diagonal and one beside it, and two vectors that differ by little."""
    xp, one = array_namespace(a), 1 + 0 * a
    table = xp.stack([xp.stack([a, one]), xp.stack([one, a])])
    return table, xp.stack([one + little, one - little]), xp.stack([one, one])


@positive_matrix_contracts_the_hilbert_metric.witness
def _(kernel):
    table, x, y = _symmetric(2 + 0 * kernel[0, 0], 2.0**-13)
    return {"kernel": table, "x": x, "y": y}


@positive_matrix_contracts_the_hilbert_metric.control("a fifth of the diameter in place of a quarter")
def _(use, kernel):
    metric = use("hilbert_metric")
    table, x, y = _symmetric(2 + kernel[0, 0], 2.0**-13)
    rate = array_namespace(x).tanh(use("projective_diameter")(table) / 5)
    return metric(table @ x, table @ y), rate * metric(x, y)


@positive_matrix_contracts_the_hilbert_metric.control("the square of the rate")
def _(use, kernel):
    metric = use("hilbert_metric")
    table, x, y = _symmetric(2 + kernel[0, 0], 2.0**-13)
    rate = array_namespace(x).tanh(use("projective_diameter")(table) / 4)
    return metric(table @ x, table @ y), rate * rate * metric(x, y)


@check
def sinkhorn_contracts_the_hilbert_metric(use, kernel: Positive[Array, "n n"]):
    rate = array_namespace(kernel).tanh(use("projective_diameter")(kernel) / 4)
    return _off(use, kernel, 4), rate * rate * _off(use, kernel, 2)


def _off(use, kernel, steps):
    """How far the sums of the rows are from equal, in Hilbert's metric, after an even number of steps."""
    xp = array_namespace(kernel)
    sums = xp.sum(use("sinkhorn")(kernel, steps), axis=1)
    return use("hilbert_metric")(sums, xp.ones(sums.shape, dtype=sums.dtype))


sinkhorn_contracts_the_hilbert_metric.explain(
    "axis=1) → xp.sum(use('sinkhorn')(kernel, steps), axis=0)",
    "it turns the statement into one about columns, whose sums are equal after every even number of steps",
)


@sinkhorn_contracts_the_hilbert_metric.witness
def _(kernel):
    table, x, _ = _symmetric(2 + 0 * kernel[0, 0], 2.0**-13)
    return {"kernel": table * x}


@sinkhorn_contracts_the_hilbert_metric.control("the third power of the rate")
def _(use, kernel):
    table, x, _ = _symmetric(2 + kernel[0, 0], 2.0**-13)
    rate = array_namespace(kernel).tanh(use("projective_diameter")(table) / 4)
    return _off(use, table * x, 4), rate * rate * rate * _off(use, table * x, 2)


@sinkhorn_contracts_the_hilbert_metric.control("one step more before")
def _(use, kernel):
    table, x, _ = _symmetric(2 + kernel[0, 0], 2.0**-13)
    rate = array_namespace(kernel).tanh(use("projective_diameter")(table) / 4)
    return _off(use, table * x, 4), rate * rate * _off(use, table * x, 3)


@check
def hilbert_distance_of_exponentials_is_the_spread_of_the_difference_of_scores(
    use, s: Real[Array, "m"], t: Real[Array, "m"], normaliser: Real[Array, ""]
):
    return _distance_of_exponentials(use, s, t, normaliser), _spread(s - t)


def _distance_of_exponentials(use, s, t, normaliser):
    """What makes either list sum to one, or any other number there, only moves the scores of one by a constant."""
    xp = array_namespace(s)
    return use("hilbert_metric")(xp.exp(s), xp.exp(t - normaliser))


def _spread(x):
    xp = array_namespace(x)
    return xp.max(x) - xp.min(x)


@hilbert_distance_of_exponentials_is_the_spread_of_the_difference_of_scores.control(
    "twice the largest modulus"
)
def _(use, s, t, normaliser):
    return _distance_of_exponentials(use, s, t, normaliser), 2 * array_namespace(s).max(abs(s - t))


@hilbert_distance_of_exponentials_is_the_spread_of_the_difference_of_scores.control(
    "the difference of the spreads"
)
def _(use, s, t, normaliser):
    return _distance_of_exponentials(use, s, t, normaliser), _spread(s) - _spread(t)
