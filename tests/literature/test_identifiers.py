"""Whatever is pasted, an identifier has one spelling."""

from __future__ import annotations

import pytest

from kg.literature.identifiers import askable, identifier, of_fields

HASH = "d0921d442ee91b896ad95059d13df618"
SPELLINGS = {
    "doi:10.1109/tit.2007.909108": [
        "10.1109/TIT.2007.909108",
        "doi:10.1109/TIT.2007.909108",
        "DOI: 10.1109/tit.2007.909108.",
        "https://doi.org/10.1109/TIT.2007.909108",
        "http://dx.doi.org/10.1109/tit.2007.909108",
        " https://doi.org/10.1109%2FTIT.2007.909108 ",
    ],
    "doi:10.1016/0001-8708(85)90121-5": ["10.1016/0001-8708(85)90121-5"],
    "doi:10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2": [
        "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2"
    ],
    "arxiv:2006.16236": [
        "arXiv:2006.16236",
        "2006.16236",
        "2006.16236v3",
        "arxiv:2006.16236 [cs.LG]",
        "https://arxiv.org/abs/2006.16236",
        "http://www.arxiv.org/pdf/2006.16236v2.pdf",
        "https://export.arxiv.org/abs/2006.16236",
        "10.48550/arXiv.2006.16236",
        "https://doi.org/10.48550/ARXIV.2006.16236",
    ],
    "arxiv:math/0309136": ["math/0309136", "math.GT/0309136", "arXiv:math/0309136v2"],
    "arxiv:math-ph/0609050": ["https://arxiv.org/abs/math-ph/0609050"],
    "acl:D19-1443": [
        "D19-1443",
        "https://aclanthology.org/D19-1443/",
        "https://www.aclweb.org/anthology/D19-1443.pdf",
    ],
    "acl:2023.findings-acl.895": [
        "2023.findings-acl.895",
        "https://aclanthology.org/2023.findings-acl.895.pdf",
    ],
    "openreview:HnlCZATopvr": [
        "https://openreview.net/forum?id=HnlCZATopvr",
        "https://openreview.net/pdf?id=HnlCZATopvr",
        "https://openreview.net/forum?noteId=x1&id=HnlCZATopvr",
    ],
    "pmlr:v119/katharopoulos20a": [
        "https://proceedings.mlr.press/v119/katharopoulos20a.html",
        "http://proceedings.mlr.press/v119/katharopoulos20a/katharopoulos20a.pdf",
    ],
    f"neurips:2021/{HASH}": [
        f"https://proceedings.neurips.cc/paper/2021/hash/{HASH}-Abstract.html",
        f"https://proceedings.neurips.cc/paper_files/paper/2021/file/{HASH}-Paper.pdf",
        f"https://papers.nips.cc/paper/2021/hash/{HASH}-Abstract.html",
        f"https://papers.neurips.cc/paper_files/paper/2021/hash/{HASH}-Abstract-Conference.html",
    ],
    "isbn:9780898715217": ["0-89871-521-0", "ISBN 978-0-89871-521-7", "9780898715217"],
    "ieee:4385788": ["https://ieeexplore.ieee.org/document/4385788/"],
    "url:https://www.jstor.org/stable/25049340": ["https://www.jstor.org/stable/25049340#page_scan"],
}


@pytest.mark.parametrize(
    ("text", "expected"), [(text, one) for one, texts in SPELLINGS.items() for text in texts]
)
def test_every_spelling_of_an_identifier_is_one(text: str, expected: str) -> None:
    assert str(identifier(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "attention is all you need",
        "0-89871-521-1",
        "978-0-89871-521-8",
        "10.1109",
        "2006.1",
        "ftp://x",
        "https://",
    ],
)
def test_what_is_none_is_not_taken_for_one(text: str) -> None:
    assert identifier(text) is None


def test_the_version_of_a_preprint_is_kept_beside_its_identifier() -> None:
    found = identifier("arXiv:2006.16236v3")
    assert found is not None
    assert (found.value, found.version) == ("2006.16236", 3)


def test_an_entry_has_each_identifier_once_and_a_doi_of_the_acl_holds_another() -> None:
    fields = {
        "doi": "10.18653/v1/D19-1443",
        "eprint": "1908.11775v4",
        "url": "https://aclanthology.org/D19-1443",
        "isbn": "0-89871-521-0, 9780898715217",
    }
    names = ["doi:10.18653/v1/d19-1443", "arxiv:1908.11775", "acl:D19-1443", "isbn:9780898715217"]
    assert [str(found) for found in of_fields(fields)] == names


def test_an_eprint_of_another_archive_is_no_arxiv_identifier() -> None:
    assert of_fields({"eprint": "1908.11775", "archiveprefix": "HAL"}) == ()


def test_openalex_is_asked_for_dois_and_for_the_dois_of_arxiv() -> None:
    asked = [
        askable(found)
        for text in ("10.1/x", "10.1109/X", "2006.16236", "D19-1443")
        if (found := identifier(text))
    ]
    assert asked == ["doi:10.1109/x", "doi:10.48550/arxiv.2006.16236", None]


@pytest.mark.parametrize("name", [name for name in SPELLINGS if not name.startswith(("url", "isbn"))])
def test_the_address_of_an_identifier_leads_back_to_it(name: str) -> None:
    found = identifier(SPELLINGS[name][0])
    assert found is not None
    assert str(identifier(found.address)) == name
