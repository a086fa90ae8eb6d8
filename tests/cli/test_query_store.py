"""The store on disk behind ``kg query``: quick to open, never stale, whatever happens to its files or its builder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import cache

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
LABEL = "SELECT ?l { concept:horner_evaluation skos:prefLabel ?l }"
CONCEPTS = "ontology/concepts/evaluation.ttl"


@pytest.fixture
def stores(tmp_path: Path) -> Callable[[], list[Path]]:
    """The whole stores that are kept."""
    return lambda: [path.parent for path in (tmp_path / "cache").rglob("files.json")]


@pytest.fixture
def stored(kg, stores):
    """A project whose store is kept already."""
    kg("query", "-e", COUNT)
    kg("query", "-e", COUNT)
    (store,) = stores()
    return store


def start(toy: Path, text: str = COUNT) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "kg.cli", "--project", str(toy), "query", "-e", text, "--format", "csv"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_small_project_gets_its_store_the_second_time_it_is_asked(kg, stores):
    first = kg("query", "-e", COUNT)
    assert stores() == []
    second = kg("query", "-e", COUNT)
    assert len(stores()) == 1
    assert kg("query", "-e", COUNT) == second == first


def changed(toy: Path, change: str) -> str:
    """The answer of a fresh process in which the cache has been changed: this one may have to start its children anew."""
    text = f"from kg import cache, cli; {change}; cli.main(['--project', {str(toy)!r}, 'query', '-e', {COUNT!r}])"
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout


def test_a_large_project_gets_its_store_at_once(toy, stores):
    changed(toy, "cache._SMALL = 0")
    assert len(stores()) == 1


def test_an_edit_is_answered_at_once(kg, stored, edit):
    edit(CONCEPTS, "Horner's rule", "Horner's scheme")
    assert "Horner's scheme" in kg("query", "-e", LABEL).out
    assert "Horner's scheme" in kg("query", "-e", LABEL).out


def test_an_edit_of_the_same_length_that_hides_its_date_is_answered_too(kg, toy, stored, edit):
    before = (toy / CONCEPTS).stat()
    edit(CONCEPTS, "Horner's rule", "Horner's rite")
    os.utime(toy / CONCEPTS, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "Horner's rite" in kg("query", "-e", LABEL).out


def test_a_file_that_appears_or_goes_away_is_noticed(kg, toy, stored):
    extra = toy / "ontology" / "concepts" / "extra.ttl"
    extra.write_text("<x:s> <x:p> <x:o> .")
    assert kg("query", "-e", "ASK { <x:s> ?p ?o }").out == "yes\n"
    extra.unlink()
    assert kg("query", "-e", "ASK { <x:s> ?p ?o }").out == "no\n"


def test_only_the_last_stores_are_kept(kg, stores, stored, edit):
    for number in range(4):
        edit(CONCEPTS, "", f"\n# {number}\n")
        kg("query", "-e", COUNT)
        kg("query", "-e", COUNT)
    assert len(stores()) == 2


def cut(store: Path) -> None:
    """Half of every data file is gone, as after a crash of the machine."""
    for path in (store / "store").glob("*.sst"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(store: Path) -> None:
    """Some bytes are others, which no size shows."""
    for path in (store / "store").glob("*.sst"):
        content = bytearray(path.read_bytes())
        for at in range(0, len(content) * 3 // 4, 50):
            content[at] ^= 0x55
        path.write_bytes(content)


def remove(store: Path) -> None:
    """The list of its files is gone."""
    next((store / "store").glob("MANIFEST*")).unlink()


def empty(store: Path) -> None:
    """Nothing but the folder is there."""
    cache._remove(store)
    store.mkdir()


@pytest.mark.parametrize("damage", [cut, flip, remove, empty])
def test_a_damaged_store_is_built_again(damage, kg, stored, stores):
    whole = kg("query", "-e", "SELECT * { ?s ?p ?o }", "--format", "csv").out
    damage(stored)
    answer = kg("query", "-e", "SELECT * { ?s ?p ?o }", "--format", "csv")
    assert (answer.status, answer.err) == (0, "")
    assert sorted(answer.out.splitlines()) != []
    assert len(answer.out.splitlines()) == len(whole.splitlines())
    kg("query", "-e", COUNT)
    assert len(stores()) == 1


def test_a_store_of_another_version_is_not_opened(kg, toy, stored, stores):
    before = kg("query", "-e", COUNT).out
    assert changed(toy, "cache._LAYOUT += 1") == before
    changed(toy, "cache._LAYOUT += 1")
    assert len(stores()) == 2


def test_a_store_that_another_program_holds_open_is_read_all_the_same(kg, stored):
    hold = f"import pyoxigraph; s = pyoxigraph.Store({str(stored / 'store')!r}); print('held', flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    assert kg("query", "-e", "ASK { ?c a kg:Identity }").out == "yes\n"
    other.communicate("\n")


def test_without_a_place_for_the_store_the_answer_is_the_same(kg, tmp_path, monkeypatch):
    before = kg("query", "-e", COUNT).out
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "taken"))
    answer = kg("query", "-e", COUNT)
    assert (answer.status, answer.out, answer.err) == (0, before, "")


def test_a_source_that_cannot_be_read_is_reported_and_nothing_is_kept(kg, edit, stores):
    edit(CONCEPTS, "", "\nconcept:broken a skos:Concept ;;; .\n concept")
    for _ in range(3):
        answer = kg("query", "-e", COUNT)
        assert answer.status == 1
        assert answer.err.startswith(f"kg: {CONCEPTS}:")
    assert stores() == []


def test_two_processes_that_build_at_once_answer_alike_and_leave_one_store(kg, toy, stores):
    before = kg("query", "-e", COUNT, "--format", "csv").out
    running = [start(toy) for _ in range(3)]
    for process in running:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (0, before, "")
    (store,) = stores()
    assert [path.name for path in store.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("after", [0.0, 0.1, 0.2, 0.3, 0.5])
def test_a_kill_at_any_moment_of_a_build_loses_nothing(after: float, kg, toy):
    before = kg("query", "-e", COUNT, "--format", "csv").out
    process = start(toy)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert kg("query", "-e", COUNT, "--format", "csv").out == before
    assert kg("query", "-e", COUNT, "--format", "csv").out == before


def test_what_a_killed_build_left_is_swept_away_after_a_while(kg, stored, edit):
    left = stored.parent / ".build.killed"
    left.mkdir()
    edit(CONCEPTS, "", "\n# changed\n")
    kg("query", "-e", COUNT)
    kg("query", "-e", COUNT)
    assert left.exists()
    os.utime(left, (0, 0))
    edit(CONCEPTS, "", "\n# changed again\n")
    kg("query", "-e", COUNT)
    kg("query", "-e", COUNT)
    assert not left.exists()
