"""Claims that do not hold on everything their conditions admit: each test fails until the claim is worded anew.

DISAGREEMENTS.md says what to change; the case is then taken out of the list here and the rest stays.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from comparison import assert_agree
from counting import circulant_inputs, tally_of
from rewritten import normalisation, recurrence


@pytest.mark.parametrize("n", [1, 2, 4])
def test_a_radix_2_product_costs_what_the_claim_says_for_every_power_of_two(n: int) -> None:
    # Claimed for every power of two, and one is a power of two: but it is padded to one row, not to two.
    claimed = 3 * n * math.log2(2 * n) + 2 * n
    cost = tally_of(recurrence.radix_2_toeplitz_product, *circulant_inputs(n, 1), counted_zero=True)
    assert cost["×"] == claimed


@pytest.mark.parametrize("a", [3.0, 0.5, -2.0])
def test_scaling_a_row_is_scaling_what_is_added_for_every_factor_but_one_and_minus_one(a: float) -> None:
    # The formula is stated for every a but 1 and −1; a negative factor turns the sign.
    x = np.array([[1.0, 2.0, 4.0]])
    left, right = normalisation.layer_norm(a * x, 0.1), normalisation.layer_norm(x, 0.1 / a**2)
    assert_agree(left, right, scale=8, size=3)
