"""The judge by SMT: equalities with kinks proved for every real input of the tested shapes.

Tried where residues cannot follow a text because it compares numbers.  The solver works to a fixed budget of steps, not
of seconds, so that the answer is the same on every machine; ``unknown`` is never taken for ``equal``.
"""

from __future__ import annotations

from typing import Any

from kg.numbers.arrays import NotTestable, Redraw, SystemArray
from kg.verify.residue import only_sampled
from kg.verify.trial import Trial
from kg.verify.verdict import Finding, shape_text

SHAPES = 3
STEPS = 4_000_000
# Polynomial terms make the problem hard at once; only very small ones are tried.
MOST_UNKNOWNS_NONLINEAR = 6


class SmtSource:
    """Unknowns for the inputs; positivity and ranges become assumptions."""

    def __init__(self, seed: str, system: Any) -> None:
        import numpy as np

        self.structure = np.random.default_rng([1, *seed.encode()])
        self.system = system
        self.assumptions: list[Any] = []

    def real(self, shape: tuple[int, ...]) -> SystemArray:
        return SystemArray(self.system, self.system.variables(shape))

    def positive(self, shape: tuple[int, ...]) -> SystemArray:
        x = self.real(shape)
        self.assumptions += [v > 0 for v in x.parts[0].reshape(-1)]
        return x

    def probability(self, shape: tuple[int, ...]) -> SystemArray:
        x = self.positive(shape)
        self.assumptions += [v < 1 for v in x.parts[0].reshape(-1)]
        return x

    def normal(self, shape: tuple[int, ...]) -> SystemArray:
        raise NotTestable("random draws are judged in floats")

    uniform = normal


def judge(trial: Trial) -> Finding:
    """Prove the two sides equal at a few shapes, or find inputs where they differ."""
    try:
        import z3  # noqa: F401 - the extra may be missing
    except ImportError:
        return Finding(accepted=None, reason="no SMT solver is installed (pip install 'kg[proof]')")
    finding = Finding(accepted=True, strength="Proved")
    for _, sizes in zip(range(SHAPES), trial.sizes(), strict=False):
        try:
            accepted, reason = _decide(trial, sizes)
        except (NotTestable, Redraw) as problem:
            return Finding(accepted=None, reason=f"not testable by SMT: {problem}")
        if accepted is not True:
            return Finding(accepted=accepted, strength="Proved", reason=f"{reason} at {shape_text(sizes)}")
        finding.shapes.append(shape_text(sizes))
    finding.shapes = sorted(set(finding.shapes))
    finding.method = "SMT over the reals: no input of these shapes tells the sides apart"
    sampled = only_sampled(trial)
    if sampled:
        # Every number is decided, but not every mask or permutation was tried: that is no proof.
        finding.strength = "Sampled"
        finding.method += f", for the structure drawn; {', '.join(sorted(sampled))}"
    return finding


def _decide(trial: Trial, sizes: dict[str, int]) -> tuple[bool | None, str]:
    import z3

    from kg.numbers.smt import Reals, differ

    system = Reals()
    source = SmtSource(trial.seed, system)
    left, right = trial.sides(trial.draw(sizes, source), source)
    terms = [
        tuple(x.parts[0] if isinstance(x, SystemArray) else system.literal(x)[0] for x in pair)
        for pair in zip(left, right, strict=True)
    ]
    if not system.linear and system.unknowns > MOST_UNKNOWNS_NONLINEAR:
        return None, "too many unknowns for polynomial arithmetic"
    solver = z3.Solver()
    solver.set("rlimit", STEPS)
    solver.add(*source.assumptions, *system.side_conditions)
    if solver.check() != z3.sat:
        return None, "the assumptions could not be shown to be satisfiable"
    solver.add(z3.Or([differ(a, b) for a, b in terms]))
    answer = solver.check()
    if answer == z3.unsat:
        return True, ""
    return (
        (False, "the solver found inputs where the sides differ")
        if answer == z3.sat
        else (None, "the solver gave up")
    )
