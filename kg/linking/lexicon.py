"""Labels compiled into a trie over words; the longest label at a place is what stands there.

Three ways for a label to be found, by how it is written:
  phrase    several words, compared by lemma, across hyphens, dashes and the two spellings of English
  word      one word, compared without its plural, and never as a verb
  acronym   one token with two capitals, or with a capital and a digit: compared in its own case

Of several words that share their last one, "CP and Tucker decompositions", each is found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kg.linking.labels import Named
from kg.linking.words import TOKEN, is_english, lemma, singular

_JOINED = (
    *("over", "under", "multi", "non", "self", "auto", "pre", "post", "feed", "semi", "anti", "sub"),
    *("super", "quasi", "pseudo", "hyper", "inter", "intra", "bi", "tri", "uni", "co", "re", "un", "de"),
)
_SENSES = -1
_JOINING = frozenset(("and", "or"))
_LONGEST_OTHER = 3
_SHORT = 2


@dataclass(frozen=True, slots=True)
class Sense:
    """What a label may stand for: a concept by its number, or nothing (a homonym that blocks)."""

    concept: int | None
    label: str
    how: str
    is_preferred: bool

    @property
    def needs_support(self) -> bool:
        """Whether a text must hold other evidence: two letters, or a word of English in capitals, say too little."""
        is_weak = len(self.label) <= _SHORT or (self.label.isupper() and is_english(self.label))
        return self.how == "acronym" and is_weak


@dataclass(frozen=True, slots=True)
class Sign:
    """A word of another field: as it is written, how it begins in any form, and its lemmas between blanks."""

    word: str
    beginning: str
    lemmas: str


class Lexicon:
    """The labels of some concepts, ready to be looked for."""

    def __init__(self, concepts: Sequence[Named]) -> None:
        self.concepts = tuple(concepts)
        self.ids: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._phrases: dict[int, Any] = {}
        self._singles: dict[str, list[Sense]] = {}
        self._acronyms: dict[str, list[Sense]] = {}
        self._starts: dict[str, tuple[tuple[Sense, ...], dict[int, Any]] | None] = {}
        for number, concept in enumerate(self.concepts):
            self._add(concept.preferred, number, is_preferred=True)
            for other in concept.others:
                self._add(other, number)
        own = [phrase for concept in self.concepts for phrase in concept.homonyms]
        for phrase in (*own, *_everyday()):
            self._block(phrase)
        self.elsewhere = {
            number: tuple(_sign(word) for word in concept.elsewhere if any(map(str.isalnum, word)))
            for number, concept in enumerate(self.concepts)
            if concept.elsewhere
        }

    def _add(self, label: str, concept: int, *, is_preferred: bool = False) -> None:
        tokens = label_tokens(label)
        if not tokens:
            return
        if len(tokens) == 1 and is_acronym(tokens[0]):
            self._put(
                self._acronyms.setdefault(tokens[0], []), Sense(concept, label, "acronym", is_preferred)
            )
            lower = tokens[0].lower()
            if len(lower) >= 4 and not is_english(lower):
                self._put(self._singles.setdefault(lower, []), Sense(concept, label, "word", is_preferred))
        for form in forms(tokens):
            if len(form) > 1:
                senses = self._node(form).setdefault(_SENSES, [])
                self._put(senses, Sense(concept, label, "phrase", is_preferred))
            elif not is_acronym(form[0]):
                self._put(
                    self._singles.setdefault(singular(form[0]), []),
                    Sense(concept, label, "word", is_preferred),
                )

    def _block(self, phrase: str) -> None:
        tokens = label_tokens(phrase)
        for form in forms(tokens) if len(tokens) > 1 else ():
            senses = self._node(form).setdefault(_SENSES, [])
            if not senses:
                senses.append(Sense(None, phrase, "phrase", False))

    def _node(self, tokens: Sequence[str]) -> dict[int, Any]:
        node = self._phrases
        for token in tokens:
            number = self._words.setdefault(lemma(token), len(self._words) + 1)
            node = node.setdefault(number, {})
        return node

    @staticmethod
    def _put(senses: list[Sense], sense: Sense) -> None:
        if all(sense.concept != other.concept for other in senses):
            senses.append(sense)

    def word(self, token: str) -> int:
        """The number of a token's lemma; 0 if no label holds it. Remembered, which is what makes linking fast."""
        known = self.ids.get(token)
        if known is None:
            if len(self.ids) > 500_000:
                self.ids.clear()
            known = self.ids[token] = self._words.get(lemma(token), 0)
        return known

    def start(self, token: str) -> tuple[tuple[Sense, ...], dict[int, Any]] | None:
        """What may begin with this token: the senses of the token alone, and the phrases that go on."""
        try:
            return self._starts[token]
        except KeyError:
            if len(self._starts) > 500_000:
                self._starts.clear()
            found = self._starts[token] = self._begin(token)
            return found

    def _begin(self, token: str) -> tuple[tuple[Sense, ...], dict[int, Any]] | None:
        alone = self._acronyms.get(token)
        if alone is None and token.endswith("s") and len(token) > 2:
            alone = self._acronyms.get(token[:-1])
        if alone is None:
            alone = self._singles.get(singular(token)) or self._singles.get(token.lower().removesuffix("s"))
        onward = self._phrases.get(self.word(token), {})
        return (tuple(alone or ()), onward) if alone or onward else None

    def starts(self, tokens: Iterable[str]) -> list[tuple[int, tuple[tuple[Sense, ...], dict[int, Any]]]]:
        """The places in a text where a label may begin."""
        known = self._starts
        found = []
        for at, token in enumerate(tokens):
            begin = known[token] if token in known else self.start(token)
            if begin is not None:
                found.append((at, begin))
        return found

    def longest(
        self, tokens: Sequence[str], at: int, begin: tuple[tuple[Sense, ...], dict[int, Any]]
    ) -> tuple[int, tuple[Sense, ...]]:
        """The longest label at a place: how many tokens it has and what it may mean; (0, ()) if there is none."""
        senses, node = begin
        length = 1 if senses else 0
        for end in range(at + 1, len(tokens)):
            number = self.word(tokens[end])
            node = node.get(number) if number else None  # type: ignore[assignment]
            if node is None:
                break
            if _SENSES in node:
                length, senses = end - at + 1, node[_SENSES]
        return length, tuple(senses)

    @staticmethod
    def before_joining(tokens: Sequence[str]) -> set[int]:
        """The places from which "and" or "or" is near enough for a last word to be shared across it."""
        places = [at for at, token in enumerate(tokens) if token in _JOINING]
        return {at - back for at in places for back in range(1, _LONGEST_OTHER + 1)}

    def shared(self, tokens: Sequence[str], at: int) -> tuple[int, tuple[Sense, ...]]:
        """A label whose last word is left to a second one after "and": of how many tokens, and what it may mean.

        The second has to be a label that ends with the same word, as "Tucker decomposition" in "CP and Tucker
        decompositions"; (0, ()) if there is none.
        """
        node: dict[int, Any] | None = self._phrases
        for end in range(at, min(at + _LONGEST_OTHER, len(tokens) - 1)):
            number = self.word(tokens[end])
            node = node.get(number) if number and node else None
            if not node:
                break
            if tokens[end + 1] in _JOINING:
                found = self._second(tokens, end + 2, node)
                if found:
                    return end - at + 1, found
        return 0, ()

    def _second(self, tokens: Sequence[str], at: int, node: Mapping[int, Any]) -> tuple[Sense, ...]:
        if at >= len(tokens):
            return ()
        begin = self.start(tokens[at])
        length = self.longest(tokens, at, begin)[0] if begin else 0
        if length < 2:
            return ()
        last = node.get(self.word(tokens[at + length - 1]))
        return tuple(sense for sense in (last or {}).get(_SENSES, ()) if sense.concept is not None)


def _sign(word: str) -> Sign:
    tokens = TOKEN.findall(word)
    # The last letter changes in many a plural: "memory", "memories". Short words would begin too much without it.
    beginning = word.lower() if len(word) < 5 else word.lower()[:-1]
    return Sign(word, beginning, f" {' '.join(map(lemma, tokens))} ")


def label_tokens(label: str) -> tuple[str, ...]:
    """The tokens of a label; none for a formula, which is no way to call a thing in a sentence."""
    tokens = tuple(TOKEN.findall(label.strip()))
    symbols = [one for one in label if unicodedata.category(one) == "Sm" and one != "+"]
    if symbols or not any(len(token) > 2 for token in tokens):
        return tokens if len(tokens) == 1 and is_acronym(tokens[0]) and not symbols else ()
    return tokens


def is_acronym(token: str) -> bool:
    """Whether a token is compared in its own case: ``RNN``, ``ReLU``, ``S4``; not ``Toeplitz``."""
    capitals = sum(letter.isupper() for letter in token)
    return capitals >= 2 or (capitals == 1 and any(letter.isdigit() for letter in token))


def forms(tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """A label as it is, and with a prefix joined or apart: ``multihead``, ``multi head``."""
    yield tuple(tokens)
    for at, token in enumerate(tokens):
        prefix = next((one for one in _JOINED if token.lower() == one), None)
        if prefix and at + 1 < len(tokens) and tokens[at + 1].isalpha():
            yield (*tokens[:at], token + tokens[at + 1], *tokens[at + 2 :])
        longer = next(
            (
                one
                for one in _JOINED
                if len(one) >= 4 and token.lower().startswith(one) and len(token) >= len(one) + 4
            ),
            None,
        )
        if longer and token.islower():
            yield (*tokens[:at], longer, token[len(longer) :], *tokens[at + 1 :])


@cache
def _everyday() -> tuple[str, ...]:
    text = files("kg.linking").joinpath("homonyms.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
