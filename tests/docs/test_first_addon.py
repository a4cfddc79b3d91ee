"""The tutorial, walked through: its files written, its commands called, chapter by chapter, in one folder."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
from tests.docs.test_guide import run_pytest

PAGE = DOCS / "authors" / "first-addon.md"


@dataclass(frozen=True)
class Reader:
    """Somebody who does what the page says."""

    folder: Path
    cluster: Cluster
    environment: dict[str, str]

    def follow(self, block: Block) -> list[str]:
        """Write a file, or call the commands; the answers of `tenon`."""
        if block.place:
            write_files(self.folder / "addons" / "lending", [block])
        lines = block.text.splitlines() if block.language == "sh" else []
        return [self.call(shlex.split(line)) for line in lines if line != "tenon serve"]

    def call(self, words: list[str]) -> str:
        if words[0] == "pytest":
            done = run_pytest(self.folder, "lending", self.cluster)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout
        forget_addons(self.folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            answer = CliRunner().invoke(tenon, words[1:], env=self.environment, prog_name="tenon")
        assert answer.exit_code == 0, f"{shlex.join(words)}: {answer.output}"
        return answer.output


@pytest.fixture
def reader(cluster: Cluster, control: Control, settings: Settings, tmp_path: Path) -> Iterator[Reader]:
    environment = {"TENON_DATA_DIR": str(settings.data_dir), "TENON_DATABASE_URL": settings.database_url}
    yield Reader(tmp_path, cluster, environment)
    forget_addons(tmp_path)
    for row in control.tenants():
        if row.name in ("workshop", "fair"):
            drop_database(cluster, control, row)


def test_the_tutorial_ends_with_a_working_addon(reader: Reader) -> None:
    answers = [answer for block in blocks(PAGE) for answer in reader.follow(block)]
    assert "install crm" in answers[-3]
    assert "6 passed" in answers[-1]
    history = sorted((reader.folder / "addons" / "lending" / "migrations").glob("0*.py"))
    assert len(history) == 4
    forget_addons(reader.folder)
    assert migration_faults(reader.cluster, Library([ROOT, reader.folder]), "lending") == []
