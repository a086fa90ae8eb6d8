"""Pages that can be followed: their files are written, their commands are run in order, their outputs compared.

A page is followed in one folder from its first command to its last.  A command stands after ``$`` in a console block,
and what it prints on stdout stands below it; a file is a code block with a caption, its path.  When what a command
prints has changed for a good reason, ``python tests/docs/pages.py PAGE…`` writes the new output into the page: then
read the page.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_BLOCK = re.compile(
    r"^(?P<margin> *)```(?P<kind>console|\{code-block\} \w+)\n(?P<body>.*?)^(?P=margin)```$",
    re.MULTILINE | re.DOTALL,
)
_CAPTION = re.compile(r"\A:caption: (\S+)\n\n")


@dataclass(frozen=True)
class File:
    """A file the reader writes."""

    path: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command the reader types, and what the page says that it prints."""

    text: str
    quoted: str


def steps(page: str) -> Iterator[File | Command]:
    """What a page tells its reader to do, in order."""
    for block in _BLOCK.finditer(page):
        body = textwrap.dedent(block["body"])
        caption = _CAPTION.match(body)
        if block["kind"] == "console":
            yield from _commands(body)
        elif caption:
            yield File(caption[1], body[caption.end() :])


def _commands(body: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        text, _, quoted = part.partition("\n")
        yield Command(text, quoted)


def words(text: str) -> str:
    """Text without its line breaks, so that the width of a terminal plays no part."""
    return " ".join(text.split())


def copy_of_the_project(folder: Path) -> Path:
    """A copy of the clone to follow a page in."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("ontology", "kg"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copytree(ROOT / "tests" / "projects", folder / "tests" / "projects", ignore=ignored)
    (folder / "docs").mkdir()
    for name in ("pyproject.toml", "references.bib"):
        shutil.copy(ROOT / name, folder / name)
    return folder


class Follower:
    """Somebody who does what a page says, in one folder, with a terminal 100 letters wide."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self._programs = programs
        programs.mkdir(parents=True, exist_ok=True)
        kg = programs / "kg"
        kg.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kg.cli "$@"\n', encoding="utf-8")
        kg.chmod(0o755)

    def do(self, step: File | Command) -> str:
        """Write a file, or run a command and return what it prints on stdout."""
        if isinstance(step, File):
            path = self.folder / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
            return ""
        environment = {
            **os.environ,
            "COLUMNS": "100",
            "PATH": f"{self._programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "XDG_CACHE_HOME": str(self._programs / "cache"),
        }
        done = subprocess.run(
            ["bash", "-c", step.text],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        may_find = step.text.startswith(("kg lint", "kg verify"))
        assert done.returncode in ((0, 1) if may_find else (0,)), f"{step.text}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout


def refresh(path: Path) -> None:
    """Write what the commands of a page print now into it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "clone"
        folder.mkdir()
        follower = Follower(start(path, folder), Path(place) / "programs")

        def renewed(block: re.Match[str]) -> str:
            margin, body = block["margin"], textwrap.dedent(block["body"])
            if block["kind"] != "console":
                if caption := _CAPTION.match(body):
                    follower.do(File(caption[1], body[caption.end() :]))
                return block[0]
            found = [(step, follower.do(step)) for step in _commands(body)]
            if not found:
                return block[0]
            text = "".join(f"$ {step.text}\n{printed}" for step, printed in found)
            return f"{margin}```console\n{textwrap.indent(text, margin)}{margin}```"

        path.write_text(_BLOCK.sub(renewed, path.read_text(encoding="utf-8")), encoding="utf-8")


def start(path: Path, folder: Path) -> Path:
    """The folder in which a page begins: a clone, or an empty one for a page that makes a project of its own."""
    is_own = path.stem == "bring-your-own-ontology"
    return folder if is_own else copy_of_the_project(folder)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        refresh(Path(argument))
