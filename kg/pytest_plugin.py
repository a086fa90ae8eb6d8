"""``pytest --kg``: each claim of a project is a test item, named after the claim.

The plugin comes with the package; without ``--kg`` it adds nothing but its two options.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kg.graph import Graph


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--kg`` and ``--kg-project``."""
    group = parser.getgroup("kg", "claims of a knowledge graph")
    group.addoption("--kg", action="store_true", help="make each claim of the project a test item")
    group.addoption(
        "--kg-project", metavar="DIR", default=None, help="the project, if it is not the one of this folder"
    )


def pytest_collection(session: pytest.Session) -> None:
    """Load the graph once, before anything is collected, so that a broken project is one clear error."""
    if session.config.getoption("--kg"):
        session.stash[_GRAPH] = _load(session.config)


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Append the claims to what was collected; ``-k`` selects among them as among other tests."""
    if not config.getoption("--kg"):
        return
    claims = Claims.from_parent(session, name="kg", nodeid="kg")
    chosen = [item for item in claims.collect() if _selected(config, item)]
    items.extend(chosen)


_GRAPH = pytest.StashKey["Graph"]()


def _load(config: pytest.Config) -> Graph:
    from kg.errors import KgError
    from kg.graph import load
    from kg.project import find_project

    folder = config.getoption("--kg-project")
    try:
        return load(find_project(Path(folder) if folder else None))
    except KgError as error:
        raise pytest.UsageError(str(error)) from None


def _selected(config: pytest.Config, item: pytest.Item) -> bool:
    keyword = config.getoption("keyword", "")
    if not keyword:
        return True
    from _pytest.mark import KeywordMatcher
    from _pytest.mark.expression import Expression

    return Expression.compile(keyword).evaluate(KeywordMatcher.from_item(item))


class Claims(pytest.Collector):
    """The claims of the graph, in order of name."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each claim."""
        for name in self.session.stash[_GRAPH].claims:
            yield ClaimItem.from_parent(self, name=name)


class ClaimItem(pytest.Item):
    """One claim: passes if its verdict is ``passed``."""

    def runtest(self) -> None:
        """Judge the claim in this process."""
        from kg import code
        from kg.verify.run import judge_claim
        from kg.verify.workshop import load as load_workshop

        graph = self.session.stash[_GRAPH]
        claim = graph.claims[self.name]
        verdict = judge_claim(
            load_workshop(graph.project), claim, code.claim_digest(graph.code, claim), graph.code
        )
        if verdict.outcome != "passed":
            raise ClaimNotVerified(f"{verdict.outcome}: {verdict.reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The verdict's reason in place of a traceback through the judge."""
        return (
            str(excinfo.value)
            if isinstance(excinfo.value, ClaimNotVerified)
            else super().repr_failure(excinfo)
        )

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the claim is stated."""
        graph = self.session.stash[_GRAPH]
        place = graph.claims[self.name].place
        return graph.project.root / place.path, place.line - 1, f"claim {self.name}"


class ClaimNotVerified(Exception):
    """A claim's verdict was not ``passed``."""
