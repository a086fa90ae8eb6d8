"""Where in a work: the form of a locator, that no place is cited twice, and how many have been looked up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Answer

from kg.locator import misspelling, needs_number, parts, same

Kg = Callable[..., Answer]


@pytest.mark.parametrize(
    ("locator", "read"),
    [
        ("Theorem 1", ["Theorem 1"]),
        ("Section 3.2, Equation 5", ["Section 3.2", "Equation 5"]),
        ("Equations 5 to 8", ["Equation 5 8"]),
        ("Appendix B.2", ["Appendix B.2"]),
        ("Table II", ["Table II"]),
        ("Algorithm 1, Theorem 1", ["Algorithm 1", "Theorem 1"]),
        ("Section 1, after the definition of the leverage scores", ["Section 1"]),
        ("Theorem 1 of the ICLR 2020 submission", ["Theorem 1"]),
        ("Abstract", ["Abstract"]),
        ("the section on restricted Boltzmann machines", []),
        ("authors' code, aux_code/rnn_cells.py", []),
        ("the decomposition in rank-(L, L, 1) terms", []),
    ],
)
def test_a_locator_is_read_into_its_places(locator: str, read: list[str]) -> None:
    assert [str(part) for part in parts(locator)] == read
    assert misspelling(locator) is None
    assert needs_number(locator) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Thm. 1", "Theorem 1"),
        ("thm 2.3", "Theorem 2.3"),
        ("theorem 4", "Theorem 4"),
        ("Eq. (3)", "Equation 3"),
        ("Eqs. (5)-(8)", "Equations 5 to 8"),
        ("Equation 5 and 6", "Equations 5 and 6"),
        ("Equations 5", "Equation 5"),
        ("§ 3.2", "Section 3.2"),
        ("pp. 3--5", "Pages 3 to 5"),
        ("Lemma 1.", "Lemma 1"),
        ("Lemma 1,", "Lemma 1"),
        ("Theorem 1, 2", "Theorems 1 and 2"),
        ("Eq 3, Thm 2, for the bound", "Equation 3, Theorem 2, for the bound"),
        ("12", "Section 12, or Theorem, Equation, Page: say what it is the number of"),
    ],
)
def test_a_locator_that_is_not_well_formed_is_mended(written: str, meant: str) -> None:
    assert misspelling(written) == meant


def test_a_theorem_needs_a_number_and_an_abstract_none() -> None:
    assert [needs_number(one) for one in ("Theorem", "equation", "Abstract", "Appendix")] == [
        "Theorem",
        "Equation",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("first", "second"), [("Theorem 1", "Thm. 1"), ("the table of means", "The table of means.")]
)
def test_one_place_in_two_spellings_is_one(first: str, second: str) -> None:
    assert same(first, second)


def test_two_places_are_two() -> None:
    assert not same("Section 2, for the definition", "Section 2, for the approximation")


def cited(toy: Path, old: str, new: str) -> None:
    path = toy / "ontology" / "claims" / "evaluation.ttl"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def source_of(toy: Path) -> str:
    text = (toy / "ontology" / "claims" / "evaluation.ttl").read_text(encoding="utf-8")
    start = text.index("kg:source [")
    return text[start : text.index("]", start) + 1]


def test_lint_tells_a_malformed_locator_with_its_line(toy_kg: Kg, toy: Path) -> None:
    source = source_of(toy)
    locator = source.split('kg:locator "')[1].split('"')[0]
    cited(toy, f'kg:locator "{locator}"', 'kg:locator "Thm. 7"')
    assert "'Thm. 7' of horner1819new is not how a place is written: write 'Theorem 7'" in toy_kg("lint").out


def test_lint_tells_a_place_that_is_cited_twice_by_one_claim(toy_kg: Kg, toy: Path) -> None:
    source = source_of(toy)
    twice = source.replace("kg:source", "").replace("kg:intent cito:", 'kg:note "again" ; kg:intent cito:')
    cited(toy, source, f"{source} , {twice}")
    assert "cites horner1819new" in toy_kg("lint").out
    assert "twice: keep one of the two" in toy_kg("lint").out


def test_lint_counts_the_places_that_have_been_looked_up(toy_kg: Kg, toy: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (toy / "ontology" / "claims").glob("*.ttl")]
    confirmed = sum(text.count("kg:locatorStatus kg:Confirmed") for text in texts)
    unconfirmed = sum(text.count("kg:locatorStatus kg:Unconfirmed") for text in texts)
    expected = f"{confirmed} places in works confirmed, {unconfirmed} still to be looked up\n"
    assert expected in toy_kg("lint").err


def test_an_intent_that_cito_does_not_have_is_told_with_a_guess(toy_kg: Kg, toy: Path) -> None:
    text = (toy / "ontology" / "claims" / "evaluation.ttl").read_text(encoding="utf-8")
    intent = text.split("kg:intent cito:")[1].split()[0]
    cited(toy, f"cito:{intent}", "cito:usesMethodsIn")
    assert "CiTO has no property 'usesMethodsIn': did you mean 'usesMethodIn'?" in toy_kg("lint").out
