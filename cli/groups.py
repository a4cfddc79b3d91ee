"""Groups of commands: loaded when they are called, with the nearest name for a wrong one, no traceback."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import click

from cli import contributed
from cli.output import Failure
from cli.session import Session
from kernel.errors import TenonError, suggest


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is, and what `tenon --help` says about it without loading it."""

    place: str
    help: str

    def load(self) -> click.Command:
        module, _, name = self.place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


class Group(click.Group):
    """A group that suggests the nearest name, and shows its commands in the order they are written in."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            known = self.list_commands(ctx)
            path = f"{ctx.command_path} " if ctx.parent else ""
            raise click.UsageError(f'There is no command "{path}{name}".{suggest(name, known)}', ctx)
        return super().resolve_command(ctx, args)


class SectionGroup(Group):
    """A group whose commands are shown by section, and loaded when they are called."""

    def __init__(self, *args: Any, sections: Mapping[str, Mapping[str, Entry]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        self._entries = {name: entry for entries in sections.values() for name, entry in entries.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self._entries.get(cmd_name)
        return entry.load() if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, entries in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.help) for name, entry in entries.items()])


class RootGroup(SectionGroup):
    """The root: built-in commands, then those that addons bring."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *self._announced(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = super().get_command(ctx, cmd_name)
        if known or cmd_name not in self._announced(ctx):
            return known
        return contributed.load(_session(ctx).settings, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_commands(ctx, formatter)
        lines = self._announced(ctx)
        if lines:
            with formatter.section("Addons"):
                formatter.write_dl(sorted(lines.items()))

    def _announced(self, ctx: click.Context) -> dict[str, str]:
        """Nothing where the settings have faults: the help is shown all the same."""
        with suppress(TenonError):
            found = contributed.announced(_session(ctx).settings)
            return {name: line for name, line in found.items() if name not in self._entries}
        return {}

    def invoke(self, ctx: click.Context) -> Any:
        return tell(lambda: super(RootGroup, self).invoke(ctx), debug=bool(ctx.params.get("debug")))


def _session(ctx: click.Context) -> Session:
    """That of the call; click asks for the command before the root has made one."""
    return ctx.obj if isinstance(ctx.obj, Session) else Session(ctx.params.get("config"))


def tell(work: Callable[[], Any], *, debug: bool) -> Any:
    """Run a command; an error becomes one message with a hint, and exit code 1."""
    try:
        return work()
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except TenonError as error:
        if debug:
            raise
        raise Failure(error.text, error.hint) from error
    except OSError as error:
        if debug or isinstance(error, BrokenPipeError):
            raise
        raise Failure(str(error)) from error
    except Exception as error:
        if debug:
            raise
        if type(error).__module__.startswith("psycopg"):
            _tell_of_database(error)
        raise Failure(
            f"This is a fault of Tenon or of an addon: {type(error).__name__}: {error}",
            "Run the command again as `tenon --debug ...` to see where, and report it.",
        ) from error


def _tell_of_database(error: Exception) -> None:
    """Raise what the database could not do, as words; nothing for what is a fault of ours."""
    import psycopg

    from kernel.db.trouble import to_operator

    told = to_operator(error) if isinstance(error, psycopg.Error) else None
    if told is not None:
        raise Failure(told.text, told.hint) from error
