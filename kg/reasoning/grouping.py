"""Equalities that hold for one reason, as far as their form shows it, put together: one entry instead of a dozen.

===================================== =============================================================
forms                                 one reason
===================================== =============================================================
``f(g(x)) = f(h(x))``                 g and h are the same to f, often up to a factor; one entry for g and h
``f(x) = f(g(x))``                    f does not notice what g does to this input; one entry for f and the input, and if
                                      that holds one equality, one for g; one for all that are the same if done twice
``f(h(x)) = g(h(x))``                 f and g agree on what h gives; one entry for f and g
``s = f(x)``, ``s = g(x)``            one left side; one entry for it
===================================== =============================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.reasoning.forms import Apply, Expression, Transposed, text

if TYPE_CHECKING:
    from kg.reasoning.discovery import Judged

_Key = tuple[str, ...]


@dataclass(frozen=True)
class Family:
    """Equalities of one reason, the shortest first, and what they have in common in words; alone they have no words."""

    words: str
    members: tuple[Judged, ...]

    @property
    def first(self) -> Judged:
        return self.members[0]

    @property
    def others(self) -> tuple[Judged, ...]:
        return self.members[1:]


def families(judged: Iterable[Judged], alias: Callable[[str], str] = str) -> list[Family]:
    """The families of what passed, those with the shortest first member first; `alias` names a function for its equals."""
    found: dict[_Key, list[Judged]] = {}
    for one in sorted(judged, key=_length):
        found.setdefault(_key(one, alias), []).append(one)
    for key in [key for key, members in found.items() if key[0] == "unnoticed" and len(members) == 1]:
        (alone,) = found.pop(key)
        found.setdefault(_by_what_is_done(key, alone), []).append(alone)
    return [
        Family(_words(key, members) if len(members) > 1 else "", tuple(members))
        for key, members in sorted(found.items(), key=lambda item: _length(item[1][0]))
    ]


def _by_what_is_done(key: _Key, judged: Judged) -> _Key:
    """The key of an equality that is alone in its family: what is done to the input, or that it is done again."""
    one, other = (Counter(side.form.functions) for side in (judged.collision.left, judged.collision.right))
    done = list(((one - other) + (other - one)).elements())
    if len(done) != 1:
        return key
    return ("twice",) if done[0] in one and done[0] in other else ("first", *done)


def _length(judged: Judged) -> tuple[int, str]:
    return len(judged.collision.words), judged.collision.words


def _bare(expression: Expression) -> Expression:
    return expression.of if isinstance(expression, Transposed) else expression


def _key(judged: Judged, alias: Callable[[str], str]) -> _Key:
    left, right = (_bare(side.form.expression) for side in (judged.collision.left, judged.collision.right))
    if isinstance(left, Apply) and isinstance(right, Apply):
        one, other = dict(left.arguments), dict(right.arguments)
        if alias(left.function) == alias(right.function) and left.part == right.part:
            apart = [name for name in one if one[name] != other.get(name)]
            if len(apart) == 1:
                inner = _bare(one[apart[0]]), _bare(other[apart[0]])
                if all(isinstance(value, Apply) for value in inner):
                    names = sorted(alias(value.function) for value in inner if isinstance(value, Apply))
                    if names[0] != names[1]:
                        return ("same to", *names)
                return ("unnoticed", left.function, apart[0])
        elif sorted(map(text, one.values())) == sorted(map(text, other.values())) and any(
            isinstance(_bare(value), Apply) for value in one.values()
        ):
            return ("agree", *sorted((left.function, right.function)))
    return ("left", text(left))


def _words(key: _Key, members: list[Judged]) -> str:
    match key:
        case ("same to", one, other):
            outer = {name for judged in members for name in judged.collision.left.form.functions[:1]}
            return f"{one} and {other} are the same to {_listed(outer)}"
        case ("unnoticed", function, parameter):
            return f"{function} gives the same whatever of these is done to its {parameter} first"
        case ("twice",):
            return "each of these does nothing more when it is applied again"
        case ("first", function):
            return f"whether {function} was applied to an input first does not matter to these"
        case ("agree", one, other):
            return f"{one} and {other} agree on what these give"
        case _:
            return f"all of these are {key[1]}"


def _listed(names: set[str]) -> str:
    *most, last = sorted(names)
    return f"{', '.join(most)} and {last}" if most else last
