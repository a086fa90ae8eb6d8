"""``kg new``: a claim or a concept to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.verb import Verbs, graph, is_named, project, project_option, say, verb
from kg.errors import UsageError
from kg.names import closest
from kg.scaffold import Written, new_claim, new_concept


@click.group("new", cls=Verbs, examples=("kg new claim my_operator_is_your_operator --topic attention",))
@project_option
def command() -> None:
    """Begin a claim or a concept.

    A stanza and a function are written, in which all that is to be filled in reads TODO.
    """


@verb("claim", "kg new claim my_operator_is_your_operator --topic attention --kind Identity", group=command)
@click.argument("name")
@click.option("--topic", required=True, help="The file it goes into, such as attention.")
@click.option("--kind", default="Identity", show_default=True, help="How it is judged.")
@click.option("--no-check", is_flag=True, help="The stanza only.")
def _claim(name: str, topic: str, kind: str, no_check: bool) -> None:
    """Append a claim to its topic.

    The stanza goes into ontology/claims/TOPIC.ttl, a check and a control into the project's checks. The name is the claim as a sentence: my_operator_is_your_operator. Then run kg lint to see what is missing.
    """
    _own_project(name)
    found = graph()
    _welcome(topic, found.topics)
    by_lower = {known.lower(): known for known in found.kinds}
    _report(new_claim(found, name, topic, by_lower.get(kind.lower(), kind), with_check=not no_check))


@verb("concept", "kg new concept my_operator --topic attention", group=command)
@click.argument("name")
@click.option("--topic", help="The file it goes into; needed if the project has several topics.")
@click.option("--no-function", is_flag=True, help="The stanza only, for a concept that is no function.")
def _concept(name: str, topic: str | None, no_function: bool) -> None:
    """Append a concept to its topic.

    The stanza goes into ontology/concepts/TOPIC.ttl, a function into the project's implementations. The name is a noun: my_operator. Then run kg lint to see what is missing.
    """
    _own_project(name)
    found = graph()
    if topic is None:
        if len(found.topics) != 1:
            raise UsageError(
                f"{name}: which topic does it belong to? say --topic, one of {', '.join(found.topics)}"
            )
        topic = found.topics[0]
    _welcome(topic, found.topics)
    _report(new_concept(found, name, topic, with_function=not no_function))


def _own_project(name: str) -> None:
    """Refuse to add to the graph that ``kg`` came with from a folder that has nothing to do with it.

    Raises: UsageError if neither ``--project`` nor this folder says which project is meant.
    """
    root = project().root
    is_a_project = (
        root / "pyproject.toml"
    ).is_file()  # an installed package is none, which is said elsewhere
    if is_a_project and not is_named() and not Path.cwd().is_relative_to(root):
        raise UsageError(
            f"{name}: no pyproject.toml in this folder or above says [tool.kg], so this is no project to add to: "
            f"write one, or change to a project's folder, or name it with --project {root}"
        )


def _welcome(topic: str, known: tuple[str, ...]) -> None:
    if topic not in known:
        guess = closest(topic, known)
        say(f"'{topic}' is a new topic" + (f"; did you mean '{guess}'?" if guess else ""))


def _report(written: tuple[Written, ...]) -> None:
    for place in written:
        click.echo(str(place))
    say("fill in what reads TODO; kg lint lists what is missing")
