"""`tenon test`: an addon's own tests, from any folder, on a database server that stays warm between runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click

from cli.output import Failure
from cli.session import Session
from kernel.config import SOURCE_ROOT, Settings

MODE: Final = ("--import-mode=importlib", "-o", "consider_namespace_packages=true")
"""Tests are modules of their addon (`addons.loyalty.tests.test_x`), and nothing else comes to the path."""


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("addon")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST ARGUMENTS]...")
@click.pass_obj
def test(session: Session, /, addon: str, words: tuple[str, ...]) -> None:
    """Run the tests of ADDON with pytest, whose arguments may follow: `-k name`, `-x`, `-n 4`.

    Each worker of pytest clones its tenant from a template, which is made once and kept. The exit code is pytest's.
    """
    _check_tools(words)
    roots = _roots(session.settings)
    folder = _tests_of(roots, addon)
    command = [sys.executable, "-P", "-m", "pytest", *_plugin(), *MODE, *_rootdir(folder), *words, str(folder)]
    sys.stdout.flush()
    os.execve(sys.executable, command, _environment(session.settings, roots))  # noqa: S606 - no shell is wanted


def _check_tools(words: tuple[str, ...]) -> None:
    """pytest, and what the arguments ask of it."""
    if find_spec("pytest") is None:
        raise Failure("pytest is not installed.", 'Install what tests need: pip install "tenon[authors]"')
    parallel = any(word == "-n" or word.startswith(("-n=", "--numprocesses")) for word in words)
    if parallel and find_spec("xdist") is None:
        raise Failure("-n needs pytest-xdist, which is not installed.", "Leave -n out, or: pip install pytest-xdist")


def _roots(settings: Settings) -> tuple[Path, ...]:
    """The places of addons, and the folder one works in where it is one."""
    here = Path.cwd()
    own = (here,) if (here / "addons").is_dir() and here not in settings.addon_roots else ()
    return (*settings.addon_roots, *own)


def _tests_of(roots: tuple[Path, ...], addon: str) -> Path:
    from kernel.addons import Library

    folder = Library(roots).manifest(addon).path / "tests"
    if not any(folder.rglob("test_*.py")) and not any(folder.rglob("*_test.py")):
        raise Failure(f'The addon "{addon}" has no tests.', f"Write one: {folder / 'test_something.py'}")
    return folder


def _plugin() -> list[str]:
    """The plugin loads by itself where the distribution is installed."""
    return [] if entry_points(group="pytest11", name="tenon") else ["-p", "kernel.testing"]


def _rootdir(folder: Path) -> list[str]:
    """What pytest keeps goes to the folder one works in, not into that of an installed distribution."""
    here = Path.cwd()
    return [] if folder.is_relative_to(here) else [f"--rootdir={here}"]


def _environment(settings: Settings, roots: tuple[Path, ...]) -> Mapping[str, str]:
    """What the plugin reads: the addons that this command knows, and where its server is kept."""
    path = os.pathsep.join(part for part in (str(SOURCE_ROOT), os.environ.get("PYTHONPATH", "")) if part)
    return {
        "TENON_TEST_DATA_DIR": str(settings.data_dir / "testing"),
        **os.environ,
        "TENON_ADDONS_PATH": os.pathsep.join(map(str, roots[1:])),
        "PYTHONPATH": path,
    }
