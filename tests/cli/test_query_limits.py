"""A query that takes too long or too much is stopped, with Ctrl-C as well, and nothing of it goes on."""

from __future__ import annotations

import faulthandler
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.errors import UsageError
from kg.project import find_project
from kg.query.process import Question, answer_within

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ENDLESS_PATH = (
    "SELECT (COUNT(*) AS ?n) { ?a (!<x:p>|^!<x:p>)* ?b . ?b (!<x:p>|^!<x:p>)* ?c . ?c (!<x:p>|^!<x:p>)* ?d }"
)
HUGE = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def start(toy: Path, text: str) -> subprocess.Popen[str]:
    """The command in a process of its own, and its child well at work."""
    command = [sys.executable, "-m", "kg.cli", "--project", str(toy), "query", "-e", text]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not children(process.pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.5)
    return process


def children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def is_running(pid: int) -> bool:
    try:
        # What nobody waited for is a zombie: it runs no more.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("text", [ENDLESS, ENDLESS_PATH])
def test_a_query_is_stopped_when_its_time_is_over(text: str, kg):
    begun = time.monotonic()
    answer = kg("query", "-e", text, "--timeout", 0.7)
    assert time.monotonic() - begun < 5
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith("kg: -e: stopped after 0.7 s: make the query narrower")


def test_a_query_that_is_quick_enough_is_answered(kg):
    assert kg("query", "-e", "ASK {}", "--timeout", 60).out == "yes\n"


@pytest.mark.parametrize("seconds", ["0", "-1", "soon"])
def test_a_time_that_is_none_is_misuse(seconds: str, kg):
    assert kg("query", "-e", "ASK {}", "--timeout", seconds).status == 2


def test_ctrl_c_stops_at_once(toy):
    process = start(toy, ENDLESS)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert time.monotonic() - begun < 2
    assert (process.returncode, out) == (2, "")
    assert err.strip() == "kg: stopped"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_goes_on_after_the_command_has_ended(number: signal.Signals, toy):
    process = start(toy, ENDLESS)
    (child,) = children(process.pid)
    process.send_signal(number)
    process.communicate(timeout=10)
    deadline = time.monotonic() + 10
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)


def test_an_answer_that_needs_too_much_memory_is_refused_in_words(toy):
    # The child ends by an abort, which pytest would report with all its stack although it is expected.
    faulthandler.disable()
    question = Question(find_project(toy), HUGE)
    with pytest.raises(
        UsageError, match=r"the answer needs more than 0\.25 GiB of memory: make the query narrower"
    ):
        answer_within(question, 120, memory=2**28)


def test_the_first_rows_of_a_huge_answer_come_quickly(kg):
    begun = time.monotonic()
    answer = kg("query", "-e", HUGE, "--limit", 3, "--format", "csv")
    assert len(answer.out.splitlines()) == 4
    assert time.monotonic() - begun < 10
