"""What JAX tells of a function without running it: the shapes of its results, and the format in which it computes.

JAX compiles a program for every shape anew, which takes a thousand times as long as the small arrays of a probe need; so
shapes are asked first, by tracing.  The trace also shows what the results hide: ``jax.nn.dot_product_attention`` takes
float64, answers in float64, and has its softmax in float32.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_NARROW = {"f32": "float32", "bf16": "bfloat16", "f16": "float16", "c64": "complex64"}
# From the finest to the coarsest.
_COARSER = ("complex64", "float32", "float16", "bfloat16")


class Untraceable(Exception):
    """The function looks at the numbers it is given, so that it has to be run."""


def shapes(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """What the function returns, with the shapes and formats of arrays in their place.

    Raises:
        Untraceable: if that depends on the values of its inputs.
    """
    import jax

    of_arrays, arrays = _of_arrays(function, args, kwargs)
    try:
        return jax.eval_shape(of_arrays, *arrays)
    except (jax.errors.JAXTypeError, jax.errors.JAXIndexError) as error:
        raise Untraceable from error


def narrowest(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """The coarsest format below float64 that the function turns its float64 inputs into; empty if there is none."""
    import jax

    of_arrays, arrays = _of_arrays(function, args, kwargs)
    try:
        text = str(jax.make_jaxpr(of_arrays)(*arrays))
    except Exception:
        # What cannot be traced is run all the same, and shows its format in its results only.
        return ""
    found = {_NARROW[name] for name in re.findall(r":(\w+)\[", text) if name in _NARROW}
    return max(found, key=_COARSER.index, default="")


def _of_arrays(
    function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Callable[..., Any], list[Any]]:
    """The function of its arrays alone, and these; everything else stays what it is."""
    import jax

    leaves, tree = jax.tree_util.tree_flatten((list(args), dict(kwargs)))
    places = [at for at, leaf in enumerate(leaves) if isinstance(leaf, jax.Array)]

    def of_arrays(*arrays: Any) -> Any:
        filled = list(leaves)
        for at, array in zip(places, arrays, strict=True):
            filled[at] = array
        given, named = jax.tree_util.tree_unflatten(tree, filled)
        return function(*given, **named)

    return of_arrays, [leaves[at] for at in places]
