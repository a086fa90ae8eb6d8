"""Somebody's function in the place of a concept's implementation: the same arguments, the same kind of result."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kg.conform.adapters import Adapter
from kg.conform.foreign import Foreign, ForeignError, Parameter
from kg.domains import domains_of
from kg.errors import UsageError
from kg.names import did_you_mean
from kg.numbers.arrays import NotTestable

# The widest first: a function that admits float64 is judged there before it is judged anywhere else.
FORMATS: dict[str, tuple[str, ...]] = {
    "numpy": ("float64", "float32", "float16"),
    "torch": ("float64", "float32", "bfloat16", "float16"),
    "jax": ("float64", "float32", "bfloat16", "float16"),
}


MOST_CALLS = 20_000


@dataclass(frozen=True)
class System:
    """A number system of the function's: a library and a format of numbers."""

    library: str
    dtype: str

    def __str__(self) -> str:
        return f"{self.library} {self.dtype}"


@dataclass
class Placed:
    """The function behind ``use``: takes what the implementation takes, over plain float64 arrays.

    `called` counts the calls, so that a claim which never reaches the function is not said to hold of it.
    """

    foreign: Foreign
    reference: Callable[..., Any]
    adapter: Adapter = field(default_factory=Adapter)
    system: System = field(default_factory=lambda: System("numpy", "float64"))
    called: int = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        inputs, options = _bound(self.reference, args, kwargs)
        for value in inputs.values():
            if not _is_plain(value):
                raise NotTestable(
                    "its check needs derivatives or exact numbers, which a function from outside does not give"
                )
        self._see_held(inputs)
        self.called += 1
        keywords = _renamed(options, self.foreign.parameters)
        leading = _leading(self.reference, inputs)
        return self._mapped(leading, inputs, keywords) if leading else self._one(inputs, keywords)

    def _see_held(self, inputs: Mapping[str, Any]) -> None:
        """See that an input for which the function has one value of its own has just that in the claim.

        Raises:
            NotTestable: if it has another.
        """
        for name, value in self.adapter.held.items():
            if not np.allclose(inputs[name], value, rtol=1e-12, atol=0):
                raise NotTestable(
                    f"the claim sets {name} = {_words(inputs[name])}, and the function has {name} = {value:.6g}"
                )

    def _one(self, inputs: Mapping[str, Any], keywords: Mapping[str, Any]) -> Any:
        outputs, _ = self.outputs(inputs, keywords)
        wanted = self.adapter.output
        if wanted is not None:
            if wanted >= len(outputs):
                raise ForeignError(f"it returns {len(outputs)} arrays, and number {wanted} is asked for")
            return outputs[wanted]
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    def _mapped(
        self, leading: Mapping[str, int], inputs: Mapping[str, Any], keywords: Mapping[str, Any]
    ) -> Any:
        """Many calls for arrays with more axes than the implementation speaks of, as a check over samples makes them."""
        shape = np.broadcast_shapes(*(np.shape(inputs[name])[:count] for name, count in leading.items()))
        if math.prod(shape) > MOST_CALLS:
            raise NotTestable(f"the check asks for {math.prod(shape)} calls at once")
        results = []
        for place in np.ndindex(*shape):
            one = {
                name: value[
                    tuple(i % size for i, size in zip(place[-count:], value.shape[:count], strict=True))
                ]
                if (count := leading.get(name, 0))
                else value
                for name, value in inputs.items()
            }
            results.append(self._one(one, keywords))
        if isinstance(results[0], tuple):
            return tuple(np.reshape(np.stack(r), (*shape, *r[0].shape)) for r in zip(*results, strict=True))
        return np.reshape(np.stack(results), (*shape, *results[0].shape))

    def outputs(
        self, inputs: Mapping[str, Any], options: Mapping[str, Any], do: str = "call"
    ) -> tuple[list[Any], list[str]]:
        """Everything the function returns, adapted, with the types it came in; see :meth:`Foreign.call` for `do`.

        Raises:
            ForeignError: if it raises, hangs, dies or returns no arrays of numbers.
        """
        changed = self.adapter.inward(inputs)
        # What a claim sets goes before what was declared for all of them.
        keywords = {**self.adapter.keywords, **options}
        args: list[Any]
        parameters = None if self.adapter.is_ordered else self.foreign.parameters
        args, named = _arguments(changed, parameters, keywords)
        if self.adapter.is_list:
            args, named = [[*args]], dict(keywords)
        found, dtypes = self.foreign.call(
            args, named, system=self.system.library, dtype=self.system.dtype, do=do
        )
        return [self.adapter.outward(one) for one in found], dtypes


def _leading(reference: Callable[..., Any], inputs: Mapping[str, Any]) -> dict[str, int]:
    """How many axes inputs have in front of those that the implementation's annotations give them."""
    try:
        domains = domains_of(reference)
    except TypeError:
        return {}
    found = {}
    for name, value in inputs.items():
        known = domains.get(name)
        if known is None or "..." in known.dims or known.kind in ("Natural", "Size"):
            continue
        more = np.ndim(value) - len(known.dims)
        if more > 0:
            found[name] = more
    return found


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(one) for one in value)
    return type(value) is np.ndarray or isinstance(value, np.generic | bool | int | float | complex | str)


def _bound(reference: Callable[..., Any], args: Any, kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs in the implementation's order, and the options that were set to other than their default."""
    signature = inspect.signature(reference)
    given = signature.bind(*args, **kwargs).arguments
    inputs, options = {}, {}
    for name, value in given.items():
        parameter = signature.parameters[name]
        if parameter.default is inspect.Parameter.empty:
            inputs[name] = np.asarray(value) if isinstance(value, np.generic) else value
        elif not _same(value, parameter.default):
            options[name] = value
    return inputs, options


def _same(value: Any, default: Any) -> bool:
    try:
        return bool(np.all(value == default))
    except (TypeError, ValueError):
        return False


def _renamed(options: Mapping[str, Any], parameters: list[Parameter] | None) -> dict[str, Any]:
    """Options under the names that the function has for them (``epsilon`` is its ``eps``).

    Raises:
        NotTestable: for one that it does not take.
    """
    known = [one.name for one in parameters or ()]
    found = {}
    for name, value in options.items():
        alias = name if name in known else next((k for k in known if _short(k, name)), None)
        if alias is None:
            raise NotTestable(f"the claim sets {name} = {_words(value)}, and the function takes no {name}")
        found[alias] = (
            value.item() if isinstance(value, np.ndarray | np.generic) and np.size(value) == 1 else value
        )
    return found


def _short(a: str, b: str) -> bool:
    return len(a) >= 3 and (a.startswith(b) or b.startswith(a))


def _words(value: Any) -> str:
    if isinstance(value, np.ndarray | np.generic) and np.size(value) == 1:
        value = np.asarray(value).item()
    return f"{value:.4g}" if isinstance(value, float) else repr(value)[:40]


def _arguments(
    inputs: Mapping[str, Any], parameters: list[Parameter] | None, keywords: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Inputs by position, or by name where the function has parameters of just these names."""
    if parameters is not None:
        positional = [p.name for p in parameters if p.kind in ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")]
        by_name = {p.name for p in parameters if p.kind in ("POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY")}
        same_order = positional[: len(inputs)] == list(inputs)
        if set(inputs) <= by_name and not same_order:
            return [], {**inputs, **keywords}
    return list(inputs.values()), dict(keywords)


def fits(parameters: list[Parameter] | None, count: int, keywords: Mapping[str, Any]) -> bool:
    """Whether the function can be called with so many inputs and these keywords."""
    if parameters is None or any(p.kind == "VAR_POSITIONAL" for p in parameters):
        return True
    free = [p for p in parameters if p.name not in keywords and p.kind != "VAR_KEYWORD"]
    return sum(p.required for p in free) <= count <= len(free)


def refuse_unknown_keywords(foreign: Foreign, adapter: Adapter) -> None:
    """See that the function takes the keywords that its user declared.

    Raises:
        UsageError: for one that it does not take.
    """
    parameters = foreign.parameters
    if parameters is None or any(p.kind == "VAR_KEYWORD" for p in parameters):
        return
    known = [p.name for p in parameters if p.kind in ("POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY")]
    for name, value in adapter.keywords.items():
        if name not in known:
            advice = did_you_mean(name, known, f"its parameters are {', '.join(known)}")
            raise UsageError(f"--adapter {name}={value}: {foreign.reference} takes no '{name}': {advice}")


def refuse_too_few_inputs(foreign: Foreign, adapter: Adapter, concept: str, inputs: Sequence[str]) -> None:
    """See that a function that could not be called has room for the inputs of an implementation.

    Raises:
        UsageError: if it has not.
    """
    left = [name for name in inputs if name not in adapter.held]
    if foreign.parameters is None or fits(foreign.parameters, len(left), adapter.keywords) or adapter.is_list:
        return
    known = ", ".join(p.name for p in foreign.parameters) or "nothing"
    raise UsageError(
        f"{foreign.reference}: it takes {known}, and {concept} takes {', '.join(inputs)}: "
        "give it these inputs, or say what it has for one of them, e.g. --adapter "
        f"{left[-1]}=1; kg identify {foreign.reference} finds such numbers"
    )


def systems(foreign: Foreign, asked: Mapping[str, Any] | None = None) -> Iterator[System]:
    """The number systems in which a function may be called, the widest formats first within each library."""
    for library in asked or foreign.systems:
        for dtype in FORMATS[library]:
            yield System(library, dtype)


def input_names(reference: Callable[..., Any]) -> list[str]:
    """The inputs of an implementation that have no default, in order."""
    try:
        return list(domains_of(reference))
    except TypeError:
        parameters = inspect.signature(reference).parameters.values()
        return [p.name for p in parameters if p.default is inspect.Parameter.empty]
