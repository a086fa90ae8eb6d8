"""One runnable comparison: a check (or one of its controls) with its domain, conditions and implementations."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from kg.domains import Domain
from kg.errors import CheckError
from kg.verify.declare import Condition
from kg.verify.draws import draw, sizes_for
from kg.verify.groups import invariants


@dataclass(frozen=True)
class Trial:
    """Everything a judge needs to run one pair of sides in any arithmetic.

    `stable` says that the claim as written withstands large inputs, so that its variants must too;
    `proved` that the solver settled it, so that it can settle them.
    `implementations` is the only door to the code under test: a mutant or a user's own function is put in there.
    """

    name: str
    function: Callable[..., Any]
    domains: Mapping[str, Domain]
    conditions: Sequence[Condition]
    implementations: Mapping[str, Callable[..., Any]]
    seed: str
    allowed: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    group: str | None = None
    stable: bool = False
    proved: bool = False
    _kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def use(self, name: str) -> Callable[..., Any]:
        """The implementation of a concept.

        Raises:
            CheckError: if the project has none.
        """
        if name not in self.implementations:
            from kg.names import closest

            guess = closest(name, self.implementations)
            hint = f"; did you mean '{guess}'?" if guess else ""
            raise CheckError(f"{self.name}: no implementation is called '{name}'{hint}")
        return self.implementations[name]

    def sizes(self) -> Iterator[dict[str, int]]:
        return sizes_for(self.domains, self.conditions, self.seed, self.allowed)

    def draw(self, sizes: Mapping[str, int], source: Any) -> dict[str, Any]:
        return draw(self.domains, sizes, self.conditions, source)

    def sides(self, inputs: Mapping[str, Any], source: Any = None) -> tuple[list[Any], list[Any]]:
        """Run both sides and flatten them to two equally long lists of arrays of equal shapes.

        Raises:
            CheckError: if the check returns anything but two comparable sides.
        """
        left, right = self.run(inputs)
        if self.group is not None:
            left, right = invariants(self.group, left, right, source)
        if not left or len(left) != len(right):
            raise CheckError(
                f"{self.name}: the sides hold {len(left)} and {len(right)} arrays; both must hold the same number"
            )
        for a, b in zip(left, right, strict=True):
            if np.shape(a) != np.shape(b):
                raise CheckError(
                    f"{self.name}: the sides have shapes {np.shape(a)} and {np.shape(b)}; make them equal"
                )
        return left, right

    def run(self, inputs: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        """Both sides as flat lists of arrays, not yet compared.

        Raises:
            CheckError: if the check does not return a pair.
        """
        wanted = inspect.signature(self.function).parameters
        takes_all = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in wanted.values())
        arguments = {name: value for name, value in inputs.items() if takes_all or name in wanted}
        result = self.function(self.use, **arguments)
        if not (isinstance(result, tuple) and len(result) == 2):
            raise CheckError(
                f"{self.name}: a check must return its two sides as a pair, got {_describe(result)}"
            )
        return flatten(result[0]), flatten(result[1])

    def variant(self, function: Callable[..., Any], wording: str) -> Trial:
        """The same trial with another function of the same inputs: a control."""
        return replace(self, function=function, name=f"{self.name} [{wording}]", _kept={})

    def with_implementations(self, changed: Mapping[str, Callable[..., Any]]) -> Trial:
        """The same trial with some implementations replaced."""
        return replace(self, implementations={**self.implementations, **changed}, _kept={})

    def once(self, what: str, make: Callable[[], Any]) -> Any:
        """What `make` returns, made once for this trial: its mutants are held against one and the same plan."""
        if what not in self._kept:
            self._kept[what] = make()
        return self._kept[what]


def flatten(side: Any) -> list[Any]:
    """A side as a list of arrays: nested tuples, lists and dictionaries are walked in order."""
    if isinstance(side, Mapping):
        return [x for key in sorted(side) for x in flatten(side[key])]
    if isinstance(side, tuple | list):
        return [x for one in side for x in flatten(one)]
    return [side]


def _describe(result: Any) -> str:
    if isinstance(result, tuple):
        return f"{len(result)} values"
    return "nothing" if result is None else f"one {type(result).__name__}"
