"""SPARQL text cut into tokens, each with its place, so that messages and refusals can point at it.

Only the lexical rules of SPARQL 1.1 (section 19.8 of the recommendation) live here. Comments and blanks are
dropped. What no rule matches becomes a token of kind ``stray``, the quote of a string that is never closed
one of kind ``open``, with what follows it cut as usual: cutting never fails and hides nothing.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

# Python's own idea of a letter stands for that of the recommendation: the classes differ in a few characters, none of
# which may begin anything else, and spelling them out would cost every query 20 ms.
_LETTER = r"[^\W\d_]"
_TAIL = r"\w\u00B7\u0300-\u036F\u203F\u2040"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_PREFIX = rf"(?:{_LETTER}(?:[{_TAIL}.\-]*[{_TAIL}\-])?)?:"
_LOCAL = rf"(?:[\w:]|{_ESCAPED})(?:(?:[{_TAIL}:.\-]|{_ESCAPED})*(?:[{_TAIL}:\-]|{_ESCAPED}))?"

_RULES = (
    ("blank", r"[ \t\r\n]+|\#[^\r\n]*"),
    ("string", r'"""(?:"{0,2}(?:[^"\\]|\\.))*"""|' + r"'''(?:'{0,2}(?:[^'\\]|\\.))*'''"),
    ("string", r'"(?:[^"\\\r\n]|\\.)*"|' + r"'(?:[^'\\\r\n]|\\.)*'"),
    ("open", r"[\"']"),
    ("iri", r'<[^<>"{}|^`\\\x00-\x20]*>'),
    ("variable", rf"[?$]\w[{_TAIL}]*"),
    ("blank node", rf"_:\w(?:[{_TAIL}.\-]*[{_TAIL}\-])?"),
    ("language", r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*"),
    ("prefixed name", rf"{_PREFIX}(?:{_LOCAL})?"),
    ("number", r"(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+"),
    ("word", rf"(?!\d)\w[{_TAIL}]*"),
    ("sign", r"\^\^|&&|\|\||!=|<=|>=|[{}()\[\].,;*/+\-!=<>^|?]"),
    ("stray", r"."),
)
_TOKEN = re.compile("|".join(f"(?P<_{i}>{rule})" for i, (_, rule) in enumerate(_RULES)), re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its text, where it starts (character offset), and its line and column from 1."""

    kind: str
    text: str
    start: int
    line: int
    column: int

    @property
    def word(self) -> str:
        """The token as a keyword, in capitals; empty if it cannot be one."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def prefix(self) -> str:
        """The part of a prefixed name before its colon; empty for every other kind."""
        return self.text.partition(":")[0] if self.kind == "prefixed name" else ""


class Lines:
    """Where the lines of a text begin, to turn character offsets into places."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of a character offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


def tokens(text: str) -> list[Token]:
    """Every token of a query in order, closed by one of kind ``end``."""
    lines = Lines(text)
    found = []
    for match in _TOKEN.finditer(text):
        kind = _RULES[int((match.lastgroup or "_0")[1:])][0]
        if kind != "blank":
            found.append(Token(kind, match.group(), match.start(), *lines.place(match.start())))
    end = len(text.rstrip())
    found.append(Token("end", "", end, *lines.place(end)))
    return found


def query_form(text: str) -> str:
    """``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``: the first of these words in a query."""
    forms = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
    return next((token.word for token in tokens(text) if token.word in forms), "SELECT")
