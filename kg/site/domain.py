"""The Sphinx domain ``kg``: pages, roles, inventory, and which documents a change of the graph makes out of date.

Roles: ``:kg:concept:`gelu```, ``:kg:claim:`…```, ``:kg:paper:`…```, ``:kg:topic:`…```, ``:kg:condition:`…```. Without a
title of their own they show the label. The inventory lets other projects link here by intersphinx. The directives are
in :mod:`kg.site.directives`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from kg.errors import KgError
from kg.site import pages
from kg.site.directives import PARTS, directive
from kg.site.doctree import settled
from kg.site.knowledge import Knowledge

if TYPE_CHECKING:
    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

FAMILY = {
    "concept": "concept",
    "claim": "claim",
    "paper": "paper",
    "topic": "area",
    "condition": "conditions",
}
"""The folder of the pages of each type of object; conditions share one page."""


def place_of(kind: str, name: str) -> tuple[str, str]:
    """Document and anchor of an object."""
    if kind == "condition":
        return "conditions", f"condition-{name}"
    return f"{FAMILY[kind]}/{name}", ""


class PageDirective(SphinxDirective):
    """The whole content of a generated document; on a page of an author's, a part of it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The page's document tree."""
        domain = KgDomain.of(self.env)
        docname = self.arguments[0]
        try:
            tree = pages.page(domain.knowledge, docname)
        except KeyError:
            raise self.error(f"the graph has no page {docname!r}: name one such as map, or summary") from None
        domain.note_page(self.env.docname, docname, _digest(tree.pformat()))
        return [tree]


class KgDomain(Domain):
    """Concepts, claims, papers and topics as objects that any page can refer to."""

    name = "kg"
    label = "Knowledge graph"
    object_types: ClassVar = {kind: ObjType(kind, kind) for kind in FAMILY}
    roles: ClassVar = {kind: XRefRole(innernodeclass=nodes.inline, warn_dangling=True) for kind in FAMILY}
    directives: ClassVar = {"page": PageDirective, **{kind: directive(kind) for kind in PARTS}}
    initial_data: ClassVar = {"inputs": "", "pages": {}, "labels": {}, "parts": {}}
    data_version = 2

    knowledge: Knowledge

    @classmethod
    def of(cls, env: BuildEnvironment) -> KgDomain:
        """The domain of a build, with its type."""
        domain = env.domains["kg"]
        assert isinstance(domain, cls)
        return domain

    # --- what each document shows -------------------------------------------------------------------

    @property
    def shown_pages(self) -> dict[str, dict[str, str]]:
        """For each document the generated pages in it, with their digests."""
        found: dict[str, dict[str, str]] = self.data["pages"]
        return found

    @property
    def shown_labels(self) -> dict[str, dict[tuple[str, str], str]]:
        """For each document the things it names by their label, with the label it shows."""
        found: dict[str, dict[tuple[str, str], str]] = self.data["labels"]
        return found

    def note_page(self, document: str, docname: str, digest: str) -> None:
        """Remember that a document shows a generated page in this state."""
        self.shown_pages.setdefault(document, {})[docname] = digest

    def part(self, asked: str) -> nodes.Element:
        """What a directive shows, from its kind and argument.

        Raises: KeyError if the graph has no such thing.
        """
        kind, _, argument = asked.partition(":")
        return settled(PARTS[kind](self.knowledge, argument))

    def note_part(self, document: str, asked: str, tree: nodes.Element) -> None:
        """Remember that a document shows a part of the graph in this state."""
        self.data["parts"].setdefault(document, {})[asked] = _digest(tree.pformat())

    def _part_digest(self, asked: str) -> str:
        try:
            return _digest(self.part(asked).pformat())
        except (KeyError, KgError):
            return ""

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Remember the labels an authored document shows by its roles."""
        for node in document.findall(addnodes.pending_xref):
            if node.get("refdomain") == self.name and not node.get("refexplicit"):
                key = (node["reftype"], node["reftarget"])
                self.shown_labels.setdefault(docname, {})[key] = self.knowledge.label_of(*key) or ""

    def clear_doc(self, docname: str) -> None:
        """Forget a document."""
        self.shown_pages.pop(docname, None)
        self.shown_labels.pop(docname, None)
        self.data["parts"].pop(docname, None)

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        """Take over what a parallel reader remembered."""
        for docname in docnames:
            for key in ("pages", "labels", "parts"):
                if docname in otherdata[key]:
                    self.data[key][docname] = otherdata[key][docname]

    def outdated(self) -> list[str]:
        """The documents that would now show something else than they did."""
        inputs = self.knowledge.inputs
        if self.data["inputs"] == inputs:
            return []
        self.data["inputs"] = inputs
        changed = {
            document
            for document, shown in self.shown_pages.items()
            if any(pages.fingerprint(self.knowledge, docname) != digest for docname, digest in shown.items())
        }
        changed |= {
            document
            for document, shown in self.shown_labels.items()
            if any((self.knowledge.label_of(*key) or "") != label for key, label in shown.items())
        }
        changed |= {
            document
            for document, shown in self.data["parts"].items()
            if any(self._part_digest(asked) != digest for asked, digest in shown.items())
        }
        return sorted(changed)

    # --- references -----------------------------------------------------------------------------------

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> nodes.reference | None:
        """A link to the page of what a role names."""
        label = self.knowledge.label_of(typ, target)
        if label is None:
            return None
        content = contnode if node.get("refexplicit") else nodes.inline("", label, classes=[f"kg-{typ}-link"])
        return make_refnode(builder, fromdocname, *place_of(typ, target), content)

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> list[tuple[str, nodes.reference]]:
        """The same where the type is not said."""
        found = []
        for kind in FAMILY:
            reference = self.resolve_xref(env, fromdocname, builder, kind, target, node, contnode)
            if reference is not None:
                found.append((f"kg:{kind}", reference))
        return found

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Everything other projects can link to."""
        graph = self.knowledge.graph
        members = {
            "concept": graph.concepts,
            "claim": graph.claims,
            "paper": graph.papers,
            "topic": graph.topics,
            "condition": graph.conditions,
        }
        for kind, names in members.items():
            for name in names:
                # Negative: the search finds these pages by their titles and need not list them twice.
                yield name, self.knowledge.label_of(kind, name) or name, kind, *place_of(kind, name), -1


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
