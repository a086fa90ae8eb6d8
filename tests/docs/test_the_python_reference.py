"""The page about Python: its examples run, and everything that is public is on it."""

from __future__ import annotations

import dataclasses
import doctest
import inspect
import re
from pathlib import Path

import pytest

from kg import entities, errors
from kg.facade import OpenGraph
from kg.query import Result
from kg.verify.verdict import Verdict

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")


def test_the_examples_of_the_page_give_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    blocks = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    test = doctest.DocTestParser().get_doctest(blocks, {}, "python", "docs/reference/python.md", 0)
    report: list[str] = []
    failed, attempted = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert attempted >= 15
    assert not failed, "".join(report)


@pytest.mark.parametrize(
    ("name", "method"),
    [pair for pair in inspect.getmembers(OpenGraph, inspect.isfunction) if not pair[0].startswith("_")],
)
def test_a_method_is_on_the_page_with_its_arguments(name: str, method: object) -> None:
    parameters = list(inspect.signature(method).parameters.values())[1:]
    call = re.search(rf"`{name}\(([^`]*)\)`", PAGE)
    assert call
    shown = [word.partition("=")[0] for word in call[1].split(", ") if word not in ("", "*")]
    assert shown == [
        f"*{one.name}" if one.kind is inspect.Parameter.VAR_POSITIONAL else one.name for one in parameters
    ]


@pytest.mark.parametrize(
    "record",
    [
        *(
            getattr(entities, name)
            for name in ("Concept", "Claim", "Source", "Evidence", "Paper", "Condition")
        ),
        entities.ListItem,
        entities.Place,
        Result,
        Verdict,
    ],
)
def test_every_field_is_on_the_page(record: type) -> None:
    missing = {field.name for field in dataclasses.fields(record)} - set(re.findall(r"`(\w+)`", PAGE))
    assert missing == set()


def test_every_kind_of_error_is_on_the_page() -> None:
    kinds = [
        name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.KgError)
    ]
    assert len(kinds) == 5
    assert all(f"`{name}`" in PAGE or f"`kg.errors.{name}`" in PAGE for name in kinds)
