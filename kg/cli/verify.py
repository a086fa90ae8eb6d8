"""``kg verify``: run the checks of claims, say what they showed, record it."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import FINE, FOUND
from kg.cli.verb import apart, deliver, format_option, graph, say, verb
from kg.errors import UsageError
from kg.files import alone_in

if TYPE_CHECKING:
    from kg.coverage import Coverage
    from kg.graph import Graph
    from kg.verify import Verdict

_FEW = 5
"""So many claims are spoken of one by one."""
BAD = ("failed", "cantTell", "untested")


@verb(
    "verify",
    "kg verify",
    "kg verify online_softmax_is_softmax",
    "kg verify --all --jobs 2 --format json --output verdicts.json",
    "kg verify -k 'attention and not kernel'",
    "kg verify --implementations",
)
@click.argument("claims", nargs=-1, metavar="[CLAIM]...")
@click.option("--all", "everything", is_flag=True, help="Run fresh claims too, not only stale ones.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Processes to use.")
@click.option("-k", "expression", metavar="EXPR", help="Claims whose name fits, with and, or, not.")
@click.option(
    "--implementations",
    is_flag=True,
    help="Instead, try every mutant of each implementation on all claims that reach it; stale ones only.",
)
@click.option(
    "--reseed",
    is_flag=True,
    help="Draw afresh: other seeds than the recorded ones, p-values shown, nothing recorded.",
)
@click.option("--fail-fast", is_flag=True, help="Stop at the first claim that does not pass.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the report there.",
)
@format_option("text", "json", "junit")
def command(
    claims: tuple[str, ...],
    everything: bool,
    jobs: int,
    expression: str | None,
    implementations: bool,
    reseed: bool,
    fail_fast: bool,
    output: Path | None,
    form: str,
) -> int:
    """Verify claims: all, or those named.

    With --implementations the names are those of implementations. What is fresh is not run again unless --all is given.
    The outcome is recorded in ontology/generated/evidence.ttl, that of --implementations in coverage.ttl beside it. Exit status 1 if any claim failed, could not be
    decided or was not tested.
    """
    found = graph()
    if implementations:
        if expression or reseed or fail_fast or form == "junit":
            raise UsageError(
                "--implementations goes with none of -k, --reseed, --fail-fast, --format junit: leave them out"
            )
        return _cover(found, claims, everything, jobs, output, form)
    names = _chosen(found, claims, expression)
    if reseed:
        return _reseeded(found, names, jobs, output, form)
    verdicts, ran = _run(found, names, everything=everything, jobs=jobs, fail_fast=fail_fast)
    writers: dict[str, Callable[[Sequence[Verdict]], str]] = {"json": _json, "junit": _junit, "text": _text}
    if form == "text":
        say(f"{len(ran)} run now, {len(verdicts) - len(ran)} taken from the recorded evidence")
        if 0 < len(verdicts) <= _FEW:
            for verdict in verdicts:
                # Of the others the report says what is wrong.
                if verdict.outcome == "passed":
                    say(_how_sure(verdict))
    deliver(writers[form](verdicts), output)
    return FOUND if any(verdict.outcome in BAD for verdict in verdicts) else FINE


def _how_sure(verdict: Verdict) -> str:
    from kg.render import how_sure

    words = how_sure(verdict.kind, verdict.outcome, verdict.strength, verdict.method, verdict.log2_error)
    return f"{verdict.claim}: {words}"


def _reseeded(graph: Graph, names: Sequence[str] | None, jobs: int, output: Path | None, form: str) -> int:
    """All checks on draws that nobody has seen before: what a frozen seed could have hidden."""
    import secrets

    from kg.verify import verify

    salt = secrets.token_hex(8)
    say(f"other draws than the recorded ones (salt {salt}); nothing is recorded")
    with apart():
        verdicts = verify(graph, names, everything=True, jobs=jobs, reseed=salt)
    if form == "text":
        tested = [verdict for verdict in verdicts if verdict.p_value is not None]
        rows = [f"p = {verdict.p_value:8.2g}  {verdict.claim}" for verdict in tested]
        deliver("\n".join([*rows, "", _text(verdicts)]).lstrip(), output)
    else:
        deliver(_json(verdicts) if form == "json" else _junit(verdicts), output)
    return FOUND if any(verdict.outcome in BAD for verdict in verdicts) else FINE


def _cover(
    graph: Graph, names: Sequence[str], everything: bool, jobs: int, output: Path | None, form: str
) -> int:
    """Which edits of which implementation no claim of the graph notices."""
    from kg.coverage.record import cover

    def progress(one: Coverage, done: int, total: int) -> None:
        said = one.reason or f"{one.caught} of {one.tried} edits noticed"
        say(f"{done}/{total} {one.implementation}: {said}")

    with apart():
        found = cover(graph, names or None, everything=everything, jobs=jobs, progress=progress)
    if form == "json":
        rows = [{**vars(one), "by": sorted(one.by), "tried": one.tried} for one in found]
        deliver(json.dumps(rows, ensure_ascii=False, indent=2), output)
    else:
        deliver(_coverage_text(found), output)
    return FINE if all(one.complete for one in found) else FOUND


def _coverage_text(found: Sequence[Coverage]) -> str:
    lines = [f"{one.implementation}: {one.reason}" for one in found if one.reason]
    lines += [f"{one.implementation}: nobody notices {edit}" for one in found for edit in one.unnoticed]
    caught, same = sum(one.caught for one in found), sum(one.equivalent for one in found)
    unnoticed = sum(len(one.unnoticed) for one in found)
    counted = f"{caught} mutants caught, {same} equivalent, {unnoticed} noticed by no claim"
    return "\n".join([*lines, f"{len(found)} implementations: {counted}"])


def _chosen(graph: Graph, claims: Sequence[str], expression: str | None) -> list[str] | None:
    if expression is None:
        return [*claims] or None
    from kg.verify.schedule import chosen

    fits = _predicate(expression)
    names = [claim.name for claim in chosen(graph, claims) if fits(claim.name)]
    if not names:
        raise UsageError(f"-k {expression}: no claim fits: see their names with kg list --only claims")
    return names


def _predicate(expression: str) -> Callable[[str], bool]:
    """Whether a name holds the words of an expression such as ``attention and not (kernel or causal)``."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError):
        tree = ast.Constant(None)
    if not _is_expression(tree):
        raise UsageError(f"-k {expression}: cannot be read: join parts of names by and, or, not and brackets")
    return lambda name: _holds(tree, name.lower())


def _is_expression(node: ast.expr) -> bool:
    match node:
        case ast.Name():
            return True
        case ast.BoolOp(values=values):
            return all(_is_expression(value) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _is_expression(operand)
    return False


def _holds(node: ast.expr, name: str) -> bool:
    match node:
        case ast.Name(id=part):
            return part.lower() in name
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_holds(value, name) for value in values)
        case ast.BoolOp(values=values):
            return any(_holds(value, name) for value in values)
        case ast.UnaryOp(operand=operand):
            return not _holds(operand, name)
    raise AssertionError(node)


def _run(
    graph: Graph, names: Sequence[str] | None, *, everything: bool, jobs: int, fail_fast: bool
) -> tuple[list[Verdict], list[Verdict]]:
    """All verdicts, and those that were reached now; both recorded, also when Ctrl-C cuts the run short."""
    from tqdm import tqdm

    from kg.verify import verify

    ran: list[Verdict] = []
    with apart(), tqdm(unit="claim", leave=False, disable=None, delay=0.3) as bar:

        def progress(verdict: Verdict, done: int, total: int) -> None:
            ran.append(verdict)
            bar.total = total
            bar.set_postfix_str(verdict.claim, refresh=False)
            bar.update(done - bar.n)

        try:
            verdicts = verify(
                graph, names, everything=everything, jobs=jobs, progress=progress, fail_fast=fail_fast
            )
        except KeyboardInterrupt:
            _record(graph, ran)
            say(f"\n{len(ran)} claims were finished and are recorded")
            raise
    _record(graph, verdicts)
    return verdicts, ran


def _record(graph: Graph, verdicts: Sequence[Verdict]) -> None:
    from kg.verify import record

    if not (graph.project.root / "pyproject.toml").is_file():
        say("not recorded: this graph came with the installed package, and nobody works on it here")
        return
    place = "ontology/generated/evidence.ttl"
    try:
        with alone_in(graph.project.ontology):
            record(_as_it_is_now(graph), verdicts)
    except OSError as error:
        say(f"not recorded: {place} cannot be written ({error.strerror})")
    except UsageError as error:
        # What was found out is still worth printing.
        say(f"not recorded: {str(error).removeprefix(f'{graph.project.root.as_posix()}/')}")


def _as_it_is_now(graph: Graph) -> Graph:
    """The graph with what others have recorded since it was read; the old one if that cannot be read."""
    from kg.errors import SourceError
    from kg.graph import load

    try:
        return load(graph.project)
    except SourceError:
        return graph


def _json(verdicts: Sequence[Verdict]) -> str:
    return json.dumps([verdict.as_json() for verdict in verdicts], ensure_ascii=False, indent=2)


def _text(verdicts: Sequence[Verdict]) -> str:
    from kg.verify import OUTCOMES, STRENGTHS

    lines = [
        f"{v.outcome:9} {v.claim}: {v.reason or 'no reason given'}" for v in verdicts if v.outcome != "passed"
    ]
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    strengths = Counter(verdict.strength for verdict in verdicts if verdict.outcome == "passed")
    counted = ", ".join(f"{outcomes[name]} {name}" for name in OUTCOMES if outcomes[name])
    lines += ["", *(f"{strengths[name]:5} {name}" for name in STRENGTHS if strengths[name]), ""]
    # Each settled test errs with probability at most 10⁻⁶ under a fresh seed; with the frozen one it errs always or never.
    random = strengths["Statistical"]
    if random:
        lines += [
            f"a full run with fresh seeds would reject a true claim with probability at most {random}e-06",
            "",
        ]
    lines.append(
        f"{len(verdicts)} claim{'' if len(verdicts) == 1 else 's'}: {counted or 'nothing to verify'}"
    )
    return "\n".join(lines).lstrip("\n")


def _junit(verdicts: Sequence[Verdict]) -> str:
    from xml.etree import ElementTree

    outcomes = Counter(verdict.outcome for verdict in verdicts)
    counts = {
        "tests": len(verdicts),
        "failures": outcomes["failed"],
        "errors": outcomes["cantTell"],
        "skipped": outcomes["untested"] + outcomes["inapplicable"],
    }
    suite = ElementTree.Element(
        "testsuite", {"name": "kg verify", **{name: str(n) for name, n in counts.items()}}
    )
    tags = {"failed": "failure", "cantTell": "error", "untested": "skipped", "inapplicable": "skipped"}
    for verdict in verdicts:
        case = ElementTree.SubElement(
            suite, "testcase", classname=verdict.kind, name=verdict.claim, time=f"{verdict.seconds:.3f}"
        )
        if verdict.outcome in tags:
            ElementTree.SubElement(case, tags[verdict.outcome], message=verdict.reason)
    ElementTree.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suite, encoding="unicode")
