"""Entry point of `tenon`: the root command, its sections, and how faults are told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from cli.groups import Entry, RootGroup
from cli.session import Session

SECTIONS: Final[Mapping[str, Mapping[str, Entry]]] = {
    "Begin": {
        "demo": Entry("cli.demo:demo", "From nothing to a served, filled demo tenant."),
        "init": Entry("cli.init:init", "Write a tenon.toml and prepare the database."),
        "dev": Entry("cli.dev:dev", "Serve addons while they are written."),
        "serve": Entry("cli.serve:serve", "Serve all tenants."),
        "reload": Entry("cli.reload:reload_server", "Have a server take up new code."),
        "editions": Entry("cli.reload:editions", "Show which code serves."),
        "worker": Entry("cli.worker:worker", "Carry out what the Apps screen asks for."),
        "doctor": Entry("cli.doctor:doctor", "Look for what is left over, and mend it."),
    },
    "Work": {
        "tenant": Entry("cli.tenant:tenant", "Create, list and delete tenants."),
        "addon": Entry("cli.addon:addon", "Find, install and write addons."),
        "user": Entry("cli.user:user", "Let people in."),
        "test": Entry("cli.test:test", "Run the tests of an addon."),
        "shell": Entry("cli.shell:shell", "Python with a tenant's records."),
    },
}


def _print_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from kernel.addons.assembly import tenon_version

        click.echo(f"Tenon {tenon_version()}")
        context.exit()


@click.group(cls=RootGroup, sections=SECTIONS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and leave.",
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The settings file; otherwise tenon.toml of the working directory, if there.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of a fault.")
@click.pass_context
def root(context: click.Context, config: Path | None, debug: bool) -> None:
    """Tenon: business apps that interlock.

    `tenon demo` is the shortest way in.
    """
    context.obj = Session(config, debug)


def main() -> None:
    """Run the command line and end the process."""
    root.main(prog_name="tenon")
