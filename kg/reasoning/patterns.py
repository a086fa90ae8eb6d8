"""Small patterns of dataflow, compiled to SPARQL: ``x * f(x)``, ``exp(_) / sum(_)``, ``a @ b @ c``.

======================= =================================================================================
in a pattern            what it stands for
======================= =================================================================================
``_``                   any value, another one each time
``x``                   any value but a constant, the same one each time
``2``, ``0.5``          this constant
``+ - * / @``           an operation; sums and products match in either order, matrix products do not; constant
                        factors inside products are passed over, and x / g(x) is also an x * f(x)
``exp(_)``, ``sum(_)``  an operation that traces know by this name
``f(x)``                anything computed from ``x`` entry by entry, and so of its shape: a gate, an activation
``F(x)``                anything computed from ``x`` in one step or more, of any shape: a norm, a matrix product
======================= =================================================================================

A function of the last two rows has a name of one or two letters that is no operation; its first letter decides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from kg.errors import UsageError
from kg.names import VOCABULARY, did_you_mean

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.MatMult: "matmul",
}
_COMMUTES = ("add", "multiply")
_ANY_OPERAND = "(kg:operand1|kg:operand2|kg:operand)"
MOST_LETTERS = 2
"""Names of calls up to this length may stand for anything."""


class _Compiler:
    def __init__(self, pattern: str, operations: Iterable[str]) -> None:
        self.pattern = pattern
        self.operations = sorted(set(operations) - {"input", "constant"})
        self.lines: list[str] = []
        self._next = 0

    def fresh(self) -> str:
        self._next += 1
        return f"?n{self._next}"

    def term(self, node: ast.expr) -> str:
        """The variable of a part of the pattern, with its conditions added to the lines."""
        if isinstance(node, ast.Name):
            return self.fresh() if node.id == "_" else f"?x_{node.id}"
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            found = self.fresh()
            self.lines.append(f'{found} kg:operation "constant" ; kg:role "{node.value}" .')
            return found
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return self._binary(_BINARY[type(node.op)], node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self._unary("negative", self.term(node.operand))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
            return self._call(node.func.id, node.args[0])
        raise UsageError(
            f"{self.pattern}: '{ast.unparse(node)}' is not understood: write names, _, numbers, + - * / @ and calls of one argument"
        )

    def _binary(self, name: str, node: ast.BinOp) -> str:
        found, left, right = self.fresh(), self.term(node.left), self.term(node.right)
        # A constant factor inside a product is a factor of the whole.
        of = "/kg:multipleOf*" if name in ("multiply", "matmul") else ""
        ways = [_operands(found, name, of, left, right)]
        if name in _COMMUTES:
            ways.append(_operands(found, name, of, right, left))
        if name == "multiply":
            # x / g(x) is x f(x) with f = 1/g, which a pattern need not know.
            for one, other, value in ((node.left, right, left), (node.right, left, right)):
                if not self._is_open(one) and self._is_open(node.right if one is node.left else node.left):
                    ways.append(_operands(found, "divide", of, value, other))
        self.lines.append(" UNION ".join(f"{{ {way} }}" for way in ways) if len(ways) > 1 else ways[0])
        return found

    def _is_open(self, node: ast.expr) -> bool:
        """Whether a part of the pattern is a call of a function that may be anything."""
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id not in self.operations
        )

    def _call(self, name: str, argument: ast.expr) -> str:
        inner = self.term(argument)
        if name in self.operations:
            return self._unary(name, inner)
        if len(name) > MOST_LETTERS:
            guess = did_you_mean(name, self.operations, f"known are {', '.join(self.operations)}")
            raise UsageError(
                f"{self.pattern}: no implementation does '{name}': {guess} (one or two letters stand for anything)"
            )
        found = self.fresh()
        step = _ANY_OPERAND if name[0].isupper() else "kg:entrywiseFrom"
        self.lines.append(f"{found} {step}+ {inner} .")
        return found

    def _unary(self, name: str, inner: str) -> str:
        found = self.fresh()
        self.lines.append(f'{found} kg:operation "{name}" ; {_ANY_OPERAND} {inner} .')
        return found


def _operands(found: str, name: str, of: str, left: str, right: str) -> str:
    return f'{found} kg:operation "{name}" ; kg:operand1{of} {left} ; kg:operand2{of} {right} .'


def compiled(pattern: str, operations: Iterable[str]) -> str:
    """A pattern as a SPARQL query for the concepts whose dataflow contains it.

    Raises:
        UsageError: for what is no pattern, with a guess for an unknown operation.
    """
    try:
        tree = ast.parse(pattern.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise UsageError(f"{pattern}: this is no expression: try kg find 'x * f(x)'") from None
    compiler = _Compiler(pattern, operations)
    top = compiler.term(tree)
    if not compiler.lines:
        raise UsageError(f"{pattern}: this fits every value: name an operation, as in 'exp(_)'")
    named = sorted({f"?x_{one.id}" for one in ast.walk(tree) if isinstance(one, ast.Name) and one.id != "_"})
    # Names of operations are no variables; a constant is written as a number, so no name stands for one.
    named = [one for one in named if any(one in line for line in compiler.lines)]
    constants = [f'FILTER NOT EXISTS {{ {one} kg:operation "constant" }}' for one in named]
    body = "\n  ".join([*reversed(compiler.lines), f"{top} kg:within ?concept .", *constants])
    return f"PREFIX kg: <{VOCABULARY}>\nSELECT DISTINCT ?concept {{\n  {body}\n}} ORDER BY ?concept"
