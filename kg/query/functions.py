"""Functions that a query may call besides those of SPARQL: ``kg:verify``, ``kg:counterexample``, ``kg:path``.

======================== ====================================================================================
kg:verify(?claim)        the outcome (earl:passed, …): that of the recorded evidence while it is fresh, else of a run
kg:counterexample(?ref)  the smallest counterexample of a refutation, in words; unbound if it does not hold
kg:path(?a, ?b)          the chain of claims that makes concept ?a concept ?b, in words; unbound if there is none
======================== ====================================================================================

SPARQL calls a function once for every row, and may do so more than once. So each answer is kept for the whole query,
and a query may *run* only so many claims. What stops it is said after the query has ended, because an exception inside
a function only makes an expression unbound.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.errors import KgError, UsageError
from kg.names import STANDARD_PREFIXES, VOCABULARY, local_name
from kg.project import Project

if TYPE_CHECKING:
    from kg.entities import Evidence
    from kg.graph import Graph
    from kg.path import Step
    from kg.verify import Verdict

NAMES = ("verify", "counterexample", "path")
_SMALLEST = "smallest found: "


class Functions:
    """The functions of one query over one project, with what they have found so far.

    ``runs`` is how many claims may be verified; ``graph`` is the project's graph where it has been read already.
    """

    def __init__(self, project: Project, runs: int, graph: Graph | None = None) -> None:
        self._project = project
        self._read = graph
        self._runs = runs
        self._ran = 0
        self._found: dict[str, Evidence | Verdict | None] = {}
        self._paths: dict[tuple[str, str], str | None] = {}
        self._failure = ""

    def by_name(self) -> dict[ox.NamedNode, Callable[..., Any]]:
        """The functions under the IRIs by which a query calls them."""
        found = {"verify": self._verify, "counterexample": self._counterexample, "path": self._path}
        return {ox.NamedNode(VOCABULARY + name): self._told(function) for name, function in found.items()}

    def raise_failure(self, name: str) -> None:
        """Say what went wrong while the query called a function; ``name`` is how messages call the query.

        Raises: UsageError if anything did.
        """
        if self._failure:
            raise UsageError(f"{name}: {self._failure}")

    def _told(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with what it raises kept to be said: to the engine it is only an unbound expression."""

        def called(*arguments: Any) -> Any:
            try:
                return function(*arguments)
            except Exception as error:
                self._failure = self._failure or str(error)
                raise

        return called

    @cached_property
    def _graph(self) -> Graph:
        from kg.graph import load

        return self._read or load(self._project)

    def _verify(self, *claims: Any) -> ox.NamedNode | None:
        observed = self._observed(claims, "kg:verify(?claim)")
        return ox.NamedNode(STANDARD_PREFIXES["earl"] + observed.outcome) if observed else None

    def _counterexample(self, *refutations: Any) -> ox.Literal | None:
        for refutation in refutations[:1]:
            name = local_name(getattr(refutation, "value", ""))
            if name in self._graph.claims and self._graph.claims[name].kind != "Refutation":
                return None
        observed = self._observed(refutations, "kg:counterexample(?refutation)")
        if observed is None or observed.outcome != "passed":
            return None
        smallest = (observed.method or "").partition(_SMALLEST)[2]
        return ox.Literal(smallest or "; ".join(observed.shapes))

    def _observed(self, terms: tuple[Any, ...], usage: str) -> Evidence | Verdict | None:
        """What is known of a claim, from fresh evidence or from running it now."""
        if len(terms) != 1:
            advice = "leave the others out" if terms else "give it a claim"
            self._failure = self._failure or f"{usage} takes one argument: {advice}"
            return None
        name = local_name(getattr(terms[0], "value", ""))
        if self._failure or name not in self._graph.claims:
            return None
        if name not in self._found:
            self._found[name] = self._fresh(name) or self._run(name)
        return self._found[name]

    def _fresh(self, name: str) -> Evidence | None:
        claim = self._graph.claims[name]
        return None if self._graph.is_stale(claim) else claim.evidence

    def _run(self, name: str) -> Verdict | None:
        if self._ran >= self._runs:
            self._failure = (
                f"the query would run more than {self._runs} claim{'' if self._runs == 1 else 's'}, because their "
                f"evidence is missing or stale ({name} was next): run kg verify first, or allow more with --runs"
            )
            return None
        from kg.verify import verify

        self._ran += 1
        try:
            return verify(self._graph, [name], jobs=1)[0]
        except KgError as error:
            self._failure = str(error)
            return None

    def _path(self, *ends: Any) -> ox.Literal | None:
        if len(ends) != 2:
            self._failure = self._failure or "kg:path(?a, ?b) takes two arguments: give it two concepts"
            return None
        start, end = (local_name(getattr(term, "value", "")) for term in ends)
        if start == end or not {start, end} <= self._graph.concepts.keys():
            return None
        if (start, end) not in self._paths:
            from kg.path import shortest_chain

            chain = shortest_chain(self._graph, start, end)
            self._paths[start, end] = None if chain is None else self._chain_text(chain)
        text = self._paths[start, end]
        return None if text is None else ox.Literal(text)

    def _chain_text(self, chain: tuple[Step, ...]) -> str:
        from kg.path import conditions, relation

        links = "; ".join(self._step_text(step) for step in chain)
        needed = ", ".join(conditions(self._graph, chain))
        return f"{relation(self._graph, chain)}: {links}" + (f"; provided that {needed}" if needed else "")

    def _step_text(self, step: Step) -> str:
        claim = self._graph.claims[step.claim]
        source = claim.sources[0] if claim.sources else None
        place = f", {source.paper} {source.locator}" if source else ""
        held = claim.evidence.outcome if claim.evidence else "untested"
        state = "stale" if claim.evidence and self._graph.is_stale(claim) else held
        return f"{step.start} → {step.end} by {claim.name} ({claim.kind}, {state}{place})"
