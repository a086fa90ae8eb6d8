"""What is drawn: admissible sizes, entries of thirty random bits, every kind of domain in every arithmetic."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.domains import KINDS, Domain
from kg.numbers import array_namespace
from kg.numbers.arrays import NotTestable, Redraw, SystemArray
from kg.numbers.balls import Balls, precision
from kg.numbers.degrees import Degrees
from kg.numbers.residues import Residues
from kg.verify import condition
from kg.verify.draws import FloatSource, SystemSource, Undrawable, dimension_names, draw, extent, sizes_for
from kg.verify.verdict import Verdict

SHAPES = {
    "Symmetric": ("n", "n"),
    "PositiveDefinite": ("n", "n"),
    "Orthogonal": ("n", "n"),
    "Unitary": ("n", "n"),
    "Permutation": ("n",),
    "Natural": ("2", "5"),
    "Interval": ("-3", "3"),
    "Size": ("n",),
}
RANDOM = ("Normal", "ComplexNormal", "Uniform")


def domain(kind: str) -> Domain:
    return Domain(kind, SHAPES.get(kind, ("n", "d")))


def drawn(kind: str, seed: str = "seed", **sizes: int) -> Any:
    return draw({"x": domain(kind)}, {"n": 4, "d": 3, **sizes}, [], FloatSource(seed))["x"]


IS: dict[str, Callable[[Any], bool]] = {
    "Real": lambda x: x.shape == (4, 3) and x.dtype == np.float64,
    "Complex": lambda x: x.shape == (4, 3) and x.dtype == np.complex128 and bool(np.all(x.imag != 0)),
    "Positive": lambda x: bool(np.all(x > 0)),
    "Probability": lambda x: bool(np.all((x > 0) & (x <= 1))),
    "Symmetric": lambda x: np.array_equal(x, x.T),
    "PositiveDefinite": lambda x: np.array_equal(x, x.T) and bool(np.all(np.linalg.eigvalsh(x) > 0)),
    "Orthogonal": lambda x: np.allclose(x @ x.T, np.eye(4)),
    "Unitary": lambda x: np.allclose(x @ x.conj().T, np.eye(4)) and bool(np.any(x.imag)),
    "UnitRows": lambda x: x.shape == (4, 3) and np.allclose(np.sum(x * x, axis=1), 1),
    "Permutation": lambda x: sorted(x.tolist()) == [0, 1, 2, 3],
    "Mask": lambda x: x.dtype == bool and x.shape == (4, 3),
    "Natural": lambda x: type(x) is int and 2 <= x <= 5,
    "Interval": lambda x: bool(-3 <= x <= 3),
    "Size": lambda x: x == 4,
    "Normal": lambda x: x.shape == (4, 3),
    "ComplexNormal": lambda x: x.shape == (4, 3) and x.dtype == np.complex128,
    "Uniform": lambda x: bool(np.all((x >= 0) & (x < 1))),
}


def test_every_kind_has_its_test_here() -> None:
    assert set(IS) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(IS))
def test_what_is_drawn_belongs_to_its_domain(kind: str) -> None:
    for seed in ("a", "b", "c"):
        assert IS[kind](drawn(kind, seed)), kind


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in RANDOM])
def test_the_same_seed_draws_the_same_and_another_seed_another(kind: str) -> None:
    assert np.array_equal(drawn(kind, "a"), drawn(kind, "a"))
    others = [drawn(kind, f"other {number}") for number in range(12)]
    assert kind == "Size" or any(not np.array_equal(drawn(kind, "a"), other) for other in others)


def test_real_entries_have_thirty_random_bits_and_are_exact_in_floats() -> None:
    entries = drawn("Real", n=9, d=8).reshape(-1)
    assert all(Fraction(float(v)) * 2**29 == int(v * 2**29) for v in entries)
    assert any(int(v * 2**29) % 2 for v in entries)
    assert np.min(entries) < -1 < 1 < np.max(entries)


def test_orthogonal_matrices_are_rotations_and_reflections() -> None:
    signs = {int(np.sign(np.linalg.det(drawn("Orthogonal", f"seed {number}")))) for number in range(12)}
    assert signs == {-1, 1}


@pytest.mark.parametrize(
    "kind", ["Orthogonal", "Unitary", "UnitRows", "Symmetric", "PositiveDefinite", "Positive"]
)
def test_structured_inputs_keep_their_structure_over_residues_balls_and_degrees(kind: str) -> None:
    field = Residues(f"structured {kind}")
    x = draw({"x": domain(kind)}, {"n": 3, "d": 4}, [], SystemSource("seed", field))["x"]
    xp = array_namespace(x)
    square = {
        "Orthogonal": lambda: (x @ x.mT, xp.eye(3, dtype=field)),
        "Unitary": lambda: (x @ xp.conj(x).mT, xp.eye(3, dtype=field) + 0j),
        "UnitRows": lambda: (xp.sum(x * x, axis=1), xp.ones((3,), dtype=field)),
        "Symmetric": lambda: (x, x.mT),
        "PositiveDefinite": lambda: (x, x.mT),
        "Positive": lambda: (xp.sqrt(x) ** 2, x),
    }[kind]()
    assert np.all(field.equal(square[0].parts, square[1].parts))
    with precision(200):
        source = FloatSource("balls")
        floats = draw({"x": domain(kind)}, {"n": 3, "d": 4}, [], source)["x"]
        exact = draw({"x": domain(kind)}, {"n": 3, "d": 4}, [], source.in_balls(Balls()))["x"]
        middle = np.asarray(
            [complex(float(v.real.mid()), float(v.imag.mid())) for v in exact.parts[0].reshape(-1)]
        )
    np.testing.assert_allclose(middle.reshape(floats.shape), floats, atol=1e-12)
    degrees = draw({"x": domain(kind)}, {"n": 3, "d": 4}, [], SystemSource("seed", Degrees()))["x"]
    assert degrees.shape == floats.shape


@pytest.mark.parametrize("kind", RANDOM)
def test_random_variates_exist_in_floats_only(kind: str) -> None:
    for system in (Residues("random"), Degrees()):
        with pytest.raises(NotTestable, match="judged in floats"):
            draw({"x": domain(kind)}, {"n": 3, "d": 4}, [], SystemSource("seed", system))


def test_complex_normal_numbers_have_mean_square_one() -> None:
    x = draw({"x": Domain("ComplexNormal", ("n",))}, {"n": 200_000}, [], FloatSource("moment"))["x"]
    assert np.mean(np.abs(x) ** 2) == pytest.approx(1, abs=0.02)
    assert np.mean(x**2) == pytest.approx(0, abs=0.02)


def first_sizes(domains: dict[str, Domain], *, count: int = 6, **parts: Any) -> list[dict[str, int]]:
    return list(
        itertools.islice(sizes_for(domains, parts.get("conditions", []), "seed", parts.get("allowed")), count)
    )


def test_sizes_are_distinct_at_least_two_and_one_is_at_least_five() -> None:
    for sizes in first_sizes({"q": Domain("Real", ("n", "d")), "k": Domain("Real", ("m", "d"))}, count=30):
        assert len(set(sizes.values())) == 3
        assert min(sizes.values()) >= 2
        assert max(sizes.values()) >= 5


def test_one_dimension_takes_several_sizes() -> None:
    assert {s["n"] for s in first_sizes({"x": Domain("Real", ("n",))}, count=3)} == {2, 3, 5}


def test_a_claim_without_dimensions_has_one_empty_assignment() -> None:
    assert first_sizes({"x": Domain("Real", ())}, count=2) == [{}, {}]


def test_the_claims_own_sizes_are_the_only_ones() -> None:
    found = first_sizes({"x": Domain("Real", ("n", "d"))}, allowed={"n": (4, 8)}, count=20)
    assert {s["n"] for s in found} == {4, 8}


@condition
def wide(n, d):  # type: ignore[no-untyped-def]
    return d > n


@condition
def impossible(n):  # type: ignore[no-untyped-def]
    return n > 100


def test_conditions_on_sizes_choose_among_them() -> None:
    found = first_sizes({"x": Domain("Real", ("n", "d"))}, conditions=[wide], count=20)
    assert all(s["d"] > s["n"] for s in found)
    with pytest.raises(Undrawable, match="no sizes of n satisfy impossible"):
        first_sizes({"x": Domain("Real", ("n",))}, conditions=[impossible])


@given(st.integers(2, 6), st.integers(2, 6))
@settings(max_examples=20, deadline=None)
def test_a_dimension_may_be_a_sum_of_others(n: int, m: int) -> None:
    assert extent("2*n-1", {"n": n}) == 2 * n - 1
    assert extent("n+m", {"n": n, "m": m}) == n + m
    assert extent("7", {}) == 7
    assert dimension_names({"x": Domain("Real", ("2*n-1", "n+m", "3"))}) == ["n", "m"]


@pytest.mark.parametrize("text", ["n/2", "n**2", "f(n)", "k", "n +", "-n"])
def test_a_dimension_that_is_no_sum_of_known_ones_is_refused(text: str) -> None:
    with pytest.raises(Undrawable):
        extent(text, {"n": 3})


@condition
def positive_entries(x):  # type: ignore[no-untyped-def]
    return bool(np.all(x > 0))


@condition
def squared(x):  # type: ignore[no-untyped-def]
    return bool(np.all(x >= 0))


@squared.sampler
def _(x):  # type: ignore[no-untyped-def]
    return {"x": x * x}


@condition(generic=True)
def invertible(x):  # type: ignore[no-untyped-def]
    return bool(abs(np.linalg.det(x)) > 1e-9)


REALS = {"x": Domain("Real", ("n", "n"))}


def test_a_condition_without_a_sampler_rejects_draws_and_has_no_residues() -> None:
    with pytest.raises(Redraw, match="condition positive_entries does not hold"):
        draw(REALS, {"n": 4}, [positive_entries], FloatSource("seed"))
    with pytest.raises(NotTestable, match="has no sampler that works over residues"):
        draw(REALS, {"n": 4}, [positive_entries], SystemSource("seed", Residues("a")))


def test_a_condition_with_a_sampler_is_imposed_everywhere() -> None:
    assert np.all(draw(REALS, {"n": 4}, [squared], FloatSource("seed"))["x"] >= 0)
    x = draw(REALS, {"n": 2}, [squared], SystemSource("seed", Residues("a")))["x"]
    assert isinstance(array_namespace(x).sqrt(x), SystemArray)


def test_a_generic_condition_holds_for_almost_all_residues() -> None:
    assert draw(REALS, {"n": 2}, [invertible], SystemSource("seed", Residues("a")))["x"].shape == (2, 2)


def test_a_condition_about_something_else_is_refused() -> None:
    with pytest.raises(Undrawable, match="condition positive_entries speaks of 'x', which is no input"):
        draw({"y": Domain("Real", ("n",))}, {"n": 2}, [positive_entries], FloatSource("seed"))


def test_a_replayed_draw_keeps_its_structure_and_takes_other_numbers() -> None:
    domains = {"x": Domain("Real", ("n",)), "p": Domain("Permutation", ("n",)), "m": Domain("Mask", ("n",))}
    source = FloatSource("seed")
    first = draw(domains, {"n": 6}, [], source)
    again = draw(domains, {"n": 6}, [], source.again([r + 1 for r in source.raw]))
    assert np.array_equal(again["x"], first["x"] + 1)
    assert np.array_equal(again["p"], first["p"])
    assert np.array_equal(again["m"], first["m"])


def test_a_statement_about_every_orthogonal_matrix_meets_reflections(judge: Callable[..., Verdict]) -> None:
    text = """
    def left(q: Orthogonal[Array, "n n"], x: Real[Array, ""]) -> Array:
        return array_namespace(q).linalg.det(q) * x

    def right(q: Orthogonal[Array, "n n"], x: Real[Array, ""]) -> Array:
        return x * {factor}
    """
    # Which signs a draw has is a matter of chance; that all draws of both claims are rotations is one of 2^18.
    outcomes = [judge(text.format(factor=factor)).outcome for factor in ("1", "2 / 2")]
    assert outcomes != ["passed", "passed"]


@pytest.mark.parametrize(
    ("kind", "argument", "text"),
    [
        ("Permutation", 'p: Permutation[Array, "n"]', "xp.take(x, p)"),
        ("Mask", 'p: Mask[Array, "n"]', "xp.where(p, x, 0)"),
        ("Natural", 'p: Natural[int, "1 500"]', "x * p"),
    ],
)
def test_structure_that_is_only_sampled_is_said_beside_the_error_probability(
    judge: Callable[..., Verdict], kind: str, argument: str, text: str
) -> None:
    # The bound of Schwartz and Zippel is about the numbers, for the masks and permutations that were drawn.
    verdict = judge(f"""
    def left(x: Real[Array, "n"], {argument}) -> Array:
        xp = array_namespace(x)
        return {text} + x

    def right(x: Real[Array, "n"], {argument}) -> Array:
        xp = array_namespace(x)
        return x + {text.replace("(p, x, 0)", "(~p, 0, x)")}
    """)
    assert verdict.log2_error is not None
    assert "sampled" in verdict.method or "drawn" in verdict.method


def test_a_solver_that_saw_only_some_masks_has_proved_nothing(judge: Callable[..., Verdict]) -> None:
    verdict = judge("""
    def left(x: Real[Array, "n"], m: Mask[Array, "n"]) -> Array:
        xp = array_namespace(x)
        return xp.where(m, xp.maximum(x, 0), x)

    def right(x: Real[Array, "n"], m: Mask[Array, "n"]) -> Array:
        xp = array_namespace(x)
        return xp.where(~m, x, (x + abs(x)) / 2)
    """)
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.strength != "Proved"
    assert verdict.strength == "Scaled" or "masks only sampled" in verdict.method
