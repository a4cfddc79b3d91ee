"""A tenant's database: roles, scratch name and rename, templates, leftovers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from kernel.db import Cluster, Control, Pool, TenantRow, leftovers, retrying, tenants, transaction
from kernel.errors import UserError
from tests.alone import cluster, control, data_dir, pool, settings  # noqa: F401


def databases(cluster: Cluster) -> set[str]:
    with cluster.connect() as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


def roles(cluster: Cluster) -> set[str]:
    with cluster.connect() as connection:
        return {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}


def build(dsn: str) -> None:
    """What an addon's installation does, in short: a schema with a table."""
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE SCHEMA crm")
        connection.execute("CREATE TABLE crm.contact (id bigserial PRIMARY KEY, name text NOT NULL)")


@pytest.fixture
def acme(cluster: Cluster, control: Control) -> Iterator[TenantRow]:
    row = tenants.create_database(cluster, control, "acme", build)
    yield row
    tenants.drop_database(cluster, control, row)


def test_a_tenant_reads_and_writes_rows_but_cannot_change_their_shape(acme: TenantRow, pool: Pool) -> None:
    assert acme.state == "active"
    with transaction(pool, acme.dsn) as tx:
        tx.execute("INSERT INTO crm.contact (name) VALUES ('Ada')")
        assert tx.rows("SELECT id, name FROM crm.contact") == [(1, "Ada")]
    for forbidden in ("CREATE TABLE crm.other ()", "DROP TABLE crm.contact", "CREATE SCHEMA mine"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(pool, acme.dsn) as tx:
            tx.execute(forbidden)


def test_tables_belong_to_the_owner_role(acme: TenantRow, cluster: Cluster) -> None:
    with cluster.connect(acme.database) as connection:
        owners = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'crm'")
        assert owners.fetchall() == [("tenon_owner",)]


def test_a_tenant_role_cannot_enter_another_tenants_database(
    acme: TenantRow, cluster: Cluster, control: Control
) -> None:
    other = tenants.create_database(cluster, control, "other", build)
    try:
        for database in (other.database, control.database):
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(acme.dsn, dbname=database)
    finally:
        tenants.drop_database(cluster, control, other)


def test_the_login_needs_its_password(acme: TenantRow) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(acme.dsn, password="guessed")


def test_a_tenant_has_the_extensions_that_search_and_constraints_use(acme: TenantRow, pool: Pool) -> None:
    with transaction(pool, acme.dsn) as tx:
        found = {row[0] for row in tx.rows("SELECT extname FROM pg_extension")}
        assert found >= {"pg_trgm", "unaccent", "btree_gist"}
        assert tx.rows("SELECT similarity('contact', 'contract') > 0.5") == [(True,)]


def test_a_second_tenant_of_one_name_is_refused_and_harms_nothing(
    acme: TenantRow, cluster: Cluster, control: Control
) -> None:
    before = databases(cluster), roles(cluster)
    with pytest.raises(UserError, match='There is a tenant "acme" already'):
        tenants.create_database(cluster, control, "acme", build)
    assert (databases(cluster), roles(cluster)) == before
    assert control.find("acme") == acme


def test_a_build_that_fails_leaves_nothing(cluster: Cluster, control: Control) -> None:
    before = databases(cluster), roles(cluster)

    def fail(dsn: str) -> None:
        build(dsn)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tenants.create_database(cluster, control, "broken", fail)
    assert (databases(cluster), roles(cluster)) == before
    assert control.find("broken") is None


def test_while_it_is_built_it_has_no_name_and_no_visitors(cluster: Cluster, control: Control) -> None:
    seen: list[object] = []

    def look(dsn: str) -> None:
        row = control.find("slow")
        assert row is not None
        seen.append(row.state)
        seen.append(row.database in databases(cluster))

    row = tenants.create_database(cluster, control, "slow", look)
    tenants.drop_database(cluster, control, row)
    assert seen == ["creating", False]


def test_a_deleted_tenant_is_gone_with_its_role_though_sessions_were_open(
    cluster: Cluster, control: Control, pool: Pool
) -> None:
    before = databases(cluster), roles(cluster)
    row = tenants.create_database(cluster, control, "gone", build)
    with psycopg.connect(row.dsn), transaction(pool, row.dsn) as tx:
        tx.execute("SELECT 1")
    tenants.drop_database(cluster, control, row)
    assert (databases(cluster), roles(cluster)) == before
    assert control.find("gone") is None


@pytest.mark.parametrize("name", ["Acme", "a_b", "1st", "", "a" * 41, "a.b", "-a", "a--b", "www", "x;drop"])
def test_a_name_must_fit_into_a_host_name(cluster: Cluster, control: Control, name: str) -> None:
    with pytest.raises(UserError, match="cannot be the name of a tenant"):
        tenants.create_database(cluster, control, name, build)


def test_a_template_is_built_once_and_copied(cluster: Cluster, control: Control, pool: Pool) -> None:
    built: list[str] = []

    def build_once(dsn: str) -> None:
        built.append(dsn)
        build(dsn)

    names = [tenants.ensure_template(cluster, control, "crm-1", ["crm"], build_once) for _ in range(2)]
    assert len(built) == 1
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        psycopg.connect(cluster.dsn(names[0]))
    row = tenants.create_database(cluster, control, "copied", lambda dsn: None, names[1])
    try:
        with transaction(pool, row.dsn) as tx:
            tx.execute("INSERT INTO crm.contact (name) VALUES ('Ada')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(pool, row.dsn) as tx:
            tx.execute("CREATE TABLE crm.other ()")
    finally:
        tenants.drop_database(cluster, control, row)
        tenants.drop_raw(cluster, names[0])


def test_only_the_templates_used_last_are_kept(
    cluster: Cluster, control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants, "KEEP_TEMPLATES", 1)
    one, two = (tenants.ensure_template(cluster, control, name, [], lambda dsn: None) for name in ("one", "two"))
    assert {one, two} & databases(cluster) == {two}
    tenants.drop_raw(cluster, two)


def test_leftovers_of_a_killed_process_are_swept_and_others_kept(
    acme: TenantRow, cluster: Cluster, control: Control
) -> None:
    dead = uuid.uuid4()
    control.add(dead, "dead", "tenon_dead")
    tenants.make_empty(cluster, f"{tenants.BUILDING}{dead.hex}", None)
    stray = f"{tenants.BUILDING}{uuid.uuid4().hex}"
    tenants.make_empty(cluster, stray, None)
    swept: list[str] = []

    def sweep_meanwhile(dsn: str) -> None:
        for item in leftovers.find(cluster, control):
            item.remove()
            if not item.text.startswith("template"):
                swept.append(item.text)

    row = tenants.create_database(cluster, control, "alive", sweep_meanwhile)
    assert swept == ['tenant "dead" is half made', f"scratch database {stray} is half made"]
    assert {found.name for found in control.tenants()} == {"acme", "alive"}
    tenants.drop_database(cluster, control, row)


def test_a_name_that_a_killed_process_left_half_made_is_free(cluster: Cluster, control: Control) -> None:
    dead = uuid.uuid4()
    control.add(dead, "half", "tenon_half")
    tenants.make_empty(cluster, f"{tenants.BUILDING}{dead.hex}", None)
    row = tenants.create_database(cluster, control, "half", build)
    assert row.uuid != dead
    assert f"{tenants.BUILDING}{dead.hex}" not in databases(cluster)
    tenants.drop_database(cluster, control, row)


def test_a_name_that_is_being_made_is_not_free(cluster: Cluster, control: Control) -> None:
    def make_twice(dsn: str) -> None:
        with pytest.raises(UserError, match='There is a tenant "twice" already'):
            tenants.create_database(cluster, control, "twice", build)

    row = tenants.create_database(cluster, control, "twice", make_twice)
    tenants.drop_database(cluster, control, row)


def test_retried_work_runs_as_the_tenant(acme: TenantRow, pool: Pool) -> None:
    def work() -> object:
        with transaction(pool, acme.dsn) as tx:
            return tx.rows("SELECT current_setting('statement_timeout'), current_setting('TimeZone')")

    assert retrying(work) == [("30s", "UTC")]
