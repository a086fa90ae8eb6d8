"""Annotations that say what an argument is: its kind and its shape.

``q: Real[Array, "n d"]`` is read by people, by type checkers (as ``Annotated``) and by the judge, which draws the
inputs of a claim from it.  A dimension is a name, bound across all arguments of a function, a number, or a sum of
such (``2*n-1``, no spaces).

============== =====================================================================================
kind           what is drawn
============== =====================================================================================
Real           independent real entries
Complex        independent complex entries
Positive       positive reals (squares, in residues)
Probability    reals strictly between 0 and 1
Symmetric      symmetric matrices (``"d d"``)
PositiveDefinite  symmetric positive definite matrices
Orthogonal     orthogonal matrices (Cayley transforms, columns with random signs)
Unitary        unitary matrices (Cayley transforms)
UnitRows       rows on the unit sphere (stereographic projection, so rational)
Permutation    a vector of the integers 0 … n−1 in some order (structure, a plain NumPy array)
Mask           zeros and ones (structure, a plain NumPy array of booleans)
Natural        a Python integer in a range, ``Natural[int, "1 4"]``
Size           the Python integer a dimension is bound to, ``Size[int, "n"]``
Interval       a number between two integers, ``Interval[Array, "-10 10"]``: a bound on it is enclosed everywhere
Normal         independent standard normal entries (for claims about randomness)
ComplexNormal  independent complex normal entries with E|z|² = 1
Uniform        independent entries uniform on [0, 1)
============== =====================================================================================

The dimension named ``samples`` belongs to the judge of expectations, which chooses it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from typing import Annotated as Complex
    from typing import Annotated as ComplexNormal
    from typing import Annotated as Interval
    from typing import Annotated as Mask
    from typing import Annotated as Natural
    from typing import Annotated as Normal
    from typing import Annotated as Orthogonal
    from typing import Annotated as Permutation
    from typing import Annotated as Positive
    from typing import Annotated as PositiveDefinite
    from typing import Annotated as Probability
    from typing import Annotated as Real
    from typing import Annotated as Size
    from typing import Annotated as Symmetric
    from typing import Annotated as Uniform
    from typing import Annotated as UnitRows
    from typing import Annotated as Unitary

    Array = Any

KINDS = [
    "Real",
    "Complex",
    "Positive",
    "Probability",
    "Symmetric",
    "PositiveDefinite",
    "Orthogonal",
    "Unitary",
    "UnitRows",
    "Permutation",
    "Interval",
    "Mask",
    "Natural",
    "Size",
    "Normal",
    "ComplexNormal",
    "Uniform",
]


@dataclass(frozen=True)
class Domain:
    """The kind of an argument and its dimensions, as written in the annotation."""

    kind: str
    dims: tuple[str, ...]


class _Kind:
    """``Real[Array, "n d"]`` makes ``Annotated[Array, Domain("Real", ("n", "d"))]``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getitem__(self, item: tuple[Any, str]) -> Any:
        annotated, dims = item
        return Annotated[annotated, Domain(self.name, tuple(dims.split()))]


if not TYPE_CHECKING:

    class Array:
        """Any array of any number system."""

    globals().update({name: _Kind(name) for name in KINDS})

__all__ = [
    "KINDS",
    "Array",
    "Complex",
    "ComplexNormal",
    "Domain",
    "Interval",
    "Mask",
    "Natural",
    "Normal",
    "Orthogonal",
    "Permutation",
    "Positive",
    "PositiveDefinite",
    "Probability",
    "Real",
    "Size",
    "Symmetric",
    "Uniform",
    "UnitRows",
    "Unitary",
    "domains_of",
]


def domains_of(function: Callable[..., Any]) -> dict[str, Domain]:
    """The domain of each annotated parameter of a function, in order; ``use`` and defaulted parameters are left out.

    Raises:
        TypeError: if a parameter has neither a domain nor a default value.
    """
    hints = get_type_hints(function, include_extras=True)
    found: dict[str, Domain] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "use":
            continue
        hint = hints.get(name)
        marks = (
            [a for a in get_args(hint)[1:] if isinstance(a, Domain)] if get_origin(hint) is Annotated else []
        )
        if marks:
            found[name] = marks[0]
        elif parameter.default is inspect.Parameter.empty:
            raise TypeError(
                f"parameter '{name}' of {function.__name__} has no domain; write e.g. {name}: Real[Array, \"n d\"]"
            )
    return found
