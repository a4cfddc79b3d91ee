"""The page about changing models, walked through: from release to release in a tenant that has rows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import root as tenon
from kernel.addons import Library
from kernel.addons.migrations.autogenerate import migration_faults
from kernel.config import Settings
from kernel.db import Cluster, Control, Pool, transaction
from kernel.db.tenants import drop_database
from tests.addons.toys import forget_addons, write_addon
from tests.docs.pages import DOCS, ROOT, Block, blocks, write_files

PAGE = DOCS / "authors" / "migrations.md"


@pytest.fixture
def folder(tmp_path: Path, control: Control, cluster: Cluster) -> Iterator[Path]:
    write_addon(tmp_path, "cards")
    yield tmp_path
    forget_addons(tmp_path)
    for row in control.tenants():
        if row.name == "acme":
            drop_database(cluster, control, row)


def follow(block: Block, folder: Path, settings: Settings) -> None:
    """Write a file, one of migrations after the one that is the newest; or call the commands."""
    if block.place:
        before = sorted((folder / "addons/cards/migrations").glob("0*.py"))
        write_files(folder / "addons/cards", [block])
        path = folder / "addons/cards" / block.place
        if before and path.parent.name == "migrations":
            found = re.search(r'^revision = "(\w+)"', before[-1].read_text(), re.MULTILINE)
            assert found
            path.write_text(re.sub(r'down_revision = "\w+"', f'down_revision = "{found[1]}"', path.read_text()))
    environment = {"TENON_DATA_DIR": str(settings.data_dir), "TENON_DATABASE_URL": settings.database_url}
    for line in block.text.splitlines() if block.language == "sh" else ():
        forget_addons(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            patch.setenv("TENON_ADDONS_PATH", str(folder))
            answer = CliRunner().invoke(tenon, shlex.split(line)[1:], env=environment, prog_name="tenon")
        assert answer.exit_code == 0, f"{line}: {answer.output}"


def test_from_release_to_release_no_row_is_lost(
    folder: Path, settings: Settings, cluster: Cluster, control: Control, pool: Pool
) -> None:
    filled = False
    for block in blocks(PAGE):
        follow(block, folder, settings)
        if not filled and "tenant create" in block.text:
            filled = True
            with transaction(pool, cluster.owner_dsn(control.get("acme").database)) as tx:
                tx.execute("INSERT INTO cards.card (name, points) VALUES ('Ada Lovelace', 2000), ('Bob', 1)")
    with transaction(pool, cluster.owner_dsn(control.get("acme").database)) as tx:
        cards = tx.rows(
            "SELECT first_name, last_name, points, level, text FROM cards.card c"
            " LEFT JOIN cards.note n ON n.card_id = c.id ORDER BY points"
        )
        assert cards == [("", "Bob", 1, "plain", None), ("Ada", "Lovelace", 2000, "gold", "Welcome")]
    forget_addons(folder)
    assert migration_faults(cluster, Library([ROOT, folder]), "cards") == []
