"""Words as they are compared: tokens, one spelling of English, lemmas, plurals.

A lemma (simplemma's dictionary) and not a stem: stems make ``general`` and ``generalisation`` one word. Embeddings were
tried and left out: they found nothing that lemmas had missed, and much that was not there.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TOKEN = re.compile(r"(?<!['’])[^\W_]+|(?<=['’])(?!s\b)[^\W_]+|[.,;:!?()\[\]]|\n[ \t]*\n")
"""A word, without a possessive s; or a mark that no label reaches across. Hyphens and dashes part words."""

_IZE = re.compile(r"(?<=[a-z]{2})(i|y)s(?=(?:e|ed|er|ers|es|ing|ation|ations)$)")
_OUR = re.compile(r"(?<=[a-z]{3})our(?=$|s$|ed$|ing$|al$|hood|able)")
_DOUBLED = re.compile(
    r"^(model|label|travel|signal|channel|cancel|tunnel|level|parallel)l(?=ing$|ed$|er$|ers$)"
)
_ENDINGS = (
    ("metris", "metriz"),
    ("overparametr", "overparameter"),
    ("reparametr", "reparameter"),
    ("parametriz", "parameteriz"),
    ("analogue", "analog"),
    ("catalogue", "catalog"),
    ("centre", "center"),
    ("fibre", "fiber"),
    ("programme", "program"),
)


def american(word: str) -> str:
    """A lower-case word in American spelling without accents; labels and texts alike, so a wrong one does no harm."""
    if not word.isascii():
        plain = unicodedata.normalize("NFKD", word)
        word = "".join(one for one in plain if not unicodedata.combining(one))
    word = _IZE.sub(r"\1z", word) if len(word) > 5 else word
    word = _OUR.sub("or", word) if len(word) > 5 else word
    word = _DOUBLED.sub(r"\1", word)
    for british, ours in _ENDINGS:
        if british in word and not (british == "programme" and word.startswith(("programmer", "programmed"))):
            word = word.replace(british, ours)
    return word


@lru_cache(maxsize=100_000)
def lemma(token: str) -> str:
    """The dictionary form of a token, for comparing phrases: ``Normalised`` → ``normalize``."""
    word = american(token.lower())
    # Twice: "embeddings" becomes "embedding", and that becomes "embed".
    return _lemmatize(_lemmatize(word) if word.endswith("s") else word)


@lru_cache(maxsize=100_000)
def singular(token: str) -> str:
    """The token in lower case without a plural, for labels of one word, whose verb forms mean something else."""
    word = american(token.lower())
    return _lemmatize(word) if word.endswith(("s", "a", "i")) else word


@lru_cache(maxsize=20_000)
def is_english(word: str) -> bool:
    """Whether English has this word in lower case."""
    from simplemma import is_known

    return bool(is_known(word.lower(), lang="en"))


@lru_cache(maxsize=20_000)
def may_be_a_verb(word: str) -> bool:
    """Whether a past tense of this noun is in the dictionary: ``leverage`` is a verb too, ``tensor`` is none."""
    word = word.lower()
    past = word + "d" if word.endswith("e") else word + "ed"
    return is_english(past) and _lemmatize(past) == word


def _lemmatize(word: str) -> str:
    from simplemma import lemmatize

    return str(lemmatize(word, lang="en")).lower()
