"""Counts: exact numbers of scalar operations, real and complex apart, and nothing else changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.numbers import array_namespace, constant, count_operations, erf, pi, shift, unit_root

RNG = np.random.default_rng(0)


def reals(*shape: int) -> Any:
    return RNG.standard_normal(shape)


def complexes(*shape: int) -> Any:
    return reals(*shape) + 1j * reals(*shape)


@pytest.mark.parametrize(("m", "n", "k"), [(1, 1, 1), (2, 3, 5), (7, 1, 2), (3, 4, 1)])
def test_a_matrix_product_takes_mnk_multiplications_and_mk_times_n_minus_one_additions(
    m: int, n: int, k: int
) -> None:
    counts = count_operations(lambda a, b: a @ b, reals(m, n), reals(n, k))
    assert counts["multiply"] == m * n * k
    assert counts["add"] == m * (n - 1) * k
    assert set(counts) <= {"multiply", "add"}


def test_inner_products_vectors_and_stacks_of_matrices_are_counted_alike() -> None:
    assert count_operations(lambda a, b: a @ b, reals(5), reals(5)) == Counter(multiply=5, add=4)
    assert count_operations(lambda a, b: a @ b, reals(3, 5), reals(5)) == Counter(multiply=15, add=12)
    assert count_operations(lambda a, b: a @ b, reals(2, 3, 5), reals(2, 5, 4)) == Counter(
        multiply=120, add=96
    )


def test_complex_products_are_counted_apart() -> None:
    counts = count_operations(lambda a, b: a @ b, complexes(2, 3), complexes(3, 5))
    assert counts == Counter({"complex multiply": 30, "complex add": 20})
    assert count_operations(lambda a, b: a * b, complexes(4), complexes(4)) == Counter(
        {"complex multiply": 4}
    )
    assert count_operations(lambda a: a + a, complexes(4)) == Counter({"complex add": 4})


def test_a_result_that_broadcasts_counts_its_output() -> None:
    assert count_operations(lambda a, b: a[:, None] * b[None, :], reals(3), reals(5)) == Counter(multiply=15)
    assert count_operations(lambda a: a + 1, reals(3)) == Counter(add=3)
    assert count_operations(lambda a: 1 - a, reals(3)) == Counter(add=3)
    assert count_operations(lambda a, b: a / b, reals(3), reals(3)) == Counter(divide=3)


def test_a_sum_of_n_numbers_takes_n_minus_one_additions() -> None:
    for axis, expected in ((None, 11), (0, 8), (1, 9)):
        counts = count_operations(lambda a, axis=axis: array_namespace(a).sum(a, axis=axis), reals(3, 4))
        assert counts == Counter(add=expected)


def test_a_running_sum_of_n_numbers_takes_n_minus_one_additions() -> None:
    counts = count_operations(lambda a: array_namespace(a).cumulative_sum(a, axis=0), reals(5, 2))
    assert counts == Counter(add=8)


@pytest.mark.parametrize(
    ("power", "multiplications"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (8, 3)]
)
def test_an_integer_power_takes_the_multiplications_of_repeated_squaring(
    power: int, multiplications: int
) -> None:
    counts = count_operations(lambda a: a**power, reals(3))
    assert counts["multiply"] == 3 * multiplications
    assert sum(counts.values()) == 3 * multiplications


def test_a_product_of_n_numbers_takes_n_minus_one_multiplications() -> None:
    counts = count_operations(lambda a: array_namespace(a).prod(a, axis=0), reals(5, 2))
    assert counts == Counter(multiply=8)


@pytest.mark.parametrize(
    "free",
    [
        lambda xp, a: -a,
        lambda xp, a: 1 * a,
        lambda xp, a: a * -1,
        lambda xp, a: 0 * a,
        lambda xp, a: a.mT,
        lambda xp, a: xp.reshape(a, (-1,)),
        lambda xp, a: xp.concat([a, xp.zeros((1, 4), dtype=a.dtype)], axis=0),
        lambda xp, a: xp.where(np.tri(3, 4, dtype=bool), a, 0),
        lambda xp, a: xp.tril(a),
        lambda xp, a: xp.take(a, np.array([2, 0]), axis=0),
        lambda xp, a: xp.conj(a),
        lambda xp, a: xp.real(a),
        lambda xp, a: a[1:, ::2],
        lambda xp, a: constant(a, 3),
        lambda xp, a: pi(a),
        lambda xp, a: unit_root(a, 8, 3),
    ],
)
def test_moving_data_and_changing_signs_is_free(free: Callable[..., Any]) -> None:
    assert not count_operations(lambda a: free(array_namespace(a), a), reals(3, 4))


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "tanh", "sin", "cos", "floor", "sign", "expm1"])
def test_a_function_of_each_entry_is_counted_by_name(name: str) -> None:
    counts = count_operations(lambda a: getattr(array_namespace(a), name)(a), np.ones((3, 4)))
    assert counts == Counter({name: 12})


def test_erf_comparisons_and_maxima_are_counted() -> None:
    assert count_operations(erf, reals(5)) == Counter(erf=5)
    assert count_operations(abs, reals(5)) == Counter(abs=5)
    assert count_operations(lambda a: a > 0, reals(5)) == Counter(compare=5)
    assert count_operations(lambda a: shift(a, axis=-1), reals(3, 4)) == Counter(compare=9)
    assert count_operations(lambda a: array_namespace(a).max(a), reals(3, 4)) == Counter(compare=11)
    assert count_operations(lambda a: array_namespace(a).argmax(a, axis=1), reals(3, 4)) == Counter(compare=9)


def test_counting_changes_no_result() -> None:
    def text(q: Any, k: Any, v: Any) -> Any:
        xp = array_namespace(q)
        weights = xp.exp(q @ k.mT - shift(q @ k.mT))
        return weights @ v / xp.sum(weights, axis=-1, keepdims=True)

    q, k, v = reals(3, 2), reals(4, 2), reals(4, 5)
    kept: list[Any] = []
    count_operations(lambda *a: kept.append(text(*a)), q, k, v)
    assert np.array_equal(kept[0].parts[0], text(q, k, v))


def test_integers_and_masks_are_structure_and_not_counted() -> None:
    counts = count_operations(
        lambda a, n, mask: array_namespace(a).where(mask, a, 0) * n, reals(3), 5, np.ones(3, bool)
    )
    assert counts == Counter(multiply=3)


def test_the_work_of_linear_attention_grows_as_said() -> None:
    def recurrence(q: Any, k: Any, v: Any) -> Any:
        state, rows = 0, []
        for t in range(q.shape[0]):
            state = state + k[t, :, None] * v[t, None, :]
            rows.append(q[t, :] @ state)
        return array_namespace(q).stack(rows)

    def masked(q: Any, k: Any, v: Any) -> Any:
        return array_namespace(q).tril(q @ k.mT) @ v

    work = {
        n: [
            count_operations(f, reals(n, 8), reals(n, 8), reals(n, 8))["multiply"]
            for f in (recurrence, masked)
        ]
        for n in (16, 32, 64)
    }
    assert [w[0] for w in work.values()] == [2048, 4096, 8192]
    assert [w[1] for w in work.values()] == [4096, 16384, 65536]
