"""How often the judges of randomness, rates, limits and bounds err: claims whose truth is known, judged in one run.

    python benchmarks/judging_known_claims.py [--claims N] [--judge KIND …]

For each judge N true claims and N false ones are made from seeds. A true claim says exactly what is so: a probability is
attained and not exceeded, a bound is sharp. A false claim errs by as much as its own control differs from it, which is
the smallest error the judge undertakes to notice. Parameters are drawn anew for every claim.

A *false alarm* is a true claim that failed, a *miss* is a false claim that passed; undecided claims are counted apart.
The intervals are those of Clopper and Pearson, of level 95 %.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats
from tabulate import tabulate

from kg.numbers import array_namespace, constant
from kg.verify import Array, Interval, Normal, Real, Size, Uniform, check
from kg.verify.declare import Check
from kg.verify.run import JUDGES
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict

CLAIMS = 200
# Constants of bounds are whole numbers of ten millionths, so that balls hold them exactly.
PARTS = 10**7


def expectation(rng: Any, true: bool) -> Check:
    """A mean of normal or uniform numbers, stated right or wrong by 2 to 20 %."""
    t = rng.uniform(0.2, 0.8)
    statistic, mean = [
        (lambda z, u: np.exp(t * z[:, 0]), np.exp(t**2 / 2)),
        (lambda z, u: np.abs(z[:, 0]), np.sqrt(2 / np.pi)),
        (lambda z, u: np.sum(z**2, axis=1), 4.0),
        (lambda z, u: z[:, 0] ** 2 * z[:, 1] ** 2, 1.0),
        (lambda z, u: np.max(u, axis=1), 3 / 4),
        (lambda z, u: u[:, 0] ** 5, 1 / 6),
        (lambda z, u: _square_trace(z), 1 + 3 / 2),
    ][rng.integers(7)]
    off = 1 + rng.choice([-1, 1]) * rng.uniform(0.02, 0.2)
    stated, rival = (mean, mean * off) if true else (mean * off, mean * (2 * off - 1))

    @check
    def claim(use: Any, z: Normal[Array, "samples 4"], u: Uniform[Array, "samples 3"]) -> Any:
        return statistic(z, u), stated

    @claim.control("the nearest wrong mean")
    def _(use: Any, z: Any, u: Any) -> Any:
        return statistic(z, u), rival

    return claim


def _square_trace(z: Any) -> Any:
    """tr S²/2 of the covariance of two observations of two normal numbers."""
    x = z.reshape(-1, 2, 2)
    return np.sum((np.swapaxes(x, 1, 2) @ x / 2) ** 2, axis=(1, 2)) / 2


def law(rng: Any, true: bool) -> Check:
    """A law of one number, stated with the right scale or with one 5 to 30 % too large or too small."""
    sampled, cdf = [
        (lambda z: z[:, 0], stats.norm.cdf),
        (lambda z: np.sum(z[:, :2] ** 2, axis=1), stats.chi2(2).cdf),
        (lambda z: np.sum(z[:, :3] ** 2, axis=1), stats.chi2(3).cdf),
        (lambda z: np.max(stats.norm.cdf(z[:, :3]), axis=1), lambda x: np.clip(x, 0, 1) ** 3),
    ][rng.integers(4)]
    off = (1 + rng.uniform(0.05, 0.3)) ** rng.choice([-1, 1])
    stated, rival = (1.0, off) if true else (off, off**2)

    @check
    def one_sample(use: Any, z: Normal[Array, "samples 6"]) -> Any:
        return sampled(z), cdf(sampled(z) / stated)

    @one_sample.control("the nearest wrong scale")
    def _(use: Any, z: Any) -> Any:
        return sampled(z), cdf(sampled(z) / rival)

    @check(relation="same law")
    def two_samples(use: Any, z: Normal[Array, "samples 6"]) -> Any:
        return sampled(z), sampled(z[:, 3:]) * stated

    @two_samples.control("the nearest wrong scale")
    def _(use: Any, z: Any) -> Any:
        return sampled(z), sampled(z[:, 3:]) * rival

    return two_samples if rng.random() < 0.5 else one_sample


def recovery(rng: Any, true: bool) -> Check:
    """An event that happens exactly as often as stated, or less often by 5 to 30 points of a hundred."""
    stated, gap = rng.uniform(0.5, 0.99), rng.uniform(0.05, 0.3)
    actual = stated if true else stated - gap

    @check
    def claim(use: Any, u: Uniform[Array, "samples 2"]) -> Any:
        return u[:, 0] < actual, stated

    @claim.control("an event that is less frequent")
    def _(use: Any, u: Any) -> Any:
        return u[:, 1] < stated - gap, stated

    return claim


def convergence(rng: Any, true: bool) -> Check:
    """A power of n with a correction of order 1/n and, in two of three claims, noise; wrong exponents are ½ off."""
    exponent, noise = rng.choice([-0.5, -1, -1.5, -2]), rng.uniform(0.1, 1)
    scale, correction = rng.uniform(0.1, 10), rng.uniform(0, 0.5)
    wrong = rng.choice([-0.5, 0.5])
    stated, rival = (exponent, exponent + wrong) if true else (exponent + wrong, exponent + 2 * wrong)
    sizes = {"n": (16, 32, 64, 128, 256)}

    def size_of_error(n: int) -> float:
        return float(scale * n**exponent * (1 + correction / n))

    @check(sizes=sizes)
    def noisy(use: Any, z: Normal[Array, "samples"], n: Size[int, "n"]) -> Any:
        return size_of_error(n) * np.exp(noise * z), stated

    @noisy.control("the nearest wrong exponent")
    def _(use: Any, z: Any, n: int) -> Any:
        return size_of_error(n) * np.exp(noise * z), rival

    @check(sizes=sizes)
    def exact(use: Any, n: Size[int, "n"]) -> Any:
        return size_of_error(n), stated

    @exact.control("the nearest wrong exponent")
    def _(use: Any, n: int) -> Any:
        return size_of_error(n), rival

    return exact if rng.random() < 1 / 3 else noisy


def limit(rng: Any, true: bool) -> Check:
    """A sequence L + c n^(−a) (1 + d/n); wrong limits are 10^−4 to 10^−1 off."""
    to, power = rng.uniform(-3, 3), rng.choice([0.5, 1, 1.5, 2])
    c, d = rng.choice([-1, 1]) * rng.uniform(0.3, 3), rng.uniform(-1, 1)
    off = rng.choice([-1, 1]) * 10 ** rng.uniform(-4, -1)
    stated, rival = (to, to + off) if true else (to + off, to + 2 * off)

    @check(sizes={"n": (64, 128, 256, 512, 1024, 2048)})
    def claim(use: Any, n: Size[int, "n"]) -> Any:
        return to + c * n**-power * (1 + d / n), stated

    @claim.control("the nearest wrong limit")
    def _(use: Any, n: int) -> Any:
        return to + c * n**-power * (1 + d / n), rival

    return claim


def bound(rng: Any, true: bool) -> Check:
    """A sharp inequality, stated with its constant or with one too small: by 1 to 30 %, on an interval by 10^−6 to 0.1."""
    pick = rng.integers(4)
    lost = 10 ** rng.uniform(-6, -1) if pick == 3 else rng.uniform(0.01, 0.3)
    wrong = PARTS - int(lost * PARTS)
    # Boxes can show a bound on an interval only if it is rounded up, here by one part in ten million.
    right = PARTS + 1 if pick == 3 else PARTS
    stated, rival = (right, wrong) if true else (wrong, 2 * wrong - PARTS)
    if pick == 3:
        return _interval_bound(stated, rival)
    sides = [_cauchy_schwarz, _one_norm_and_two_norm, _triangle][pick]

    @check(relation="<=", sizes={"n": (2, 3, 5)})
    def claim(use: Any, x: Real[Array, "n"], y: Real[Array, "n"]) -> Any:
        left, right = sides(x, y)
        return PARTS * left, stated * right

    @claim.control("a constant that is too small")
    def _(use: Any, x: Any, y: Any) -> Any:
        left, right = sides(x, y)
        return PARTS * left, rival * right

    return claim


def _cauchy_schwarz(x: Any, y: Any) -> Any:
    return (x @ y) ** 2, (x @ x) * (y @ y)


def _one_norm_and_two_norm(x: Any, y: Any) -> Any:
    xp = array_namespace(x)
    return xp.sum(xp.abs(x)) ** 2, x.shape[0] * (x @ x)


def _triangle(x: Any, y: Any) -> Any:
    xp = array_namespace(x)
    return xp.sum(xp.abs(x + y)), xp.sum(xp.abs(x)) + xp.sum(xp.abs(y))


def _interval_bound(stated: int, rival: int) -> Check:
    """4x(1−x) ≤ 1 on the unit interval."""

    @check(relation="<=")
    def claim(use: Any, x: Interval[Array, "0 1"]) -> Any:
        return 4 * PARTS * x * (1 - x), constant(x, stated)

    @claim.control("a constant that is too small")
    def _(use: Any, x: Any) -> Any:
        return 4 * PARTS * x * (1 - x), constant(x, rival)

    return claim


FAMILIES: dict[str, Callable[[Any, bool], Check]] = {
    "InExpectation": expectation,
    "InLaw": law,
    "Recovery": recovery,
    "Convergence": convergence,
    "Limit": limit,
    "Bound": bound,
}


def judged(kind: str, true: bool, number: int) -> str:
    """The outcome for one claim whose truth is known."""
    seed = f"{kind} {true} {number}"
    claim = FAMILIES[kind](np.random.default_rng(list(seed.encode())), true)
    trial = Trial(seed, claim.function, claim.domains(), [], {}, seed, claim.sizes)
    return JUDGES[kind](trial, claim, Verdict(seed, kind, "untested")).outcome


def measured(kind: str, claims: int) -> list[Any]:
    """One row of the table."""
    started = time.process_time()
    row: list[Any] = [kind]
    for true, mistake in ((True, "failed"), (False, "passed")):
        outcomes = Counter(judged(kind, true, number) for number in range(claims))
        interval = stats.binomtest(outcomes[mistake], claims).proportion_ci(method="exact")
        row += [
            f"{outcomes[mistake]} of {claims}",
            f"{interval.low:.3f} to {interval.high:.3f}",
            outcomes["cantTell"],
        ]
    return [*row, f"{1000 * (time.process_time() - started) / (2 * claims):.0f} ms"]


HEADERS = ("judge", "false alarms", "95 %", "undecided", "misses", "95 %", "undecided", "each")


def main() -> None:
    parser = argparse.ArgumentParser(description="How often the judges err.")
    parser.add_argument("--claims", type=int, default=CLAIMS, metavar="N", help="true claims, and false ones")
    parser.add_argument("--judge", nargs="+", choices=FAMILIES, default=list(FAMILIES), metavar="KIND")
    options = parser.parse_args()
    rows = [measured(kind, options.claims) for kind in options.judge]
    sys.stdout.write(tabulate(rows, headers=HEADERS, tablefmt="github") + "\n")


if __name__ == "__main__":
    main()
