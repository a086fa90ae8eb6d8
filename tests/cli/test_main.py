"""What every command has in common: help, errors, exit statuses, streams."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.cli.app import VERBS

HEAVY = ("numpy", "scipy", "networkx", "rdflib", "sphinx", "flint", "pebble")


def modules_after(*arguments: str) -> set[str]:
    """Names of the modules that are loaded when a command has run."""
    code = (
        "import sys; from kg.cli import run; run(sys.argv[1:]); "
        "print('MODULES', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stderr.rpartition("MODULES")[2].split())


def command(*arguments: str, **options: object) -> subprocess.Popen[str]:
    """The command as a process of its own."""
    pipe = subprocess.PIPE
    started = [sys.executable, "-m", "kg.cli", *arguments]
    return subprocess.Popen(started, stdout=options.pop("stdout", pipe), stderr=pipe, text=True, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("query", "--help"),
        ("query", "-e", "SELECT * { ?s a kg:Identity }"),
        ("query", "-e", "SELECT * { ?s a"),
        ("list", "power"),
        ("show", "horner_evaluation"),
        ("lint", "--help"),
    ],
)
def test_a_light_command_imports_nothing_heavy(arguments, toy: Path):
    loaded = modules_after("--project", str(toy), *arguments)
    assert not loaded.intersection(HEAVY)


def test_lint_runs_no_check_and_imports_no_numbers(toy: Path):
    assert not modules_after("--project", str(toy), "lint").intersection(
        {"numpy", "scipy", "flint", "sphinx"}
    )


@pytest.mark.parametrize("verb", [*VERBS, "new claim", "new concept"])
def test_the_help_of_every_command_ends_with_an_example(verb: str, call):
    answer = call(*verb.split(), "--help")
    assert answer.status == 0
    assert "Example" in answer.out
    assert answer.out.rstrip().splitlines()[-1].strip().startswith(f"kg {verb.split(maxsplit=1)[0]}")


def test_help_says_what_the_exit_statuses_mean(call):
    assert "Exit status: 0 fine, 1 found" in call("--help").out


def test_no_command_at_all_shows_the_help_and_is_misuse(call):
    answer = call()
    assert answer.status == 2
    assert "Commands:" in answer.err


def test_an_unknown_command_is_answered_with_a_guess(call):
    answer = call("shwo")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == "kg: there is no command 'shwo': did you mean 'show'? (help: kg --help)\n"


def test_an_unknown_option_is_answered_with_a_guess(call):
    answer = call("lint", "--fromat", "json")
    assert answer.status == 2
    assert "did you mean" in answer.err.lower()
    assert "--format" in answer.err


def test_an_unknown_format_is_answered_with_a_guess(kg):
    answer = kg("lint", "--format", "jsn")
    assert answer.status == 2
    assert "'jsn' is not known: did you mean 'json'?" in answer.err


def test_the_project_may_be_named_before_or_after_the_command(call, toy: Path):
    before, after = (
        call("--project", toy, "list", "--only", "claims"),
        call("list", "--only", "claims", "--project", toy),
    )
    assert before.out == after.out
    assert "horner_evaluation_is_power_evaluation" in before.out


def test_the_project_may_be_named_anywhere_in_a_command_of_two_words(call, toy: Path):
    assert call("new", "--project", toy, "concept", "first").status == 0
    assert call("new", "concept", "second", "--project", toy).status == 0


def test_the_project_is_found_upwards_from_the_working_directory(call, toy: Path, monkeypatch):
    monkeypatch.chdir(toy / "polynomials" / "impl")
    assert "horner_evaluation" in call("list", "--only", "concepts").out


def test_the_built_in_graph_is_used_where_there_is_no_project(call, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "softmax_attention" in call("list", "softmax").out


def test_an_internal_error_is_one_line(call, monkeypatch):
    monkeypatch.setattr("kg.project.find_project", lambda _: {}["surprise"])
    answer = call("list")
    assert answer.status == 2
    assert answer.err.startswith("kg: internal error: KeyError: 'surprise': please report it")
    assert answer.err.count("\n") == 1


def test_an_internal_error_shows_its_traceback_on_request(call, monkeypatch):
    monkeypatch.setenv("KG_DEBUG", "1")
    monkeypatch.setattr("kg.project.find_project", lambda _: {}["surprise"])
    with pytest.raises(KeyError):
        call("list")


def test_a_reader_that_goes_away_is_no_mistake(toy: Path):
    read, write = os.pipe()
    os.close(read)
    process = command("--project", str(toy), "list", stdout=write)
    os.close(write)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "error" not in said.lower()
    assert "Traceback" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said_in_one_line(toy: Path):
    with Path("/dev/full").open("w") as full:
        process = command("--project", str(toy), "show", "horner_evaluation", stdout=full)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert said == "kg: the answer: No space left on device: make room, or write elsewhere\n"


def test_ctrl_c_stops_with_one_word_and_is_no_success(toy: Path):
    check = toy / "polynomials" / "checks" / "evaluation.py"
    waiting = (
        f"import pathlib, time; pathlib.Path({str(toy / 'started')!r}).touch(); time.sleep(60); return use"
    )
    check.write_text(check.read_text().replace("return use", waiting, 1))
    process = command("--project", str(toy), "verify", "--jobs", "1", start_new_session=True)
    deadline = time.monotonic() + 60
    while not (toy / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert said.rstrip().endswith("kg: stopped")
    assert "Traceback" not in said


def test_a_terminal_without_unicode_still_gets_an_answer(toy: Path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    process = command("--project", str(toy), "query", "-e", 'SELECT ("√" AS ?x) {}', env=environment)
    printed, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "\\u221a" in printed
