"""Traces: the dataflow graph of an implementation, recorded while the same text runs over floats.

A node is one array operation with its operands and the shape of its result.  Moving data (indexing, reshaping,
stacking) is transparent: patterns such as x·f(x) are about values.  Loops unroll, so a recurrence over n steps holds its
update n times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kg.numbers.arrays import Parts, SystemArray
from kg.numbers.counting import Counts


@dataclass(frozen=True)
class Node:
    """One operation: its name, the numbers of its operands, the shape of its result, and a label.

    Inputs are labelled with the argument's name, constants with their value.
    """

    number: int
    operation: str
    operands: tuple[int, ...]
    shape: tuple[int, ...]
    label: str = ""


@dataclass(frozen=True)
class Trace:
    """All operations of one run in order, and the numbers of the results."""

    nodes: tuple[Node, ...]
    results: tuple[int, ...]


class Traces(Counts):
    """Parts are ``(floats, node numbers)``: which operation each entry came from."""

    name = "traces"

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[Node] = []

    def record(self, operation: str, operands: Sequence[Parts], values: Any, label: str = "") -> Parts:
        """A new node, and the values that came from it."""
        numbers = [
            n for parts in operands for n in dict.fromkeys(int(i) for i in np.asarray(parts[1]).reshape(-1))
        ]
        node = Node(len(self.nodes), operation, tuple(numbers), np.shape(values), label)
        self.nodes.append(node)
        return np.asarray(values), np.full(np.shape(values), node.number)

    def literal(self, number: Any) -> Parts:
        values = super().literal(number)[0]
        return self.record("constant", (), values, label=str(number) if np.ndim(number) == 0 else "array")

    rationals = literal

    def _of(self, operation: str, parts: Parts, operands: Sequence[Parts]) -> Parts:
        return self.record(operation, operands, parts[0])

    def add(self, a: Parts, b: Parts) -> Parts:
        return self._of("add", super().add(a, b), (a, b))

    def subtract(self, a: Parts, b: Parts) -> Parts:
        return self._of("subtract", super().subtract(a, b), (a, b))

    def negative(self, a: Parts) -> Parts:
        return self._of("negative", (-a[0],), (a,))

    def multiply(self, a: Parts, b: Parts) -> Parts:
        return self._of("multiply", super().multiply(a, b), (a, b))

    def divide(self, a: Parts, b: Parts) -> Parts:
        return self._of("divide", super().divide(a, b), (a, b))

    def matmul(self, a: Parts, b: Parts) -> Parts:
        return self._of("matmul", super().matmul(a, b), (a, b))

    def sum(self, a: Parts, axis: int) -> Parts:
        return self._of("sum", super().sum(a, axis), (a,))

    def elementwise(self, operation: str, a: Parts) -> Parts:
        return self._of(operation, super().elementwise(operation, a), (a,))

    def extremum(self, operation: str, a: Parts, axis: int) -> Parts:
        return self._of(operation, super().extremum(operation, a, axis), (a,))

    def shift(self, a: Parts, axis: int) -> Parts:
        return self._of("shift", super().extremum("max", a, axis), (a,))

    def choose(self, condition: Any, a: Parts, b: Parts) -> Parts:
        return np.where(condition, a[0], b[0]), np.where(condition, a[1], b[1])

    def solve(self, a: Parts, b: Parts) -> Parts:
        return self._of("solve", (np.linalg.solve(a[0], b[0]),), (a, b))

    def determinant(self, a: Parts) -> Parts:
        return self._of("det", (np.linalg.det(a[0]),), (a,))

    def pi(self) -> Parts:
        return self.record("constant", (), np.asarray(np.pi), label="π")

    def unit_root(self, order: int, power: int) -> Parts:
        return self.record(
            "constant", (), super().unit_root(order, power)[0], label=f"root of unity of order {order}"
        )


def trace(function: Callable[..., Any], **inputs: Any) -> Trace:
    """Run a function on named float arrays and record its operations; other arguments pass unchanged.

    >>> import numpy as np
    >>> [node.operation for node in trace(lambda x: x * x + 1, x=np.ones(3)).nodes]
    ['input', 'multiply', 'constant', 'add']
    """
    system = Traces()
    arguments = {
        name: SystemArray(system, system.record("input", (), value, label=name))
        if isinstance(value, np.ndarray) and value.dtype.kind in "fc"
        else value
        for name, value in inputs.items()
    }
    result = function(**arguments)
    outputs = result if isinstance(result, tuple | list) else [result]
    numbers = [n for x in outputs if isinstance(x, SystemArray) for n in np.unique(x.parts[1]).tolist()]
    return Trace(tuple(system.nodes), tuple(numbers))
