"""How many abstracts a second the linker reads, beside spaCy's phrase matcher and flashtext; and the walk of `kg next`.

    pip install 'kg[rivals]'
    python benchmarks/linking.py [--repeat 5] [--copies 60]

Everything is measured in one run on one core, the rivals in turn, on the abstracts of tests/linking/papers.jsonl and
the labels of this project. Times are CPU time of this process, the best of the repeats. The rivals are given the
labels as they are: they match strings or lower-case tokens and know no lemma, no homonym and no acronym, so they do
less work. A rival that is not installed is named as such. The walk is compared with networkx.pagerank on Cora.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import click
import networkx as nx

import kg
from kg.linking.hiding import read_citations
from kg.linking.labels import Named, read
from kg.linking.linker import Linker
from kg.linking.walk import personalised_pagerank

DATA = Path(__file__).parents[1] / "tests" / "linking"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--copies", type=int, default=60)
    options = parser.parse_args()
    lines = (DATA / "papers.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    texts = [f"{one['title']}\n\n{one['text']}" for one in map(json.loads, lines)]
    labels = read(kg.open(Path(__file__).parents[1]).graph.store)
    count = len(texts) * options.copies
    click.echo(f"{len(labels)} concepts, {len(texts)} abstracts read {options.copies} times")
    for name, make in (("kg link", ours), ("spaCy PhraseMatcher", spacy), ("flashtext", flashtext)):
        run = make(labels)
        if run is None:
            click.echo(f"  {name:20s} not installed: pip install 'kg[rivals]'")
            continue
        run(texts)
        click.echo(
            f"  {name:20s} {count / best(lambda run=run: run(texts * options.copies), options.repeat):8.0f} abstracts/s"
        )
    walking(options.repeat)


def best(run: Callable[[], object], repeat: int) -> float:
    """The least CPU time, in seconds, of some runs."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def ours(labels: Sequence[Named]) -> Callable[[list[str]], object]:
    """All of `kg link` but reading the file."""
    linker = Linker(labels)
    return lambda texts: [linker.link(text) for text in texts]


def spacy(labels: Sequence[Named]) -> Callable[[list[str]], object] | None:
    """The matcher on lower-case tokens of a blank English pipeline; no model is needed."""
    if find_spec("spacy") is None:
        return None
    import spacy as library
    from spacy.matcher import PhraseMatcher

    pipeline = library.blank("en")
    matcher = PhraseMatcher(pipeline.vocab, attr="LOWER")
    for concept in labels:
        matcher.add(concept.iri, [pipeline.make_doc(label) for label in (concept.preferred, *concept.others)])
    return lambda texts: [matcher(pipeline.make_doc(text)) for text in texts]


def flashtext(labels: Sequence[Named]) -> Callable[[list[str]], object] | None:
    """Its keyword processor, as it comes."""
    if find_spec("flashtext") is None:
        return None
    from flashtext import KeywordProcessor

    processor = KeywordProcessor()
    for concept in labels:
        for label in (concept.preferred, *concept.others):
            processor.add_keyword(label, concept.iri)
    return lambda texts: [processor.extract_keywords(text, span_info=True) for text in texts]


def walking(repeat: int) -> None:
    """Personalised PageRank on Cora: ours, networkx, the ratio, and how far they are apart."""
    citations = read_citations(DATA / "cora.cites")
    graph = nx.Graph((a, b) for a, cited in citations.items() for b in cited)
    seeds = dict.fromkeys(sorted(graph)[:5], 1.0)
    mine = best(lambda: personalised_pagerank(graph, seeds), repeat)
    theirs = best(lambda: nx.pagerank(graph, personalization=seeds, tol=1e-13, max_iter=500), repeat)
    there = nx.pagerank(graph, personalization=seeds, tol=1e-13, max_iter=500)
    apart = max(abs(share - there[node]) for node, share in personalised_pagerank(graph, seeds).items())
    click.echo(f"Cora, {len(graph)} works, one walk from a networkx graph")
    click.echo(
        f"  kg {1000 * mine:.1f} ms, networkx {1000 * theirs:.1f} ms, ratio {mine / theirs:.2f}, apart {apart:.1e}"
    )


if __name__ == "__main__":
    main()
