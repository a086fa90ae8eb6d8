"""What ``kg new`` left to be filled in: every TODO, with what it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.lint.draft import Draft, Problem

_IN_TURTLE = re.compile(r'([\w-]*:[\w-]+)\s+(?:"TODO"|[\w-]*:TODO(?![\w-]))')
_SUBJECT = re.compile(r"[\w-]*:([\w-]+)")
_IN_PYTHON = re.compile(r"""["']TODO(?:[:"'\s])""")


def stanzas(draft: Draft) -> Iterator[Problem]:
    """Properties whose value is still TODO."""
    for file in draft.own_files:
        subject = ""
        for number, line in enumerate(file.text.split("\n"), start=1):
            head = _SUBJECT.match(line)
            subject = head.group(1) if head else subject
            waiting = _IN_TURTLE.findall(line)
            if waiting:
                what = " and ".join(dict.fromkeys(waiting))
                yield Problem(file.place, number, f"{what} of '{subject}' is still TODO", "write it")


def functions(draft: Draft) -> Iterator[Problem]:
    """Checks, controls and implementations that are still skeletons."""
    if draft.code is None:
        return
    for function in (*draft.code.checks.values(), *draft.code.implementations.values()):
        attached = (*getattr(function, "controls", ()), *getattr(function, "parts", ()))
        sources = [function.source, *(source for _, source in attached)]
        if any(_IN_PYTHON.search(source) for source in sources):
            path = draft.project.relative(function.path)
            yield Problem(path, function.line, f"the code of '{function.name}' is still TODO", "write it")
