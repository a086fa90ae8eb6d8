"""Evidence in sentences: the same words on the terminal and on the site, fitted to the kind of claim."""

from __future__ import annotations


def controls_lead(kind: str) -> str:
    """What a list of controls is, above the list."""
    if kind == "Refutation":
        return (
            "Each of these near relatives of the false sentence is true; the check must fail to refute it, "
            "or it would refute anything:"
        )
    return "Each of these deliberately broken variants must be rejected, or the check proves nothing:"


def controls_sentence(kind: str, controls: tuple[int, int]) -> str:
    """How the controls fared; empty if there are none."""
    good, total = controls
    if total == 0:
        return ""
    if kind == "Refutation":
        return f"{good} of {total} true {'relative' if total == 1 else 'relatives'} of the sentence withstood the check."
    return f"{good} of {total} deliberately broken {'variant' if total == 1 else 'variants'} rejected."


def mutants_sentence(kind: str, mutants: tuple[int, int, int] | None) -> str:
    """How the mutants fared, and what was mutated."""
    if mutants is None:
        return "Mutants have not been tried on this claim."
    killed, total, equivalent = mutants
    if kind == "Refutation":
        if total == 0 and equivalent > 0:
            if equivalent == 1:
                return "1 altered counterexample was tried, and it refutes the sentence as well."
            return f"{equivalent} altered counterexamples were tried, and all refute the sentence as well."
        others = "1 other number refutes" if equivalent == 1 else f"{equivalent} other numbers refute"
        also = f"; {others} it as well" if equivalent else ""
        return f"{killed} of {total} altered counterexamples that no longer refute were told apart{also}."
    more = "1 more computes" if equivalent == 1 else f"{equivalent} more compute"
    same = (
        f" ({more} the same function and {'is' if equivalent == 1 else 'are'} not counted)"
        if equivalent
        else ""
    )
    what = "statements" if kind in ("Bound", "Cost", "InExpectation") else "implementations"
    return f"{killed} of {total} automatically altered {what} caught{same}."


def shapes_sentence(kind: str, shapes: tuple[str, ...]) -> str:
    """At which sizes the claim was tested, or which counterexample is stored; empty if nothing is known."""
    if not shapes:
        return ""
    if kind == "Refutation":
        return f"Stored counterexample: {'; '.join(shapes)}."
    return f"Tested shapes: {'; '.join(shapes)}. Nothing is claimed beyond them."


def error_sentence(strength: str | None, method: str | None, log2_error: int | None, power: str) -> str:
    """What the recorded probability bounds; `power` is 2^n as the reader should see it. Empty without one."""
    if log2_error is None:
        return ""
    if strength == "Statistical":
        return f"A claim as wrong as its nearest control would have passed with probability at most {power}."
    loose = [word for word in ("exponentials", "square roots", "angles") if word in (method or "")]
    if loose:
        return f"Were it false, it would have passed with probability at most {power}; with {' and '.join(loose)} that bound is an estimate."
    return f"Were it false at a tested shape, it would have passed with probability at most {power}."
