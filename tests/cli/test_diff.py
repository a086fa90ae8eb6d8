"""``kg diff``: what became of the claims between two states of a repository."""

from __future__ import annotations

import json
import subprocess

import pytest

CLAIM, OTHER = "horner_evaluation_is_power_evaluation", "power_evaluation_is_linear_in_the_coefficients"
CLAIMS = "ontology/claims/evaluation.ttl"


@pytest.fixture
def commit(toy):
    """Commit everything in the copy of the second project."""
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]

    def committed(message: str = "a state") -> None:
        subprocess.run(["git", "add", "-A"], cwd=toy, check=True)
        subprocess.run(["git", *identity, "commit", "-q", "-m", message], cwd=toy, check=True)

    subprocess.run(["git", "init", "-q"], cwd=toy, check=True)
    return committed


def found(answer) -> list[tuple[str, str]]:
    return [(change["claim"], change["what"]) for change in json.loads(answer.out)]


def test_nothing_changed_is_said_with_status_0(kg, commit):
    kg("verify")
    commit()
    answer = kg("diff", "HEAD")
    assert answer.status == 0
    assert answer.out == ""
    assert "0 changes from HEAD to the files as they are" in answer.err


def test_a_reworded_claim_is_reworded_and_stale(kg, commit, edit):
    kg("verify")
    commit()
    edit(CLAIMS, "adding up the powers one by one", "summing the powers")
    answer = kg("diff", "HEAD", "--format", "json")
    assert answer.status == 1
    assert found(answer) == [(CLAIM, "reworded"), (CLAIM, "stale")]


def test_a_changed_implementation_makes_its_claims_stale(kg, commit, edit):
    kg("verify")
    commit()
    edit("polynomials/impl/evaluation.py", "value = value * x + a[i]", "value = a[i] + value * x")
    assert found(kg("diff", "HEAD", "--format", "json")) == [(CLAIM, "stale")]


def test_a_claim_that_begins_to_fail_has_another_outcome(kg, commit, edit):
    kg("verify")
    commit()
    edit("polynomials/impl/evaluation.py", "value = value * x + a[i]", "value = value * x - a[i]")
    kg("verify")
    answer = kg("diff", "HEAD")
    assert answer.status == 1
    assert f"another outcome  {CLAIM}: passed → failed" in answer.out


def test_a_claim_added_between_two_revisions_is_added(kg, commit, edit, toy):
    text = (toy / CLAIMS).read_text(encoding="utf-8")
    head, _, tail = text.partition(f"claim:{OTHER}")
    (toy / CLAIMS).write_text(head, encoding="utf-8")
    commit()
    (toy / CLAIMS).write_text(head + f"claim:{OTHER}" + tail, encoding="utf-8")
    commit()
    answer = kg("diff", "HEAD~1", "HEAD", "--format", "json")
    assert (OTHER, "added") in found(answer)
    assert (OTHER, "removed") in found(kg("diff", "HEAD", "HEAD~1", "--format", "json"))


def test_a_revision_that_does_not_exist_is_a_misuse(kg, commit):
    commit()
    answer = kg("diff", "no-such-revision")
    assert answer.status == 2
    assert "no-such-revision: git says" in answer.err


def test_a_folder_without_a_repository_is_a_misuse(kg, monkeypatch, tmp_path):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    answer = kg("diff", "HEAD")
    assert answer.status == 2
    assert "git says" in answer.err
