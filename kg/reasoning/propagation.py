"""Unit propagation over properties of objects: every conclusion has a proof that can be printed.

A rule says that an object with some properties, and without some others, has (or lacks) one more; its contrapositives
are used as well.  A link carries properties from one object to another: both ways between equals, and from the general
to the case for properties that belong to each value.  Objects, properties and rules are few hundred each, so the state
of an object is two integers whose bits are the properties that it has and those that it lacks.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Literal:
    """An object has a property, or lacks it."""

    thing: str
    property: str
    holds: bool = True

    def __str__(self) -> str:
        return f"{self.thing} {'has' if self.holds else 'lacks'} {self.property}"


@dataclass(frozen=True, slots=True)
class Rule:
    """Of any object: if all premises hold, so does the conclusion. Premises are pairs (property, holds)."""

    name: str
    premises: tuple[tuple[str, bool], ...]
    conclusion: tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Link:
    """What the first object has of these properties, the second has too; so what the second lacks, the first lacks.

    With `is_partial` the two agree on a part of their inputs only: then what the second lacks, it may lack elsewhere.
    """

    name: str
    start: str
    end: str
    properties: frozenset[str]
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A literal that is given, and what vouches for it."""

    literal: Literal
    name: str


@dataclass(frozen=True)
class Proof:
    """Why a literal holds: a fact, or a rule or link with the proofs of what it was applied to."""

    literal: Literal
    by: str
    premises: tuple[Proof, ...] = ()

    def facts(self) -> Iterator[str]:
        """The names of the facts at its leaves."""
        if not self.premises:
            yield self.by
        for one in self.premises:
            yield from one.facts()

    def steps(self) -> Iterator[str]:
        """Everything it uses, facts, rules and links, in order of reading."""
        yield self.by
        for one in self.premises:
            yield from one.steps()

    def lines(self, indent: str = "") -> Iterator[str]:
        """The proof as an indented tree, conclusions above what they follow from."""
        yield f"{indent}{self.literal}, by {self.by}"
        for one in self.premises:
            yield from one.lines(indent + "  ")


@dataclass(frozen=True)
class Contradiction:
    """Two proofs of opposite literals, from as few facts as could be found: leaving out any one of them removes it."""

    one: Proof
    other: Proof

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(sorted({*self.one.facts(), *self.other.facts()}))

    def lines(self) -> Iterator[str]:
        """Both proofs, one after the other."""
        yield from self.one.lines()
        yield "and yet"
        yield from self.other.lines()


_Reason = tuple[str, tuple[tuple[str, int, bool], ...]]


@dataclass
class Closure:
    """What follows from facts: ask with `known`, see why with `proof`."""

    properties: Sequence[str]
    _has: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _lacks: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _reasons: dict[tuple[str, int, bool], _Reason] = field(default_factory=dict)
    _conflicts: list[tuple[tuple[str, int, bool], _Reason]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._bit = {name: at for at, name in enumerate(self.properties)}

    def known(self, thing: str, name: str) -> bool | None:
        """Whether an object has a property; None if nothing follows."""
        bit = 1 << self._bit[name]
        return True if self._has[thing] & bit else False if self._lacks[thing] & bit else None

    def literals(self, thing: str | None = None) -> list[Literal]:
        """Everything that holds, of one object or of all, in the order in which it was concluded."""
        return [
            Literal(name, self.properties[at], holds)
            for name, at, holds in self._reasons
            if thing in (None, name)
        ]

    def proof(self, literal: Literal) -> Proof | None:
        """Why a literal holds, or None if it does not follow."""
        key = literal.thing, self._bit[literal.property], literal.holds
        return self._proof(key, self._reasons[key]) if key in self._reasons else None

    def _proof(self, key: tuple[str, int, bool], reason: _Reason) -> Proof:
        name, at, holds = key
        by, premises = reason
        inner = tuple(self._proof(one, self._reasons[one]) for one in premises)
        return Proof(Literal(name, self.properties[at], holds), by, inner)

    def _clashes(self) -> list[Contradiction]:
        found = []
        for key, reason in self._conflicts:
            name, at, holds = key
            opposite = (name, at, not holds)
            found.append(
                Contradiction(self._proof(opposite, self._reasons[opposite]), self._proof(key, reason))
            )
        return sorted(found, key=lambda one: (len(one.facts), len([*one.lines()]), one.facts))


def propagate(facts: Iterable[Fact], rules: Sequence[Rule], links: Sequence[Link] = ()) -> Closure:
    """The closure of facts under rules, their contrapositives, and links.

    Where a literal meets its opposite, the first is kept and nothing is concluded from the other.
    """
    facts = list(facts)
    closure = Closure(_property_names(facts, rules, links))
    bits, has, lacks, reasons = closure._bit, closure._has, closure._lacks, closure._reasons
    clauses, touched = _compiled(rules, bits)
    outgoing, incoming = _carried(links, bits)
    queue: deque[tuple[str, int, bool]] = deque()

    def conclude(key: tuple[str, int, bool], reason: _Reason) -> None:
        name, at, holds = key
        same, opposite = (has, lacks) if holds else (lacks, has)
        if same[name] >> at & 1:
            return
        if opposite[name] >> at & 1:
            closure._conflicts.append((key, reason))
            return
        same[name] |= 1 << at
        reasons[key] = reason
        queue.append(key)

    for fact in facts:
        one = fact.literal
        conclude((one.thing, bits[one.property], one.holds), (fact.name, ()))
    while queue:
        key = name, at, holds = queue.popleft()
        for number in touched[at, holds]:
            positive, negative, by = clauses[number]
            own, missing = has[name], lacks[name]
            if positive & own or negative & missing:
                # One of its literals holds already.
                continue
            open_has, open_lacks = positive & ~missing, negative & ~own
            if (open_has | open_lacks).bit_count() + (open_has & open_lacks).bit_count() > 1:
                continue
            _unit(conclude, name, open_has, open_lacks, clauses[number], key)
        for end, mask, by in (outgoing if holds else incoming)[name]:
            if mask >> at & 1:
                conclude((end, at, holds), (by, (key,)))
    return closure


_Key = tuple[str, int, bool]


def _unit(
    conclude: Callable[[_Key, _Reason], None],
    name: str,
    open_has: int,
    open_lacks: int,
    clause: tuple[int, int, str],
    key: _Key,
) -> None:
    """Conclude the only literal of a clause that is not false, or the opposite of `key` where all of them are."""
    positive, negative, by = clause
    if open_has | open_lacks:
        concluded = (name, (open_has | open_lacks).bit_length() - 1, bool(open_has))
    else:
        concluded = (name, key[1], not key[2])
    others = [(name, at, False) for at in _bits(positive)] + [(name, at, True) for at in _bits(negative)]
    used = tuple(one for one in others if one[1] != concluded[1])
    conclude(concluded, (by, used))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _property_names(facts: Sequence[Fact], rules: Sequence[Rule], links: Sequence[Link]) -> list[str]:
    names = {fact.literal.property for fact in facts}
    for rule in rules:
        names |= {rule.conclusion[0], *(name for name, _ in rule.premises)}
    for link in links:
        names |= link.properties
    return sorted(names)


def _compiled(
    rules: Sequence[Rule], bits: dict[str, int]
) -> tuple[list[tuple[int, int, str]], dict[tuple[int, bool], list[int]]]:
    """Each rule as a clause, and for each literal the clauses in which it makes one literal false."""
    clauses: list[tuple[int, int, str]] = []
    touched: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for rule in rules:
        positive = negative = 0
        for name, holds in (*((n, not h) for n, h in rule.premises), rule.conclusion):
            if holds:
                positive |= 1 << bits[name]
            else:
                negative |= 1 << bits[name]
        if positive & negative:
            # It says that something holds or does not, which needs no rule.
            continue
        for at in _bits(positive):
            touched[at, False].append(len(clauses))
        for at in _bits(negative):
            touched[at, True].append(len(clauses))
        clauses.append((positive, negative, rule.name))
    return clauses, touched


_Carried = dict[str, list[tuple[str, int, str]]]


def _carried(links: Sequence[Link], bits: dict[str, int]) -> tuple[_Carried, _Carried]:
    outgoing: _Carried = defaultdict(list)
    incoming: _Carried = defaultdict(list)
    for link in links:
        mask = sum(1 << bits[name] for name in link.properties)
        outgoing[link.start].append((link.end, mask, link.name))
        if not link.is_partial:
            incoming[link.end].append((link.start, mask, link.name))
    return outgoing, incoming


def contradictions(
    facts: Iterable[Fact], rules: Sequence[Rule], links: Sequence[Link] = ()
) -> list[Contradiction]:
    """Every contradiction, each from facts none of which can be left out; those with the fewest facts first."""
    facts = list(facts)
    found: dict[tuple[str, ...], Contradiction] = {}
    for one in propagate(facts, rules, links)._clashes():
        smallest = _smallest(one, facts, rules, links)
        found.setdefault(smallest.facts, smallest)
    return sorted(found.values(), key=lambda one: (len(one.facts), one.facts))


def _smallest(
    clash: Contradiction, facts: Sequence[Fact], rules: Sequence[Rule], links: Sequence[Link]
) -> Contradiction:
    """The contradiction after leaving out every fact that it can do without."""
    kept = [fact for fact in facts if fact.name in clash.facts]
    best = clash
    for fact in list(kept):
        fewer = [one for one in kept if one is not fact]
        clashes = propagate(fewer, rules, links)._clashes()
        if clashes:
            kept, best = [one for one in fewer if one.name in clashes[0].facts], clashes[0]
    return best
