"""How long it takes to load, open, ask and lint a larger graph, and how that grows.

    python benchmarks/asking.py [--sizes 10000 100000 1000000] [--repeat 5] [--shell 15] [--no-rdflib] [--no-lint]

Everything is measured in one run, on one machine, the rivals in turn: rdflib on the same triples in one of its own
graphs, and pyoxigraph alone on the very same store. Times are medians of CPU time of this process (of the processes
started, for the shell), so that other work on the machine counts little; *wall* marks the exceptions. rdflib is given
up after 30 s a question, and asked once where there are many triples. Growth is the slope of log time over log triples:
0 does not grow, 1 grows as the graph does. A million triples take about ten minutes and 3 GB, most of both for rdflib.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from larger_graph import BASE, generate
from tabulate import tabulate

from kg import cache, names
from kg.graph import Graph, load
from kg.lint import problems
from kg.project import find_project
from kg.query import select

QUESTIONS = {
    "a concept by its label": 'SELECT ?c ?d { ?c skos:prefLabel ?l ; skos:definition ?d . FILTER(STRSTARTS(?l, "gate norm")) OPTIONAL { ?c skos:broader ?b } }',
    "claims about a concept": "SELECT ?s ?outcome ?work { ?s kg:about|kg:left|kg:right concept:c1 ; kg:source/kg:cites ?work . OPTIONAL { ?e kg:claim ?s ; earl:outcome ?outcome } }",
    "works below a concept": "SELECT (COUNT(?w) AS ?n) { ?c skos:broader* concept:c2 . ?w dcterms:subject ?c }",
    "three citations away": "SELECT (COUNT(DISTINCT ?d) AS ?n) { <BASEwork/w99> cito:cites ?b . ?b cito:cites ?c . ?c cito:cites ?d }",
    "the most cited works": "SELECT ?w (COUNT(?by) AS ?n) { ?by cito:cites ?w } GROUP BY ?w ORDER BY DESC(?n) ?w LIMIT 10",
    "claims without evidence": "SELECT ?s ?t { ?s kg:statement ?t . FILTER NOT EXISTS { ?e kg:claim ?s } }",
    "words in a title": 'SELECT ?w ?t { ?w dcterms:title ?t . FILTER REGEX(?t, "sparse .*leverage") }',
    "the surroundings of a concept": "CONSTRUCT { ?x ?p ?o } WHERE { ?x ?r concept:c3 . ?x ?p ?o }",
    "authors of claimed concepts": "SELECT ?a (COUNT(DISTINCT ?w) AS ?n) { ?w schema:author ?a . ?w dcterms:subject ?c . ?s kg:left ?c . ?s kg:right concept:c4 } GROUP BY ?a ORDER BY DESC(?n) ?a LIMIT 10",
    "cited together with a work": "SELECT ?o (COUNT(?by) AS ?n) { ?by cito:cites <BASEwork/w5> , ?o . FILTER(?o != <BASEwork/w5>) } GROUP BY ?o ORDER BY DESC(?n) ?o LIMIT 10",
}
CLOSURE = "SELECT (COUNT(*) AS ?n) { ?narrow skos:broader+ ?broad }"
SHELL = "SELECT ?c { ?c skos:broader concept:c1 }"

LONGEST = 30.0

_Times = dict[str, dict[int, float]]


SAMPLE = 0.02
"""Seconds that a sample lasts at least, if its work is short: a single run of a tenth of a millisecond measures caches."""


def sample(work: Callable[[], Any], runs: int = 1) -> float:
    """CPU seconds of this process for one run, the mean of so many."""
    gc.collect()
    start = time.process_time()
    for _ in range(runs):
        work()
    return (time.process_time() - start) / runs


def cpu(work: Callable[[], Any], repeat: int) -> float:
    """Median of samples, after one run that does not count if there are several."""
    return cpu_in_turn([work], repeat)[0]


def cpu_in_turn(works: list[Callable[[], Any]], repeat: int) -> list[float]:
    """The same for rivals, a sample of each in turn, so that what the machine does meanwhile happens to all of them."""
    if repeat == 1:
        return [sample(work) for work in works]
    runs = [max(1, min(500, math.ceil(SAMPLE / max(sample(work), 1e-6)))) for work in works]
    rounds = [[sample(*each) for each in zip(works, runs, strict=True)] for _ in range(repeat)]
    return [statistics.median(of) for of in zip(*rounds, strict=True)]


def bounded(work: Callable[[], Any]) -> Any:
    """The work, given up after LONGEST seconds of CPU time, which then stand for it and favour the rival that took them."""

    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        return work()
    except TimeoutError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def raw(store: ox.Store, text: str, prefixes: dict[str, str]) -> list[Any]:
    """What pyoxigraph alone does for the same answer."""
    answer: Any = store.query(text, prefixes=prefixes, use_default_graph_as_union=True)
    return list(answer) if isinstance(answer, ox.QueryTriples) else [tuple(row) for row in answer]


class OnDisk:
    """A store opened from the cache, which can be asked as a graph can."""

    def __init__(self, graph: Graph) -> None:
        self.project, self.store = graph.project, cache.open_store(graph.project)


def say(words: str) -> None:
    """Progress, on stderr: the tables come at the end."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {words}\n")
    sys.stderr.flush()


def measure(triples: int, given: argparse.Namespace, times: _Times) -> int:
    """Everything at one size; how many triples there are in truth."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        say(f"{triples:,}: write")
        project = find_project(generate(Path(folder) / "larger", triples, given.seed))
        say(f"{triples:,}: load, build")
        load(project)  # reads the bibliography, which is kept afterwards
        found = load(project)
        size = len(found.store)
        times["load into memory"][size] = cpu(lambda: load(project), 1)
        start = time.perf_counter()
        for _ in range(2):  # a small project gets its store the second time
            cache.open_store(project)
        times["build the store (wall)"][size] = time.perf_counter() - start
        times["open the store"][size] = cpu(lambda: cache.open_store(project), given.repeat)
        disk = OnDisk(found)
        say(f"{triples:,}: shell")
        shell(project.root, size, given, times)
        ask(found, disk, size, given, times)
        if given.lint:
            say(f"{triples:,}: lint")
            times["lint"][size] = cpu(lambda: problems(project), 1)
    gc.unfreeze()
    return size


def ask(found: Graph, disk: OnDisk, size: int, given: argparse.Namespace, times: _Times) -> None:
    """The questions, to every rival in turn."""
    prefixes = names.prefixes(BASE)
    rivals: dict[str, Callable[[str], Any]] = {
        "memory": lambda text: select(found, text),
        "disk": lambda text: select(disk, text),
        "pyoxigraph, memory": lambda text: raw(found.store, text, prefixes),
        "pyoxigraph, disk": lambda text: raw(disk.store, text, prefixes),
    }
    if given.rdflib:
        say(f"{size:,}: load into rdflib")
        rivals["rdflib"] = rdflib_rival(found, size, times)
        # Millions of its objects would be walked before every measurement, and now and then during those of the others.
        gc.collect()
        gc.freeze()
    for name, text in {**QUESTIONS, "closure of broader": CLOSURE}.items():
        say(f"{size:,}: {name}")
        text = text.replace("BASE", BASE)
        quick = [rival for rival in rivals if rival != "rdflib"]
        works = [partial(rivals[rival], text) for rival in quick]
        for rival, seconds in zip(quick, cpu_in_turn(works, given.repeat), strict=True):
            times[f"{rival}: {name}"][size] = max(seconds, 1e-6)
        if given.rdflib:
            repeat = min(given.repeat, 3) if size < 50_000 else 1
            times[f"rdflib: {name}"][size] = max(cpu(partial(rivals["rdflib"], text), repeat), 1e-6)


def rdflib_rival(found: Graph, size: int, times: _Times) -> Callable[[str], Any]:
    """The same triples in rdflib."""
    import rdflib

    graph = rdflib.Graph()
    data = found.store.dump(format=ox.RdfFormat.N_QUADS)
    lines = {line.rsplit(b" <", 1)[0] + b" .\n" for line in data.splitlines()}
    content = b"".join(lines)
    start = time.process_time()
    graph.parse(data=content, format="nt")
    times["rdflib: load"][size] = time.process_time() - start
    prologue = names.sparql_prologue(BASE)
    return lambda text: bounded(lambda: list(graph.query(prologue + text)))


def shell(root: Path, size: int, given: argparse.Namespace, times: _Times) -> None:
    """``kg query`` against a bare interpreter that opens the same store and asks the same, in turn."""
    place = next((Path(os.environ["XDG_CACHE_HOME"]) / "kg" / "stores").glob("*/*/store"))
    text = SHELL.replace("skos:", "<http://www.w3.org/2004/02/skos/core#").replace("#broader", "#broader>")
    text = text.replace("concept:c1", f"<{BASE}concept/c1>")
    bare = f"import pyoxigraph as ox\nfor r in ox.Store.read_only({str(place)!r}).query({text!r}, use_default_graph_as_union=True): print(r[0])"
    ours = [
        str(Path(sys.executable).with_name("kg")),
        "--project",
        str(root),
        "query",
        "-e",
        SHELL,
        "--format",
        "tsv",
    ]
    commands = {"shell: python -c": [sys.executable, "-c", bare], "shell: kg query": ours}
    # As an installed package has it: compiled once, by the round that does not count.
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(os.environ["XDG_CACHE_HOME"]) / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    seen: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(given.shell + 1):
        for name, command in commands.items():
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(command, capture_output=True, check=True, env=environment)
            wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
            used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            seen[name].append((used, wall))
    for name, found in seen.items():
        times[name][size] = statistics.median(used for used, _ in found[1:])
        times[f"{name} (wall)"][size] = statistics.median(wall for _, wall in found[1:])


def report(times: _Times, sizes: list[int]) -> None:
    """The tables: times with growth, then ratios."""
    rows = [[name, *(_ms(of.get(size)) for size in sizes), _growth(of)] for name, of in times.items()]
    sys.stdout.write(
        tabulate(rows, ["milliseconds", *(f"{size:,}" for size in sizes), "growth"], disable_numparse=True)
    )
    pairs = [
        ("rdflib", "memory"),
        ("rdflib", "disk"),
        ("memory", "pyoxigraph, memory"),
        ("disk", "pyoxigraph, disk"),
    ]
    ratios = [
        [f"{slow} / {fast}", *(_ratio(times, slow, fast, size) for size in sizes)]
        for slow, fast in pairs
        if f"{slow}: {next(iter(QUESTIONS))}" in times
    ]
    for kind in ("", " (wall)"):
        extra = [
            f"{1000 * (times[f'shell: kg query{kind}'][size] - times[f'shell: python -c{kind}'][size]):.0f} ms"
            for size in sizes
        ]
        ratios.append([f"kg query − python -c{kind or ' (CPU)'}", *extra])
    sys.stdout.write("\n\n")
    sys.stdout.write(
        tabulate(
            ratios,
            ["geometric mean of ten questions", *(f"{size:,}" for size in sizes)],
            disable_numparse=True,
        )
    )


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1000:.3g}" if seconds < 1 else f"{seconds * 1000:,.0f}"


def _growth(of: dict[int, float]) -> str:
    if len(of) < 2:
        return ""
    x, y = ([math.log(value) for value in values] for values in (of.keys(), of.values()))
    return f"{statistics.linear_regression(x, y).slope:.2f}"


def _ratio(times: _Times, slow: str, fast: str, size: int) -> str:
    ratios = [times[f"{slow}: {name}"][size] / times[f"{fast}: {name}"][size] for name in QUESTIONS]
    return f"{statistics.geometric_mean(ratios):.2f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--shell", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-rdflib", dest="rdflib", action="store_false")
    parser.add_argument("--no-lint", dest="lint", action="store_false")
    chosen = parser.parse_args()
    kept = shutil.which("kg", path=str(Path(sys.executable).parent))
    assert kept, "install kg into this environment first"
    measured: _Times = defaultdict(dict)
    report_sizes = [measure(one, chosen, measured) for one in chosen.sizes]
    report(measured, report_sizes)
