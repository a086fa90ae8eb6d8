"""BibTeX: what is understood, and every fault with its line."""

from __future__ import annotations

import pytest

from kg.bibliography import Entry, ntriples, parse, unicode_of

GOOD = """\
@string{icml = "International Conference on Machine Learning"}

@inproceedings{katharopoulos2020transformers,
  title     = {Transformers are {RNNs}: {$O(n)$} --- a 100\\% view},
  author    = {Katharopoulos, Angelos and {Barnes and Noble} and Ludwig van Beethoven and \\v{S}m{\\'\\i}d, A.},
  booktitle = icml # " 2020",
  year      = 2020,
  url       = {https://example.org/a_b%20c?x=1~2},
  doi       = {10.1000/a_b--c},
  formerly  = {katharopoulos2020rnn, kat20}
}
"""


def only_entry(text: str) -> Entry:
    [entry] = parse(text).entries
    return entry


def test_a_sound_file_has_no_faults() -> None:
    assert parse(GOOD).faults == ()


def test_prose_becomes_unicode() -> None:
    assert only_entry(GOOD).title == "Transformers are RNNs: O(n) — a 100% view"


def test_names_are_split_before_they_are_decoded() -> None:
    authors = ("Katharopoulos, Angelos", "Barnes and Noble", "van Beethoven, Ludwig", "Šmíd, A.")
    assert only_entry(GOOD).authors == authors


def test_the_list_of_authors_keeps_their_order() -> None:
    expected = "Angelos Katharopoulos and Barnes and Noble and Ludwig van Beethoven and A. Šmíd"
    assert only_entry(GOOD).author_list == expected


def test_identifiers_are_never_touched() -> None:
    entry = only_entry(GOOD)
    assert entry.url == "https://example.org/a_b%20c?x=1~2"
    assert entry.doi == "10.1000/a_b--c"


def test_abbreviations_and_concatenations_are_resolved() -> None:
    assert only_entry(GOOD).venue == "International Conference on Machine Learning 2020"


def test_former_keys_are_kept() -> None:
    assert only_entry(GOOD).formerly == ("katharopoulos2020rnn", "kat20")


def test_the_entry_is_kept_as_it_was_written_with_its_line() -> None:
    entry = only_entry(GOOD)
    assert entry.line == 3
    assert entry.bibtex == GOOD.partition("\n\n")[2].strip()


def test_an_abridged_list_of_authors_invents_no_author_called_others() -> None:
    entry = only_entry("@misc{a, title={T}, author={A, B and others}, year=2020, url={u}}")
    assert entry.authors == ("A, B",)


def test_a_date_counts_as_a_year() -> None:
    assert only_entry("@misc{a, title={T}, author={A, B}, date={2021-03-04}, url={u}}").year == 2021


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"Schr{\"o}dinger and Erd\H{o}s", "Schrödinger and Erdős"),
        (r"{\L}ukasiewicz, Stra\ss{}e, \c{c}", "Łukasiewicz, Straße, ç"),
        (r"pages 3--4 of \emph{it} \& more", "pages 3–4 of it & more"),
        ("plain text", "plain text"),
    ],
)
def test_latex_is_decoded(latex: str, text: str) -> None:
    assert unicode_of(latex) == text


def test_a_work_becomes_triples() -> None:
    lines = ntriples(only_entry(GOOD), "https://example.org/").splitlines()
    subject = "<https://example.org/reference/katharopoulos2020transformers>"
    former = [line for line in lines if not line.startswith(subject + " <")]
    assert [line.split("reference/")[1] for line in former] == [
        "katharopoulos2020rnn> <http://purl.org/dc/terms/isReplacedBy> <https://example.org/",
        "kat20> <http://purl.org/dc/terms/isReplacedBy> <https://example.org/",
    ]
    assert f'{subject} <http://purl.org/dc/terms/issued> "2020" .' in lines
    assert f'{subject} <http://purl.org/dc/terms/creator> "van Beethoven, Ludwig" .' in lines
    assert f'{subject} <http://prismstandard.org/namespaces/basic/2.0/doi> "10.1000/a_b--c" .' in lines


REST = "author = {A, B}, year = 2020, url = {u}"
FAULTS = {
    "an entry that is not closed": (
        "@misc{a, title = {T\n@misc{b, title={T}, " + REST + "}",
        "1: this entry cannot be read (Unexpected block start: `@misc`. Was still looking for field-value "
        "closing `}`): close every brace and quote, and put a comma between fields",
    ),
    "a key that is used twice": (
        "@misc{a, title={T}, " + REST + "}\n@misc{a, title={U}, " + REST + "}",
        "2: 'a' is used twice as a key (first on line 1): keep one entry, or give the other a key of its own",
    ),
    "a field that is given twice": (
        "@misc{a, title={T}, title={U}, " + REST + "}",
        "1: an entry has the field title twice: keep one of the two",
    ),
    "no key": (
        "@misc{, title={T}, " + REST + "}",
        "1: this entry has no key: write one after the opening brace, such as surname2020word",
    ),
    "a key that Turtle cannot hold": (
        "@misc{a/b, title={T}, " + REST + "}",
        "1: the key 'a/b' cannot be written in Turtle as ref:a/b: use only letters, digits, _ and -",
    ),
    "no title": ("@misc{a, " + REST + "}", "1: 'a' has no title: add title = {…}"),
    "no author": (
        "@misc{a, title={T}, year=2020, url={u}}",
        "1: 'a' has no author: add author = {Surname, Given and Surname, Given}",
    ),
    "no year": (
        "@misc{a, title={T}, author={A, B}, url={u}}",
        "1: 'a' has no year: add year = {2020}, four digits",
    ),
    "no identifier": (
        "@misc{a, title={T}, author={A, B}, year=2020}",
        "1: 'a' has no identifier, so a reader cannot find it: add one of doi, eprint, url, isbn",
    ),
    "a DOI written as an address": (
        "@misc{a, title={T}, author={A, B}, year=2020, doi={https://doi.org/10.1000/1}}",
        "1: 'https://doi.org/10.1000/1' is not a DOI: write it bare, as in doi = {10.1000/182}",
    ),
    "an abbreviation that nothing defines": (
        "@string{icml={I}}\n@misc{a, title={T},\n journal = icmml, " + REST + "}",
        "3: 'icmml' is an abbreviation that nothing defines: did you mean 'icml'?",
    ),
    "a comma that is missing": (
        '@misc{a, title="T" month=jan, ' + REST + "}",
        "1: something follows the closing brace or quote of 'title': put a comma after it",
    ),
    "an author that is no name": (
        "@misc{a, title={T}, author={A, B, C, D}, year=2020, url={u}}",
        "1: 'a' has an author 'A, B, C, D' that is no name (Too many commas): "
        "write it as Surname, Given and join people by ' and '",
    ),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=list(FAULTS))
def test_a_fault_is_reported_with_its_line(text: str, message: str) -> None:
    messages = [f"{fault.line}: {fault.problem}: {fault.advice}" for fault in parse(text).faults]
    assert message in messages


def test_everything_around_a_broken_entry_is_still_read() -> None:
    text = (
        GOOD + "@misc{broken, title = {T\n" + GOOD.partition("\n\n")[2].replace("2020transformers", "2021x")
    )
    assert [entry.key for entry in parse(text).entries] == [
        "katharopoulos2020transformers",
        "katharopoulos2021x",
    ]


def test_the_work_of_the_project_itself_needs_no_identifier() -> None:
    assert parse("@software{this_project, title={T}, author={A, B}, year=2020}").faults == ()
