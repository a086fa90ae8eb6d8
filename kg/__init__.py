"""kg: a knowledge graph in which every claimed equivalence of machine-learning theory carries a check that runs.

>>> import kg
>>> graph = kg.open()                                  # doctest: +SKIP
>>> [claim.name for claim in graph.claims(about="gelu")]  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.facade import OpenGraph

__all__ = ["open"]


def open(directory: str | None = None) -> OpenGraph:  # noqa: A001 - kg.open() is the name people will try
    """The graph of the project in a folder, or the nearest one above the working directory, or the built-in one."""
    from kg.facade import open_graph

    return open_graph(directory)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("kg")
    raise AttributeError(f"module 'kg' has no attribute '{name}'")
