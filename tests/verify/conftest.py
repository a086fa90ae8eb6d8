"""Fixtures: a project made of two strings, and the verdict on its one claim."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from kg import code
from kg.graph import Claim, Graph, load
from kg.project import Project, find_project
from kg.verify.run import judge_claim
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict
from kg.verify.workshop import load as load_workshop
from kg.verify.workshop import trial_for

BASE = "https://example.org/tiny/"

IMPORTS = """
from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from kg.numbers import *
"""

# Every module of a test's project needs a name of its own, as Python remembers modules by name.
_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bibliography's cache goes to the test's own folder."""
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_args, **_options: tmp_path / "cache")


@pytest.fixture(autouse=True)
def _forget_modules() -> Iterator[None]:
    """Nothing that a test put on the path or imported stays behind."""
    path, known = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - known:
        if name.startswith("tiny_"):
            del sys.modules[name]


@dataclass(frozen=True)
class Tiny:
    """A project with the modules ``impl/text.py`` and ``checks/text.py``, on disk and free to be changed."""

    root: Path
    package: str

    @property
    def project(self) -> Project:
        return find_project(self.root)

    @property
    def graph(self) -> Graph:
        return load(self.project)

    @property
    def evidence(self) -> Path:
        return self.root / "ontology" / "generated" / "evidence.ttl"

    def file(self, part: str, stem: str = "text") -> Path:
        """A module of the project: `part` is ``impl`` or ``checks``."""
        return self.root / self.package / part / f"{stem}.py"

    def write(self, part: str, text: str, stem: str = "text") -> None:
        self.file(part, stem).write_text(IMPORTS_OF[part] + dedent(text), encoding="utf-8")

    def edit(self, part: str, old: str, new: str, stem: str = "text") -> None:
        """Replace one text in one module."""
        before = self.file(part, stem).read_text(encoding="utf-8")
        assert old in before, f"the test is out of date: {old!r} is not in {part}/{stem}.py"
        self.file(part, stem).write_text(before.replace(old, new), encoding="utf-8")

    def claim(self, name: str = "the_claim") -> Claim:
        return self.graph.claims[name]

    def digest(self, name: str = "the_claim") -> str:
        return code.claim_digest(code.index(self.project), self.claim(name))

    def trial(self, name: str = "the_claim") -> Trial:
        return trial_for(load_workshop(self.project), self.claim(name), self.digest(name))[0]

    def verdict(self, name: str = "the_claim") -> Verdict:
        """Judge a claim in this process."""
        project, index = self.project, code.index(self.project)
        return judge_claim(load_workshop(project), self.claim(name), self.digest(name), index)


IMPORTS_OF = {
    "impl": IMPORTS,
    "checks": IMPORTS + "from kg.verify import check, condition\n",
}

_CLAIM = """
claim:{name} a kg:{kind} ;
    {sides} ;
    kg:statement "{statement}"@en {more}.
"""


def stanza(
    name: str = "the_claim",
    kind: str = "Identity",
    *,
    left: str | None = "left",
    right: str | None = "right",
    about: str | None = None,
    conditions: tuple[str, ...] = (),
    up_to: str | None = None,
    statement: str = "The two sides are equal.",
) -> str:
    """The Turtle of a claim; one that is about a concept has no sides."""
    sides = f"kg:about concept:{about}" if about else f"kg:left concept:{left} ; kg:right concept:{right}"
    more = "".join(f"; kg:condition cond:{one} " for one in conditions)
    more += f"; kg:upTo kg:{up_to} " if up_to else ""
    return _CLAIM.format(name=name, kind=kind, sides=sides, statement=statement, more=more)


Make = Callable[..., Tiny]


def write_project(folder: Path, impl: str, checks: str, *stanzas: str) -> Tiny:
    """Write a tiny project into a folder of its own."""
    tiny = Tiny(folder / f"project_{next(_numbers)}", f"tiny_{next(_numbers)}")
    for part in (tiny.package, f"{tiny.package}/impl", f"{tiny.package}/checks", "ontology/claims"):
        (tiny.root / part).mkdir(parents=True)
        if not part.startswith("ontology"):
            (tiny.root / part / "__init__.py").write_text("", encoding="utf-8")
    tiny.write("impl", impl)
    tiny.write("checks", checks)
    (tiny.root / "references.bib").write_text("", encoding="utf-8")
    prefixes = "".join(
        f"@prefix {prefix}: <{BASE}{part}/> .\n"
        for prefix, part in (("claim", "claim"), ("concept", "concept"), ("cond", "condition"))
    )
    (tiny.root / "ontology" / "claims" / "text.ttl").write_text(
        "@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .\n" + prefixes + "".join(stanzas),
        encoding="utf-8",
    )
    (tiny.root / "pyproject.toml").write_text(
        f'[tool.kg]\nname = "tiny"\nbase = "{BASE}"\n'
        f'implementations = "{tiny.package}.impl"\nchecks = "{tiny.package}.checks"\n',
        encoding="utf-8",
    )
    return tiny


@pytest.fixture(scope="session")
def make_project() -> Callable[..., Tiny]:
    """Write a tiny project into a given folder, for fixtures that outlive a test."""
    return write_project


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a tiny project: the text of its implementations, of its checks, and its claims as Turtle or by parts."""
    return lambda impl="", checks="", *stanzas, **claim: write_project(
        tmp_path, impl, checks, *(stanzas or (stanza(**claim),))
    )


@pytest.fixture
def judge(make: Make) -> Callable[..., Verdict]:
    """The verdict on the one claim of a tiny project."""
    return lambda impl="", checks="", **claim: make(impl, checks, **claim).verdict()


@pytest.fixture(scope="session")
def turtle() -> Callable[..., str]:
    """The Turtle of one claim, for projects with several."""
    return stanza
