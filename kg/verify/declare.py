"""How a check is written: ``@check``, its controls, witness and counterexample, and ``@condition``.

A check returns its two sides and asserts nothing.  Drawing, comparing, tolerances and recording belong to the judges.

.. code-block:: python

    @check
    def online_softmax_is_softmax(use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]):
        return use("online_softmax_attention")(q, k, v, block=2), use("softmax_attention")(q, k, v)

    @online_softmax_is_softmax.control("the accumulators are not rescaled when the maximum moves")
    def _(use, q, k, v): ...
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, overload

from kg.domains import Domain, domains_of

Sides = tuple[Any, Any]
Use = Callable[[str], Callable[..., Any]]


@dataclass(frozen=True)
class Control:
    """A minimally broken variant, in words, that the judge must reject (for a Refutation: a true sibling it must accept)."""

    wording: str
    function: Callable[..., Any]


@dataclass(eq=False)
class Check:
    """The two sides of a claim as code; `relation` is ``=`` or ``<=`` (what a Refutation denies, a Bound states)."""

    function: Callable[..., Any]
    relation: str = "="
    sizes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    gradients: bool = False
    controls: list[Control] = field(default_factory=list)
    explanations: dict[str, str] = field(default_factory=dict)
    harmless: dict[tuple[str, str], str] = field(default_factory=dict)
    witness_function: Callable[..., Any] | None = None
    counterexample_function: Callable[..., Any] | None = None

    @property
    def name(self) -> str:
        return self.function.__name__

    def domains(self) -> dict[str, Domain]:
        return domains_of(self.function)

    def control(self, wording: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a negative control; it takes the arguments of the check that it names."""

        def declare(function: Callable[..., Any]) -> Callable[..., Any]:
            self.controls.append(Control(wording, function))
            return function

        return declare

    def explain(self, edit: str, reason: str) -> None:
        """Say why this statement cannot notice a mutant: `edit` is part of its text as the judge prints it.

        The mutant then counts as equivalent where it survives. An explanation that fits no mutant is an error.
        """
        self.explanations[edit] = reason

    def explain_implementation(self, name: str, edit: str, reason: str) -> None:
        """Say why an edit of an implementation changes nothing that this claim, about a law or a mean, could notice."""
        self.harmless[name, edit] = reason

    def witness(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Declare where a bound is attained: returns the inputs to change, by name.

        It takes ``use`` and any of the drawn inputs by name; inputs it does not return stay as drawn.
        """
        self.witness_function = function
        return function

    def counterexample(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Declare the stored counterexample of a refutation: a mapping from argument names to exact numbers.

        Numbers are integers, fractions or strings such as ``"-3/2"``; nested lists make arrays.
        """
        self.counterexample_function = function
        return function

    def __call__(self, use: Use, **inputs: Any) -> Sides:
        return self.function(use, **inputs)  # type: ignore[no-any-return]


@overload
def check(function: Callable[..., Any]) -> Check: ...
@overload
def check(
    *, relation: str = ..., sizes: Mapping[str, tuple[int, ...]] | None = ..., gradients: bool = ...
) -> Callable[[Callable[..., Any]], Check]: ...
def check(
    function: Callable[..., Any] | None = None,
    *,
    relation: str = "=",
    sizes: Mapping[str, tuple[int, ...]] | None = None,
    gradients: bool = False,
) -> Any:
    """Declare a function as the check of the claim of the same name.

    Args:
        relation: ``<=`` for a bound, or for a refuted inequality.
        sizes: the sizes a dimension may take, where the usual small primes will not do (``{"n": (2, 4, 8)}``).
        gradients: the derivatives of the two sides are claimed to agree too, and are compared by dual numbers.
    """
    if function is None:
        return lambda f: Check(f, relation, sizes or {}, gradients)
    return Check(function, relation, sizes or {}, gradients)


@dataclass(eq=False)
class Condition:
    """A named condition: a predicate over sizes and inputs, and a sampler that makes inputs satisfy it.

    `generic` says that the condition holds for almost all inputs, so that a random draw satisfies it.
    """

    predicate: Callable[..., bool]
    generic: bool = False
    sampler_function: Callable[..., Mapping[str, Any]] | None = None

    @property
    def name(self) -> str:
        return self.predicate.__name__

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.predicate).parameters)

    def sampler(self, function: Callable[..., Mapping[str, Any]]) -> Callable[..., Mapping[str, Any]]:
        """Declare how inputs are changed so that they satisfy the condition; returns the changed ones by name."""
        self.sampler_function = function
        return function


@overload
def condition(predicate: Callable[..., bool]) -> Condition: ...
@overload
def condition(*, generic: bool) -> Callable[[Callable[..., bool]], Condition]: ...
def condition(predicate: Callable[..., bool] | None = None, *, generic: bool = False) -> Any:
    """Declare a predicate as the condition of the same name; its parameters are names of dimensions or of inputs."""
    if predicate is None:
        return lambda p: Condition(p, generic)
    return Condition(predicate, generic)
