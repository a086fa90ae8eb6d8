"""Evidence: the same bytes every time, on other hardware as well; only what is stale is run; written whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kg.numbers.arrays import SystemArray
from kg.verify import record, verify
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict

Make = Callable[..., Any]
Turtle = Callable[..., str]

IMPL = """
def squares(x: Real[Array, "n"]) -> Array:
    return (x + 1) * (x - 1)

def products(x: Real[Array, "n"]) -> Array:
    return x * x - 1

def attention(q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]) -> Array:
    xp = array_namespace(q)
    weights = xp.exp(q @ k.mT - shift(q @ k.mT))
    return weights @ v / xp.sum(weights, axis=-1, keepdims=True)

def attention_by_keys(q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]) -> Array:
    xp = array_namespace(q)
    total, mass = 0, 0
    for j in range(k.shape[0]):
        weight = xp.exp(xp.sum(q * k[j, :], axis=-1, keepdims=True))
        total, mass = total + weight * v[j, :], mass + weight
    return total / mass

def softplus(x: Real[Array, "n"]) -> Array:
    xp = array_namespace(x)
    return xp.log(1 + xp.exp(x))

def softplus_by_difference(x: Real[Array, "n"]) -> Array:
    xp = array_namespace(x)
    return x + xp.log(1 + xp.exp(-x))

def singular(a: Real[Array, "n d"]) -> Array:
    xp = array_namespace(a)
    return xp.sum(xp.linalg.svd(a)[1] ** 2)

def frobenius(a: Real[Array, "n d"]) -> Array:
    return array_namespace(a).sum(a * a)

def length(g: Normal[Array, "samples n"]) -> Array:
    return array_namespace(g).sum(g * g, axis=-1)
"""

CHECKS = """
@check(relation="<=")
def a_bound(use, x: Real[Array, "n"]):
    xp = array_namespace(x)
    return xp.sum(x) ** 2, x.shape[0] * xp.sum(use("products")(x) + 1)

@a_bound.witness
def _(x):
    return {"x": 0 * x + x[:1]}

@a_bound.control("one dimension less")
def _(use, x):
    xp = array_namespace(x)
    return xp.sum(x) ** 2, (x.shape[0] - 1) * xp.sum(use("products")(x) + 1)

@check
def a_mean(use, g: Normal[Array, "samples n"]):
    return use("length")(g), g.shape[1]

@a_mean.control("one too few")
def _(use, g):
    return use("length")(g), g.shape[1] - 1

@check
def a_cost(use, x: Real[Array, "n"]):
    n = x.shape[0]
    return count_operations(use("products"), x)["multiply"], 3 * n - 2 * n

@a_cost.control("twice as many")
def _(use, x):
    return count_operations(use("products"), x)["multiply"], 2 * x.shape[0]

@check
def a_refutation(use, x: Real[Array, "n"]):
    return use("squares")(x), x * x + 1

@a_refutation.counterexample
def _():
    return {"x": [2, "1/3"]}

@a_refutation.control("one is taken away")
def _(use, x):
    return use("squares")(x), x * x - 1
"""


@pytest.fixture
def tiny(make: Make, turtle: Turtle) -> Any:
    return make(
        IMPL,
        CHECKS,
        turtle("an_identity", left="squares", right="products"),
        turtle("an_exponential", left="attention", right="attention_by_keys"),
        turtle("a_logarithm", left="softplus", right="softplus_by_difference"),
        turtle("a_decomposition", left="singular", right="frobenius"),
        turtle("a_bound", "Bound", about="products"),
        turtle("a_mean", "InExpectation", about="length"),
        turtle("a_cost", "Cost", about="products"),
        turtle("a_refutation", "Refutation", about="squares"),
    )


def recorded(tiny: Any) -> bytes:
    verdicts = [tiny.verdict(name) for name in tiny.graph.claims]
    return Path(record(tiny.graph, verdicts)).read_bytes()


def test_two_runs_write_the_same_bytes_without_a_clock_a_host_or_a_folder(tiny: Any) -> None:
    first = recorded(tiny)
    tiny.evidence.unlink()
    assert recorded(tiny) == first
    text = first.decode()
    assert text.count("earl:outcome earl:passed") == 8, text
    assert str(tiny.root) not in text
    assert os.uname().nodename not in text
    assert np.__version__ not in text


def one_ulp(value: Any, rng: np.random.Generator) -> Any:
    """Every float moved to a neighbouring one, up or down."""
    if isinstance(value, SystemArray) or not isinstance(value, float | complex | np.ndarray | np.generic):
        return value
    array = np.asarray(value)
    if array.dtype.kind not in "fc":
        return value
    return array * (1 + 2.0**-52 * rng.integers(-1, 2, size=array.shape))


def test_one_unit_in_the_last_place_on_every_float_result_changes_no_byte(
    tiny: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = recorded(tiny)
    rng = np.random.default_rng(5)
    plain = Trial.run

    def noisy(self: Trial, inputs: Any) -> Any:
        noisy_ones = {
            name: (lambda *a, f=function, **k: _everywhere(f(*a, **k), rng))
            for name, function in self.implementations.items()
        }
        left, right = plain(self.with_implementations(noisy_ones), inputs)
        return [one_ulp(x, rng) for x in left], [one_ulp(x, rng) for x in right]

    monkeypatch.setattr(Trial, "run", noisy)
    assert recorded(tiny).decode().splitlines() == first.decode().splitlines()


def _everywhere(result: Any, rng: np.random.Generator) -> Any:
    if isinstance(result, tuple | list):
        return type(result)(_everywhere(one, rng) for one in result)
    return one_ulp(result, rng)


RUN = """
import sys
from pathlib import Path
from kg.graph import load
from kg.project import find_project
from kg.verify import record, verify
if __name__ == "__main__":
    graph = load(find_project(Path(sys.argv[1])))
    print(record(graph, verify(graph, everything=True, jobs=int(sys.argv[2]))).read_text())
"""


def test_one_and_two_threads_of_linear_algebra_write_the_same_bytes(tiny: Any, tmp_path: Path) -> None:
    outputs = []
    for threads in ("1", "2"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        # The interpreter is told nothing else: another hash seed, another cache.
        environment = {**os.environ, **dict.fromkeys(names, threads), "PYTHONHASHSEED": threads}
        environment["XDG_CACHE_HOME"] = str(tmp_path / f"cache {threads}")
        command = [sys.executable, "-c", RUN, str(tiny.root), "2"]
        found = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        outputs.append(found.stdout)
    assert outputs[0] == outputs[1]
    assert outputs[0].count("earl:outcome earl:passed") == 8


def test_only_what_changed_is_run_again(make: Make, turtle: Turtle) -> None:
    tiny = make(
        IMPL,
        "",
        turtle("one", left="squares", right="products"),
        turtle("two", left="softplus", right="softplus_by_difference"),
    )
    ran: list[str] = []

    def run(**options: Any) -> dict[str, Verdict]:
        ran.clear()
        graph = tiny.graph
        found = verify(graph, jobs=1, progress=lambda v, *_: ran.append(v.claim), **options)
        record(graph, found)
        return {v.claim: v for v in found}

    run()
    assert ran == ["one", "two"]
    again = run()
    assert ran == []
    assert {v.outcome for v in again.values()} == {"passed"}
    assert again["one"].strength == "IdentityTested"
    tiny.edit("impl", "x * x - 1", "x**2 - 1")
    run()
    assert ran == ["one"]
    run(everything=True)
    assert ran == ["one", "two"]
    tiny.edit("impl", "x**2 - 1", "x**2 - 2")
    assert run()["one"].outcome == "failed"
    assert run()["one"].outcome == "failed"
    assert ran == []


def test_recording_one_claim_keeps_what_is_known_of_the_others(tiny: Any) -> None:
    everything = recorded(tiny)
    assert Path(record(tiny.graph, [tiny.verdict("an_identity")])).read_bytes() == everything


def test_evidence_that_is_read_back_says_the_same(tiny: Any) -> None:
    before = {name: tiny.verdict(name) for name in ("an_identity", "a_mean", "a_refutation")}
    record(tiny.graph, before.values())
    for verdict in verify(tiny.graph, list(before), jobs=1):
        assert verdict == before[verdict.claim].but(seconds=0.0, p_value=None)


def test_reasons_with_quotes_and_line_breaks_survive_the_turtle(tiny: Any) -> None:
    odd = 'a "quoted" \\word\\, a\nline, a\ttab and ∑ of 𝔽'
    verdict = tiny.verdict("an_identity").but(outcome="cantTell", reason=odd, strength=None)
    record(tiny.graph, [verdict])
    assert tiny.graph.claims["an_identity"].evidence.reason == odd


def test_evidence_of_a_claim_that_is_gone_is_dropped(make: Make, turtle: Turtle) -> None:
    tiny = make(
        IMPL,
        "",
        turtle("one", left="squares", right="products"),
        turtle("two", left="squares", right="products"),
    )
    record(tiny.graph, [tiny.verdict("one"), tiny.verdict("two")])
    claims = tiny.root / "ontology" / "claims" / "text.ttl"
    claims.write_text(
        claims.read_text(encoding="utf-8").replace("claim:two ", "claim:three "), encoding="utf-8"
    )
    record(tiny.graph, [])
    assert set(tiny.graph.evidence) == {"one"}


@pytest.mark.parametrize("failing", ["os.replace", "os.chmod"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tiny: Any, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    verdict = tiny.verdict("an_identity")
    path = Path(record(tiny.graph, [verdict]))
    before, graph = path.read_bytes(), tiny.graph

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(failing, full)
    with pytest.raises(Exception, match=r"No space left|cannot be written"):
        record(graph, [verdict.but(outcome="failed")])
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_error_probability_is_rounded_up_to_a_power_of_two(tiny: Any) -> None:
    verdict = tiny.verdict("an_identity")
    assert isinstance(verdict.log2_error, int)
    assert verdict.as_json()["error_probability"] == 2.0**verdict.log2_error
    assert verdict.but(log2_error=None).as_json()["error_probability"] is None
    # Never a probability of zero, however small the exponent.
    assert verdict.but(log2_error=-5000).as_json()["error_probability"] != 0
