"""Each competency question says what it asks and why, and runs."""

from pathlib import Path

import pyoxigraph
import pytest

ONTOLOGY = Path(__file__).parents[2] / "ontology"
QUESTIONS = sorted((ONTOLOGY / "questions").glob("*.rq"))


@pytest.fixture(scope="module")
def store() -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    for path in sorted(ONTOLOGY.rglob("*.ttl")):
        store.load(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
    return store


def test_there_are_at_least_six() -> None:
    assert len(QUESTIONS) >= 6


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_opens_with_what_and_why(path: Path) -> None:
    what, why, *_ = path.read_text("utf-8").splitlines()
    assert what.startswith("# question: ")
    assert what.endswith("?")
    assert why.startswith("# why: ")


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_runs(path: Path, store: pyoxigraph.Store) -> None:
    answer = store.query(path.read_text("utf-8"))
    assert isinstance(answer, pyoxigraph.QuerySolutions)
    assert len(answer.variables) >= 2
    list(answer)


def test_every_line_of_the_list_appears_in_its_question(store: pyoxigraph.Store) -> None:
    path = ONTOLOGY / "questions" / "what_answers_each_line_of_the_list.rq"
    answer = store.query(path.read_text("utf-8"))
    assert isinstance(answer, pyoxigraph.QuerySolutions)
    assert len({row["order"].value for row in answer}) == 23
