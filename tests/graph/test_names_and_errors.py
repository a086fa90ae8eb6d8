"""Names, prefixes, guesses, and how an error reads."""

from __future__ import annotations

import pytest

from kg.errors import CheckError, FetchError, KgError, SourceError, UsageError
from kg.names import (
    BASE,
    VOCABULARY,
    closest,
    compact,
    did_you_mean,
    local_name,
    prefixes,
    sparql_prologue,
    turtle_prologue,
)


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://example.org/claim/gelu_is_smooth", "gelu_is_smooth"),
        ("http://www.w3.org/2004/02/skos/core#broader", "broader"),
        ("plain", "plain"),
    ],
)
def test_a_local_name_is_what_follows_the_last_slash_or_hash(iri: str, name: str) -> None:
    assert local_name(iri) == name


def test_a_project_has_prefixes_of_its_own_but_shares_the_vocabulary() -> None:
    mine = prefixes("https://example.org/")
    assert mine["claim"] == "https://example.org/claim/"
    assert mine["kg"] == VOCABULARY == prefixes(BASE)["kg"]


def test_an_iri_is_shortened_by_its_prefix() -> None:
    assert compact(BASE + "condition/unit_norm_keys") == "cond:unit_norm_keys"
    assert compact("https://example.org/claim/x", "https://example.org/") == "claim:x"
    assert compact("https://elsewhere.org/x") == "https://elsewhere.org/x"


def test_prologues_declare_every_prefix() -> None:
    assert f"PREFIX kg: <{VOCABULARY}>\n" in sparql_prologue()
    assert f"@prefix claim: <{BASE}claim/> .\n" in turtle_prologue()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("softmax_atention", "softmax_attention"),
        ("GELU", "gelu"),
        ("kernel", "kernel_smoother"),
        ("entirely_different", None),
    ],
)
def test_a_guess_is_made_only_where_one_is_near(typed: str, meant: str | None) -> None:
    assert closest(typed, ["softmax_attention", "gelu", "kernel_smoother"]) == meant


def test_advice_falls_back_where_there_is_no_guess() -> None:
    assert did_you_mean("gelo", ["gelu"], "look it up") == "did you mean 'gelu'?"
    assert did_you_mean("zzz", ["gelu"], "look it up") == "look it up"


def test_a_source_error_reads_as_place_problem_advice() -> None:
    error = SourceError("ontology/claims/a.ttl", 7, "'x' is unknown", "did you mean 'y'?")
    assert str(error) == "ontology/claims/a.ttl:7: 'x' is unknown: did you mean 'y'?"
    assert (error.line, error.advice) == (7, "did you mean 'y'?")


def test_every_error_is_a_kg_error() -> None:
    assert all(issubclass(kind, KgError) for kind in (SourceError, CheckError, FetchError, UsageError))
