"""Collisions of the table: pairs of forms with one fingerprint, and for the trivial and the known the reason to drop them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.reasoning import trivial
from kg.reasoning.fingerprints import exact
from kg.reasoning.forms import Apply, Constant, Expression, Leaf, Transposed, text
from kg.reasoning.stated import states
from kg.reasoning.table import FED, PLAIN, Entry, Table, constants

if TYPE_CHECKING:
    from kg.graph import Graph

SYMMETRY = "a symmetry of one implementation"
INPUT = "one change only, and the result is an input as it was given"
STATED = "the graph states or derives it"
SPOKEN = "a claim of the graph speaks of all of its concepts"
TRANSPOSES = "one implementation commutes with transposition"
CASES = "two constants give one implementation the same value"
ALTERNATIVE = "a shorter one joins the same implementations"
APART = "residues tell the two apart"


@dataclass(frozen=True)
class Collision:
    """Two forms that agree at the fixed points; `dropped` says why it is not judged, if it is not."""

    left: Entry
    right: Entry
    dropped: str = ""
    by: str = ""

    @property
    def words(self) -> str:
        return f"{text(self.left.form.expression)} = {text(self.right.form.expression)}"

    @property
    def functions(self) -> frozenset[str]:
        return frozenset((*self.left.form.functions, *self.right.form.functions))


@dataclass
class Known:
    """What the graph says already, and which implementations of the table are alike."""

    graph: Graph
    table: Table
    _exact: dict[tuple[str, str], str | None] = field(default_factory=dict)

    @cached_property
    def family(self) -> dict[str, int]:
        """The number of the family that each concept of the graph is in."""
        from kg.reasoning.families import families

        return {name: at for at, names in enumerate(families(self.graph)) for name in names}

    @cached_property
    def spoken(self) -> list[tuple[str, frozenset[str], frozenset[str]]]:
        """Every claim with the concepts that it names or that its check runs, and with one name for equal ones."""
        reached = self.graph.reached
        concepts = {
            claim.name: frozenset((*claim.concepts, *reached[claim.name]))
            for claim in self.graph.claims.values()
        }
        return [(name, found, frozenset(map(self.alias, found))) for name, found in concepts.items()]

    @cached_property
    def alike(self) -> dict[str, str]:
        """A name for each group of implementations that agree as they are, at some equality of their dimensions."""
        group: dict[str, str] = {}

        def root(name: str) -> str:
            while group.get(name, name) != name:
                name = group[name]
            return name

        for bucket in self.table.entries.values():
            # One of several outputs is not the function.
            plain = [one.form.functions[0] for one in bucket if one.sort == PLAIN and _is_whole(one)]
            for other in plain[1:]:
                group[root(other)] = root(plain[0])
        return {name: root(name) for name in group}

    def alias(self, name: str) -> str:
        """One name for all implementations of a function."""
        return self.alike.get(name, name)

    def joined(self, first: str, second: str) -> bool:
        """Whether claims join two concepts."""
        return first in self.family and self.family.get(first) == self.family.get(second)

    def speaking(self, functions: Iterable[str]) -> str:
        """A claim that speaks of all these implementations, or of others of the same functions; or an empty string."""
        named = frozenset(functions)
        wanted = frozenset(map(self.alias, named))
        if len(named) < 2:
            return ""
        return next(
            (
                name
                for name, concepts, aliases in self.spoken
                if named <= concepts or (len(wanted) > 1 and wanted <= aliases)
            ),
            "",
        )

    def stating(self, first: Entry, second: Entry) -> str:
        """A claim whose check compares an implementation with itself in just this way; or an empty string."""
        (function,) = {*first.form.functions, *second.form.functions}
        one, other = first.form.expression, second.form.expression
        return next(
            (
                name
                for name, concepts, _ in self.spoken
                if function in concepts and states(self.graph, self.graph.claims[name], one, other)
            ),
            "",
        )

    def fingerprint(self, entry: Entry) -> str | None:
        """The exact fingerprint of an entry, computed once."""
        key = entry.signature, text(entry.form.expression)
        if key not in self._exact:
            world = self.table.worlds[entry.signature]
            assert world is not None
            self._exact[key] = exact(entry.form, self.table.use, world)
        return self._exact[key]


def collisions(known: Known) -> Iterator[Collision]:
    """Every pair of the table once, at its most general dimensions; the shortest form of a bucket stands for it."""
    seen: set[str] = set()
    joined: set[tuple[tuple[str, ...], ...]] = set()
    buckets = [bucket for bucket in known.table.entries.values() if len(bucket) > 1]
    for bucket in sorted(buckets, key=_generality):
        first, *others = sorted(bucket, key=lambda one: (one.size, text(one.form.expression)))
        for other in others:
            said = _as_read(first, other)
            if said not in seen:
                seen.add(said)
                found = _sorted_out(known, first, other)
                pair = tuple(sorted((first.form.functions, other.form.functions)))
                if not found.dropped and pair in joined:
                    found = replace(found, dropped=ALTERNATIVE)
                if not found.dropped:
                    joined.add(pair)
                yield found


def _generality(bucket: list[Entry]) -> tuple[int, str]:
    return -len(bucket[0].form.dimensions), bucket[0].signature


def _as_read(first: Entry, second: Entry) -> str:
    """A pair with its inputs named in the order of reading, whatever its dimensions."""
    names: dict[str, str] = {}
    return re.sub(
        r"(?<=[=(])[a-h](?=[,)ᵀ])|^[a-h]ᵀ? ",
        lambda found: names.setdefault(found[0], f"x{len(names)}"),
        f"{text(first.form.expression)} = {text(second.form.expression)}",
    )


def _sorted_out(known: Known, first: Entry, second: Entry) -> Collision:
    """The collision with the reason for which it is dropped, if there is one."""
    reason, by = _reason(known, first, second)
    if not reason:
        marks = known.fingerprint(first), known.fingerprint(second)
        if None not in marks and marks[0] != marks[1]:
            reason = APART
    return Collision(first, second, reason, by)


def _reason(known: Known, first: Entry, second: Entry) -> tuple[str, str]:
    one, other = first.form.expression, second.form.expression
    functions = frozenset((*first.form.functions, *second.form.functions))
    if isinstance(_bare(one), Leaf) and second.sort != FED:
        return INPUT, ""
    if len(functions) == 1:
        if _skeleton(_bare(one), {}, blind=True) == _skeleton(_bare(other), {}, blind=True):
            return SYMMETRY, ""
        if any(True for side in (one, other) for _ in constants(side)):
            return CASES, ""
        if _upright(one) == _upright(other):
            return TRANSPOSES, ""
        if by := known.stating(first, second):
            return STATED, by
    if first.sort == second.sort == PLAIN:
        names = sorted(functions)
        if len(names) == 2 and known.joined(*names):
            return STATED, ""
    by = known.speaking(functions) if len(functions) > 1 else ""
    if by:
        return SPOKEN, by
    plain = first.sort == second.sort == PLAIN
    if not plain and _skeleton(one, known.alike) == _skeleton(other, known.alike):
        return trivial.FOLLOWS, ""
    return _trivial(known, first, second), ""


def _trivial(known: Known, first: Entry, second: Entry) -> str:
    world, use = known.table.worlds[first.signature], known.table.use
    assert world is not None
    tests = {
        trivial.CONSTANT: trivial.constant_inside,
        trivial.FOLLOWS: trivial.instance,
        trivial.POSITIVE: trivial.keeps_positive,
        trivial.LINEAR: trivial.regrouped,
    }
    if FED not in (first.sort, second.sort):
        return ""
    return next((why for why, test in tests.items() if test(first.form, second.form, use, world)), "")


def _is_whole(entry: Entry) -> bool:
    expression = _bare(entry.form.expression)
    return not isinstance(expression, Apply) or expression.part is None


def _bare(expression: Expression) -> Expression:
    return expression.of if isinstance(expression, Transposed) else expression


def _upright(expression: Expression) -> str:
    return text(expression).replace("ᵀ", "").replace("((", "(").strip("()")


def _skeleton(expression: Expression, alike: dict[str, str], *, blind: bool = False) -> Any:
    """What an expression is made of, without the names of parameters; `blind` forgets which input is which, too."""
    if isinstance(expression, Leaf):
        return "" if blind else expression.name
    if isinstance(expression, Constant):
        return expression.what
    if isinstance(expression, Transposed):
        return ("transposed", _skeleton(expression.of, alike, blind=blind))
    assert isinstance(expression, Apply)
    inner = sorted(repr(_skeleton(value, alike, blind=blind)) for _, value in expression.arguments)
    return (alike.get(expression.function, expression.function), *inner)
