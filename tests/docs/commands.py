"""Calls of `tenon` in texts: do they name commands and options that exist?"""

from __future__ import annotations

import click

from cli.main import root


def parse(words: list[str]) -> None:
    """Parse a whole call as click does; raises click's errors. Nothing is run."""
    command: click.Command = root
    context: click.Context | None = None
    while True:
        try:
            context = command.make_context(command.name or "tenon", list(words), parent=context)
        except click.exceptions.Exit:  # --version, --help
            return
        words = [*context._protected_args, *context.args]
        if not isinstance(command, click.Group) or not words:
            return
        _, found, words = command.resolve_command(context, words)
        assert found is not None
        command = found


def exists(call: str) -> bool:
    """Whether the commands and options of a call exist; it may have placeholders: `tenon addon info NAME`."""
    command: click.Command = root
    for word in call.replace("[", " ").replace("]", " ").split()[1:]:
        if word.startswith("-"):
            if word not in options(command):
                return False
        elif isinstance(command, click.Group) and word.islower() and "/" not in word:
            found = command.get_command(click.Context(command), word)
            if found is None:
                return False
            command = found
    return True


def options(command: click.Command) -> set[str]:
    """How the options of a command are written."""
    names = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    return {name for name in names if name.startswith("-")} | {"--help"}


def groups() -> list[str]:
    """The commands that have commands below them."""
    context = click.Context(root)
    return [name for name in root.list_commands(context) if isinstance(root.get_command(context, name), click.Group)]
