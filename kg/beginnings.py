"""What the check of a new claim begins with: each kind is judged in its own way, and returns its own pair.

The judges say so at the top of their modules in :mod:`kg.verify`; here it stands where it is to be filled in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ARRAY = 'x: Real[Array, "n d"]'
_SAMPLES = 'z: Normal[Array, "samples n"]'
_SIZES = '(sizes={"n": (16, 32, 64, 128, 256)})'


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What a check returns, what its control returns, and what else the judge of its kind asks for."""

    returned: str
    control: str
    inputs: str = _ARRAY
    options: str = ""
    part: str = ""
    imports: tuple[str, ...] = ()

    @property
    def names(self) -> str:
        return ", ".join(re.findall(r"(\w+):", self.inputs))


_SIDES = _Beginning("the two sides", "the two sides, one of them minimally broken")

_OF_KIND = {
    "Bound": _Beginning(
        "the smaller side and the bound",
        "the smaller side and a bound that is a little too small",
        options='(relation="<=")',
        part=(
            "@{name}.witness\ndef _({names}):\n"
            '    raise NotImplementedError("TODO: return {{input: value}} where both sides are equal, or remove this")\n'
        ),
    ),
    "Refutation": _Beginning(
        "the two sides of the sentence as usually said",
        "the two sides of the nearest sentence that is true",
        part=(
            "@{name}.counterexample\ndef _():\n"
            "    raise NotImplementedError(\"TODO: return {{input: value}} with integers, or texts such as '-3/2'\")\n"
        ),
    ),
    "InExpectation": _Beginning(
        "one value for each sample, and the mean they are claimed to have",
        "the same of a broken sampler, or with a wrong mean",
        inputs=_SAMPLES,
    ),
    "InLaw": _Beginning(
        "one number for each sample, and the claimed distribution function at it",
        "the same of a broken sampler, or another distribution function",
        inputs=_SAMPLES,
    ),
    "Recovery": _Beginning(
        "whether it happened for each sample, and the least probability",
        "the same where it happens more seldom",
        inputs=_SAMPLES,
    ),
    "Convergence": _Beginning(
        "the errors at this size, and the exponent with which they fall",
        "the same with another rate",
        inputs='n: Size[int, "n"]',
        options=_SIZES,
    ),
    "Limit": _Beginning(
        "the value at this size, and its limit",
        "the same with another limit",
        inputs='n: Size[int, "n"]',
        options=_SIZES,
    ),
    "Cost": _Beginning(
        "what count_operations(use('…'), x) counts, and the formula at these sizes",
        "the count of something that does more, and the same formula",
        imports=("from kg.numbers import count_operations",),
    ),
}


def beginning(name: str, kind: str) -> str:
    """The check of a claim with one control, and what else its kind needs, all of it still to be written."""
    it = _OF_KIND.get(kind, _SIDES)
    parts = [
        f"@check{it.options}\ndef {name}(use, {it.inputs}):\n"
        f'    raise NotImplementedError("TODO: return {it.returned}")\n',
        f'@{name}.control("TODO")\ndef _(use, {it.names}):\n'
        f'    raise NotImplementedError("TODO: return {it.control}")\n',
    ]
    if it.part:
        parts.append(it.part.format(name=name, names=it.names))
    return "\n\n".join(parts)


def imports_of(text: str, kind: str) -> tuple[str, ...]:
    """The imports that this beginning needs."""
    kinds = [
        word for word in ("Array", "Normal", "Real", "Size") if re.search(rf"\b{word}\[|\[{word}\b", text)
    ]
    return (*_OF_KIND.get(kind, _SIDES).imports, f"from kg.verify import {', '.join([*kinds, 'check'])}")
