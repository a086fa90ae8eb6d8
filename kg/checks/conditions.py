"""The named conditions under which claims hold: each one predicate, and a sampler where a random draw would miss it."""

from __future__ import annotations

from kg.verify import condition


@condition
def at_least_one_key(m):
    return m >= 1
