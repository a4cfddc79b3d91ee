"""The directory of tenants: names, hosts, the cache, filed operations."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.db import Cluster, Control, Pool, TenantRow, operations
from kernel.db import control as module
from kernel.db.tenants import drop_raw
from kernel.errors import BusyError, MissingError, UserError


@pytest.fixture
def directory(cluster: Cluster) -> Iterator[Control]:
    """A directory of its own, with a pool that can be closed."""
    pool = Pool(2, wait=0.2)
    name = f"tenon_control_{uuid.uuid4().hex[:8]}"
    yield Control.open(cluster, pool, name)
    pool.close()
    drop_raw(cluster, name)


def enter(directory: Control, name: str, *hostnames: str) -> TenantRow:
    row = directory.add(uuid.uuid4(), name, f"tenon_{name}", hostnames)
    return directory.set_state(row.uuid, "active")


def test_opening_twice_finds_what_is_there(directory: Control) -> None:
    row = enter(directory, "acme")
    again = Control.open(directory.cluster, directory.pool, directory.database)
    assert again.tenants() == [row]


def test_a_tenant_is_found_by_name_and_missing_ones_suggest_the_nearest(directory: Control) -> None:
    row = enter(directory, "acme")
    assert directory.find("acme") == row == directory.get("acme")
    assert directory.find("acne") is None
    with pytest.raises(MissingError, match=r'no tenant "acne"\. Did you mean "acme"\?'):
        directory.get("acne")


def test_a_name_is_given_once(directory: Control) -> None:
    enter(directory, "acme")
    with pytest.raises(UserError, match='There is a tenant "acme" already') as caught:
        directory.add(uuid.uuid4(), "acme", "tenon_acme")
    assert "tenon tenant delete acme" in caught.value.hint


def test_a_host_name_answers_for_one_tenant_only(directory: Control) -> None:
    row = enter(directory, "acme", "crm.acme.example")
    with pytest.raises(UserError, match=r'"acme" answers at crm\.acme\.example already'):
        directory.add(uuid.uuid4(), "other", "tenon_other", ["CRM.acme.example"])
    assert directory.set_hostnames(row.uuid, ["crm.acme.example", "acme.example"]).hostnames == (
        "crm.acme.example",
        "acme.example",
    )


@pytest.mark.parametrize(
    "host", ["acme.localhost", "acme.localhost:8080", "ACME.localhost", "acme.localhost.", "crm.acme.example"]
)
def test_a_tenant_answers_at_its_hosts(directory: Control, host: str) -> None:
    row = enter(directory, "acme", "crm.acme.example")
    assert directory.by_host(host) == row


@pytest.mark.parametrize("host", ["localhost", "other.localhost", "acme.example", "[::1]:8080", ""])
def test_other_hosts_are_nobodys(directory: Control, host: str) -> None:
    enter(directory, "acme", "crm.acme.example")
    assert directory.by_host(host) is None


def test_the_directory_is_remembered_and_served_stale_while_control_is_down(
    directory: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = enter(directory, "acme")
    assert directory.by_host("acme.localhost") == row
    broken = directory.cluster.dsn("tenon_missing")
    monkeypatch.setattr(directory, "dsn", broken)
    assert directory.by_host("acme.localhost") == row
    monkeypatch.setattr(module, "FRESH", 0)
    assert directory.by_host("acme.localhost") == row
    with pytest.raises(BusyError):
        directory.by_host("unknown.localhost")


def test_a_tenant_that_is_being_made_is_not_remembered_as_such_for_long(
    directory: Control, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = directory.add(uuid.uuid4(), "acme", "tenon_acme")
    assert directory.by_host("acme.localhost") == row
    made = Control(directory.cluster, pool, directory.database).set_state(row.uuid, "active")
    monkeypatch.setattr(module, "UNKNOWN_FRESH", 0)
    assert directory.by_host("acme.localhost") == made


def test_a_change_in_this_process_shows_at_once(directory: Control) -> None:
    row = enter(directory, "acme")
    assert directory.by_host("acme.localhost") == row
    changed = directory.set_addons(row.uuid, ["base", "crm"])
    assert changed.addons == ("base", "crm")
    assert directory.by_host("acme.localhost") == changed
    named = directory.set_hostnames(row.uuid, ["CRM.Acme.example"])
    assert directory.by_host("crm.acme.example") == named
    directory.remove(row.uuid)
    assert directory.by_host("acme.localhost") is None


def test_a_change_of_a_tenant_that_is_gone_is_an_error(directory: Control) -> None:
    with pytest.raises(MissingError):
        directory.set_state(uuid.uuid4(), "active")


def test_passwords_differ_by_tenant_and_serial_and_are_derived_again() -> None:
    one, two = uuid.uuid4(), uuid.uuid4()
    assert module.password(b"key", one, 1) == module.password(b"key", one, 1)
    assert len({module.password(b"key", tenant, serial) for tenant in (one, two) for serial in (1, 2)}) == 4


def test_filed_operations_are_taken_once_and_in_order(directory: Control) -> None:
    row = enter(directory, "acme")
    first = operations.file(directory, row.uuid, "install", {"addons": ["crm"]})
    second = operations.file(directory, row.uuid, "install", {"addons": ["booking"]})
    taken = operations.take(directory)
    assert taken is not None
    assert (taken.id, taken.arguments, taken.state) == (first.id, {"addons": ["crm"]}, "running")
    done = operations.finish(directory, taken, answer="crm installed")
    assert (done.state, done.answer) == ("done", "crm installed")
    assert operations.get(directory, first.id) == done
    other = operations.take(directory)
    assert other is not None
    assert other.id == second.id
    assert operations.finish(directory, other, failed=True, answer="no").state == "failed"
    assert operations.take(directory) is None
    with pytest.raises(MissingError):
        operations.get(directory, 10**9)


def test_processes_that_start_at_once_make_one_control_database(cluster: Cluster, pool: Pool) -> None:
    name = "tenon_control_at_once"
    try:
        with ThreadPoolExecutor(8) as threads:
            opened = [*threads.map(lambda _: Control.open(cluster, pool, name), range(8))]
        assert [control.tenants() for control in opened] == [[]] * 8
        with cluster.connect() as connection:
            query = "SELECT has_database_privilege('public', %s, 'CONNECT')"
            assert connection.execute(query, (name,)).fetchone() == (False,)
    finally:
        drop_raw(cluster, name)
