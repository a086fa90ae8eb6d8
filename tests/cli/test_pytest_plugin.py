"""``pytest --kg``: each claim of a project is a test."""

from __future__ import annotations

import os
import subprocess
import sys

CLAIM = "horner_evaluation_is_power_evaluation"


def run(toy, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Pytest in a process of its own, in the copy of the second project."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments],
        cwd=toy,
        env={**os.environ, "PYTHONPATH": str(toy)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_claim_is_an_item_named_after_it(toy):
    done = run(toy, "--kg", "-vv")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"::{CLAIM} PASSED" in done.stdout
    assert "2 passed" in done.stdout


def test_a_claim_that_does_not_hold_fails_with_its_reason_and_no_traceback(toy, edit):
    edit("polynomials/impl/evaluation.py", "value = value * x + a[i]", "value = value * x - a[i]")
    done = run(toy, "--kg")
    assert done.returncode == 1
    assert "failed: the sides differ" in done.stdout
    assert "Traceback" not in done.stdout


def test_claims_are_chosen_like_other_tests(toy):
    assert "1 passed" in run(toy, "--kg", "-k", "horner").stdout


def test_without_the_option_nothing_is_added(toy):
    assert "no tests ran" in run(toy).stdout


def test_a_folder_that_is_no_project_is_one_clear_error(toy):
    done = run(toy, "--kg", "--kg-project", "ontology")
    assert done.returncode == 4
    assert "[tool.kg]" in done.stderr
