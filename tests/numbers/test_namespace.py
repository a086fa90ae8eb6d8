"""Every function the namespace offers, run on balls and compared with NumPy on the same data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.numbers import array_namespace
from kg.numbers.arrays import System, SystemArray
from kg.numbers.balls import Balls
from kg.numbers.counting import Counts
from kg.numbers.floats import float_namespace
from kg.numbers.namespace import _ELEMENTWISE, _STRUCTURE, Fourier, LinearAlgebra, Namespace
from kg.numbers.residues import Residues

RNG = np.random.default_rng(3)


def dyadic(*shape: int) -> Any:
    """Numbers of eight bits after the point: exact in every arithmetic."""
    return RNG.integers(-512, 512, size=shape) / 256


A, B, V, W = dyadic(3, 4), dyadic(3, 4), dyadic(4), dyadic(4)
C = dyadic(2, 3, 4)
S = dyadic(3, 3)
Z = dyadic(3, 4) + 1j * dyadic(3, 4)
MASK = RNG.integers(0, 2, size=(3, 4)).astype(bool)
STRUCTURE = np.arange(12).reshape(3, 4)

Call = Callable[..., Any]

# What is called, and the arguments that are numbers; the rest is inside.
TABLE: list[tuple[str, Call, tuple[Any, ...]]] = [
    ("abs", lambda xp, a: xp.abs(a), (A,)),
    ("abs complex", lambda xp, a: xp.abs(a), (Z,)),
    ("arange", lambda xp, a: a + xp.arange(4) + xp.arange(1, 9, 2, dtype=a.dtype), (A,)),
    ("argmax", lambda xp, a: xp.argmax(a), (A,)),
    ("argmax axis", lambda xp, a: xp.argmax(a, axis=0), (A,)),
    ("asarray", lambda xp, a: xp.asarray(a) + xp.asarray([1, 2, 3, 4], dtype=a.dtype), (A,)),
    ("broadcast_to", lambda xp, v: xp.broadcast_to(v, (3, 4)), (V,)),
    ("clip", lambda xp, a: xp.clip(a, -0.5, 0.75), (A,)),
    ("clip one side", lambda xp, a: xp.clip(a, max=0), (A,)),
    ("concat", lambda xp, a, b: xp.concat([a, b], axis=-1), (A, B)),
    ("concat first", lambda xp, a, b: xp.concat([a, b]), (A, B)),
    ("concat flat", lambda xp, a, b: xp.concat([a, b], axis=None), (A, B)),
    ("concat mixed", lambda xp, a, z: xp.concat([a, z], axis=0), (A, Z)),
    ("conj", lambda xp, z: xp.conj(z) * z, (Z,)),
    ("cumulative_sum", lambda xp, a: xp.cumulative_sum(a, axis=1), (A,)),
    ("cumulative_sum initial", lambda xp, a: xp.cumulative_sum(a, axis=-2, include_initial=True), (A,)),
    ("expand_dims", lambda xp, a: xp.expand_dims(a, axis=1), (A,)),
    ("eye", lambda xp, a: xp.eye(3, 4, k=1, dtype=a.dtype) + a, (A,)),
    ("flip", lambda xp, a: xp.flip(a, axis=1), (A,)),
    ("flip all", lambda xp, a: xp.flip(a), (A,)),
    ("floor", lambda xp, a: xp.floor(a), (A,)),
    ("full", lambda xp, a: xp.full((3, 4), 0.5, dtype=a.dtype) + a, (A,)),
    ("full of a number", lambda xp, v: xp.full((3,), v[1]), (V,)),
    ("imag", lambda xp, z: xp.imag(z), (Z,)),
    ("matmul", lambda xp, a, b: xp.matmul(a, b.mT), (A, B)),
    ("matmul stack", lambda xp, c, a: c @ a.mT, (C, A)),
    ("matmul vectors", lambda xp, v, w: v @ w, (V, W)),
    ("matmul vector", lambda xp, a, w: a @ w, (A, W)),
    ("matrix_transpose", lambda xp, c: xp.matrix_transpose(c), (C,)),
    ("max", lambda xp, a: xp.max(a), (A,)),
    ("max axes", lambda xp, c: xp.max(c, axis=(0, -1)), (C,)),
    ("maximum", lambda xp, a, v: xp.maximum(a, v), (A, V)),
    ("mean", lambda xp, a: xp.mean(a, axis=0), (A,)),
    ("mean axes", lambda xp, c: xp.mean(c, axis=(0, 2), keepdims=True), (C,)),
    ("min", lambda xp, a: xp.min(a, axis=1, keepdims=True), (A,)),
    ("minimum", lambda xp, a, b: xp.minimum(a, b), (A, B)),
    ("moveaxis", lambda xp, c: xp.moveaxis(c, 0, -1), (C,)),
    ("ones", lambda xp, a: xp.ones((3, 4), dtype=a.dtype) * a, (A,)),
    ("ones_like", lambda xp, a: xp.ones_like(a) + a, (A,)),
    ("permute_dims", lambda xp, c: xp.permute_dims(c, (2, 0, 1)), (C,)),
    ("pi", lambda xp, a: a * xp.pi, (A,)),
    ("pow", lambda xp, a: xp.pow(a, 3), (A,)),
    ("pow negative", lambda xp, a: (a + 8) ** -2, (A,)),
    ("prod", lambda xp, a: xp.prod(a, axis=1), (A,)),
    ("prod all", lambda xp, a: xp.prod(a), (A,)),
    ("real", lambda xp, z: xp.real(z), (Z,)),
    ("repeat", lambda xp, a: xp.repeat(a, 2, axis=0), (A,)),
    ("reshape", lambda xp, c: xp.reshape(c, (6, -1)), (C,)),
    ("roll", lambda xp, a: xp.roll(a, 1, axis=1), (A,)),
    ("roll back", lambda xp, a: xp.roll(a, -2, axis=0), (A,)),
    ("sign", lambda xp, a: xp.sign(a), (A,)),
    ("square", lambda xp, a: xp.square(a), (A,)),
    ("squeeze", lambda xp, a: xp.squeeze(a[:, :1], axis=1), (A,)),
    ("stack", lambda xp, a, b: xp.stack([a, b], axis=1), (A, B)),
    (
        "stack of numbers and integers",
        lambda xp, v: xp.stack([v, xp.asarray([1, 2, 3, 4], dtype=v.dtype)]),
        (V,),
    ),
    ("sum", lambda xp, a: xp.sum(a), (A,)),
    ("sum axis", lambda xp, c: xp.sum(c, axis=1), (C,)),
    ("sum axes", lambda xp, c: xp.sum(c, axis=(-1, 0)), (C,)),
    ("sum kept", lambda xp, c: xp.sum(c, axis=-1, keepdims=True), (C,)),
    ("sum of nothing", lambda xp, a: xp.sum(a[:0, :], axis=0), (A,)),
    ("take", lambda xp, a: xp.take(a, np.array([2, 0, 0]), axis=0), (A,)),
    ("tile", lambda xp, v: xp.tile(v, (2, 2)), (V,)),
    ("tril", lambda xp, c: xp.tril(c), (C,)),
    ("tril k", lambda xp, a: xp.tril(a, k=-1), (A,)),
    ("triu", lambda xp, a: xp.triu(a), (A,)),
    ("triu k", lambda xp, a: xp.triu(a, k=1), (A,)),
    ("var", lambda xp, a: xp.var(a, axis=1), (A,)),
    ("var correction", lambda xp, a: xp.var(a, axis=0, correction=1, keepdims=True), (A,)),
    ("vecdot", lambda xp, a, b: xp.vecdot(a, b), (A, B)),
    ("vecdot conjugates its first", lambda xp, z, a: xp.vecdot(z, a), (Z, A)),
    ("vecdot axis", lambda xp, a, b: xp.vecdot(a, b, axis=0), (A, B)),
    ("where", lambda xp, a, b: xp.where(MASK, a, b), (A, B)),
    ("where a number", lambda xp, a: xp.where(MASK, a, 0), (A,)),
    ("where broadcasts", lambda xp, a, v: xp.where(MASK, a, v), (A, V)),
    ("zeros", lambda xp, a: xp.zeros((3, 4), dtype=a.dtype) + a, (A,)),
    ("zeros_like", lambda xp, a: xp.zeros_like(a) + a, (A,)),
    ("exp", lambda xp, a: xp.exp(a), (A,)),
    ("log", lambda xp, a: xp.log(a + 8), (A,)),
    ("sqrt", lambda xp, a: xp.sqrt(a + 8), (A,)),
    ("tanh", lambda xp, a: xp.tanh(a), (A,)),
    ("sin", lambda xp, a: xp.sin(a), (A,)),
    ("cos", lambda xp, a: xp.cos(a), (A,)),
    ("expm1", lambda xp, a: xp.expm1(a), (A,)),
    ("log1p", lambda xp, a: xp.log1p(a + 8), (A,)),
    ("linalg.det", lambda xp, s: xp.linalg.det(s), (S,)),
    ("linalg.diagonal", lambda xp, s: xp.linalg.diagonal(s), (S,)),
    ("linalg.eigvalsh", lambda xp, s: xp.linalg.eigvalsh(s + s.mT), (S,)),
    ("linalg.inv", lambda xp, s: xp.linalg.inv(s), (S,)),
    ("linalg.matmul", lambda xp, a, b: xp.linalg.matmul(a, b.mT), (A, B)),
    ("linalg.matrix_transpose", lambda xp, a: xp.linalg.matrix_transpose(a), (A,)),
    ("linalg.outer", lambda xp, v, w: xp.linalg.outer(v, w), (V, W)),
    ("linalg.solve", lambda xp, s, a: xp.linalg.solve(s, a), (S, A)),
    ("linalg.solve vector", lambda xp, s: xp.linalg.solve(s, s[:, 0]), (S,)),
    ("linalg.solve complex", lambda xp, s, z: xp.linalg.solve(s + 1j * s.mT, z), (S, Z)),
    ("linalg.svdvals", lambda xp, a: xp.linalg.svdvals(a), (A,)),
    ("linalg.trace", lambda xp, s: xp.linalg.trace(s), (S,)),
    ("linalg.trace of one", lambda xp, s: xp.linalg.trace(s[:1, :1]), (S,)),
    ("linalg.vecdot", lambda xp, z, w: xp.linalg.vecdot(z, w), (Z, W)),
    ("linalg.vector_norm", lambda xp, a: xp.linalg.vector_norm(a, axis=-1), (A,)),
    ("linalg.vector_norm complex", lambda xp, z: xp.linalg.vector_norm(z), (Z,)),
    ("fft.fft", lambda xp, a: xp.fft.fft(a), (A,)),
    ("fft.fft axis", lambda xp, z: xp.fft.fft(z, axis=0), (Z,)),
    ("fft.fft longer", lambda xp, a: xp.fft.fft(a, n=7), (A,)),
    ("fft.fft shorter", lambda xp, a: xp.fft.fft(a, n=3), (A,)),
    ("fft.ifft", lambda xp, z: xp.fft.ifft(z), (Z,)),
    ("fft.ifft longer", lambda xp, z: xp.fft.ifft(z, n=5, axis=-2), (Z,)),
    ("operators", lambda xp, a, v: (2 - a) * v / (v + 8) + 0.5 * -a - +v, (A, V)),
    ("complex operators", lambda xp, z, a: (1j * a - z) / (z + 8) * (2 + 1j), (Z, A)),
    ("structure meets numbers", lambda xp, a: STRUCTURE * a + MASK, (A,)),
    ("structure on the left of a product", lambda xp, a: STRUCTURE.T @ a, (A,)),
    ("indexing", lambda xp, c: c[1, ::-1, 1:] + c[0, :, None, 0], (C,)),
    ("indexing by a mask", lambda xp, a: a[MASK], (A,)),
    ("indexing by integers", lambda xp, a: a[np.array([0, 2]), 1:3], (A,)),
    ("T", lambda xp, a: a.T, (A,)),
    ("powers", lambda xp, a: a**0 + a**1 + a**2 + (a + 8) ** 0.5, (A,)),
]


def run(system: System, call: Call, arguments: tuple[Any, ...]) -> Any:
    numbers = [SystemArray(system, system.literal(a)) for a in arguments]
    return call(array_namespace(numbers[0]), *numbers)


def plain(found: Any) -> Any:
    """Balls as floats, real or complex."""
    if not isinstance(found, SystemArray):
        return np.asarray(found)
    values = [complex(float(v.real.mid()), float(v.imag.mid())) for v in found.parts[0].reshape(-1)]
    return np.asarray(values).reshape(found.shape)


def expected(call: Call, arguments: tuple[Any, ...]) -> Any:
    return np.asarray(call(float_namespace(arguments[0]), *arguments))


@pytest.mark.parametrize(("call", "arguments"), [(c, a) for _, c, a in TABLE], ids=[n for n, _, _ in TABLE])
def test_a_function_over_balls_gives_what_numpy_gives(call: Call, arguments: tuple[Any, ...]) -> None:
    found, wanted = plain(run(Balls(), call, arguments)), expected(call, arguments)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


COUNTED = [row for row in TABLE if not any(word in row[0] for word in ("linalg.", "full of"))]


@pytest.mark.parametrize(
    ("call", "arguments"), [(c, a) for _, c, a in COUNTED], ids=[n for n, _, _ in COUNTED]
)
def test_a_function_under_counting_gives_what_numpy_gives(call: Call, arguments: tuple[Any, ...]) -> None:
    found = run(Counts(), call, arguments)
    found = found.parts[0] if isinstance(found, SystemArray) else found
    wanted = expected(call, arguments)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


_NOT_RATIONAL = {"argmax", "clip", "max", "min", "maximum", "minimum", "floor", "sign", "abs", "pi", "powers"}
_NOT_RATIONAL |= {"exp", "log", "sqrt", "tanh", "sin", "cos", "expm1", "log1p", "operators", "fft.fft"}
RATIONAL = [
    row
    for row in TABLE
    if row[0].split()[0] not in _NOT_RATIONAL and "fft" not in row[0] and "norm" not in row[0]
    if row[0] not in ("linalg.eigvalsh", "linalg.svdvals")
]


def as_fraction(field: Residues, residue: int) -> float:
    """The rational number of small numerator and denominator that has this residue."""
    p, high, low, before, cofactor = field.p, field.p, residue % field.p, 0, 1
    while low * low * 2 > p:
        quotient = high // low
        high, low = low, high - quotient * low
        before, cofactor = cofactor, before - quotient * cofactor
    return low / cofactor if cofactor else float("nan")


@pytest.mark.parametrize("call", [row[1:] for row in RATIONAL if "inv" not in row[0]], ids=lambda _: "")
def test_a_function_over_residues_gives_the_residue_of_what_numpy_gives(
    call: tuple[Call, tuple[Any, ...]],
) -> None:
    field = Residues("table")
    # Integers, so that results are fractions small enough to be read back from one residue.
    arguments = tuple(np.round(4 * a) for a in call[1])
    found, wanted = run(field, call[0], arguments), expected(call[0], arguments)
    if not isinstance(found, SystemArray):
        assert np.array_equal(found, wanted)
        return
    assert found.shape == wanted.shape
    zero = np.zeros(found.shape, dtype=object)
    parts = [found.parts[0], zero if found.parts[1] is None else found.parts[1]]
    for part, floats in zip(parts, (wanted.real, wanted.imag), strict=True):
        values = [as_fraction(field, int(v)) for v in part.reshape(-1)]
        np.testing.assert_allclose(values, np.asarray(floats).reshape(-1), rtol=1e-12, atol=1e-12)


def offered() -> set[str]:
    """What the namespace can be asked for by name."""
    own = {name for name in vars(Namespace) if not name.startswith("_")} - {"common"}
    nested = {f"linalg.{n}" for n in vars(LinearAlgebra) if not n.startswith("_")}
    nested |= {f"fft.{n}" for n in vars(Fourier) if not n.startswith("_")}
    return own | nested | set(_ELEMENTWISE) | set(_STRUCTURE)


def test_the_table_above_holds_every_function_that_is_offered() -> None:
    tried = {name.split()[0] for name, _, _ in TABLE}
    # einsum is ours and has tests of its own; newaxis is None; outer of the standard lives in linalg.
    assert offered() - tried <= {"einsum", "newaxis", "outer"}


@pytest.mark.parametrize(
    ("pattern", "arguments"),
    [
        ("ij,jk->ik", (A, A.T)),
        ("bij,kj->bik", (C, A)),
        ("ij->ji", (A,)),
        ("ij->", (A,)),
        ("i,j->ij", (V, W)),
        ("ij,ij->i", (A, B)),
        ("hnd,hmd,hme->hne", (C, C, C)),
        ("ij, j -> i", (A, V)),
        ("ab,bc,cd->da", (A, A.T, S)),
    ],
)
def test_einsum_means_the_same_everywhere(pattern: str, arguments: tuple[Any, ...]) -> None:
    wanted = np.einsum(pattern, *arguments)
    np.testing.assert_allclose(float_namespace(A).einsum(pattern, *arguments), wanted, rtol=1e-12)
    found = run(Balls(), lambda xp, *a: xp.einsum(pattern, *a), arguments)
    np.testing.assert_allclose(plain(found).real, wanted, rtol=1e-12)


def test_a_structural_function_leaves_structure_alone() -> None:
    xp = Namespace(Balls())
    assert isinstance(xp.tril(STRUCTURE), np.ndarray)
    assert np.array_equal(xp.tril(np.ones((3, 3), bool), k=-1), np.tril(np.ones((3, 3), bool), k=-1))
    assert np.array_equal(xp.sum(STRUCTURE, axis=0), STRUCTURE.sum(axis=0))
    assert np.array_equal(xp.take(STRUCTURE, np.array([1]), axis=1), STRUCTURE[:, 1:2])
    assert np.array_equal(xp.cumulative_sum(STRUCTURE, axis=0), STRUCTURE.cumsum(axis=0))
    assert np.array_equal(xp.where(MASK, STRUCTURE, 0), np.where(MASK, STRUCTURE, 0))
    assert np.array_equal(xp.concat([STRUCTURE, STRUCTURE]), np.concatenate([STRUCTURE, STRUCTURE]))


@pytest.mark.parametrize(
    "call",
    [
        lambda xp, s: xp.linalg.solve(s, np.eye(3, dtype=int)),
        lambda xp, s: xp.linalg.solve(np.diag([1, 2, 3]), s),
        lambda xp, s: xp.matmul(np.diag([1, 2, 3]), s),
        lambda xp, s: xp.vecdot(np.diag([1, 2, 3]), s),
        lambda xp, s: xp.maximum(0, s),
        lambda xp, s: xp.stack([s, np.diag([1, 2, 3])]),
    ],
)
def test_structure_may_be_an_operand_wherever_a_number_may(call: Call) -> None:
    found = run(Balls(), call, (S,))
    wanted = expected(call, (S,))
    np.testing.assert_allclose(plain(found), wanted, rtol=1e-12)
