"""The tutorial, walked through from the first chapter to the last: its files written, its commands called."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from cli.main import root as tenon
from kernel.addons import Library
from kernel.addons.migrations.autogenerate import migration_faults
from kernel.config import Settings
from kernel.db import Cluster, Control
from kernel.db.tenants import drop_database
from tests.addons.toys import forget_addons
from tests.docs.pages import DOCS, ROOT, Block, blocks, write_files
from tests.docs.world import STAYS

PAGE: Final = DOCS / "authors" / "tutorial.md"
OF_THE_MACHINE: Final = ("python3 ", ". env/", "pip install './tenon", "tenon --version", *STAYS)
"""What the suite has done already, and what runs until it is stopped."""
PIP: Final = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
TENANTS: Final = ("workshop", "spring")


@dataclass
class Reader:
    """Somebody who does what the page says, beginning in `folder`."""

    folder: Path
    cluster: Cluster
    environment: dict[str, str]

    def follow(self, block: Block) -> list[str]:
        """Write a file, or call the commands; their answers."""
        if block.place == "pyproject.toml":
            write_files(self.folder, [block])
        elif block.place:
            write_files(self.folder / "addons" / "lending", [block])
        lines = block.text.splitlines() if block.language == "sh" else []
        return [self.call(shlex.split(line)) for line in lines if not line.startswith(OF_THE_MACHINE)]

    def call(self, words: list[str]) -> str:
        """One line of a shell block."""
        match words:
            case ["cd", place]:
                self.folder = (self.folder / place).resolve()
                return ""
            case ["mkdir", place]:
                (self.folder / place).mkdir()
                return ""
            case ["tenon", "test", *rest]:
                return self._run(sys.executable, "-m", "cli", "test", *rest)
            case ["pip", "wheel", *rest]:
                return self._run(*PIP, "wheel", "--no-build-isolation", *rest)
            case ["pip", "install", wheel]:
                site = str(self.folder / "site-packages")
                answer = self._run(*PIP, "install", "--no-deps", "--target", site, wheel)
                sys.path.insert(0, site)
                return answer
            case ["tenon", *rest]:
                return self._tenon(rest)
        raise AssertionError(f"{PAGE.name} says: {shlex.join(words)}")

    def _tenon(self, words: list[str]) -> str:
        forget_addons(*(place for place in self.folder.parent.iterdir() if place != self.folder))
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            forget_modules(self.folder)
            answer = CliRunner().invoke(tenon, words, env=self.environment, prog_name="tenon")
        assert answer.exit_code == 0, f"{shlex.join(words)}: {answer.output}"
        return answer.output

    def _run(self, *command: str) -> str:
        own = {"PYTHONPATH": str(ROOT), "TENON_TEST_DATABASE_URL": self.cluster.dsn("postgres")}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **self.environment, **own},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def forget_modules(folder: Path) -> None:
    """Import the addon of the folder anew, and leave the folder's place on the path."""
    path = list(sys.path)
    forget_addons(folder)
    sys.path[:] = path


@pytest.fixture
def reader(cluster: Cluster, control: Control, settings: Settings, tmp_path: Path) -> Iterator[Reader]:
    environment = {"TENON_DATA_DIR": str(settings.data_dir), "TENON_DATABASE_URL": settings.database_url}
    yield Reader(tmp_path, cluster, environment)
    forget_addons(tmp_path)
    for row in control.tenants():
        if row.name in TENANTS:
            drop_database(cluster, control, row)


def test_the_tutorial_ends_with_an_addon_that_is_installed_elsewhere(reader: Reader, tmp_path: Path) -> None:
    answers = {
        f"{block.chapter}: {number}": answer
        for block in blocks(PAGE)
        for number, answer in enumerate(reader.follow(block))
    }
    assert any("install crm" in answer for answer in answers.values())
    assert any("6 passed" in answer for answer in answers.values())
    assert str(tmp_path / "elsewhere" / "site-packages") in answers["Publish it: 5"]
    workshop = tmp_path / "workshop"
    assert len(sorted((workshop / "addons" / "lending" / "migrations").glob("0*.py"))) == 4
    forget_addons(tmp_path)
    assert migration_faults(reader.cluster, Library([ROOT, workshop]), "lending") == []
