"""What we rely on in pyalex, which is used as it is: a release that changes one of these fails here, by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pyalex
import pytest
from command_line import Answer
from pyalex import Works

Kg = Callable[..., Answer]


def test_a_query_takes_a_session_of_ours() -> None:
    assert list(inspect.signature(Works()._get_from_url).parameters) == ["url", "session"]


def test_a_single_work_is_asked_for_by_its_identifier() -> None:
    assert Works("doi:10.1/a_b").url == "https://api.openalex.org/works/doi%3A10.1%2Fa_b"


def test_alternatives_stay_alternatives_if_they_come_first() -> None:
    first = Works({"per-page": 100}).filter_or(cites=["W1", "W2"]).filter(type="erratum|retraction")
    assert first.url.endswith("?per-page=100&filter=cites:W1|W2,type:erratum%7Cretraction")
    last = Works().filter(type="erratum").filter_or(cites=["W1", "W2"])
    assert last.url.endswith("cites:W1+W2"), "if this is mended, the order in openalex.py no longer matters"


def test_pyalex_is_not_changed_by_us(monkeypatch: pytest.MonkeyPatch) -> None:
    before: dict[str, Any] = dict(vars(pyalex.api))
    import kg.literature.openalex
    import kg.literature.transport  # noqa: F401

    assert {name: value for name, value in vars(pyalex.api).items() if name in before} == before


def test_without_pyalex_the_command_says_what_to_install(kg: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.cli.literature.find_spec", lambda _name: None)
    answer = kg("enrich")
    assert (answer.status, answer.err) == (
        2,
        "kg: pyalex is not installed: install it with pip install 'kg[literature]'\n",
    )
