"""Drawing the inputs of a claim: sizes that are pairwise distinct, entries with 30 random bits, in any arithmetic.

The judge owns the sampler: nothing a check says can make its inputs easier, except a named condition of the claim.
"""

from __future__ import annotations

import ast
import itertools
import math
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from kg.domains import Domain
from kg.numbers import array_namespace, constant
from kg.numbers.arrays import NotTestable, Redraw, SystemArray
from kg.numbers.balls import Balls
from kg.numbers.degrees import Degrees
from kg.numbers.residues import Residues
from kg.verify.declare import Condition

# Pairwise distinct, each at least 2 and (for two or more dimensions) one at least 5.
USUAL_SIZES = (2, 3, 5, 4, 7, 6, 8, 9)
SAMPLES = "samples"
# How many draws are chosen for variety, and among how many candidates.
VARIED, LOOKED_AT = 4, 256


class Undrawable(Exception):
    """No admissible sizes or inputs could be drawn: the claim's domain may be empty."""


class FloatSource:
    """Dyadic numbers of 30 random bits in [−2, 2) times `scale`, as float64.

    `raw` holds them in the order drawn, so that a search can change and replay them; structure (permutations, masks,
    integers) and normal variates come from a stream of their own and stay the same in a replay.
    """

    def __init__(self, seed: str, raw: Sequence[Any] | None = None, *, scale: int = 1) -> None:
        self.seed = seed
        self.scale = scale
        self.structure = np.random.default_rng([1, *seed.encode()])
        self._numbers = np.random.default_rng([2, *seed.encode()])
        self.raw: list[Any] = list(raw) if raw is not None else []
        self._replay = raw is not None
        self._next = 0

    def _reals(self, shape: tuple[int, ...]) -> Any:
        if not self._replay:
            self.raw.append(self._numbers.integers(-(2**30), 2**30, size=shape) * self.scale / 2**29)
        self._next += 1
        return self.raw[self._next - 1]

    def real(self, shape: tuple[int, ...]) -> Any:
        return np.asarray(self._reals(shape), dtype=np.float64)

    def normal(self, shape: tuple[int, ...]) -> Any:
        return self.structure.standard_normal(shape)

    def uniform(self, shape: tuple[int, ...]) -> Any:
        return self.structure.random(shape)

    def again(self, raw: Sequence[Any]) -> FloatSource:
        """The same structure with other numbers."""
        return FloatSource(self.seed, raw)

    def in_balls(self, system: Balls) -> BallSource:
        """The very same numbers as exact balls."""
        return BallSource(self.seed, system, self.raw)


class BallSource(FloatSource):
    """The dyadic numbers of a float source as exact balls."""

    def __init__(self, seed: str, system: Balls, raw: Sequence[Any] | None = None) -> None:
        super().__init__(seed, raw)
        self.system = system

    def real(self, shape: tuple[int, ...]) -> Any:
        return exact_balls(self.system, self._reals(shape))

    def normal(self, shape: tuple[int, ...]) -> Any:
        raise NotTestable("random draws are judged in floats")

    uniform = normal


def exact_balls(system: Balls, values: Any) -> SystemArray:
    """An array of floats, real or complex, as balls of radius zero."""
    import flint

    array = np.asarray(values)
    out = np.empty(array.shape, dtype=object)
    kind = flint.acb if array.dtype.kind == "c" else flint.arb
    out[...] = np.frompyfunc(kind, 1, 1)(array.astype(complex if kind is flint.acb else float))
    return SystemArray(system, (out,))


class SystemSource:
    """Uniform residues, or independent variables of the degree system; structure from the same seed."""

    def __init__(self, seed: str, system: Residues | Degrees) -> None:
        self.structure = np.random.default_rng([1, *seed.encode()])
        self.system = system

    def real(self, shape: tuple[int, ...]) -> Any:
        system = self.system
        return SystemArray(
            system, system.random(shape) if isinstance(system, Residues) else system.variables(shape)
        )

    def positive(self, shape: tuple[int, ...]) -> Any:
        if isinstance(self.system, Residues):
            return SystemArray(self.system, self.system.positive(shape))
        x = self.real(shape)
        return x * x * x * x

    def normal(self, shape: tuple[int, ...]) -> Any:
        raise NotTestable("random draws are judged in floats")

    uniform = normal


def _cayley(skew: Any) -> Any:
    xp = array_namespace(skew)
    identity = xp.eye(skew.shape[-1], dtype=skew.dtype)
    return xp.linalg.solve(identity + skew, identity - skew)


def _stereographic(t: Any) -> Any:
    """Points of the unit sphere, rational in t: (2t, |t|² − 1)/(|t|² + 1)."""
    xp = array_namespace(t)
    square = xp.sum(t * t, axis=-1, keepdims=True)
    return xp.concat([2 * t, square - 1], axis=-1) / (square + 1)


def _complex(source: Any, shape: tuple[int, ...]) -> Any:
    return source.real(shape) + 1j * source.real(shape)


def _conjugate_transpose(a: Any) -> Any:
    return array_namespace(a).conj(a).mT


def _unitary(source: Any, shape: tuple[int, ...]) -> Any:
    a = _complex(source, shape)
    return _cayley(a - _conjugate_transpose(a))


def _definite(source: Any, shape: tuple[int, ...]) -> Any:
    # A multiple of the identity keeps it well conditioned; drawn, as no eigenvalue has a least value to rely on.
    a, shift = source.real(shape), source.real(())
    return a @ a.mT + shift * shift * array_namespace(a).eye(shape[-1], dtype=a.dtype)


def _symmetric(source: Any, shape: tuple[int, ...]) -> Any:
    a = source.real(shape)
    return a + a.mT


def _orthogonal(source: Any, shape: tuple[int, ...]) -> Any:
    a = source.real(shape)
    # A Cayley transform is a rotation; with signs on its columns reflections are drawn as well.
    return _cayley(a - a.mT) * source.structure.choice([-1, 1], size=shape[-1])


def _unit_rows(source: Any, shape: tuple[int, ...]) -> Any:
    return _stereographic(source.real((*shape[:-1], shape[-1] - 1)))


def _positive(source: Any, shape: tuple[int, ...]) -> Any:
    if hasattr(source, "positive"):
        return source.positive(shape)
    x = source.real(shape)
    return x * x


def _probability(source: Any, shape: tuple[int, ...]) -> Any:
    if hasattr(source, "probability"):
        return source.probability(shape)
    x = source.real(shape)
    return constant(x, 1) / (1 + x * x)


def _complex_normal(source: Any, shape: tuple[int, ...]) -> Any:
    return (source.normal(shape) + 1j * source.normal(shape)) / math.sqrt(2)


_MAKERS: dict[str, Callable[[Any, tuple[int, ...]], Any]] = {
    "Real": lambda source, shape: source.real(shape),
    "Complex": _complex,
    "Positive": _positive,
    "Probability": _probability,
    "Symmetric": _symmetric,
    "PositiveDefinite": _definite,
    "Orthogonal": _orthogonal,
    "Unitary": _unitary,
    "UnitRows": _unit_rows,
    "Permutation": lambda source, shape: source.structure.permutation(shape[0]),
    "Mask": lambda source, shape: source.structure.integers(0, 2, size=shape).astype(bool),
    "Normal": lambda source, shape: source.normal(shape),
    "ComplexNormal": _complex_normal,
    "Uniform": lambda source, shape: source.uniform(shape),
}


def dimension_names(domains: Mapping[str, Domain]) -> list[str]:
    """Names of the dimensions of a claim, in order of appearance; numbers and ``samples`` are not among them."""
    terms = [
        d for domain in domains.values() if domain.kind not in ("Natural", "Interval") for d in domain.dims
    ]
    names = [name for term in terms for name in re.findall(r"[A-Za-z_]\w*", term)]
    return [name for name in dict.fromkeys(names) if name != SAMPLES]


def extent(dimension: str, sizes: Mapping[str, int]) -> int:
    """The length that a dimension such as ``n``, ``3`` or ``2*n-1`` stands for.

    Raises:
        Undrawable: if it is no arithmetic of known names, or negative.
    """
    try:
        value = _evaluate(ast.parse(dimension, mode="eval").body, sizes)
    except (KeyError, SyntaxError, TypeError):
        raise Undrawable(
            f"'{dimension}' is no dimension; write a name, a number or a sum such as 2*n-1"
        ) from None
    if value < 0:
        raise Undrawable(f"the dimension {dimension} is {value} here")
    return value


def _evaluate(node: ast.expr, sizes: Mapping[str, int]) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Name):
        return sizes[node.id]
    if isinstance(node, ast.BinOp):
        left, right = _evaluate(node.left, sizes), _evaluate(node.right, sizes)
        if isinstance(node.op, ast.Add | ast.Sub):
            return left + right if isinstance(node.op, ast.Add) else left - right
        if isinstance(node.op, ast.Mult):
            return left * right
    raise TypeError(ast.dump(node))


def sizes_for(
    domains: Mapping[str, Domain],
    conditions: Sequence[Condition],
    seed: str,
    allowed: Mapping[str, tuple[int, ...]] | None = None,
) -> Iterator[dict[str, int]]:
    """An endless stream of admissible sizes, pairwise distinct where the claim's own `allowed` sizes permit it.

    Raises:
        Undrawable: if no assignment satisfies the conditions.
    """
    names = dimension_names(domains)
    rng = random.Random(seed)
    pools = [list((allowed or {}).get(name, USUAL_SIZES[: max(3, len(names) + 1)])) for name in names]
    found = [
        sizes
        for choice in itertools.product(*pools)
        if _distinct(dict(zip(names, choice, strict=True)), allowed or {})
        if _admits(sizes := dict(zip(names, choice, strict=True)), conditions)
    ]
    if not found:
        wanted = ", ".join(c.name for c in conditions) or "the allowed sizes"
        raise Undrawable(f"no sizes of {', '.join(names)} satisfy {wanted}")
    # Of one dimension all sizes are tried: at a single one, 5n and n² are the same number.
    large = [sizes for sizes in found if max(sizes.values()) >= 5] if len(names) > 1 else found
    large = large or found
    while True:
        yield from _varied(rng.sample(large, len(large)))


def _varied(shuffled: list[dict[str, int]]) -> Iterator[dict[str, int]]:
    """The same sizes, the first few chosen so that every two dimensions are soon met in both orders.

    Three draws in which d happens to exceed m each time would not notice an index that runs to d instead of m.
    """
    seen: set[tuple[str, str]] = set()
    rest = shuffled[:LOOKED_AT]
    for _ in range(min(len(rest), VARIED)):
        best = max(rest, key=lambda sizes: len(_orders(sizes) - seen))
        rest.remove(best)
        seen |= _orders(best)
        yield best
    yield from rest
    yield from shuffled[LOOKED_AT:]


def _orders(sizes: Mapping[str, int]) -> set[tuple[str, str]]:
    return {(a, b) for a in sizes for b in sizes if sizes[a] < sizes[b]}


def _distinct(sizes: dict[str, int], allowed: Mapping[str, Any]) -> bool:
    free = [size for name, size in sizes.items() if name not in allowed]
    return len(set(free)) == len(free)


def _admits(sizes: dict[str, int], conditions: Sequence[Condition]) -> bool:
    return all(
        c.predicate(**{a: sizes[a] for a in c.arguments})
        for c in conditions
        if set(c.arguments) <= set(sizes)
    )


def draw(
    domains: Mapping[str, Domain],
    sizes: Mapping[str, int],
    conditions: Sequence[Condition],
    source: Any,
) -> dict[str, Any]:
    """One set of inputs, made to satisfy the conditions.

    Raises:
        Redraw: if a condition without a sampler is not met by this draw.
        NotTestable: if a condition cannot be ensured in this arithmetic.
    """
    sizes = {SAMPLES: 64, **sizes}
    inputs: dict[str, Any] = {}
    for name, domain in domains.items():
        if domain.kind == "Natural":
            low, high = (int(d) for d in domain.dims)
            inputs[name] = int(source.structure.integers(low, high + 1))
        elif domain.kind == "Interval":
            low, high = (int(d) for d in domain.dims)
            inputs[name] = low + (source.real(()) + 2) * (high - low) / 4
        elif domain.kind == "Size":
            inputs[name] = extent(domain.dims[0], sizes)
        else:
            shape = tuple(extent(d, sizes) for d in domain.dims)
            inputs[name] = _MAKERS[domain.kind](source, shape)
    for one in conditions:
        if not set(one.arguments) <= set(sizes):
            _impose(one, inputs, sizes, source)
    return inputs


def _impose(one: Condition, inputs: dict[str, Any], sizes: Mapping[str, int], source: Any) -> None:
    known = {**sizes, **inputs}
    missing = [a for a in one.arguments if a not in known]
    if missing:
        raise Undrawable(
            f"condition {one.name} speaks of '{missing[0]}', which is no input or dimension of this claim"
        )
    if one.sampler_function is not None:
        import inspect

        wanted = inspect.signature(one.sampler_function).parameters
        inputs.update(one.sampler_function(**{a: known[a] for a in wanted}))
        known = {**sizes, **inputs}
    if hasattr(source, "system") and not isinstance(source, FloatSource):
        # Neither residues nor unknowns can be asked whether a predicate holds.
        if one.sampler_function is None and not one.generic:
            raise NotTestable(f"condition {one.name} has no sampler that works over {source.system.name}")
        return
    if not one.predicate(**{a: known[a] for a in one.arguments}):
        raise Redraw(f"condition {one.name} does not hold for this draw")
