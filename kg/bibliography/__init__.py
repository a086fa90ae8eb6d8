"""BibTeX in, attributed works out: every entry as data and as triples, every fault with its line.

bibtexparser splits the file into blocks and survives broken ones. The rest is done here, for two measured reasons:
its LaTeX decoding cuts URLs at a ``%`` and splits ``{Barnes and Noble}`` in two, because it decodes before names are
split. So names are split first, prose alone is decoded, and identifiers are never touched.
"""

from __future__ import annotations

from kg.bibliography.latex import unicode_of
from kg.bibliography.model import OWN_WORK, Bibliography, Entry, Fault
from kg.bibliography.reading import parse
from kg.bibliography.triples import ntriples

__all__ = ["OWN_WORK", "Bibliography", "Entry", "Fault", "ntriples", "parse", "unicode_of"]
