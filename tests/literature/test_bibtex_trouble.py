"""Everything that goes wrong in the BibTeX files of this world, class by class: all told at once, nothing lost around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.bibliography import parse
from kg.bibliography.rules import mended

REST = "author = {A, B}, year = 2020, url = {https://example.org/%s}"
AFTER = "\n@misc{after, title = {Another Thing Entirely}, " + REST % "after" + "}\n"


def misc(fields: str, key: str = "a") -> str:
    return f"@misc{{{key}, title = {{T}}, {fields}, {REST % key}}}"


TROUBLE = {
    "a brace that is closed once too often": (
        "@misc{a, title = {T}}, " + REST % "a" + "}",
        "1: a part of an entry stands outside of it, so the braces above are not balanced: "
        "remove the closing brace that is one too many, or add '%'",
    ),
    "an entry without its @": (
        "misc{a, title = {T}, " + REST % "a" + "}",
        "1: an entry does not begin with @ and a type: begin it with @, the type, and an opening brace: @article{key,",
    ),
    "a quote that is never closed": (
        '@misc{a, title = "T, ' + REST % "a" + "}",
        "1: this entry cannot be read (Unexpected block start: `@misc`. Was still looking for field-value closing "
        '`"`): close every brace and quote, and put a comma between fields',
    ),
    "no comma after the key": (
        "@misc{a title = {T}, " + REST % "a" + "}",
        "1: this entry cannot be read (Expected comma after entry key, but found =): "
        "close every brace and quote, and put a comma between fields",
    ),
    "no sign of equality": (
        "@misc{a, title {T}, " + REST % "a" + "}",
        "1: this entry cannot be read (Expected a `=` after entry key, but found `{`.): "
        "close every brace and quote, and put a comma between fields",
    ),
    "a comment inside an entry": (
        "@misc{a,\n% note = {x},\n title = {T}, " + REST % "a" + "}",
        "2: a % begins no comment inside an entry: remove the line, or put it above the entry",
    ),
    "keys that differ in capitals alone": (
        misc("note = {x}", "A") + "\n" + misc("note = {y}").replace("{T}", "{U}"),
        "2: 'a' and 'A' (line 1) are one key for BibTeX: let them differ in more than capitals",
    ),
    "a string that uses an undefined string": (
        "@string{jml = jmlr # {!}}\n" + misc("journal = jml"),
        "1: 'jmlr' is an abbreviation that nothing defines: write {jmlr} in braces, or define it with @string",
    ),
    "a type that is misspelt": (
        "@aritcle{a, title = {T}, " + REST % "a" + "}",
        "1: 'a' is of the type @aritcle, which does not exist: did you mean 'article'?",
    ),
    "a field that is misspelt": (
        misc("pubisher = {P}"),
        "1: 'a' has a field 'pubisher' that nothing reads: did you mean 'publisher'?",
    ),
    "an article without a journal": (
        "@article{a, title = {T}, " + REST % "a" + "}",
        "1: 'a' is an @article without journal: add journal = {…}",
    ),
    "an article in proceedings": (
        "@article{a, title = {T},\n booktitle = {P}, " + REST % "a" + "}",
        "2: 'a' is an @article with the field booktitle: make it an @inproceedings, or write journal = {…}",
    ),
    "a paper of a conference in a journal": (
        "@inproceedings{a, title = {T}, booktitle = {P},\n journal = {J}, " + REST % "a" + "}",
        "2: 'a' is an @inproceedings with the field journal: make it an @article, or write booktitle = {…}",
    ),
    "a DOI in LaTeX": (
        misc("doi = {10.1000/a\\_b}"),
        "1: '10.1000/a\\_b' is not a DOI: write it bare, as in doi = {10.1000/182}",
    ),
    "an arXiv identifier that is none": (
        misc("eprint = {2006.1623}"),
        "1: '2006.1623' is not an arXiv identifier: write it bare, as in eprint = {2006.16236} or {math/0309136v2}",
    ),
    "an ISBN with a wrong digit": (
        misc("isbn = {0-89871-521-1}"),
        "1: '0-89871-521-1' is not an ISBN: its length or its check digit is wrong: copy it again from the book",
    ),
    "an address in LaTeX": (
        "@misc{a, title = {T}, author = {A, B}, year = 2020, url = {\\url{https://example.org}}}",
        "1: '\\url{https://example.org}' is not an address: "
        "write the bare address, as in url = {https://example.org/a_b}, without LaTeX",
    ),
    "an address that leads to another work": (
        "@misc{a, title = {T}, author = {A, B}, year = 2020, doi = {10.1000/1},\n url = {https://doi.org/10.1000/2}}",
        "2: the url of 'a' leads to doi:10.1000/2, its doi says doi:10.1000/1: keep the right one of the two",
    ),
    "letters read in the wrong encoding": (
        misc("note = {SchrÃ¶dinger}"),
        "1: the note of 'a' holds 'Ã¶', UTF-8 that was read as Windows-1252: write 'ö'",
    ),
    "a letter that is lost": (
        misc("note = {Schr\ufffddinger}"),
        "1: the note of 'a' holds a character that is only a question mark in a box: "
        "write it again; it was lost when the text was copied",
    ),
    "braces that match only because of a backslash": (
        misc("note = {a \\{ {b}"),
        "1: this entry cannot be read (Unexpected block start: `@misc`. Was still looking for field-value closing `,` or `}`): "
        "close every brace and quote, and put a comma between fields",
    ),
    "a work under two keys, by its DOI": (
        misc("doi = {10.1000/1}") + "\n" + misc("doi = {10.1000/1}", "b").replace("{T}", "{U}"),
        "2: 'b' is the same work as 'a' (line 1): keep one, and give it formerly = {b} if both keys are cited",
    ),
    "a work under two keys, by its title": (
        misc("note = {x}").replace("{T}", "{Attention {Is} All You Need}")
        + "\n"
        + misc("note = {y}", "b").replace("{T}", "{Attention is all you need.}"),
        "2: 'b' is the same work as 'a' (line 1): keep one, and give it formerly = {b} if both keys are cited",
    ),
    "a crossref to nowhere": (
        misc("crossref = {afte}"),
        "1: 'a' refers to 'afte', which is no entry: did you mean 'after'?",
    ),
    "a crossref to itself": (
        misc("crossref = {a}"),
        "1: 'a' refers to itself: name the entry that it is a part of",
    ),
    "a crossref by a former key": (
        misc("crossref = {old}") + "\n" + misc("formerly = {old}", "b").replace("{T}", "{U}"),
        "1: 'a' refers to 'old', which is now 'b': write crossref = {b}",
    ),
    "a key that no IRI can hold": (
        misc("note = {x}", "a<b"),
        "1: the key 'a<b' cannot be part of an IRI: use only letters, digits, _ and -",
    ),
    "a former key that cannot have been one": (
        misc("formerly = {x<y}"),
        "1: the former key 'x<y' of 'a' cannot be written in Turtle as ref:x<y: remove it; nothing can have cited it",
    ),
    "a former key of two works": (
        misc("formerly = {old}") + "\n" + misc("formerly = {old}", "b").replace("{T}", "{U}"),
        "2: 'old' is a former key of both 'a' (line 1) and 'b': keep it with the one that it was",
    ),
    "something acknowledged that nothing reports": (
        misc("acknowledged = {retracted}"),
        "1: 'a' acknowledges 'retracted', which nothing reports: did you mean 'retraction'?",
    ),
}


@pytest.mark.parametrize(("text", "message"), TROUBLE.values(), ids=list(TROUBLE))
def test_trouble_is_told_at_its_line_and_what_follows_is_read(text: str, message: str) -> None:
    found = parse(text + AFTER)
    assert message in [f"{fault.line}: {fault.problem}: {fault.advice}" for fault in found.faults]
    assert found.entries[-1].key == "after"


def test_all_trouble_is_told_at_once() -> None:
    text = "".join(trouble.replace("@string{jml", "@string{jml") + "\n" for trouble, _ in TROUBLE.values())
    assert len(parse(text + AFTER).faults) >= len(TROUBLE)


@pytest.mark.parametrize(
    "trouble", ["no comma after the key", "no sign of equality", "a quote that is never closed"]
)
def test_one_break_is_told_once(trouble: str) -> None:
    assert len(parse(TROUBLE[trouble][0] + AFTER).faults) == 1


NO_TROUBLE = {
    "round brackets": "@misc(a, title = {T}, " + REST % "a" + ")",
    "capitals": ("@MISC{a, TITLE = {T}, " + REST % "a" + "}"),
    "a comma at the end": ("@misc{a, title = {T}, " + REST % "a" + ",}"),
    "quotes within braces within quotes": '@misc{a, title = "A {"}q{"} b", ' + REST % "a" + "}",
    "an @ in a title": "@misc{a, title = {Mail me\n@home now}, " + REST % "a" + "}",
    "comments, preambles, and entries in comments": '@preamble{"\\def\\x{y}"}\n@comment{@misc{c, title={T}}}\n'
    + misc("note = {x}"),
    "line endings of Windows": misc("note = {x}").replace(", ", ",\r\n "),
    "months and joined strings": '@string(x = {y})\n@misc{a, title = x # " z" # x, month = 1 # " " # jan, '
    + REST % "a"
    + "}",
    "two entries on one line": misc("note = {x}", "b").replace("{T}", "{A Title of its Own}")
    + " "
    + misc("note = {x}"),
    "letters beyond ASCII": misc("note = {Ångström, “naïve”, 東京, ß, Łukasiewicz, ½ × ²}"),
    "text that is no entry": "This file was made by hand, in 2020.\n" + misc("note = {x}"),
}


@pytest.mark.parametrize("text", NO_TROUBLE.values(), ids=list(NO_TROUBLE))
def test_what_is_unusual_is_no_trouble(text: str) -> None:
    found = parse(text + AFTER)
    assert [fault.problem for fault in found.faults] == []
    assert [entry.key for entry in found.entries][-2:] == ["a", "after"]


def test_a_crossref_hands_down_what_the_entry_does_not_say() -> None:
    text = (
        "@inproceedings{a, title = {T}, author = {A, B}, pages = {1}, crossref = {p}, url = {https://example.org}}\n"
        "@proceedings{p, title = {Proceedings of P}, editor = {E, F}, year = 1999, publisher = {Q}, isbn = {0898715210}}"
    )
    found = parse(text)
    assert found.faults == ()
    assert (found.entries[0].venue, found.entries[0].year) == ("Proceedings of P", 1999)


def test_a_crossref_by_a_former_key_hands_down_as_well_and_proceedings_need_no_author() -> None:
    text = (
        "@inproceedings{a, title = {T}, author = {A, B}, crossref = {old}, url = {https://example.org}}\n"
        "@proceedings{p, formerly = {old}, title = {Proceedings of P}, year = 1999, isbn = {0898715210}}"
    )
    found = parse(text)
    assert [fault.problem for fault in found.faults] == ["'a' refers to 'old', which is now 'p'"]
    assert (found.entries[0].venue, found.entries[0].year) == ("Proceedings of P", 1999)


@pytest.mark.parametrize(
    ("run", "meant"),
    [("Ã¶", "ö"), ("â€“", "–"), ("Å‚", "ł"), ("Ã\x81", "Á"), ("东京", None), ("ÖÄ", None), ("“ß", None)],
)
def test_only_what_was_read_wrongly_is_mended(run: str, meant: str | None) -> None:
    assert mended(run) == meant


@pytest.mark.parametrize(
    "text", ["", "@", "@misc", "@misc{", "}{", "\x00", "@misc{a,,,}", "@misc{a = }", "@string{}", "@@@"]
)
def test_nothing_stops_the_reading(text: str) -> None:
    parse(text)


def test_our_own_bibliography_is_without_fault() -> None:
    text = (Path(__file__).parents[2] / "references.bib").read_text(encoding="utf-8")
    assert parse(text).faults == ()
