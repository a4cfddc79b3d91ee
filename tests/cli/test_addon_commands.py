"""Commands that addons bring: in the help without being loaded, with the session, and errors told as others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.config import SOURCE_ROOT
from kernel.db import Control
from tests.addons.toys import forget_addons, write_addon
from tests.cli.conftest import Tenon

EXAMPLES = {"TENON_ADDONS_PATH": str(SOURCE_ROOT / "examples")}
HOOKS = """
import click
from kernel.addons import hookimpl
from kernel.errors import UserError

@click.command("{name}")
@click.option("--broken", is_flag=True)
def command(broken):
    if broken:
        raise UserError("Not today.", hint="Come back tomorrow.")
    click.echo("hello")

@hookimpl
def cli_commands():
    return [command]
"""


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    forget_addons(tmp_path)


def toy(root: Path, name: str = "greeter", hooks: str = HOOKS, command: str = "greeter") -> dict[str, str]:
    write_addon(root, name, {"hooks.py": hooks.format(name=command)}, more='command = "Says hello."')
    return {"TENON_ADDONS_PATH": str(root)}


def test_the_command_of_an_addon_works_on_a_tenant(tenon: Tenon, control: Control) -> None:
    assert tenon("tenant", "create", "loyals", "loyalty", env=EXAMPLES).code == 0
    write = (
        "ada = env.model('contacts.partner').create({'name': 'Ada'})\n"
        "env.model('loyalty.purchase').create({'reference': 'P1', 'partner': ada, 'amount': 120})\ncommit()\n"
    )
    assert tenon("shell", "loyals", stdin=write, env=EXAMPLES).code == 0
    assert tenon("loyalty", "points", "loyals", env=EXAMPLES).out == "    12  Ada\n"
    assert tenon("loyalty", "points", "loyals", "--least", "13", env=EXAMPLES).out == ""
    missing = tenon("loyalty", "points", "loyal", env=EXAMPLES)
    assert (missing.code, "Traceback" in missing.err) == (1, False)
    assert 'Did you mean "loyals"?' in missing.err
    assert tenon("tenant", "delete", "loyals", "--yes", env=EXAMPLES).code == 0


def test_the_help_shows_it_and_imports_no_addon(tenon: Tenon, root: Path) -> None:
    env = toy(root, hooks="raise RuntimeError('imported')")
    answer = tenon("--help", env=env)
    assert answer.code == 0
    assert "Addons:\n  greeter  Says hello." in answer.out
    assert "greeter" not in tenon("--help").out


def test_a_wrong_name_suggests_the_command_of_an_addon(tenon: Tenon, root: Path) -> None:
    answer = tenon("greter", env=toy(root))
    assert answer.code == 2
    assert 'Did you mean "greeter"?' in answer.err


def test_its_errors_are_told_as_those_of_tenon(tenon: Tenon, root: Path) -> None:
    env = toy(root)
    assert tenon("greeter", env=env).out == "hello\n"
    answer = tenon("greeter", "--broken", env=env)
    assert answer.code == 1
    assert answer.err == "Error: Not today.\nCome back tomorrow.\n"
    assert tenon("greeter", "--brocken", env=env).code == 2


def test_an_addon_that_cannot_be_loaded_says_so(tenon: Tenon, root: Path) -> None:
    answer = tenon("greeter", env=toy(root, hooks="import nothing_of_this_name"))
    assert answer.code == 1
    assert "addons/greeter/hooks.py" in answer.err


def test_a_command_of_another_name_is_refused(tenon: Tenon, root: Path) -> None:
    answer = tenon("greeter", env=toy(root, command="hallo"))
    assert answer.code == 1
    assert 'announces the command "greeter" and brings hallo' in answer.err


def test_an_addon_cannot_take_the_place_of_a_command(tenon: Tenon, root: Path) -> None:
    env = toy(root, name="tenant", command="tenant")
    assert "Create, list" in tenon("--help", env=env).out
    assert "Says hello" not in tenon("--help", env=env).out


def test_what_is_announced_and_what_is_brought_must_agree(tenon: Tenon, root: Path) -> None:
    write_addon(root, "silent", {"hooks.py": HOOKS.format(name="silent")})
    write_addon(root, "boaster", more='command = "Does nothing."')
    env = {"TENON_ADDONS_PATH": str(root)}
    for name, place in (("silent", "addons/silent/hooks.py:"), ("boaster", "addons/boaster/manifest.toml")):
        answer = tenon("addon", "check", name, env=env)
        assert answer.code == 1
        assert "hook-commands-not-announced" in answer.out
        assert place in answer.out
