"""The same text of three well-known functions over every arithmetic, against NumPy written independently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special

from kg.numbers import array_namespace, constant, count_operations, shift
from kg.numbers.arrays import Redraw, SystemArray
from kg.numbers.balls import Balls, precision
from kg.numbers.degrees import Degrees
from kg.numbers.dual import Dual
from kg.numbers.residues import Residues

RNG = np.random.default_rng(11)


def dyadic(*shape: int) -> Any:
    return RNG.integers(-512, 512, size=shape) / 256


def softmax_attention(q: Any, k: Any, v: Any) -> Any:
    xp = array_namespace(q)
    scores = q @ k.mT / xp.sqrt(constant(q, k.shape[-1]))
    weights = xp.exp(scores - shift(scores))
    return weights @ v / xp.sum(weights, axis=-1, keepdims=True)


def attention_key_by_key(q: Any, k: Any, v: Any) -> Any:
    xp = array_namespace(q)
    total, normaliser = 0 * q[:, :1] * v[:1, :], 0 * q[:, :1]
    for j in range(k.shape[0]):
        weight = xp.exp(xp.vecdot(q, k[j, :][None, :])[:, None] / xp.sqrt(constant(q, q.shape[1])))
        total, normaliser = total + weight * v[j, :], normaliser + weight
    return total / normaliser


def layer_norm(x: Any) -> Any:
    xp = array_namespace(x)
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    return centred / xp.sqrt(xp.mean(centred * centred, axis=-1, keepdims=True))


def layer_norm_by_moments(x: Any) -> Any:
    xp = array_namespace(x)
    mean = xp.mean(x, axis=-1, keepdims=True)
    return (x - mean) / xp.sqrt(xp.mean(x**2, axis=-1, keepdims=True) - mean**2)


def toeplitz_by_fourier(column: Any, row: Any, x: Any) -> Any:
    xp = array_namespace(x)
    n = x.shape[0]
    circulant = xp.concat([column, xp.flip(row[1:], axis=0)])
    padded = xp.concat([x, xp.zeros((n - 1,), dtype=x.dtype)])
    return xp.real(xp.fft.ifft(xp.fft.fft(circulant) * xp.fft.fft(padded)))[:n]


def toeplitz_by_rows(column: Any, row: Any, x: Any) -> Any:
    xp = array_namespace(x)
    n = x.shape[0]
    rows = [[column[i - j] if i >= j else row[j - i] for j in range(n)] for i in range(n)]
    return xp.stack([xp.stack(r) @ x for r in rows])


Text = Callable[..., Any]
CASES: list[tuple[Text, Text, Text, tuple[Any, ...]]] = [
    (
        softmax_attention,
        attention_key_by_key,
        lambda q, k, v: scipy.special.softmax(q @ k.T / np.sqrt(q.shape[1]), axis=1) @ v,
        (dyadic(3, 2), dyadic(5, 2), dyadic(5, 4)),
    ),
    (
        layer_norm,
        layer_norm_by_moments,
        lambda x: (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True),
        (dyadic(2, 5),),
    ),
    (
        toeplitz_by_fourier,
        toeplitz_by_rows,
        lambda c, r, x: scipy.linalg.toeplitz(c, r) @ x,
        (dyadic(6), dyadic(6), dyadic(6)),
    ),
]
each_text = pytest.mark.parametrize(
    ("text", "other", "known", "inputs"), CASES, ids=["attention", "layer norm", "toeplitz"]
)


@each_text
def test_over_floats_it_is_what_numpy_and_scipy_say(
    text: Text, other: Text, known: Text, inputs: Any
) -> None:
    np.testing.assert_allclose(text(*inputs), known(*inputs), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(other(*inputs), known(*inputs), rtol=1e-12, atol=1e-13)


@each_text
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_over_floats_it_keeps_their_precision(
    text: Text, other: Text, known: Text, inputs: Any, dtype: Any
) -> None:
    for one in (text, other):
        result = one(*(x.astype(dtype) for x in inputs))
        assert result.dtype == dtype
        np.testing.assert_allclose(result, known(*inputs), rtol=1e3 * np.finfo(dtype).eps, atol=1e-4)


@each_text
def test_over_balls_two_ways_agree_to_hundreds_of_bits(
    text: Text, other: Text, known: Text, inputs: Any
) -> None:
    system = Balls()
    with precision(320):
        numbers = [SystemArray(system, system.literal(x)) for x in inputs]
        left, right = text(*numbers).parts[0].reshape(-1), other(*numbers).parts[0].reshape(-1)
        assert all((a - b).contains(0) and (a - b).rad() < 1e-80 for a, b in zip(left, right, strict=True))
        found = [float(v.real.mid()) for v in left]
    np.testing.assert_allclose(found, known(*inputs).reshape(-1), rtol=1e-12, atol=1e-13)


@each_text
def test_over_residues_two_ways_agree_on_every_usable_draw(
    text: Text, other: Text, known: Text, inputs: Any
) -> None:
    used = 0
    for draw in range(60):
        field = Residues(f"one text {draw}")
        numbers = [SystemArray(field, field.random(x.shape)) for x in inputs]
        try:
            left, right = text(*numbers), other(*numbers)
        except Redraw:
            continue
        used += 1
        assert np.all(field.equal(left.parts, right.parts))
        assert not np.any(field.equal((2 * left).parts, right.parts))
        if used == 3:
            break
    assert used == 3


@each_text
def test_over_counts_and_degrees_it_runs_and_is_finite(
    text: Text, other: Text, known: Text, inputs: Any
) -> None:
    for one in (text, other):
        assert sum(count_operations(one, *inputs).values()) > 0
        system = Degrees()
        result = one(*(SystemArray(system, system.variables(x.shape)) for x in inputs))
        zero = system.literal(np.zeros(result.shape, dtype=int))[0]
        top, bottom = system.difference([result.parts[0]], [zero])
        assert 0 < top < 1000
        assert bottom < 1000


def test_the_fourier_way_needs_fewer_multiplications_only_when_it_is_fast() -> None:
    # xp.fft over counts is the plain matrix product, so that nothing is hidden.
    column, row, x = dyadic(16), dyadic(16), dyadic(16)
    slow = count_operations(toeplitz_by_fourier, column, row, x)
    assert slow["complex multiply"] > count_operations(toeplitz_by_rows, column, row, x)["multiply"]


@each_text
def test_over_duals_two_ways_have_the_same_derivative(
    text: Text, other: Text, known: Text, inputs: Any
) -> None:
    directions, step = [RNG.standard_normal(x.shape) for x in inputs], 1e-6
    left, right = (
        one(*(Dual(x, v) for x, v in zip(inputs, directions, strict=True))) for one in (text, other)
    )
    ahead, behind = (
        known(*(x + sign * step * v for x, v in zip(inputs, directions, strict=True))) for sign in (1, -1)
    )
    np.testing.assert_allclose(left.tangent, right.tangent, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(left.tangent, (ahead - behind) / (2 * step), rtol=1e-5, atol=1e-6)


def test_attention_with_a_wrong_scale_is_told_apart_in_every_arithmetic() -> None:
    def unscaled(q: Any, k: Any, v: Any) -> Any:
        xp = array_namespace(q)
        weights = xp.exp(q @ k.mT / k.shape[-1])
        return weights @ v / xp.sum(weights, axis=-1, keepdims=True)

    q, k, v = CASES[0][3]
    assert np.max(np.abs(unscaled(q, k, v) - softmax_attention(q, k, v))) > 1e-3
    field = Residues("scale")
    numbers = [SystemArray(field, field.random(x.shape)) for x in (q, k, v)]
    assert not np.any(field.equal(unscaled(*numbers).parts, softmax_attention(*numbers).parts))
