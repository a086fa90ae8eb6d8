"""Questions to the graph in SPARQL 1.1, answered by pyoxigraph inside this process.

Every prefix of the project is known without being declared. A query changes nothing, reads no file and
reaches no network: see :mod:`kg.query.guard`. Mistakes are reported at their line and column: see
:mod:`kg.query.diagnosis`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from kg import names
from kg.errors import UsageError
from kg.query.guard import refuse_unsafe

if TYPE_CHECKING:
    from typing import Protocol

    import pyoxigraph as ox

    from kg.project import Project

    class Asked(Protocol):
        """What can be asked: a :class:`kg.graph.Graph`, or a store alone with the project it belongs to."""

        @property
        def project(self) -> Project: ...

        @property
        def store(self) -> ox.Store: ...

    Functions = Mapping[ox.NamedNode, Callable[..., Any]]
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


_DAMAGE = ("Corruption", "IO error")
"""How RocksDB, below the engine, begins what it says of its files."""


class DamagedStore(Exception):
    """The files of a store on disk do not hold what they once held."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The named graphs a query is about: ``default`` are merged, ``named`` can be named; None means all of them."""

    default: Sequence[str] | None = None
    named: Sequence[str] | None = None


EVERYTHING = Dataset()


def select(
    graph: Asked,
    text: str,
    limit: int | None = None,
    *,
    name: str = "query",
    functions: Functions | None = None,
    dataset: Dataset = EVERYTHING,
) -> Result:
    """The answer to a query, the first ``limit`` rows or triples of it if a limit is given.

    ``name`` is how messages call the query, usually its file; ``functions`` are those it may call besides SPARQL's own.
    Raises: UsageError if the text may not run; QueryError, which is one, if it cannot be read.
    """
    refuse_unsafe(text, name)
    prefixes = _prefixes(graph.project.base)
    try:
        return _answer(_evaluated(graph.store, text, prefixes, functions, dataset), text, limit)
    except SyntaxError as error:
        from kg.query.diagnosis import diagnose

        found = diagnose(text, prefixes, str(error))
        raise QueryError(name, text, found.line, found.column, found.problem, found.advice) from None
    except (RuntimeError, ValueError, OSError) as error:
        if str(error).startswith(_DAMAGE):
            raise DamagedStore(str(error)) from None
        # An unknown custom function, for example, is only noticed when it is called.
        words = _unknown_function(str(error)) or f"the query cannot be answered: {error}"
        raise UsageError(f"{name}: {words}") from None


def _unknown_function(words: str) -> str:
    """What to say of a function that does not exist, if that is what the engine complains of."""
    head, _, rest = words.partition("The custom function <")
    iri, mark, _ = rest.partition("> is not supported")
    if head or not mark:
        return ""
    own = names.VOCABULARY
    if not iri.startswith(own):
        return f"there is no function <{iri}>: use those of SPARQL and kg:verify, kg:counterexample, kg:path"
    known = ("verify", "counterexample", "path")
    advice = names.did_you_mean(iri[len(own) :], known, f"there are {', '.join(known)}")
    return f"there is no function kg:{iri[len(own) :]}: {advice}"


def _evaluated(
    store: ox.Store, text: str, prefixes: dict[str, str], functions: Functions | None, dataset: Dataset
) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
    import pyoxigraph as ox

    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = None
    named: list[ox.NamedNode | ox.BlankNode] | None = None
    if dataset.default is not None:
        default = [ox.NamedNode(graph) for graph in dataset.default]
    if dataset.named is not None:
        named = [ox.NamedNode(graph) for graph in dataset.named]
    return store.query(
        text,
        prefixes=prefixes,
        use_default_graph_as_union=default is None,
        default_graph=default,
        named_graphs=named,
        custom_functions=dict(functions) if functions else None,
    )


def _answer(
    answer: ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean, text: str, limit: int | None
) -> Result:
    import pyoxigraph as ox

    if isinstance(answer, ox.QueryBoolean):
        return Result(boolean=bool(answer))
    if isinstance(answer, ox.QueryTriples):
        triples, is_cut = _first(answer, limit)
        return Result(triples=triples, is_cut=is_cut)
    return _table(answer, text, limit)


def _table(answer: ox.QuerySolutions, text: str, limit: int | None) -> Result:
    given = [variable.value for variable in answer.variables]
    found = given
    if _selects_all(text):
        from kg.query.tokens import tokens

        # SELECT * comes back in alphabetical order; people expect the order in which they wrote them.
        written = [token.text[1:] for token in tokens(text) if token.kind == "variable"]
        found = sorted(given, key=written.index)
    solutions, is_cut = _first(answer, limit)
    if found == given:
        rows = tuple(map(tuple, solutions))
    else:
        order = [given.index(variable) for variable in found]
        rows = tuple(tuple(solution[at] for at in order) for solution in solutions)
    return Result(variables=tuple(found), rows=rows, is_cut=is_cut)


@lru_cache(maxsize=8)
def _prefixes(base: str) -> dict[str, str]:
    return names.prefixes(base)


def _selects_all(text: str) -> bool:
    if "*" not in text:
        return False
    head = text.upper().partition("SELECT")[2]
    star = head.find("*")
    first = min((at for at in (head.find(sign) for sign in "?$({") if at >= 0), default=-1)
    if star < 0 or (first < star and "#" not in head[:star]):
        # Cutting a text into tokens has to be paid for, and here the star belongs to something else.
        return False
    from kg.query.tokens import tokens

    words = [token.word or token.text for token in tokens(text)]
    at = words.index("SELECT") + 1
    return "*" in words[at : at + (2 if words[at] in {"DISTINCT", "REDUCED"} else 1)]


def _first(answers: Iterable[_Answer], limit: int | None) -> tuple[tuple[_Answer, ...], bool]:
    if limit is None:
        return tuple(answers), False
    found = tuple(islice(answers, limit + 1))
    return found[:limit], len(found) > limit
