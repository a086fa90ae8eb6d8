"""What stands around a command: closed streams, code that prints or exits, other processes, caches, odd files."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.files import alone_in, write_whole
from kg.graph import load
from kg.project import find_project

CHECKS = "polynomials/checks/evaluation.py"
CODE = "polynomials/impl/evaluation.py"
EVIDENCE = Path("ontology/generated/evidence.ttl")
KG = (sys.executable, "-m", "kg.cli")


def shell(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which ``kg`` is the command."""
    line = f'kg() {{ "{sys.executable}" -m kg.cli "$@"; }}; {text}'
    return subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("stream", ["1", "2"])
def test_a_closed_stream_is_no_internal_error(stream, toy):
    done = shell(f"kg list {stream}>&-", toy)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr


def test_ctrl_c_before_there_is_a_command_is_one_word(toy, monkeypatch, capsys):
    from kg import cli

    def stopped(_arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "run", stopped)
    monkeypatch.setattr(cli, "_leave", sys.exit)
    with pytest.raises(SystemExit) as left:
        cli.main(["list"])
    assert left.value.code == 2
    assert capsys.readouterr().err == "kg: stopped\n"


def test_code_that_prints_does_not_get_into_the_answer(toy, edit):
    edit(
        CHECKS,
        "from kg.verify import check\n",
        "from kg.verify import check\n\nprint('a check is imported')\n",
    )
    edit(CODE, "    xp = array_namespace(a)\n", "    print('it is run')\n    xp = array_namespace(a)\n")
    for words in (
        ["verify", "--format", "json"],
        ["path", "horner_evaluation", "power_evaluation", "--format", "json"],
        ["find", "a * b", "--format", "json"],
    ):
        done = subprocess.run([*KG, *words], cwd=toy, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout)
        assert "it is run" in done.stderr


def test_code_that_ends_the_program_on_import_is_named_with_its_line(toy, edit):
    edit(CHECKS, "from kg.verify import check\n", "from kg.verify import check\n\nraise SystemExit(3)\n")
    done = subprocess.run([*KG, "verify"], cwd=toy, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"kg: {CHECKS}:8: this ends the program (exit status 3)" in done.stderr


def test_a_pasted_word_of_a_hundred_thousand_letters_is_cut_in_the_message(kg):
    answer = kg("show", "a" * 100_000)
    assert answer.status == 2
    assert "there is no concept, claim or paper of this name" in answer.err
    assert len(answer.err) < 1000


def test_two_processes_that_add_to_one_project_lose_nothing(toy):
    names = [f"evaluation_{number}" for number in ("one", "two", "three", "four")]
    started = [
        subprocess.Popen([*KG, "new", "concept", name], cwd=toy, stdout=-3, stderr=-3) for name in names
    ]
    assert [one.wait() for one in started] == [0, 0, 0, 0]
    assert set(names) <= set(load(find_project(toy)).concepts)
    assert all(f"def {name}(" in (toy / CODE).read_text() for name in names)


def test_evidence_that_another_process_records_meanwhile_is_kept(toy, monkeypatch, kg):
    import kg.cli.verify as verb

    first, second = "horner_evaluation_is_power_evaluation", "power_evaluation_is_linear_in_the_coefficients"
    run = verb._run

    def slow(graph, names, **options):
        if names == [first]:
            subprocess.run([*KG, "verify", second], cwd=toy, check=True, capture_output=True)
        return run(graph, names, **options)

    monkeypatch.setattr(verb, "_run", slow)
    assert kg("verify", first).status == 0
    text = (toy / EVIDENCE).read_text()
    assert f"evidence:{first} " in text
    assert f"evidence:{second} " in text


def test_a_folder_is_ours_alone_until_we_leave_it(tmp_path):
    pytest.importorskip("fcntl")
    code = (
        "import sys; from pathlib import Path; from kg.files import alone_in\n"
        "print('waiting', flush=True)\nwith alone_in(Path(sys.argv[1])): print('inside')"
    )
    with alone_in(tmp_path):
        other = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "waiting\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.3)
    assert other.communicate()[0] == "inside\n"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_costs_the_record_and_not_the_report(kg, toy, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    answer = kg("verify")
    assert answer.status == 0
    assert "2 passed" in answer.out
    assert "not recorded: ontology/generated/evidence.ttl: cannot be written" in answer.err
    assert "make room on the disk" in answer.err
    assert list((toy / "ontology" / "generated").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "made_by"), [("evidence", "kg verify"), ("derived", "kg derive"), ("literature", "kg enrich")]
)
def test_a_generated_file_that_is_no_turtle_is_to_be_made_again(name, made_by, kg, toy):
    place = toy / "ontology" / "generated" / f"{name}.ttl"
    place.parent.mkdir()
    place.write_text("<<<<<<< HEAD\n")
    answer = kg("list")
    assert answer.status == 1
    assert f"ontology/generated/{name}.ttl:1: not valid Turtle" in answer.err
    assert f"delete it and run {made_by}, or take back the version you had" in answer.err


def test_a_project_file_with_a_byte_order_mark_is_read(kg, toy):
    place = toy / "pyproject.toml"
    place.write_bytes(b"\xef\xbb\xbf" + place.read_bytes().replace(b"\n", b"\r\n"))
    assert kg("list").status == 0


def test_files_with_line_ends_of_windows_are_read(kg, toy):
    for path in [*toy.rglob("*.ttl"), *toy.rglob("*.py"), toy / "references.bib"]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert kg("lint").out == ""
    assert kg("verify", "horner_evaluation_is_power_evaluation").status == 0


def test_a_project_behind_a_link_and_a_space_works(call, toy, tmp_path):
    link = tmp_path / "my prö ject"
    link.symlink_to(toy, target_is_directory=True)
    assert call("--project", link, "verify", "horner_evaluation_is_power_evaluation").status == 0
    assert (toy / EVIDENCE).is_file()


def test_a_claim_is_not_added_to_the_built_in_graph_from_a_folder_that_is_no_project(
    call, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for words in (
        ("claim", "first_is_second", "--topic", "attention"),
        ("concept", "first", "--topic", "attention"),
    ):
        answer = call("new", *words)
        assert (answer.status, answer.out) == (2, "")
        assert "this is no project to add to" in answer.err


def test_nothing_is_left_in_the_cache_by_a_full_disk(toy, tmp_path, monkeypatch):
    from kg.cache import open_store

    def full(self: Path, _other: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert len(open_store(find_project(toy)))
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_a_file_written_whole_says_why_it_cannot_be(tmp_path):
    from kg.errors import UsageError

    shutil.rmtree(tmp_path)
    with pytest.raises(UsageError, match="cannot be written"):
        write_whole(tmp_path / "file", "text")


@pytest.mark.parametrize("words", [("show", ""), ("cases", " "), ("show", "claim:")])
def test_an_empty_name_is_called_so(words, kg):
    answer = kg(*words)
    assert answer.status == 2
    assert answer.err == "kg: the name is empty: see what there is with kg list\n"


def test_a_work_that_is_there_is_named_by_its_key_without_the_network(kg):
    pytest.importorskip("pyalex")
    answer = kg("cite", "horner1819new")
    assert answer.status == 0
    assert "this work is already here as horner1819new" in answer.err
