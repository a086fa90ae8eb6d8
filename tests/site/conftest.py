"""Fixtures: a small project of somebody else's, built once for the tests that only look at it."""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from kg.code import claim_digest, index
from kg.graph import load
from kg.project import Project, find_project
from kg.site import assets, build

CHROMIUM_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]

GATES = Path(__file__).parent / "gates"

EVIDENCE = """
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix claim: <https://example.org/gates/claim/> .
@prefix evidence: <https://example.org/gates/evidence/> .
@prefix earl: <http://www.w3.org/ns/earl#> .

evidence:gelu_is_gated_by_a_gaussian a kg:Evidence ;
    kg:claim claim:gelu_is_gated_by_a_gaussian ; earl:outcome earl:passed ; kg:strength kg:IdentityTested ;
    kg:method "3 draws modulo two random primes" ; kg:log2ErrorProbability -122 ;
    kg:controlsRejected 2 ; kg:controlsTotal 2 ; kg:shapes "d=3" ; kg:digest "{digest}" .

evidence:swish_is_gated a kg:Evidence ;
    kg:claim claim:swish_is_gated ; earl:outcome earl:passed ; kg:strength kg:Sampled ;
    kg:method "floats" ; kg:controlsRejected 1 ; kg:controlsTotal 1 ;
    kg:mutantsKilled 9 ; kg:mutantsTotal 9 ; kg:mutantsEquivalent 1 ; kg:digest "of another text" .
"""


def copy_of_gates(folder: Path) -> Project:
    """The small project with one claim of current evidence, one of stale evidence and one of none."""
    shutil.copytree(GATES, folder, ignore=shutil.ignore_patterns("__pycache__"))
    project = find_project(folder)
    claim = load(project).claims["gelu_is_gated_by_a_gaussian"]
    generated = folder / "ontology" / "generated"
    generated.mkdir()
    text = EVIDENCE.replace("{digest}", claim_digest(index(project), claim))
    (generated / "evidence.ttl").write_text(text, encoding="utf-8")
    return project


@pytest.fixture(scope="session", autouse=True)
def site_assets() -> None:
    """The browser bundle and KaTeX, made once."""
    assets.ensure()


@pytest.fixture(scope="session")
def development_packages(site_assets: None) -> Path:
    """The folder of npm's packages with those that only tests use."""
    packages = assets.ROOT / "node_modules"
    if not (packages / "axe-core").exists():
        assets.install(for_development=True)
    return packages


@pytest.fixture
def gates(tmp_path: Path) -> Project:
    """A copy of the small project that a test may change."""
    return copy_of_gates(tmp_path / "gates")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project's site, built once without a warning."""
    folder = tmp_path_factory.mktemp("site")
    return build(copy_of_gates(folder / "gates"), folder / "out", strict=True).parent


@pytest.fixture(scope="session")
def page(site: Path) -> Callable[[str], str]:
    """The HTML of a page of that site."""
    return lambda name: (site / f"{name}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; its absence is a failure, never a skipped test."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("the browser tests need Chromium: install it with `apt-get install chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The site on a loopback server."""
    handler = functools.partial(QuietHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a page; afterwards fail if anything was asked of another host or a script broke."""
    faults: list[str] = []
    contexts = []

    def guard(route: Route) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            faults.append(f"asked for {route.request.url}")
            route.abort()

    def visit(name: str, *, width: int = 1400, scheme: str = "light", script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.route("**/*", guard)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address + name)
        if script and name.startswith(("map", "citations")):
            page.wait_for_selector(".kg-map[data-ready]")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert faults == []
