"""Is every reference implementation pinned down? Each of its mutants must be noticed by some claim of the graph.

A claim probes the implementations its own sides reach; a bound or an expectation may still let a wrong constant through,
and a claim may explain that its statement cannot tell.  Here the question is asked for each implementation over all the
claims that reach it: which edits does nobody notice?  The answers stand in ``ontology/generated/coverage.ttl``.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Coverage:
    """What the claims of the graph notice of one implementation's mutants."""

    implementation: str
    caught: int = 0
    equivalent: int = 0
    by: set[str] = field(default_factory=set)
    unnoticed: list[str] = field(default_factory=list)
    reason: str = ""
    """Why it could not be surveyed to the end; empty if it was."""

    @property
    def tried(self) -> int:
        """Mutants that compute another function."""
        return self.caught + len(self.unnoticed)

    @property
    def complete(self) -> bool:
        """Whether every edit was tried, and noticed."""
        return not self.reason and not self.unnoticed
