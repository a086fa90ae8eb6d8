"""What is kept of a graph between commands: it is used, it is never old, and damage to it is only a loss of time."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from kg.judge import judge_digest

CONCEPTS = "ontology/concepts/evaluation.ttl"


@pytest.fixture
def kept(tmp_path: Path):
    """The files of the cache whose names begin so."""
    return lambda start: [path for path in (tmp_path / "cache").rglob(f"{start}*") if path.is_file()]


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on reading the sources, or parsing the code, is a mistake."""

    def mistake(*_: object) -> None:
        raise AssertionError("this was to be had from the cache")

    monkeypatch.setattr("kg.graph.read", mistake)
    monkeypatch.setattr("kg.traced.index", mistake)


@pytest.mark.parametrize("words", [("list",), ("show", "horner_evaluation"), ("show", "horner1819new")])
def test_a_second_look_parses_neither_the_graph_nor_the_code(words, kg, request):
    first = kg(*words)
    if words == ("show", "horner1819new"):
        kg("list")
    else:
        request.getfixturevalue("unreadable")
    assert kg(*words) == first
    assert first.status == 0


def test_a_change_is_seen_at_once(kg, edit):
    assert "in a new way" not in kg("show", "horner_evaluation").out
    edit(CONCEPTS, "The value of a polynomial, found from", "In a new way: found from")
    assert "In a new way: " in kg("show", "horner_evaluation").out


def test_a_change_of_the_code_is_seen_at_once(kg, edit):
    assert "a: Real[Array, 'n'], x: Real[Array, 'm']" in kg("show", "horner_evaluation").out
    edit("polynomials/impl/evaluation.py", "def horner_evaluation(", "def horner_evaluation_of(")
    assert "Code" not in kg("show", "horner_evaluation").out


def test_a_file_that_no_longer_parses_is_named_though_its_things_were_kept(kg, toy):
    kg("list")
    (toy / CONCEPTS).write_text("concept:horner_evaluation a", "utf-8")
    answer = kg("list")
    assert answer.status == 1
    assert CONCEPTS in answer.err


@pytest.mark.parametrize("damage", ["nothing", "the half of it", "another object", "an older key"])
def test_damage_to_what_was_kept_costs_time_and_no_more(damage, kg, kept):
    first = kg("list")
    (place,) = kept("things.pickle")
    content = place.read_bytes()
    place.write_bytes(
        {
            "nothing": b"",
            "the half of it": content[: len(content) // 2],
            "another object": content[:32] + pickle.dumps(["no things"]),
            "an older key": bytes(32) + content[32:],
        }[damage]
    )
    assert kg("list") == first
    assert place.read_bytes() == content


@pytest.mark.parametrize("damage", ["", "0123", "{}", '{"digests": {"a": 1}}', "\x00\xff"])
@pytest.mark.parametrize("name", ["judge-", "traced-"])
def test_a_damaged_digest_makes_no_evidence_stale(name, damage, kg, kept):
    kg("verify")
    first = kg("list", "--format", "json")
    assert '"stale": false' in first.out
    for place in kept(name):
        place.write_text(damage, "utf-8")
    judge_digest.cache_clear()
    assert kg("list", "--format", "json") == first
    judge_digest.cache_clear()


def test_two_clones_of_one_project_name_their_own_files(call, toy, tmp_path):
    import shutil

    other = tmp_path / "other"
    shutil.copytree(toy, other)
    shown = [call("--project", place, "show", "horner_evaluation").out for place in (toy, other, toy)]
    assert shown[0] == shown[1] == shown[2]
    (other / "polynomials" / "impl" / "evaluation.py").rename(other / "polynomials" / "impl" / "moved.py")
    assert "polynomials/impl/moved.py" in call("--project", other, "show", "horner_evaluation").out
    assert "polynomials/impl/moved.py" not in call("--project", toy, "show", "horner_evaluation").out
