"""``kg conform``: every claim about a concept, run with somebody's function in its place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli import FINE, FOUND
from kg.cli.verb import Choice, apart, deliver, format_option, graph, say, verb
from kg.errors import UsageError
from kg.names import did_you_mean

if TYPE_CHECKING:
    from kg.conform.fitting import Fitting
    from kg.conform.properties import Conformity
    from kg.verify.workshop import Workshop

_Function = TypeVar("_Function", bound=Callable[..., Any])
_WORDS = {"passed": "holds", "failed": "FAILS", "untested": "not run"}


def adapter_option(function: _Function) -> _Function:
    """``--adapter STEP``, as often as needed."""
    return click.option(
        "--adapter",
        "adapters",
        multiple=True,
        metavar="STEP",
        help="How to call it: batch, batch-heads, time-first, batch-time-heads, transposed, list, order=k,q,v, "
        "output=1, scale=sqrt(d), log:mask, boolean:mask, inverted:mask, or NAME=VALUE for a keyword. Searched if absent.",
    )(function)


def system_option(function: _Function) -> _Function:
    """``--system NAME``, as often as needed."""
    return click.option(
        "--system",
        "systems",
        multiple=True,
        type=Choice(("numpy", "torch", "jax")),
        help="The arrays to call it with. By default NumPy's, and those of a library that its module imports.",
    )(function)


def limit_options(function: _Function) -> _Function:
    """``--seconds`` and ``--memory``."""
    seconds = click.option(
        "--seconds",
        type=click.FloatRange(min=0, min_open=True),
        default=10.0,
        show_default=True,
        help="Time for one call.",
    )
    memory = click.option(
        "--memory",
        type=click.FloatRange(min=0, min_open=True),
        default=4.0,
        show_default=True,
        help="Gigabytes for its process.",
    )
    return seconds(memory(function))


@verb(
    "conform",
    "kg conform softmax_attention mypkg:flash",
    "kg conform layer_norm mypkg:norm --adapter eps=0 --format json",
    "kg conform causal_softmax_attention mypkg:attention --adapter batch-heads,causal=true",
)
@click.argument("concept")
@click.argument("function", metavar="MODULE:FUNCTION")
@adapter_option
@system_option
@limit_options
@format_option("text", "json")
def command(
    concept: str,
    function: str,
    adapters: tuple[str, ...],
    systems: tuple[str, ...],
    seconds: float,
    memory: float,
    form: str,
) -> int:
    """Run every claim about a concept with a function of yours in its place.

    It runs in a process of its own, in every number format that it admits, within the rounding error of each. Exit status
    0 if every claim that could be run holds, 1 if one fails or none could be run, or if it gives the values of the
    implementation at small sizes and others at 16, 32 and 64.
    """
    from kg.conform import fitting as fitted
    from kg.conform import properties
    from kg.conform.adapters import declared
    from kg.conform.foreign import Foreign
    from kg.conform.larger import other_at_larger_sizes
    from kg.conform.placed import input_names, refuse_too_few_inputs, refuse_unknown_keywords
    from kg.verify.workshop import load

    found = graph()
    name = _implemented(found.aliases.get(concept, concept), found.code.implementations)
    with apart(), Foreign(function, Path.cwd(), seconds=seconds, gigabytes=memory) as foreign:
        workshop: Workshop = load(found.project)
        reference = workshop.implementations[name]
        inputs = input_names(reference)
        parameters = [p.name for p in foreign.parameters or ()]
        adapter = declared(adapters, inputs).with_held(inputs, parameters)
        refuse_unknown_keywords(foreign, adapter)
        fitting = fitted.fit(foreign, reference, adapter, systems or None)
        if not fitting.systems:
            refuse_too_few_inputs(foreign, adapter, name, inputs)
        if form == "text":
            _say_fitting(function, fitting)
        other = other_at_larger_sizes(foreign, reference, fitting)
        results = properties.conform(found, workshop, name, foreign, fitting)
    if form == "json":
        rows = [{**one.as_json(), "adapter": fitting.adapter.name} for one in results]
        deliver(json.dumps(rows, ensure_ascii=False, indent=2), None)
    else:
        deliver(_text(results, name, function), None)
    if other:
        say(f"{function} {other}")
    outcomes = Counter(one.outcome for one in results)
    return FINE if outcomes["passed"] and not outcomes["failed"] and not other else FOUND


def _implemented(name: str, implementations: Mapping[str, Any]) -> str:
    plain = name.rpartition(":")[2]
    if plain not in implementations:
        advice = did_you_mean(plain, implementations, "see: kg list --only concepts")
        raise UsageError(f"{name}: no implemented concept has this name: {advice}")
    return plain


def _say_fitting(function: str, fitting: Fitting) -> None:
    if fitting.systems:
        how = f" {fitting.adapter.words}" if fitting.adapter.words else ""
        say(f"{function} runs{how} over {', '.join(map(str, fitting.systems))}")
    for system, reason in fitting.refused.items():
        # That a function of one library does not take the arrays of another is nothing to talk about.
        if (
            any(system.split()[0] == str(other).split()[0] for other in fitting.systems)
            or not fitting.systems
        ):
            say(f"{system}: {reason}")


def _text(results: Sequence[Conformity], concept: str, function: str) -> str:
    lines: list[str] = []
    for outcome in ("failed", "untested", "passed"):
        for one in results:
            if one.outcome == outcome:
                lines += _lines(one)
    outcomes = Counter(one.outcome for one in results)
    counted = ", ".join(f"{outcomes[o]} {word}" for o, word in _COUNTED.items() if outcomes[o])
    total = f"{len(results)} claim{'' if len(results) == 1 else 's'} on {concept}"
    lines.append(f"\n{function}: {total}: {counted or 'nothing to run'}")
    notes = {one.note for one in results if one.note}
    lines += [f"note: {note}" for note in sorted(notes)]
    return "\n".join(lines).lstrip("\n")


_COUNTED = {"passed": "hold", "failed": "fail", "untested": "could not be run"}


def _lines(one: Conformity) -> list[str]:
    lines = [f"{_WORDS[one.outcome]:8} {one.claim}" + (f": {one.reason}" if one.reason else "")]
    if one.outcome == "failed":
        lines[0] += f" [{one.system}]" if one.system else ""
        if one.failing_input is not None:
            lines.append(f"         at {one.sizes}: {_inputs(one.failing_input)}")
    return lines


def _inputs(inputs: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {_number(value)}" for name, value in inputs.items())


def _number(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_number(v) for v in value) + "]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
