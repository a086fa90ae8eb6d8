"""``kg link`` marks what a text mentions, says what it is about, and sets aside what it is unsure of."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Link = Callable[..., dict[str, Any]]


@pytest.fixture
def link(call: Callable[..., Any], thesaurus: Path) -> Link:
    """The JSON that ``kg link -`` prints for a text, over the small thesaurus."""

    def linked(text: str) -> dict[str, Any]:
        answer = call("link", "-", "--concepts", thesaurus, "--format", "json", stdin=text)
        assert answer.status == 0, answer.err
        return dict(json.loads(answer.out))

    return linked


def names(found: dict[str, Any]) -> list[str]:
    return [mention["concept"].rpartition("/")[2] for mention in found["mentions"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We study linear attention.", ["linear_attention"]),
        ("Linear attentions and recurrent neural networks differ.", ["linear_attention", "rnn"]),
        ("Self–attention, that is, self attention.", ["attention", "attention"]),
        ("It needs layer normalization before, or layer-normalisation after.", ["norm", "norm"]),
        ("RNNs are old; an RNN is small; an rnn is not written so.", ["rnn", "rnn"]),
        ("A multi-head layer is a multihead layer.", ["multihead", "multihead"]),
        ("The proof of linear. Attention is another matter here.", ["attention"]),
        ("The network's attention's weights.", ["attention"]),
        ("The Nystrom method is the Nyström method.", ["nystrom", "nystrom"]),
        ("CP and Tucker decompositions differ.", ["cp", "tucker"]),
        ("Is a CP or Tucker decomposition meant?", ["cp", "tucker"]),
        ("A CP and a Tucker decomposition; CP and Schmidt decompositions; CP and Tucker.", ["tucker"]),
    ],
)
def test_a_label_is_found_however_it_is_inflected_spelt_or_hyphenated(
    link: Link, text: str, expected: list[str]
) -> None:
    assert names(link(text)) == expected


def test_a_mention_says_where_it_stands_and_which_label_it_met(link: Link) -> None:
    text = "Überall gilt: recurrent neural networks are slow."
    (mention,) = link(text)["mentions"]
    assert text[mention["start"] : mention["end"]] == mention["text"] == "recurrent neural networks"
    assert mention["alias"] == "recurrent neural network"
    assert mention["reason"] == "label 'recurrent neural network'"


def test_a_verb_is_no_concept(link: Link) -> None:
    found = link("We leverage symmetry. The leverage of a row is large.")
    assert [(m["start"], m["text"]) for m in found["mentions"]] == [(26, "leverage")]
    assert found["unsure"][0]["reason"] == "it reads like a verb here"


@pytest.mark.parametrize(
    "text",
    ["This has attracted considerable attention.", "We pay attention to units.", "Popcorn kernels burst."],
)
def test_a_homonym_is_not_linked(link: Link, text: str) -> None:
    assert names(link(text)) == []


def test_a_word_of_another_field_needs_something_near_in_the_text(link: Link) -> None:
    assert names(link("The gate is open.")) == ["gate"]
    found = link("The gate of the transistor is thin. A second gate is not, as in quantum circuits.")
    assert names(found) == []
    assert found["unsure"][0]["reason"] in (
        "where there is talk of 'transistor', it means something else",
        "where there is talk of 'quantum circuit', it means something else",
    )
    found = link("Each gate of the RNN is built from one transistor.")
    assert names(found) == ["gate", "rnn"]
    assert found["mentions"][0]["reason"] == "label 'gate', supported by recurrent neural network"


def test_of_words_that_share_their_last_each_is_found_where_it_stands(link: Link) -> None:
    text = "We compare CP and Tucker decompositions."
    first, second = link(text)["mentions"]
    assert (text[first["start"] : first["end"]], first["alias"]) == ("CP", "CP decomposition")
    assert text[second["start"] : second["end"]] == "Tucker decompositions"


def test_a_weak_acronym_needs_something_near_in_the_text(link: Link) -> None:
    assert names(link("Training uses EM.")) == []
    assert names(link("Training a Gaussian mixture uses EM.")) == ["mixture", "em"]


def test_an_acronym_that_the_text_explains_otherwise_is_set_aside(link: Link) -> None:
    found = link("Samples were seen by electron microscopy (EM), a Gaussian mixture was fitted to EM images.")
    assert names(found) == ["mixture"]
    assert {one["reason"] for one in found["unsure"]} == {"the text explains it as 'electron microscopy'"}


def test_a_label_of_two_concepts_is_decided_by_the_text_or_set_aside(link: Link) -> None:
    assert link("The window is wide.")["unsure"][0]["reason"] == "it may mean kernel or pane"
    assert names(link("The window of the kernel is wide.")) == ["kernel", "kernel"]


def test_a_text_is_about_its_title_and_what_it_names_twice(link: Link) -> None:
    text = "Linear attention\n\nAn RNN is shown. Attention is a layer. Attention is also a map."
    found = link(text)
    assert [iri.rpartition("/")[2] for iri in found["about"]] == ["linear_attention", "attention"]


def test_a_text_is_about_what_it_names_once_early_where_it_speaks_of_itself(link: Link) -> None:
    rest = " It is slow. Others use an RNN. Nothing else is said."
    for text, about in (
        ("We study the Nyström method." + rest, ["nystrom"]),
        ("People study the Nyström method." + rest, []),
        ("It is old. It is new. In this paper we study the Nyström method." + rest, []),
    ):
        found = link("On something\n\n" + text)
        assert [iri.rpartition("/")[2] for iri in found["about"]] == about


@pytest.mark.parametrize("between", ["\n\n", "\r\n\r\n", "\n"])
def test_a_first_line_above_a_long_one_or_apart_from_it_is_the_title(link: Link, between: str) -> None:
    found = link("Linear attention" + between + "An RNN is shown. " + "Nothing else is said here. " * 8)
    assert [iri.rpartition("/")[2] for iri in found["about"]] == ["linear_attention"]


def test_a_first_line_that_was_merely_wrapped_is_no_title(link: Link) -> None:
    text = (
        "We write of many things, and of linear attention\nonce, in a text whose lines were wrapped by hand."
    )
    assert link(text)["about"] == []


def test_a_work_that_was_enriched_is_read_with_its_abstract(
    call: Callable[..., Any], thesaurus: Path
) -> None:
    from kg.literature.cache import Answers

    index = {"Here": [0], "attention": [1], "and": [2], "again": [3], "self-attention.": [4]}
    record = {"title": "A work", "abstract_inverted_index": index}
    Answers().keep("doi:10.1000/x", "https://example.org/W1", [record])
    answer = call("link", "10.1000/x", "--concepts", thesaurus, "--format", "json")
    found = json.loads(answer.out)
    assert names(found) == ["attention", "attention"]
    assert found["mentions"][0]["start"] == len("A work\n\nHere ")


def test_an_ontology_of_classes_is_linked_by_their_labels(call: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "wine.ttl"
    path.write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<https://example.org/wine#Riesling> a owl:Class ; rdfs:label "Riesling grape"@en .\n',
        encoding="utf-8",
    )
    answer = call("link", "-", "--concepts", path, "--format", "json", stdin="Two Riesling grapes.")
    assert json.loads(answer.out)["mentions"][0]["concept"] == "https://example.org/wine#Riesling"


def test_what_another_program_writes_is_read_from_its_pipe(
    call: Callable[..., Any], thesaurus: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_text, args=("An RNN.",), daemon=True).start()
    answer = call("link", pipe, "--concepts", thesaurus, "--format", "json")
    assert names(json.loads(answer.out)) == ["rnn"]


def test_an_empty_text_mentions_nothing(link: Link) -> None:
    assert link("") == {"about": [], "mentions": [], "unsure": []}


def test_a_work_of_the_bibliography_is_read_by_its_key(call: Callable[..., Any]) -> None:
    answer = call("link", "hinton2002training")
    assert answer.status == 0
    assert "contrastive_divergence" in answer.out
    assert "no abstract is at hand, so only the title is read" in answer.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["link"], "what to read is missing: name a file, a DOI, or - for standard input"),
        (["link", "/"], "/: this is a folder: name a text file in it"),
        (["link", "nowhere.txt"], "nowhere.txt: there is no such file and no such work: name a text file"),
        (["link", "-", "--at-least", "0.5"], "--at-least needs --evaluate: give both, or neither"),
        (["link", "-", "--concepts", "x.docx"], "x.docx: what format this is cannot be told from its ending"),
        (["link", "-", "--concepts", "x.ttl"], "x.ttl: cannot be read"),
    ],
)
def test_a_mistake_on_the_command_line_is_explained(
    call: Callable[..., Any], arguments: list[str], message: str
) -> None:
    answer = call(*arguments)
    assert answer.status == 2
    assert message in answer.err


def test_a_broken_thesaurus_is_reported_at_its_line(call: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text("@prefix a: <https://example.org/> .\na:b a:c .\n", encoding="utf-8")
    answer = call("link", "-", "--concepts", path)
    assert answer.status == 1
    assert "broken.ttl:2: this cannot be parsed" in answer.err


def test_a_text_that_is_not_utf_8_is_reported_at_its_line(call: Callable[..., Any], thesaurus: Path) -> None:
    answer = call("link", "-", "--concepts", thesaurus, stdin=b"one\ntwo \xff\n")
    assert answer.status == 1
    assert "standard input:2: this is not UTF-8: save the text as UTF-8" in answer.err
