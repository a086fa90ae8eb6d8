"""The named conditions under which claims hold: each one predicate, and a sampler where a random draw would miss it."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import condition


@condition
def at_least_one_key(m):
    return m >= 1


@condition
def positive_denominator(phi_q, phi_k):
    # All running totals over the keys, so that one predicate serves attention with and without a causal mask.
    totals = array_namespace(phi_q).cumulative_sum(phi_q @ phi_k.mT, axis=1)
    return phi_k.shape[0] > 0 and bool(np.all(totals > 0))


@positive_denominator.sampler
def _(phi_q, phi_k):
    return {"phi_q": phi_q * phi_q, "phi_k": phi_k * phi_k}
