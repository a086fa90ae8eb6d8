"""Questions to the graph in SPARQL 1.1, answered by pyoxigraph inside this process.

Every prefix of the project is known without being declared. A query changes nothing, reads no file and
reaches no network: see :mod:`kg.query.guard`. Mistakes are reported at their line and column: see
:mod:`kg.query.diagnosis`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from kg import names
from kg.errors import UsageError
from kg.query.guard import refuse_unsafe
from kg.query.tokens import tokens

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.graph import Graph

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Result:
    """An answer: rows of terms under ``variables``, or triples, or a truth value; the other two are empty.

    ``is_cut`` says that a limit left answers out.
    """

    variables: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    triples: tuple[ox.Triple, ...] | None = None
    boolean: bool | None = None
    is_cut: bool = False


class QueryError(UsageError):
    """A query that cannot be read: where, what is wrong, what to do, and the line with a mark under it."""

    def __init__(self, name: str, text: str, line: int, column: int, problem: str, advice: str) -> None:
        super().__init__(name, line, column, problem, advice)
        self.name = name
        self.line = line
        self.column = column
        self.problem = problem
        self.advice = advice
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.source = lines[line - 1] if line <= len(lines) else ""

    def __str__(self) -> str:
        gutter = f"{self.line:>5} | "
        mark = "".join("\t" if letter == "\t" else " " for letter in self.source[: self.column - 1]) + "^"
        place = f"{self.name}:{self.line}:{self.column}"
        return f"{place}: {self.problem}: {self.advice}\n{gutter}{self.source}\n{' ' * len(gutter)}{mark}"


def select(graph: Graph, text: str, limit: int | None = None, *, name: str = "query") -> Result:
    """The answer to a query, the first ``limit`` rows or triples of it if a limit is given.

    ``name`` is how messages call the query, usually its file.
    Raises: UsageError if the text may not run; QueryError, which is one, if it cannot be read.
    """
    refuse_unsafe(text, name)
    prefixes = names.prefixes(graph.project.base)
    try:
        return _answer(graph.store, text, prefixes, limit)
    except SyntaxError as error:
        from kg.query.diagnosis import diagnose

        found = diagnose(text, prefixes, str(error))
        raise QueryError(name, text, found.line, found.column, found.problem, found.advice) from None
    except (RuntimeError, ValueError, OSError) as error:
        # An unknown custom function, for example, is only noticed when it is called.
        raise UsageError(f"{name}: the query cannot be answered: {error}") from None


def _answer(store: ox.Store, text: str, prefixes: dict[str, str], limit: int | None) -> Result:
    import pyoxigraph as ox

    answer = store.query(text, prefixes=prefixes, use_default_graph_as_union=True)
    if isinstance(answer, ox.QueryBoolean):
        return Result(boolean=bool(answer))
    if isinstance(answer, ox.QueryTriples):
        triples, is_cut = _first(answer, limit)
        return Result(triples=triples, is_cut=is_cut)
    return _table(answer, text, limit)


def _table(answer: ox.QuerySolutions, text: str, limit: int | None) -> Result:
    found = [variable.value for variable in answer.variables]
    if _selects_all(text):
        # SELECT * comes back in alphabetical order; people expect the order in which they wrote them.
        written = [token.text[1:] for token in tokens(text) if token.kind == "variable"]
        found.sort(key=written.index)
    solutions, is_cut = _first(answer, limit)
    rows = tuple(tuple(solution[variable] for variable in found) for solution in solutions)
    return Result(variables=tuple(found), rows=rows, is_cut=is_cut)


def _selects_all(text: str) -> bool:
    words = [token.word or token.text for token in tokens(text)]
    at = words.index("SELECT") + 1
    return "*" in words[at : at + (2 if words[at] in {"DISTINCT", "REDUCED"} else 1)]


def _first(answers: Iterable[_Answer], limit: int | None) -> tuple[tuple[_Answer, ...], bool]:
    if limit is None:
        return tuple(answers), False
    found = tuple(islice(answers, limit + 1))
    return found[:limit], len(found) > limit
