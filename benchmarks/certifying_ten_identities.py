"""What it costs to certify ten identities: residues, hypothesis with numpy.allclose, and SymPy, in one run.

    python benchmarks/certifying_ten_identities.py [--limit SECONDS] [--repeats N]

All three run the very text of the graph's implementations on the claims' own domains.

* residues: the judge of ``kg verify``, until its error bound is below 2^-64, at several shapes. The further work of
  ``kg verify`` (floats, controls, mutants, degenerate inputs) is not part of the comparison, as the others do none.
* allclose: 100 examples made by hypothesis at one of the same shapes, numpy.allclose with its own tolerances. Entries
  are multiples of 2^-10 in [-2, 2]: with all floats, hypothesis finds rows so nearly constant that numpy.allclose
  rejects the true derivative of layer normalisation.
* SymPy: the difference of the sides at the smallest shape that says something, with a limit of processor time for each
  identity.

Times are processor times of this process, medians of several runs (SymPy: of one run, if it takes more than a second).
Nothing here is a test: times depend on the machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from false_siblings import IDENTITIES, Identity
from hypothesis import HealthCheck, Phase, assume, given, reject, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from symbolic import prove
from tabulate import tabulate

from kg import code
from kg.graph import Graph, load
from kg.numbers.arrays import Redraw
from kg.project import find_project
from kg.verify import residue
from kg.verify.draws import FloatSource
from kg.verify.trial import Trial
from kg.verify.verdict import shape_text
from kg.verify.workshop import Workshop, trial_for
from kg.verify.workshop import load as load_workshop

EXAMPLES = 100


@dataclass(frozen=True)
class Row:
    """What the three methods took and said of one identity."""

    identity: Identity
    residues: float
    log2_error: int
    shapes: int
    allclose: float
    allclose_says: str
    symbolic: float
    symbolic_says: str
    sibling_passes_allclose: bool
    sibling_passes_residues: bool


def seconds_of(action: Callable[[int], Any], repeats: int) -> tuple[float, Any]:
    """Median processor time of a few runs, each told its number, and what the last one returned."""
    times: list[float] = []
    result: Any = None
    for number in range(repeats):
        started = time.process_time()
        result = action(number)
        times.append(time.process_time() - started)
        if times[-1] > 1:
            break
    return statistics.median(times), result


def allclose_accepts(trial: Trial, sizes: dict[str, int]) -> bool:
    """Whether numpy.allclose holds on all of the examples that hypothesis makes of the claim's inputs."""
    shapes = [np.shape(raw) for raw in _drawn(trial, sizes).raw]
    numbers = st.integers(-(2**11), 2**11).map(lambda k: k / 2**10)
    inputs = st.tuples(*(arrays(np.float64, shape, elements=numbers) for shape in shapes))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(inputs)
    def holds(raw: tuple[Any, ...]) -> None:
        source = FloatSource(trial.seed, list(raw))
        try:
            with np.errstate(all="ignore"):
                left, right = trial.sides(trial.draw(sizes, source), source)
        except (Redraw, np.linalg.LinAlgError):
            reject()
        # Where a side has no value there is nothing to compare, and numpy.allclose would call NaN a difference.
        assume(all(np.all(np.isfinite(x)) for side in (left, right) for x in side))
        assert all(np.allclose(a, b) for a, b in zip(left, right, strict=True))

    try:
        holds()
    except AssertionError:
        return False
    return True


def _drawn(trial: Trial, sizes: dict[str, int]) -> FloatSource:
    for attempt in range(100):
        source = FloatSource(f"{trial.seed} {attempt}")
        try:
            trial.draw(sizes, source)
        except Redraw:
            continue
        return source
    raise Redraw(trial.name)


def certify(identity: Identity, trial: Trial, limit: float, repeats: int) -> Row:
    """Run the three methods on one identity, and on its false sibling those that might accept it."""
    sizes = next(iter(trial.sizes()))
    sibling = trial.variant(identity.sibling, identity.defect)
    residues, finding = seconds_of(
        lambda number: residue.judge(replace(trial, seed=f"{trial.seed} run {number}")), repeats
    )
    if finding.accepted is not True:
        raise SystemExit(f"{identity.claim}: the residues do not accept it: {finding.reason}")
    allclose, accepted = seconds_of(lambda _: allclose_accepts(trial, sizes), repeats)
    symbolic, answer = seconds_of(lambda _: prove(trial, identity.smallest, limit), repeats)
    return Row(
        identity,
        residues,
        finding.log2_error or 0,
        len(finding.shapes),
        allclose,
        "accepted" if accepted else "rejected a true identity",
        symbolic,
        answer,
        allclose_accepts(sibling, sizes),
        residue.judge(sibling).accepted is not False,
    )


def report(rows: list[Row], limit: float) -> str:
    """The table, the totals, and what the columns mean."""
    table = [
        [
            row.identity.claim,
            f"{row.residues * 1e3:.1f}",
            f"{row.allclose * 1e3:.0f}",
            f"{row.symbolic * 1e3:.0f}" if row.symbolic_says == "proved" else row.symbolic_says,
            f"{row.allclose / row.residues:.1f}",
            f"{row.symbolic / row.residues:.1f}"
            if row.symbolic_says == "proved"
            else f"> {row.symbolic / row.residues:.1f}",
            _misses(row),
        ]
        for row in rows
    ]
    headers = [
        "identity",
        "residues, ms",
        "allclose, ms",
        "SymPy, ms",
        "allclose ÷",
        "SymPy ÷",
        "what each can miss",
    ]
    ours, close, symbolic = (
        sum(getattr(row, name) for row in rows) for name in ("residues", "allclose", "symbolic")
    )
    unproved = sum(row.symbolic_says != "proved" for row in rows)
    note = f", of which {unproved} cut off at {limit:g} s" if unproved else ""
    lines = [
        tabulate(table, headers, tablefmt="grid", maxcolwidths=[30, None, None, None, None, None, 64]),
        "",
        f"All ten: residues {ours:.2f} s, allclose {close:.2f} s ({close / ours:.1f} times as much), "
        f"SymPy {symbolic:.2f} s ({symbolic / ours:.1f} times as much{note}).",
        f"Median of the ratios: allclose {statistics.median(r.allclose / r.residues for r in rows):.0f}, "
        f"SymPy {statistics.median(r.symbolic / r.residues for r in rows):.0f}.",
        f"Of the ten false siblings allclose accepts {sum(r.sibling_passes_allclose for r in rows)}, "
        f"the residues accept {sum(r.sibling_passes_residues for r in rows)}.",
    ]
    return "\n".join(lines)


def _misses(row: Row) -> str:
    seen = "accepted" if row.sibling_passes_allclose else "rejected"
    rejected = "accepted" if row.sibling_passes_residues else "rejected"
    odd = "" if row.allclose_says == "accepted" else f" It {row.allclose_says} on the way."
    return (
        f"allclose: defects below 1e-8; {seen} “{row.identity.defect}”.{odd} "
        f"SymPy: all sizes but {shape_text(row.identity.smallest)}. "
        f"Residues: other sizes than the {row.shapes} tested; a claim false at all of these, with chance 2^{row.log2_error}; "
        f"{rejected} the sibling."
    )


def _trials(graph: Graph, workshop: Workshop) -> list[tuple[Identity, Trial]]:
    index = code.index(graph.project)
    return [
        (
            one,
            trial_for(workshop, graph.claims[one.claim], code.claim_digest(index, graph.claims[one.claim]))[
                0
            ],
        )
        for one in IDENTITIES
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--limit", type=float, default=20, help="processor seconds SymPy may use for one identity"
    )
    parser.add_argument("--repeats", type=int, default=5, help="runs whose median is printed")
    options = parser.parse_args()
    graph = load(find_project(Path(__file__).parents[1]))
    trials = _trials(graph, load_workshop(graph.project))
    # The first use of each library pays for its import; that is nobody's certificate.
    _, first = trials[5]
    (
        residue.judge(first),
        allclose_accepts(first, next(iter(first.sizes()))),
        prove(first, IDENTITIES[5].smallest, 20),
    )
    rows = [certify(one, trial, options.limit, options.repeats) for one, trial in trials]
    sys.stdout.write(report(rows, options.limit) + "\n")


if __name__ == "__main__":
    main()
