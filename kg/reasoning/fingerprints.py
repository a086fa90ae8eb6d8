"""Fingerprints: what a form gives at fixed random points, in floats to six digits and exactly modulo random primes.

Forms of one signature are run on the same inputs, so that equal functions have equal fingerprints.  Floats sort the
forms, as they are fast and know every function; residues then tell those apart that merely look alike.  Roots of
non-squares are given a value by a fixed multiplicative rule, so a fingerprint never needs another draw; that can part
two equal forms (their match is then missed), never join two that differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kg.domains import Domain
from kg.numbers.arrays import NotTestable, SystemArray
from kg.numbers.residues import NeedsAngles, Residues
from kg.reasoning.forms import Form, Use, evaluate
from kg.verify.draws import FloatSource, SystemSource, draw
from kg.verify.trial import flatten

# Lengths of the dimensions in order of appearance: tall matrices first, as least squares want them.
SIZES = (5, 3, 4, 2, 6, 7, 8)
DRAWS = 2
DIGITS = 6


@dataclass
class World:
    """The inputs that all forms of one signature share."""

    signature: str
    domains: Mapping[str, Domain]
    sizes: Mapping[str, int]
    draws: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, signature: str, form: Form) -> World:
        """Draw the inputs of a signature.

        Raises:
            NotTestable, Redraw, Undrawable: if there are none.
        """
        sizes = dict(zip(form.dimensions, SIZES, strict=False))
        world = cls(signature, dict(form.leaves), sizes)
        world.draws = [
            draw(world.domains, sizes, [], FloatSource(f"fingerprint {signature} {number}"))
            for number in range(DRAWS)
        ]
        return world


@dataclass(frozen=True)
class Values:
    """What a form gives on the draws of its world."""

    outputs: tuple[tuple[Any, ...], ...]

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        return tuple(np.shape(x) for x in self.outputs[0])

    @property
    def is_finite(self) -> bool:
        return all(np.all(np.isfinite(x)) for one in self.outputs for x in one)

    @property
    def is_constant(self) -> bool:
        """Whether all draws gave the same, or the outputs hold nothing."""
        first, *others = (_vector(one) for one in self.outputs)
        return first.size == 0 or all(_near(first, other) for other in others)

    @property
    def fingerprint(self) -> str:
        """Equal for equal values, up to rounding."""
        return _digest(self.shapes, self._all())

    @property
    def up_to_scale(self) -> str:
        """The same for values that differ by one factor, the same in every draw."""
        values = self._all()
        largest = values[int(np.argmax(np.abs(values)))] if values.size else 0
        return _digest(self.shapes, values / largest) if largest else ""

    @property
    def up_to_a_constant(self) -> str:
        """The same for values that differ by one added number, the same in every draw."""
        values = self._all()
        return _digest(self.shapes, values - values[0]) if values.size > DRAWS else ""

    def _all(self) -> Any:
        return np.concatenate([_vector(one) for one in self.outputs])

    @property
    def first_numbers(self) -> Any:
        """All numbers of all draws, for reading off a factor or an added number."""
        return self._all()


def _vector(arrays: tuple[Any, ...]) -> Any:
    parts = [np.asarray(x).reshape(-1) for x in arrays]
    return np.concatenate(parts) if parts else np.zeros(0)


def _near(one: Any, other: Any) -> bool:
    if one.shape != other.shape:
        return False
    size = np.max(np.abs(one), initial=0.0)
    return bool(np.max(np.abs(one - other), initial=0.0) <= 1e-9 * size + 1e-12)


def _digest(shapes: Any, values: Any) -> str:
    values = np.asarray(values, dtype=complex)
    size = float(np.max(np.abs(values), initial=0.0)) or 1.0
    # The magnitude is part of the fingerprint, coarsely enough that rounding does not move it.
    whole = np.round(np.stack([values.real, values.imag]) / size, DIGITS) + 0.0
    told = hashlib.blake2b(digest_size=16)
    told.update(repr(shapes).encode())
    told.update(f"{size:.{DIGITS}e}".encode())
    told.update(whole.tobytes())
    return told.hexdigest()


def values(form: Form, use: Use, world: World) -> Values:
    """Run a form on the draws of its world; any error of an implementation passes through."""
    outputs = []
    with np.errstate(all="ignore"):
        for inputs in world.draws:
            arrays = flatten(evaluate(form.expression, use, inputs, world.sizes))
            outputs.append(tuple(np.asarray(x) for x in arrays))
    return Values(tuple(outputs))


def unused(form: Form, use: Use, world: World, found: Values) -> list[str]:
    """The inputs on which the values do not depend: another draw of it alone changes nothing."""
    first, second = world.draws
    names = []
    for name, _ in form.leaves:
        try:
            with np.errstate(all="ignore"):
                moved = flatten(evaluate(form.expression, use, {**first, name: second[name]}, world.sizes))
        except Exception:
            # What has no value for another input depends on it.
            continue
        if _near(_vector(found.outputs[0]), _vector(tuple(moved))):
            names.append(name)
    return names


def exact(form: Form, use: Use, world: World) -> str | None:
    """The fingerprint modulo a random prime, or None where the form is not testable there."""
    for angles in (False, True):
        system = Residues(f"fingerprint {world.signature}", angles=angles, lenient=True)
        try:
            inputs = draw(
                world.domains, world.sizes, [], SystemSource(f"fingerprint {world.signature}", system)
            )
            arrays = flatten(evaluate(form.expression, use, inputs, world.sizes))
        except NeedsAngles:
            continue
        except Exception:
            # NotTestable and Redraw, and whatever a text written for floats raises in another arithmetic.
            return None
        return _residues(system, arrays)
    return None


def _residues(system: Residues, arrays: list[Any]) -> str | None:
    told = hashlib.blake2b(digest_size=16)
    for one in arrays:
        try:
            parts = one.parts if isinstance(one, SystemArray) else system.literal(one)
        except NotTestable:
            return None
        told.update(repr(np.shape(parts[0])).encode())
        imaginary = parts[1] if parts[1] is not None else np.zeros(np.shape(parts[0]), dtype=int)
        for entry in (*np.reshape(parts[0], -1), *np.reshape(imaginary, -1)):
            told.update(f"{int(entry)} ".encode())
    return told.hexdigest()
