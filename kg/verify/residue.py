"""The judge of identities over residues modulo random primes.

What is exact, and what the recorded probability means:

* **Rational part.** If left − right is a rational function with numerator degree D and denominator degree E that is not
  identically zero, a draw of independent uniform inputs mod p on which no divisor is zero finds it equal to zero with
  probability at most D/(p − E) (Schwartz–Zippel). D and E are computed from the very expression tested, by running it
  over :mod:`kg.numbers.degrees`, at the sizes tested. Entries share a draw: one differing entry refutes, so the largest
  bound counts. An identity all of whose coefficients p divides would escape; that is why p is random.
* **One layer of exponentials.** exp(e) = ω^(e mod q). Where the exponents met are independent and uniform mod q, the
  same bound holds with q for p and each exponential a variable. Where they are not (say logits q·k with a short inner
  dimension) the bound 2D/q is a heuristic; the method line says "exponentials".
* **Uninterpreted functions** (erf, an exponential of an exponential): the same argument gives the same value; erf is
  odd, exp(−x) exp(x) = 1, and nothing else is assumed. Equality is then a proof sketch that needs no property of the function; inequality decides nothing.
* **Square roots.** Only draws in which every argument is a square count, and the bound is multiplied by 4 for each
  distinct argument (the norm over all branches, conditioned on squares: an estimate, not a theorem we looked up). Where
  arguments are related up to squares, as in √(x²) or √(ab) and √a √b, signs are beyond residues: such relations are
  looked for, and balls decide instead. Positive inputs are drawn with their roots, so √x of an input is no choice.
* **Shapes.** The recorded number is that of the weakest shape tested, not the product over shapes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kg.numbers.arrays import NotTestable, Redraw, SystemArray
from kg.numbers.degrees import Degrees
from kg.numbers.residues import NeedsAngles, Residues
from kg.verify.draws import SystemSource
from kg.verify.trial import Trial
from kg.verify.verdict import Finding, shape_text

TARGET = -64
SHAPES = 3
# Draws from which relations among square roots are read; a relation that is not there appears with chance 2⁻⁴⁰ or so.
RELATION_DRAWS = 64
MOST_REDRAWS = 3000
# A variant that finds no usable draw in so many attempts is left to the other judges.
VARIANT_REDRAWS = 300
# An index that runs to the wrong length is seen at some shapes only, so a variant must agree at more of them.
VARIANT_SHAPES = 8


def judge(trial: Trial, *, shapes: int = SHAPES) -> Finding:
    """Compare the two sides over fresh primes, at each shape until its own error bound is reached.

    `accepted` is None if the text is not testable. The recorded bound is that of the weakest shape: a claim that is
    false at one shape only is not caught by the draws at the others.
    """
    finding = Finding(accepted=True, strength="IdentityTested", log2_error=-10_000)
    flags: set[str] = set()
    draws = signs = 0
    for number, sizes in zip(range(2 * shapes), trial.sizes(), strict=False):
        if len(finding.shapes) == shapes:
            break
        bound = 0.0
        while bound > TARGET:
            try:
                field, equal = _one_draw(trial, sizes, f"{number} {draws}")
                signs = _dependent_roots(trial, sizes, number, field) if bound == 0 else 0
            except NotTestable as reason:
                return Finding(accepted=None, reason=f"not testable over residues: {reason}")
            if not equal:
                return _rejection(sizes, flags | _flags(field))
            if signs:
                # At this shape (a variance of two numbers is a square) the draws would settle nothing.
                break
            flags |= _flags(field)
            bound += _log2_bound(trial, sizes, field)
            draws += 1
        else:
            finding.shapes.append(shape_text(sizes))
            finding.log2_error = max(finding.log2_error or 0, math.ceil(bound))
    if not finding.shapes:
        return Finding(
            accepted=None, reason=f"residues do not know the signs of {signs} dependent square roots"
        )
    finding.shapes = sorted(set(finding.shapes))
    finding.method = _method(draws, flags | only_sampled(trial))
    return finding


def _dependent_roots(trial: Trial, sizes: dict[str, int], number: int, field: Residues) -> int:
    """How many independent relations there are among the arguments of square roots, up to squares.

    √(x²) is x only up to a sign, and √(ab) is √a √b only up to one; where arguments, or products of some, are squares
    as expressions, a false sign is seen in half of the draws at best. Seen from outside: a product of arguments is a
    square in *every* draw. Arguments that are the same number are one root.
    """
    if not field.distinct_roots:
        return 0
    rows, values = [], []
    for attempt in range(RELATION_DRAWS):
        lenient = Residues(
            f"{trial.seed} relations {number} {attempt}", angles=len(field.moduli) > 1, lenient=True
        )
        source = SystemSource(f"{trial.seed} {number}", lenient)
        try:
            trial.sides(trial.draw(sizes, source), source)
        except Redraw:
            continue
        values.append(lenient.root_arguments)
        rows.append([int(pow(x, (lenient.p - 1) // 2, lenient.p) != 1) for x in lenient.root_arguments])
    if not rows:
        raise NotTestable("no draw shows how its square roots depend on each other")
    columns = {tuple(v[i] for v in values): tuple(r[i] for r in rows) for i in range(len(rows[0]))}
    return len(columns) - _rank_over_two(list(columns.values()))


def _rank_over_two(columns: list[tuple[int, ...]]) -> int:
    """Rank over the field of two elements, columns as bit masks."""
    basis: list[int] = []
    for column in columns:
        value = int("".join(map(str, column)), 2)
        for b in basis:
            value = min(value, value ^ b)
        if value:
            basis.append(value)
    return len(basis)


def accepts(trial: Trial) -> bool | None:
    """Whether a variant agrees at several sizes, one draw each; the first that differs decides."""
    for number, sizes in zip(range(VARIANT_SHAPES), trial.sizes(), strict=False):
        try:
            field, equal = _one_draw(trial, sizes, str(number), VARIANT_REDRAWS)
        except NotTestable:
            return None
        if not equal:
            # With an uninterpreted function, "different" may only mean that a property of the function is used.
            return None if field.uninterpreted else False
    return True


def _one_draw(
    trial: Trial, sizes: dict[str, int], number: str, attempts: int = MOST_REDRAWS
) -> tuple[Residues, bool]:
    """Draw until no divisor is zero and every square root is of a square.

    Raises:
        NotTestable: if the text has no rule over residues, or none of the attempts gave a draw that counts.
    """
    reason, angles = "no draw", False
    for attempt in range(attempts):
        field = Residues(f"{trial.seed} {number} {attempt}", angles=angles)
        source = SystemSource(f"{trial.seed} {number}", field)
        try:
            inputs = trial.draw(sizes, source)
            left, right = trial.sides(inputs, source)
        except Redraw as problem:
            reason = str(problem)
            continue
        except NeedsAngles:
            if angles:
                raise
            angles = True
            continue
        return field, all(_same(field, a, b) for a, b in zip(left, right, strict=True))
    raise NotTestable(f"no usable draw among {attempt + 1} ({reason})")


def _same(field: Residues, a: Any, b: Any) -> bool:
    if isinstance(a, SystemArray) or isinstance(b, SystemArray):
        parts = [x.parts if isinstance(x, SystemArray) else field.literal(x) for x in (a, b)]
        return bool(np.all(field.equal(*parts)))
    return bool(np.all(np.asarray(a) == np.asarray(b)))


def _flags(field: Residues) -> set[str]:
    found = set()
    if field.exponentials:
        found.add("exponentials" if len(field.moduli) == 1 else "exponentials or angles")
    if field.distinct_roots:
        found.add("square roots")
    return found | {f"{name} as an uninterpreted function" for name in field.uninterpreted}


_STRUCTURE = {
    "Permutation": "permutations",
    "Mask": "masks",
    "Natural": "integers",
    "Orthogonal": "reflections",
}


def only_sampled(trial: Trial) -> set[str]:
    """What the bound does not cover: it is about numbers, for the structure that happened to be drawn."""
    return {f"{_STRUCTURE[d.kind]} only sampled" for d in trial.domains.values() if d.kind in _STRUCTURE}


def _rejection(sizes: dict[str, int], flags: set[str]) -> Finding:
    loose = [f for f in flags if "uninterpreted" in f]
    if loose:
        return Finding(accepted=None, reason=f"residues cannot decide with {loose[0]}")
    return Finding(
        accepted=False,
        strength="Proved",
        reason=f"the sides differ modulo a random prime at {shape_text(sizes)}",
    )


def _log2_bound(trial: Trial, sizes: dict[str, int], field: Residues) -> float:
    """Log2 of the probability that a false identity agrees in one draw at these sizes."""
    system = Degrees()
    source = SystemSource(trial.seed, system)
    inputs = trial.draw(sizes, source)
    left, right = (
        [x.parts[0] if isinstance(x, SystemArray) else system.literal(x)[0] for x in side]
        for side in trial.sides(inputs, source)
    )
    top, bottom = system.difference(left, right)
    if system.function_calls and field.uninterpreted:
        # Two different arguments of a function may collide in this draw.
        top += system.function_calls**2 * max(1, system.function_degree)
    if field.exponentials:
        bound = 2 * max(1, top) / (min(field.moduli) - 2 * bottom)
    else:
        bound = max(1, top) / (field.p - bottom)
    return math.log2(bound) + 2 * field.distinct_roots


def _method(draws: int, flags: set[str]) -> str:
    bits = 97 if any("angles" in flag for flag in flags) else 62
    text = f"residues modulo random {bits}-bit primes, {draws} draws"
    return f"{text}; with {', '.join(sorted(flags))}" if flags else text
