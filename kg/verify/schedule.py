"""Running many claims: a pool of processes, longest first, in which no claim can take another one down.

A claim that hangs is stopped at its time limit, one that crashes its process costs only itself: both become outcomes.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Any

from kg.errors import UsageError
from kg.graph import Claim, Graph, load
from kg.names import closest
from kg.project import Project
from kg.verify.evidence import as_verdict
from kg.verify.verdict import Verdict

Progress = Callable[[Verdict, int, int], None]

SECONDS_PER_CLAIM = 120.0
GIGABYTES_PER_WORKER = 4

# What a worker process keeps between claims.
_worker: dict[str, Any] = {}


def verify(
    graph: Graph,
    names: Sequence[str] | None = None,
    *,
    everything: bool = False,
    jobs: int = 2,
    progress: Progress | None = None,
    seconds_per_claim: float = SECONDS_PER_CLAIM,
    fail_fast: bool = False,
    reseed: str = "",
) -> list[Verdict]:
    """Verdicts on the named claims (all by default), in order of name.

    Only stale claims are run, unless `everything`; the others are answered from the recorded evidence. With `reseed`
    the same checks run on other draws; such verdicts are not to be recorded.

    Raises:
        UsageError: for a name that is no claim.
    """
    claims = chosen(graph, names)
    digests = {claim.name: graph.digests[claim.name] for claim in claims}
    verdicts = {
        c.name: v for c in claims if not everything and (v := _recorded(c, digests[c.name])) is not None
    }
    pending = [claim for claim in claims if claim.name not in verdicts]
    done = len(verdicts)
    for verdict in _run(graph.project, pending, digests, jobs, seconds_per_claim, reseed):
        done += 1
        verdicts[verdict.claim] = verdict
        if progress is not None:
            progress(verdict, done, len(claims))
        if fail_fast and verdict.outcome in ("failed", "cantTell"):
            break
    return [verdicts[claim.name] for claim in claims if claim.name in verdicts]


def chosen(graph: Graph, names: Sequence[str] | None) -> list[Claim]:
    """The claims of these names, or all of them.

    Raises:
        UsageError: for a name that is no claim.
    """
    if not names:
        return list(graph.claims.values())
    found = []
    for name in dict.fromkeys(names):
        plain = name.rpartition(":")[2]
        plain = plain if plain in graph.claims else graph.aliases.get(plain, plain)
        if plain not in graph.claims:
            guess = closest(plain, graph.claims)
            hint = f"did you mean '{guess}'?" if guess else "see: kg list --only claims"
            raise UsageError(f"{name}: there is no claim of this name: {hint}")
        found.append(graph.claims[plain])
    return sorted(found, key=lambda claim: claim.name)


def _recorded(claim: Claim, digest: str) -> Verdict | None:
    if claim.evidence is None or claim.evidence.digest != digest:
        return None
    return as_verdict(claim.kind, claim.evidence, stale=False)


def single_threaded() -> None:
    """One BLAS thread a process: the pool is the parallelism, and results do not depend on how sums are split."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")


def _run(
    project: Project, claims: Sequence[Claim], digests: dict[str, str], jobs: int, seconds: float, reseed: str
) -> Iterator[Verdict]:
    if not claims:
        return
    from pebble import ProcessPool

    single_threaded()
    with ProcessPool(max_workers=max(1, jobs), initializer=start_worker, initargs=(project,)) as pool:
        futures = {
            pool.schedule(_judge, args=(claim.name, digests[claim.name], reseed), timeout=seconds): claim
            for claim in _longest_first(claims)
        }
        try:
            yield from _collect(futures, digests, seconds)
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def _longest_first(claims: Iterable[Claim]) -> list[Claim]:
    """Sampling and searching take longest; then by name, so that runs are alike."""
    slow = {"InExpectation": 0, "InLaw": 0, "Recovery": 0, "Convergence": 0, "Limit": 0, "Bound": 1}
    return sorted(claims, key=lambda claim: (slow.get(claim.kind, 2), claim.name))


def _collect(futures: dict[Any, Claim], digests: dict[str, str], seconds: float) -> Iterator[Verdict]:
    pending: set[Any] = set(futures)
    while pending:
        finished, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in finished:
            claim = futures[future]
            yield _result(future, claim, digests[claim.name], seconds)


def _result(future: Future[Verdict], claim: Claim, digest: str, seconds: float) -> Verdict:
    from pebble import ProcessExpired

    lost = Verdict(claim.name, claim.kind, "cantTell", digest=digest)
    try:
        return future.result()
    except TimeoutError:
        return lost.but(reason=f"stopped after {seconds:g} seconds", seconds=seconds)
    except ProcessExpired as error:
        return lost.but(reason=f"its process died (exit code {error.exitcode})")
    except Exception as error:  # an unpicklable or failing worker is an outcome as well
        return lost.but(reason=f"{type(error).__name__}: {error}")


def start_worker(project: Project) -> None:
    """Prepare a process of the pool: limits, and the graph that it keeps between claims."""
    # Ctrl-C reaches every process of the terminal; the one that was started stops the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    _worker["graph"] = load(project)


def graph_of_worker() -> Graph:
    """The graph of the process that this runs in."""
    return _worker["graph"]  # type: ignore[no-any-return]


def _addresses_in_use() -> int:
    """Bytes of address space of this process, or 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _limit_memory() -> None:
    """A check that asks for more than it may have gets a MemoryError, and becomes an outcome."""
    try:
        import resource
    except ImportError:  # not on Windows, where the time limit has to do
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    # On top of what the process was born with: one forked from a large program begins with all its addresses.
    wanted = _addresses_in_use() + GIGABYTES_PER_WORKER * 2**30
    if soft == resource.RLIM_INFINITY or soft > wanted:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def _judge(name: str, digest: str, reseed: str) -> Verdict:
    from kg.verify.run import judge_claim
    from kg.verify.workshop import load as load_workshop

    graph = graph_of_worker()
    return judge_claim(load_workshop(graph.project), graph.claims[name], digest, graph.code, reseed)
