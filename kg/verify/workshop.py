"""From a claim of the graph to a trial that can run: loads the project's code and joins it by name."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg import code
from kg.domains import domains_of
from kg.errors import CheckError
from kg.graph import Claim
from kg.names import closest
from kg.project import Project
from kg.verify.declare import Check, Condition, Use
from kg.verify.trial import Trial


@dataclass(frozen=True)
class Workshop:
    """Everything executable of a project: implementations, checks and conditions by name."""

    implementations: Mapping[str, Callable[..., Any]]
    checks: Mapping[str, Check]
    conditions: Mapping[str, Condition]

    def check_for(self, claim: Claim) -> Check:
        """The claim's check, or the comparison of its two sides where both are implemented with the same inputs.

        Raises:
            CheckError: if there is neither.
        """
        if claim.name in self.checks:
            return self.checks[claim.name]
        left, right = self.implementations.get(claim.left or ""), self.implementations.get(claim.right or "")
        if left is None or right is None:
            guess = closest(claim.name, self.checks)
            hint = f"did you mean '{guess}'?" if guess else "write a function of that name with @check"
            raise CheckError(f"{claim.name} has no check: {hint}")
        return _plain_check(claim, left, right)


def _plain_check(claim: Claim, left: Callable[..., Any], right: Callable[..., Any]) -> Check:
    inputs, others = domains_of(left), domains_of(right)
    if inputs != others:
        raise CheckError(
            f"{claim.name} has no check, and its sides {claim.left}({', '.join(inputs)}) and "
            f"{claim.right}({', '.join(others)}) take different inputs: write a check that adapts them"
        )

    def compare(use: Use, **arguments: Any) -> tuple[Any, Any]:
        return use(str(claim.left))(**arguments), use(str(claim.right))(**arguments)

    compare.__name__ = claim.name
    check = Check(compare)
    parameters = [inspect.Parameter("use", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    parameters += [p for name, p in inspect.signature(left).parameters.items() if name in inputs]
    compare.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    check.domains = lambda: inputs  # type: ignore[method-assign]
    return check


def load(project: Project) -> Workshop:
    """Import a project's implementations and checks, as their files are now.

    Raises:
        CheckError: if a module of the project cannot be imported.
    """
    return _load(project, code.stamps(project))


@lru_cache(maxsize=4)
def _load(project: Project, stamps: tuple[tuple[Path, int, int], ...]) -> Workshop:
    root = str(project.root)
    if root not in sys.path and project.root.joinpath(*project.checks.split(".")).is_dir():
        sys.path.insert(0, root)
    _forget(project)
    index = code.index(project)
    with _no_bytecode():
        implementations = {
            name: getattr(_module(project.implementations, function.topic), name)
            for name, function in index.implementations.items()
        }
        checks = {n: getattr(_module(project.checks, f.topic), n) for n, f in index.checks.items()}
        conditions = {n: getattr(_module(project.checks, f.topic), n) for n, f in index.conditions.items()}
    return Workshop(implementations, checks, conditions)


def _forget(project: Project) -> None:
    """Drop modules that were imported earlier: of an older text, or of another project with a package of this name."""
    for package in (project.implementations, project.checks):
        for name in [n for n in sys.modules if n == package or n.startswith(f"{package}.")]:
            del sys.modules[name]
        parent, _, child = package.rpartition(".")
        if parent in sys.modules and hasattr(sys.modules[parent], child):
            delattr(sys.modules[parent], child)
        top = package.split(".")[0]
        # The top of a foreign package may be another project's; our own stays, it is the software itself.
        if top != "kg":
            for name in [n for n in sys.modules if n == top or n.startswith(f"{top}.")]:
                del sys.modules[name]
    importlib.invalidate_caches()


@contextmanager
def _no_bytecode() -> Iterator[None]:
    """Compile from the source: compiled files are matched by size and second, and would hide a quick edit."""
    with tempfile.TemporaryDirectory() as empty:
        before, writes = sys.pycache_prefix, sys.dont_write_bytecode
        sys.pycache_prefix, sys.dont_write_bytecode = empty, True
        try:
            yield
        finally:
            sys.pycache_prefix, sys.dont_write_bytecode = before, writes


def _module(package: str, stem: str) -> Any:
    name = f"{package}.{stem}"
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise CheckError(f"{name} could not be imported: {type(error).__name__}: {error}") from error


def trial_for(workshop: Workshop, claim: Claim, seed: str) -> tuple[Trial, Check]:
    """The trial of a claim.

    Raises:
        CheckError: if the claim has no check, or a condition of it has no code.
    """
    check = workshop.check_for(claim)
    missing = [name for name in claim.conditions if name not in workshop.conditions]
    if missing:
        raise CheckError(f"{claim.name}: condition '{missing[0]}' has no @condition function")
    try:
        domains = check.domains()
    except TypeError as error:
        raise CheckError(f"{claim.name}: {error}") from None
    conditions = [workshop.conditions[name] for name in claim.conditions]
    group = claim.up_to if claim.kind == "EqualUpTo" else None
    trial = Trial(
        claim.name, check.function, domains, conditions, workshop.implementations, seed, check.sizes, group
    )
    return trial, check
