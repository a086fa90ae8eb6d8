"""Dataflow of implementations: what each computes as operations on earlier results, and as RDF that SPARQL can ask.

Every implementation is traced once, on inputs drawn for its annotations.  An operation is a node: its name, its operands
in order, the shape of its result, and for an input the name of the parameter.  Moving data (indexing, reshaping) leaves
no trace and loops unroll, so a recurrence over five steps holds its update five times.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.names import VOCABULARY, prefixes

if TYPE_CHECKING:
    from pyoxigraph import Store

    from kg.graph import Graph
    from kg.project import Project
    from kg.query.process import Outcome

ATTEMPTS = 20
BINARY = ("add", "subtract", "multiply", "divide", "matmul", "solve")
# What makes an entry of its result from several entries of an operand.
MIXING = ("matmul", "sum", "max", "min", "shift", "solve", "det")
# A trace longer than this is cut from the graph, and counted: questions are about forms, not about unrolled loops.
MOST_OPERATIONS = 4000


@dataclass(frozen=True)
class Operation:
    """One operation of a trace: operands by number, the shape of the result, a label for inputs and constants."""

    number: int
    name: str
    operands: tuple[int, ...]
    shape: tuple[int, ...]
    label: str


@dataclass(frozen=True)
class Flow:
    """The operations of one implementation, or why there are none; `results` are the numbers of its outputs."""

    function: str
    operations: tuple[Operation, ...]
    results: tuple[int, ...]
    why_not: str = ""


def flows(graph: Graph) -> list[Flow]:
    """The dataflow of every implementation in order of name, from the user's cache if no code has changed."""
    from kg.judge import cache_folder, keep

    path = cache_folder() / f"flows-{_key(graph)}.json"
    try:
        return [_read(one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, KeyError, TypeError):
        found = list(_traced(graph))
    keep(path, json.dumps([_written(one) for one in found]))
    return found


def _key(graph: Graph) -> str:
    """A digest of the code that is traced, and of the code that traces."""
    from pathlib import Path

    import kg.numbers

    own = [*sorted(Path(kg.numbers.__file__).parent.glob("*.py")), Path(__file__)]
    told = hashlib.sha256()
    for path in (*own, *sorted({one.path for one in graph.code.implementations.values()})):
        told.update(path.name.encode() + b"\0" + path.read_bytes())
    return told.hexdigest()[:32]


def _written(flow: Flow) -> dict[str, Any]:
    rows = [[o.name, o.operands, o.shape, o.label] for o in flow.operations]
    return {"function": flow.function, "operations": rows, "results": flow.results, "why_not": flow.why_not}


def _read(row: Mapping[str, Any]) -> Flow:
    operations = tuple(
        Operation(at, name, tuple(operands), tuple(shape), label)
        for at, (name, operands, shape, label) in enumerate(row["operations"])
    )
    return Flow(row["function"], operations, tuple(row["results"]), row["why_not"])


def _traced(graph: Graph) -> Iterator[Flow]:
    from kg.verify.workshop import load

    for name, function in sorted(load(graph.project).implementations.items()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield _flow(name, function)


def _flow(name: str, function: Any) -> Flow:
    import numpy as np

    from kg.domains import domains_of
    from kg.numbers.arrays import Redraw
    from kg.numbers.tracing import trace
    from kg.verify.draws import FloatSource, draw, sizes_for

    try:
        domains = domains_of(function)
        for attempt, sizes in zip(range(ATTEMPTS), sizes_for(domains, [], f"flow {name}"), strict=False):
            try:
                inputs = draw(domains, sizes, [], FloatSource(f"flow {name} {attempt}"))
            except Redraw:
                continue
            with np.errstate(all="ignore"):
                found = trace(function, **inputs)
            break
        else:
            return Flow(name, (), (), "no inputs could be drawn")
    except Exception as error:
        return Flow(name, (), (), f"{type(error).__name__}: {error}")
    if len(found.nodes) > MOST_OPERATIONS:
        return Flow(name, (), (), f"its trace has {len(found.nodes)} operations")
    operations = tuple(
        Operation(n.number, n.operation, tuple(map(int, n.operands)), tuple(map(int, n.shape)), n.label)
        for n in found.nodes
    )
    return Flow(name, operations, tuple(map(int, found.results)))


# --- as RDF


@dataclass(frozen=True)
class Traced:
    """All dataflow of a project as triples, which :func:`kg.query.select` can ask.

    An operation has kg:operation, kg:operand1 and so on, kg:shape, kg:role, and kg:within for its implementation's concept;
    kg:entrywiseFrom are the operands that it treats entry by entry, kg:multipleOf what a constant multiplies.
    """

    project: Project
    found: tuple[Flow, ...]

    @property
    def operations(self) -> set[str]:
        """The names of all operations."""
        return {one.name for flow in self.found for one in flow.operations}

    @cached_property
    def store(self) -> Store:
        from pyoxigraph import Store

        store = Store()
        store.bulk_extend(quad for flow in self.found for quad in _quads(self.project.base, flow))
        return store


def asked(traced: Traced, text: str, name: str, form: str) -> Outcome:
    """What SPARQL says of the dataflow: work for :func:`kg.query.process.worked_out_within`."""
    from kg.query import select
    from kg.query.process import Answer, outcome_of, text_of

    return outcome_of(
        lambda: Answer(text_of(select(traced, text, name=name), form, traced.project.base), is_cut=False)
    )


def _entrywise_from(flow: Flow, one: Operation) -> tuple[int, ...]:
    """The operands of which each entry of the result takes only its own entry; constants count for nothing.

    An operand of another shape is spread over the result, or is one entry of an array.
    """
    if one.name in MIXING:
        return ()
    operands = (flow.operations[at] for at in one.operands)
    return tuple(o.number for o in operands if o.shape == one.shape and o.name != "constant")


def _multiple_of(flow: Flow, one: Operation) -> tuple[int, ...]:
    """What a product with a constant, or a quotient by one, is a multiple of; ½ x (…) is a product with x, too."""
    if one.name not in ("multiply", "divide") or len(one.operands) != 2:
        return ()
    first, second = (flow.operations[at].name == "constant" for at in one.operands)
    if second and not first:
        return (one.operands[0],)
    return (one.operands[1],) if first and not second and one.name == "multiply" else ()


def _role(one: Operation, at: int) -> str:
    """Which operand this is: an array put together of several results is one operand with several numbers.

    The first number belongs to the first operand and the last to the last; of those between nothing is said.
    """
    if at == 0:
        return "operand1"
    return "operand2" if one.name in BINARY and at == len(one.operands) - 1 else "operand"


def _quads(base: str, flow: Flow) -> Iterator[Any]:
    from pyoxigraph import BlankNode, Literal, NamedNode, Quad

    def term(name: str) -> Any:
        return NamedNode(VOCABULARY + name)

    concept = NamedNode(prefixes(base)["concept"] + flow.function)
    nodes = [BlankNode(f"{flow.function}-{one.number}") for one in flow.operations]
    for one in flow.operations:
        node = nodes[one.number]
        yield Quad(node, term("within"), concept)
        yield Quad(node, term("operation"), Literal(one.name))
        yield Quad(node, term("shape"), Literal(" ".join(map(str, one.shape))))
        if one.label:
            yield Quad(node, term("role"), Literal(one.label))
        for at, operand in enumerate(one.operands):
            yield Quad(node, term(_role(one, at)), nodes[operand])
        for operand in _multiple_of(flow, one):
            yield Quad(node, term("multipleOf"), nodes[operand])
        for operand in _entrywise_from(flow, one):
            yield Quad(node, term("entrywiseFrom"), nodes[operand])
    for number in flow.results:
        yield Quad(nodes[number], term("resultOf"), concept)
