"""The table of fingerprints: all forms of the search under what they give, and how many there were of each sort."""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kg.reasoning.candidates import adapted, base_forms, fed, merged
from kg.reasoning.fingerprints import Values, World, unused, values
from kg.reasoning.forms import Apply, Constant, Expression, Form, Leaf, Transposed, placed, text

PLAIN, FED = "as it is", "one fed into another"
MOST_INPUTS_FED = 4


@dataclass(frozen=True)
class Entry:
    """One form of the table: the signature of its inputs and what was done to its implementations."""

    signature: str
    sort: str
    form: Form

    @property
    def size(self) -> int:
        """How long it is to write; the shortest of several equal forms stands for them."""
        return len(text(self.form.expression)) + 100 * len(self.form.functions)


@dataclass
class Table:
    """Entries by signature and fingerprint, with the near misses under coarser ones."""

    use: Callable[[str], Callable[..., Any]]
    entries: dict[tuple[str, str], list[Entry]] = field(default_factory=lambda: defaultdict(list))
    scaled: dict[tuple[str, str], list[Entry]] = field(default_factory=lambda: defaultdict(list))
    shifted: dict[tuple[str, str], list[Entry]] = field(default_factory=lambda: defaultdict(list))
    worlds: dict[str, World | None] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    unusable: Counter[str] = field(default_factory=Counter)
    constant: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, str] = field(default_factory=dict)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def world(self, signature: str, form: Form) -> World | None:
        """The inputs of a signature, drawn once; None if none can be drawn."""
        if signature not in self.worlds:
            try:
                self.worlds[signature] = World.of(signature, form)
            except Exception:
                self.worlds[signature] = None
            else:
                self._add_inputs(signature, form)
        return self.worlds[signature]

    def _add_inputs(self, signature: str, form: Form) -> None:
        """The inputs themselves, so that a form that only hands one back is known as such."""
        for name, domain in form.leaves:
            given: list[Expression] = [Leaf(name)]
            if len(domain.dims) == 2 and domain.kind != "Permutation":
                given.append(Transposed(Leaf(name)))
            for expression in given:
                one = Form(expression, form.leaves)
                found = self._values(one, signature)
                if found is not None:
                    self.entries[signature, found.fingerprint].append(Entry(signature, "an input", one))

    def _values(self, form: Form, signature: str) -> Values | None:
        world = self.world(signature, form)
        if world is None:
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = values(form, self.use, world)
        except Exception:
            # A size that an implementation refuses, or a step that needs another shape: the form is not admissible.
            return None
        return found if found.is_finite else None

    def add(self, form: Form, sort: str, *, near: bool = False) -> None:
        """Enter a form under every naming that gives its inputs their least signature."""
        for signature, one in placed(form):
            key = signature, text(one.expression)
            if key in self._seen:
                continue
            self._seen.add(key)
            self._enter(Entry(signature, sort, one), near=near)

    def _enter(self, entry: Entry, *, near: bool) -> None:
        found = self._values(entry.form, entry.signature)
        if found is None:
            self.unusable[entry.sort] += 1
            return
        if found.is_constant:
            self.constant[entry.sort] += 1
            return
        freed = self._without_unused(entry, found)
        if freed is not None:
            self.add(freed, entry.sort)
            return
        self.counts[entry.sort] += 1
        self.entries[entry.signature, found.fingerprint].append(entry)
        if near:
            for coarse, mark in ((self.scaled, found.up_to_scale), (self.shifted, found.up_to_a_constant)):
                if mark:
                    coarse[entry.signature, mark].append(entry)

    def _without_unused(self, entry: Entry, found: Values) -> Form | None:
        """The form with ones for an input that no longer matters, as others do not take it at all."""
        if entry.sort == FED:
            return None
        world = self.worlds[entry.signature]
        assert world is not None
        for name in unused(entry.form, self.use, world, found):
            from kg.reasoning.candidates import with_constant

            if dict(entry.form.leaves)[name].kind in ("Real", "Positive"):
                return with_constant(entry.form, name, "one")
        return None


def constants(expression: Expression) -> Iterator[Constant]:
    """Every constant in an expression."""
    if isinstance(expression, Constant):
        yield expression
    elif isinstance(expression, Transposed):
        yield from constants(expression.of)
    elif isinstance(expression, Apply):
        for _, value in expression.arguments:
            yield from constants(value)


def filled(implementations: Mapping[str, Callable[..., Any]], *, compose: bool = True) -> Table:
    """The whole table: plain forms with every equality of dimensions, one change each, and one fed into another."""
    table = Table(implementations.__getitem__)
    bases, table.left_out = base_forms(implementations)
    whole = dict(part for name, form in bases.items() for part in _parts(table, name, form))
    for form in whole.values():
        for one in merged(form, thoroughly=True):
            table.add(one, PLAIN, near=True)
    chosen = _representatives(table, whole)
    for form in (whole[name] for name in chosen):
        for sort, changed in adapted(form):
            for one in merged(changed, thoroughly=False):
                table.add(one, sort, near=True)
    if compose:
        _compose(table, {name: whole[name] for name in chosen})
    return table


def _parts(table: Table, name: str, form: Form) -> Iterator[tuple[str, Form]]:
    """A form, or one for each of its outputs if there are several."""
    signature, one = next(iter(placed(form)))
    found = table._values(one, signature)
    assert isinstance(form.expression, Apply)
    if found is None or len(found.shapes) <= 1:
        yield name, form
        return
    for part in range(len(found.shapes)):
        yield f"{name}[{part}]", _freed(table, Form(replace(form.expression, part=part), form.leaves))


def _freed(table: Table, form: Form) -> Form:
    """An output that does not depend on all inputs, with ones for those."""
    signature, one = next(iter(placed(form)))
    found = table._values(one, signature)
    smaller = None if found is None else table._without_unused(Entry(signature, PLAIN, one), found)
    return form if smaller is None else _freed(table, smaller)


def _representatives(table: Table, forms: Mapping[str, Form]) -> list[str]:
    """One name for each function that several implementations compute, at the dimensions they are written for."""
    taken: dict[tuple[str, str], str] = {}
    for name, form in forms.items():
        signature, one = next(iter(placed(form)))
        found = table._values(one, signature)
        if found is not None:
            taken.setdefault((signature, found.fingerprint), name)
    return sorted(taken.values())


def _compose(table: Table, forms: Mapping[str, Form]) -> None:
    shapes = {name: dims for name, form in forms.items() if (dims := _result(table, form)) is not None}
    for outer in forms.values():
        for parameter, domain in outer.leaves:
            if domain.kind != "Real" or not domain.dims:
                continue
            for inner, dims in shapes.items():
                one = fed(outer, parameter, forms[inner], dims) if len(dims) == len(domain.dims) else None
                if one is None or len(one.leaves) > MOST_INPUTS_FED:
                    continue
                table.add(one, FED)
                for shared in _sharing(one):
                    table.add(shared, FED)


def _sharing(form: Form) -> Iterator[Form]:
    if 2 <= len(form.leaves) <= 3:
        for sort, one in adapted(form):
            if sort == "two inputs the same":
                yield one


def _result(table: Table, form: Form) -> tuple[str, ...] | None:
    """The dimensions of a form's only output, told from their lengths; None if one is no dimension of the inputs."""
    signature, one = next(iter(placed(form)))
    found, world = table._values(one, signature), table.worlds[signature]
    if found is None or world is None or len(found.shapes) != 1 or found.outputs[0][0].dtype.kind != "f":
        return None
    # Under the names of the placed form; the same position has the same name in the form itself.
    names = {length: name for name, length in world.sizes.items()}
    back = _original_dimensions(form, one)
    if any(names.get(length) not in back for length in found.shapes[0]):
        return None
    return tuple(back[names[length]] for length in found.shapes[0])


def _original_dimensions(form: Form, placed_form: Form) -> dict[str, str]:
    """From the dimensions of a placed form back to those of the form it was made of."""
    original = _leaf_positions(form.expression)
    renamed = _leaf_positions(placed_form.expression)
    own, other = dict(form.leaves), dict(placed_form.leaves)
    return {
        b: a
        for x, y in zip(original, renamed, strict=True)
        for a, b in zip(own[x].dims, other[y].dims, strict=True)
        if b.isidentifier()
    }


def _leaf_positions(expression: Expression) -> list[str]:
    if isinstance(expression, Leaf):
        return [expression.name]
    if isinstance(expression, Transposed):
        return _leaf_positions(expression.of)
    if isinstance(expression, Apply):
        return [name for _, value in expression.arguments for name in _leaf_positions(value)]
    return []


__all__ = ["FED", "PLAIN", "Entry", "Table", "constants", "filled"]
