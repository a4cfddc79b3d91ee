"""A server where the operator is no superuser, as hosters give it: CREATEDB and CREATEROLE are enough."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kernel.config import Settings
from kernel.db import Cluster, Control, Pool, binaries, leftovers, tenants, transaction
from kernel.testing import FAST


@pytest.fixture(params=binaries.available(), ids=lambda found: f"{found.major}")
def managed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """Each installed version, as seen by such an operator."""
    monkeypatch.setattr(binaries, "available", lambda: (request.param,))
    folder = Path(tempfile.mkdtemp(prefix="tenon-test-", dir="/tmp"))
    folder.chmod(0o755)
    with Cluster.open(Settings(data_dir=folder), options=FAST) as server:
        with server.connect() as connection:
            connection.execute("CREATE ROLE hosted LOGIN CREATEDB CREATEROLE PASSWORD 'hosted'")
        host = psycopg.conninfo.conninfo_to_dict(server.dsn("x"))["host"]
        url = f"postgresql://hosted:hosted@/postgres?host={host}"
        yield Cluster.open(Settings(data_dir=folder, database_url=url))
    shutil.rmtree(folder, ignore_errors=True)


def build(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE SCHEMA crm")
        connection.execute("CREATE TABLE crm.contact (name text)")


@pytest.fixture
def connections() -> Iterator[Pool]:
    pool = Pool(4)
    yield pool
    pool.close()


def test_tenants_and_templates_come_and_go(managed: Cluster, connections: Pool) -> None:
    pool = connections
    control = Control.open(managed, pool)
    template = tenants.ensure_template(managed, control, "set", ["crm"], build)
    row = tenants.create_database(managed, control, "acme", lambda dsn: None, template)
    with transaction(pool, row.dsn) as tx:
        tx.execute("INSERT INTO crm.contact VALUES ('Ada')")
        assert tx.rows("SELECT similarity(name, 'Ada') FROM crm.contact") == [(1.0,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(pool, row.dsn) as tx:
        tx.execute("DROP TABLE crm.contact")
    with psycopg.connect(row.dsn):
        tenants.drop_database(managed, control, row)
    assert control.tenants() == []
    tenants.drop_raw(managed, template)
    found = leftovers.find(managed, control)
    assert [item.text for item in found] == ["template set is in the directory, not on the server"]
    found[0].remove()
    assert leftovers.find(managed, control) == []
