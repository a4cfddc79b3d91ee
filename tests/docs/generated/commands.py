"""The reference of the command line, from the commands themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import click

from cli.groups import SectionGroup
from cli.main import root
from tests.docs.generated.calls import SHOWN

EXIT_CODES: Final = {
    0: "done",
    1: "not possible, or something was found: one message, and what to do next",
    2: "wrongly called: an unknown command or option, a missing argument",
}
_RANGE: Final = re.compile(r"\s*\[(\d+)<=x<=(\d+)\]")


@dataclass(frozen=True)
class Leaf:
    """A command that does something: its words, the section it is shown in, the click command."""

    words: str
    section: str
    command: click.Command

    @property
    def anchor(self) -> str:
        return self.words.replace(" ", "-")


def leaves(group: click.Command = root, words: str = "tenon", section: str = "") -> Iterator[Leaf]:
    """All commands that are no groups, in the order of the help."""
    if not isinstance(group, click.Group):
        yield Leaf(words, section, group)
        return
    context = click.Context(group, info_name=words)
    sections = group.sections if isinstance(group, SectionGroup) else {}
    of = {name: title for title, entries in sections.items() for name in entries}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if not command.hidden:
            yield from leaves(command, f"{words} {name}", of.get(name, "") if words == "tenon" else section)


def exit_codes() -> str:
    """The exit codes of every command."""
    rows = ["| Exit code | |", "| --- | --- |", *(f"| {code} | {text} |" for code, text in EXIT_CODES.items())]
    return "\n".join(rows)


def commands() -> str:
    """A table of all commands, and a section for each."""
    found = list(leaves())
    rows = ["| Command | |", "| --- | --- |"]
    rows += [f"| [`{leaf.words}`](#{leaf.anchor}) | {_short(leaf.command)} |" for leaf in found]
    sections = [_options(root, "Options of `tenon` itself, before the command:"), *map(_section, found)]
    return "\n".join(rows) + "\n\n" + "\n\n".join(sections)


def _short(command: click.Command) -> str:
    return command.get_short_help_str(limit=200)


def _section(leaf: Leaf) -> str:
    context = click.Context(leaf.command, info_name=leaf.words)
    usage = " ".join([leaf.words, *leaf.command.collect_usage_pieces(context)])
    help_text = _help(leaf.command)
    parts = [f"## {leaf.words}", f"```text\n{usage}\n```", help_text, _options(leaf.command, "")]
    parts += [_console(call) for call in SHOWN.get(leaf.words, ())]
    return "\n\n".join(part for part in parts if part)


def _console(call: str) -> str:
    """A call whose answer is filled in when the page is written."""
    return f"```console\n$ {call}\n```"


def _help(command: click.Command) -> str:
    """The help text as paragraphs; one that click shows line by line (`\\b`) becomes a block."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(
        f"```text\n{text.lstrip(chr(8)).strip(chr(10))}\n```" if text.startswith("\b") else " ".join(text.split())
        for text in paragraphs
    )


def _options(command: click.Command, title: str) -> str:
    options = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    if not options:
        return ""
    context = click.Context(command)
    rows = ["| Option | |", "| --- | --- |"]
    for option in options:
        record = option.get_help_record(context)
        assert record is not None
        names, text = (part.replace("|", r"\|") for part in record)
        names = names.replace("INTEGER RANGE", "N").replace("INTEGER", "N")
        text = _RANGE.sub(r" From \1 to \2.", text)
        rows.append(f"| `{names}` | {text} |")
    return "\n".join([*([title, ""] if title else []), *rows])
