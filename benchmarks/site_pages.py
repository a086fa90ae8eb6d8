"""How long a site of about a thousand pages takes: cold, with nothing to do, and after one changed triple.

    python benchmarks/site_pages.py --pages 1000

Half of the pages are concepts with an implementation, a third claims with formulas between them, the rest papers. Every
time is CPU seconds of a process of its own, children included; the wall clock of a busy machine says little. The budgets
are those of the site: 75 seconds for a thousand pages, 2.5 for none.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from kg.names import turtle_prologue

BASE = "https://example.org/many/"
COLD, NOTHING = 75.0, 2.5
PER_TOPIC = 25

_PYPROJECT = f"""\
[tool.kg]
name = "many"
base = "{BASE}"
ontology = "ontology"
bibliography = "references.bib"
implementations = "many.impl"
checks = "many.checks"
"""


def generate(folder: Path, pages: int) -> Path:
    """Write a project whose site has about so many pages; the same number gives the same bytes."""
    concepts, claims, papers = pages // 2, pages // 3, pages // 6
    for name in ("ontology/concepts", "ontology/claims", "many/impl", "many/checks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(_PYPROJECT, "utf-8")
    for name in ("many", "many/impl", "many/checks"):
        (folder / name / "__init__.py").write_text("", "utf-8")
    for first in range(0, concepts, PER_TOPIC):
        numbers = range(first, min(first + PER_TOPIC, concepts))
        topic = f"topic{first // PER_TOPIC:02d}"
        head = f"# Things of topic {topic}.\n{turtle_prologue(BASE)}"
        (folder / "ontology" / "concepts" / f"{topic}.ttl").write_text(
            head + "".join(_concept(n) for n in numbers), "utf-8"
        )
        (folder / "many" / "impl" / f"{topic}.py").write_text("\n\n".join(map(_function, numbers)), "utf-8")
    for first in range(0, claims, PER_TOPIC):
        numbers = range(first, min(first + PER_TOPIC, claims))
        stanzas = "".join(_claim(n, concepts, papers) for n in numbers)
        path = folder / "ontology" / "claims" / f"topic{first // PER_TOPIC:02d}.ttl"
        path.write_text(turtle_prologue(BASE) + stanzas, "utf-8")
    (folder / "references.bib").write_text("\n".join(map(_paper, range(papers))), "utf-8")
    return folder


def _concept(n: int) -> str:
    broader = f" ; skos:broader concept:thing_{n // 3}" if n else ""
    return (
        f'\nconcept:thing_{n} a skos:Concept ; skos:prefLabel "thing {n}"@en{broader} ;\n'
        f'    skos:definition "Thing {n} maps $x$ to $x^{{{n}}}$. It is one of many."@en .\n'
    )


def _claim(n: int, concepts: int, papers: int) -> str:
    left, right = n % concepts, (7 * n + 3) % concepts
    return (
        f"\nclaim:thing_{left}_is_thing_{right}_by_{n} a kg:Identity ;\n"
        f"    kg:left concept:thing_{left} ; kg:right concept:thing_{right} ;\n"
        f'    kg:statement "Thing {left} equals thing {right}, for the reason numbered {n}."@en ;\n'
        f'    kg:formula "\\\\sum_{{k=1}}^{{{n + 1}}} x_k^2 = \\\\prod_{{j}} (1 + a_j)^{{{n}}}"^^kg:LaTeX ;\n'
        f'    kg:because "Put $y_{{{n}}} = x^2$ and compare; then $a = b$ in both."@en ;\n'
        f'    kg:source [ kg:cites ref:author{n % papers}work ; kg:locator "Lemma {n}" ;\n'
        f"        kg:locatorStatus kg:Unconfirmed ] .\n"
    )


def _function(n: int) -> str:
    return f'def thing_{n}(x):\n    """x to the power {n}."""\n    y = x * x\n    return y ** {n} / x\n'


def _paper(n: int) -> str:
    return (
        f"@article{{author{n}work,\n  title = {{Work number {n}}},\n  author = {{Author, Ann and Other, Bo}},\n"
        f"  year = {{{1980 + n % 40}}},\n  journal = {{Journal}},\n}}\n"
    )


_BUILD = "import sys; from pathlib import Path; from kg.project import find_project; from kg.site import build; build(find_project(Path(sys.argv[1])), Path(sys.argv[2]))"


def measured(project: Path, out: Path) -> float:
    """CPU seconds of a build in a process of its own."""
    before = os.times()
    subprocess.run([sys.executable, "-c", _BUILD, project, out], check=True)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def main() -> int:
    """Measure and compare with the budgets."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=1000)
    pages = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as folder:
        project, out = generate(Path(folder, "many"), pages), Path(folder, "out")
        cold = measured(project, out)
        nothing = measured(project, out)
        changed = project / "ontology" / "concepts" / "topic00.ttl"
        changed.write_text(changed.read_text("utf-8").replace("Thing 7 maps", "Thing 7 sends"), "utf-8")
        one = measured(project, out)
        made = len(list(out.rglob("*.html")))
    budget = COLD * made / 1000
    sys.stdout.write(f"{made} pages\n")
    sys.stdout.write(f"cold               {cold:6.1f} s of CPU, at most {budget:.1f}\n")
    sys.stdout.write(f"nothing changed    {nothing:6.1f} s of CPU, at most {NOTHING}\n")
    sys.stdout.write(f"one triple changed {one:6.1f} s of CPU\n")
    return 0 if cold <= budget and nothing <= NOTHING else 1


if __name__ == "__main__":
    sys.exit(main())
