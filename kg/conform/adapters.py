"""Adapters: how the arrays of an implementation's layout are handed to a function that wants them in another.

An adapter is a chain of named steps.  Each changes the inputs on their way in, some also the outputs on their way back:

===================== =======================================================================================
step                  what it does
===================== =======================================================================================
batch                 a leading axis of length one on every array (``n d`` becomes ``1 n d``)
batch-heads           two leading axes (``1 1 n d``)
time-first            an axis after the first (``n 1 d``)
batch-time-heads      a leading axis and one after the next (``1 n 1 d``)
batch:x,h             the same for the named inputs only; so for the three others
transposed            the last two axes of every input and output exchanged (features first)
list                  all inputs in one list
order=k,q,v           the inputs in this order
output=1              of several outputs this one, counted from 0
scale=sqrt(d)         the first input multiplied by that; d is the length of its last axis
log:mask              the logarithm of the named input, for masks that are added to scores
boolean:mask          the named input as booleans, true where it is positive
inverted:mask         the named input as booleans, true where it is *not* positive
eps=0                 this keyword for the function, with any JSON value
beta=1.702            the value that the function has for an input of the implementation which it does not take
===================== =======================================================================================

A search tries only steps that move entries and change none: a step that scales or masks is a statement about the
function, which its user has to make.
"""

from __future__ import annotations

import ast
import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kg.errors import UsageError
from kg.names import did_you_mean

UNIT_AXES: dict[str, tuple[int, ...]] = {
    "batch": (0,),
    "batch-heads": (0, 1),
    "time-first": (1,),
    "batch-time-heads": (0, 2),
}
WORDS = {
    "batch": "with a leading batch axis",
    "batch-heads": "with leading axes for batch and heads",
    "time-first": "with a batch axis after the first",
    "batch-time-heads": "with axes for batch and heads around the first",
    "transposed": "with the last two axes of every array exchanged",
    "list": "with its inputs in one list",
}
Inputs = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One step: its name as typed, and what it does to named inputs and to each output."""

    name: str
    words: str
    inward: Callable[[Inputs], Inputs] = lambda inputs: inputs
    outward: Callable[[Any], Any] = lambda output: output
    keyword: tuple[str, Any] | None = None
    output: int | None = None
    is_list: bool = False
    is_order: bool = False
    held: tuple[str, float] | None = None


@dataclass(frozen=True)
class Adapter:
    """A chain of steps; the empty chain is the identity."""

    steps: tuple[Step, ...] = ()

    @property
    def name(self) -> str:
        return ",".join(step.name for step in self.steps) or "identity"

    @property
    def words(self) -> str:
        """What it does, as the end of a sentence; empty for the identity."""
        return ", ".join(step.words for step in self.steps)

    @property
    def keywords(self) -> dict[str, Any]:
        return dict(step.keyword for step in self.steps if step.keyword is not None)

    @property
    def held(self) -> dict[str, float]:
        """Inputs that the function does not take, as it has one value for them."""
        return dict(step.held for step in self.steps if step.held is not None)

    def with_held(self, inputs: Sequence[str], parameters: Sequence[str]) -> Adapter:
        """The same, with keywords that are inputs of the implementation and unknown to the function held at their value."""
        return Adapter(
            tuple(
                held(*step.keyword)
                if step.keyword and step.keyword[0] in inputs and step.keyword[0] not in parameters
                else step
                for step in self.steps
            )
        )

    @property
    def output(self) -> int | None:
        return next((step.output for step in self.steps if step.output is not None), None)

    @property
    def is_list(self) -> bool:
        return any(step.is_list for step in self.steps)

    @property
    def is_ordered(self) -> bool:
        """Whether the inputs go by position, whatever the function calls its parameters."""
        return any(step.is_order for step in self.steps)

    @property
    def is_as_typed(self) -> bool:
        """Whether the inputs go in as they are, whichever of the outputs is taken."""
        return all(step.output is not None for step in self.steps)

    def inward(self, inputs: Mapping[str, Any]) -> Inputs:
        changed = dict(inputs)
        for step in self.steps:
            changed = step.inward(changed)
        return changed

    def outward(self, output: Any) -> Any:
        for step in reversed(self.steps):
            output = step.outward(output)
        return output

    def then(self, *steps: Step) -> Adapter:
        return Adapter((*self.steps, *steps))


def declared(specifications: Sequence[str], names: Sequence[str]) -> Adapter:
    """The adapter that ``--adapter`` says, for an implementation with inputs of these names.

    Raises:
        UsageError: for a step that is none, or that names an input there is not.
    """
    steps = [_step(part, names) for text in specifications for part in _parts(text)]
    return Adapter(tuple(steps))


def _parts(text: str) -> Iterator[str]:
    """``batch,order=k,q`` holds two steps: a comma begins a new one only before a word that can begin one."""
    found: list[str] = []
    for piece in text.split(","):
        begins = piece.partition(":")[0] in _BEGINNINGS or "=" in piece
        if found and not begins and ("=" in found[-1] or ":" in found[-1]):
            found[-1] += f",{piece}"
        else:
            found.append(piece.strip())
    return iter(part for part in found if part and part != "identity")


_BEGINNINGS = (*UNIT_AXES, "transposed", "list", "log", "boolean", "inverted", "identity")


def _step(text: str, names: Sequence[str]) -> Step:
    head, colon, chosen = text.partition(":")
    if head in UNIT_AXES:
        return unit_axes(head, _known(text, chosen.split(","), names) if colon else ())
    if text in ("transposed", "list"):
        return transposed() if text == "transposed" else listed()
    if head in _MASKS and colon:
        return _mask(head, _known(text, [chosen], names)[0])
    key, equals, value = text.partition("=")
    if not equals:
        known = [
            *UNIT_AXES,
            "transposed",
            "list",
            "order=…",
            "output=…",
            "scale=…",
            *(f"{m}:…" for m in _MASKS),
        ]
        advice = did_you_mean(
            text, known, f"choose from {', '.join(known)}, or write NAME=VALUE for a keyword"
        )
        raise UsageError(f"--adapter {text}: there is no such step: {advice}")
    if key == "order":
        return ordered(_known(text, value.split(","), names))
    if key == "scale":
        return _scale(text, value)
    if key == "output":
        if not value.isdigit():
            raise UsageError(f"--adapter {text}: outputs are counted from 0: write e.g. output=1")
        return chosen_output(int(value))
    return keyword(key, _json(value))


def _known(text: str, chosen: Sequence[str], names: Sequence[str]) -> list[str]:
    for name in chosen:
        if name not in names:
            advice = did_you_mean(name, names, f"its inputs are {', '.join(names)}")
            raise UsageError(f"--adapter {text}: the concept has no input '{name}': {advice}")
    return list(chosen)


def _json(text: str) -> Any:
    special = {"True": True, "False": False, "None": None}
    try:
        return special[text] if text in special else json.loads(text)
    except ValueError:
        return text


def unit_axes(name: str, only: Sequence[str] = ()) -> Step:
    """Axes of length one put in (on every array, or on the named ones) and taken out of the outputs."""
    places = UNIT_AXES[name]

    def inward(inputs: Inputs) -> Inputs:
        return {
            key: np.expand_dims(value, places)
            if isinstance(value, np.ndarray)
            and 0 < value.ndim >= max(places) - len(places) + 1
            and (not only or key in only)
            else value
            for key, value in inputs.items()
        }

    def outward(output: Any) -> Any:
        fits = output.ndim > max(places) and all(output.shape[place] == 1 for place in places)
        return np.squeeze(output, places) if fits else output

    suffix = f":{','.join(only)}" if only else ""
    words = WORDS[name] + (f" on {', '.join(only)}" if only else "")
    return Step(name + suffix, words, inward, outward)


def transposed() -> Step:
    """The last two axes of every array exchanged, both ways."""

    def exchange(value: Any) -> Any:
        return np.swapaxes(value, -1, -2) if isinstance(value, np.ndarray) and value.ndim >= 2 else value

    return Step(
        "transposed",
        WORDS["transposed"],
        lambda inputs: {name: exchange(value) for name, value in inputs.items()},
        exchange,
    )


def listed() -> Step:
    return Step("list", WORDS["list"], is_list=True)


def ordered(names: Sequence[str]) -> Step:
    def inward(inputs: Inputs) -> Inputs:
        return {**{name: inputs[name] for name in names}, **inputs}

    text = ", ".join(names)
    return Step(f"order={','.join(names)}", f"with its inputs in the order {text}", inward, is_order=True)


def chosen_output(number: int) -> Step:
    return Step(f"output={number}", f"of whose outputs number {number} is taken", output=number)


def keyword(name: str, value: Any) -> Step:
    return Step(f"{name}={json.dumps(value)}", f"called with {name}={value!r}", keyword=(name, value))


def held(name: str, value: Any) -> Step:
    """An input of the implementation that the function does not take, as it has one value for it.

    Raises:
        UsageError: if the value is no number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(
            f"--adapter {name}={value}: the function takes no '{name}': give the number that it has for it"
        )

    def inward(inputs: Inputs) -> Inputs:
        return {key: array for key, array in inputs.items() if key != name}

    return Step(f"{name}={json.dumps(value)}", f"with {name} = {value!r}", inward, held=(name, float(value)))


_MASKS: dict[str, Callable[[Any], Any]] = {
    "log": lambda mask: np.log(np.asarray(mask, dtype=float)),
    "boolean": lambda mask: np.asarray(mask) > 0,
    "inverted": lambda mask: ~(np.asarray(mask) > 0),
}
_MASK_WORDS = {
    "log": "given the logarithm of {}",
    "boolean": "given {} as booleans",
    "inverted": "given {} as booleans that are true where nothing is read",
}


def _mask(head: str, name: str) -> Step:
    def inward(inputs: Inputs) -> Inputs:
        with np.errstate(divide="ignore"):
            return {**inputs, name: _MASKS[head](inputs[name])}

    return Step(f"{head}:{name}", _MASK_WORDS[head].format(name), inward)


def _scale(text: str, expression: str) -> Step:
    try:
        tree = ast.parse(expression.replace("^", "**"), mode="eval").body
        _value(tree, 3)
    except (SyntaxError, ValueError, TypeError, ZeroDivisionError):
        raise UsageError(
            f"--adapter {text}: '{expression}' is no scale: write a number, d, sqrt(d) or a product of such"
        ) from None

    def inward(inputs: Inputs) -> Inputs:
        first = next(iter(inputs))
        width = np.shape(inputs[first])[-1:]
        return {**inputs, first: inputs[first] * _value(tree, *width)} if width else inputs

    return Step(f"scale={expression}", f"with its first input multiplied by {expression}", inward)


def _value(node: ast.expr, d: int) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id="d"):
            return float(d)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _value(left, d) * _value(right, d)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _value(left, d) / _value(right, d)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return float(_value(left, d) ** _value(right, d))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, d)
        case ast.Call(func=ast.Name(id="sqrt"), args=[one]):
            return math.sqrt(_value(one, d))
    raise ValueError(ast.dump(node))


def layouts(inputs: Mapping[str, Any]) -> Iterator[Adapter]:
    """The identity, and adapters that only put in axes of length one: they cannot hide a mistake of the function."""
    yield Adapter()
    arrays = {name: value for name, value in inputs.items() if isinstance(value, np.ndarray) and value.ndim}
    if not arrays:
        return
    first = next(iter(arrays.values())).ndim
    alike = [name for name, value in arrays.items() if value.ndim == first]
    for name in UNIT_AXES:
        yield Adapter((unit_axes(name),))
        if len(alike) < len(arrays):
            yield Adapter((unit_axes(name, alike),))
    if len(inputs) > 1:
        yield Adapter((listed(),))


def rearrangements(inputs: Mapping[str, Any]) -> Iterator[Adapter]:
    """Adapters that also move entries about: features first, and other orders of up to four inputs."""
    if any(isinstance(value, np.ndarray) and value.ndim >= 2 for value in inputs.values()):
        yield Adapter((transposed(),))
        for name in ("batch", "batch-heads"):
            yield Adapter((transposed(), unit_axes(name)))
    if 2 <= len(inputs) <= 4:
        for order in itertools.islice(itertools.permutations(inputs), 1, None):
            yield Adapter((ordered(order),))
    if len(inputs) > 1:
        yield Adapter((ordered(tuple(reversed(list(inputs)))), listed()))
