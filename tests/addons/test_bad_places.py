"""Bad days of a server: a full disk, a lock that somebody holds, a database that is gone, no rights, no connections."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace

import psycopg
import pytest
from psycopg import ConnectionInfo

from kernel.addons import Runtime
from kernel.addons.lifecycle import locks, switch
from kernel.addons.lifecycle.templates import create_tenant
from kernel.db.control import DATABASE
from kernel.db.tenants import drop_database
from tests.addons.bad_days import STEPS, Place, create, install, purge, tidy_away
from tests.addons.toys import forget_addons
from tests.servers import server


def drop_other(runtime: Runtime) -> None:
    drop_database(runtime.cluster, runtime.control, runtime.control.get("other"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server with little room, and the tenant `acme`, which has `shelf` and `rating`."""
    root = tmp_path_factory.mktemp("bad")
    try:
        with server(megabytes=130) as own:
            made = Place.make(own, root)
            assert made.tenon(lambda runtime: create_tenant(runtime, "acme", ["rating"])) == ""
            yield made
    finally:
        forget_addons(root)


# -- a full disk ----------------------------------------------------------------------------------------------
FULL = ("The disk of the database server is full.", "The database server could not do this: buffer is pinned")
"""The second is what PostgreSQL 15 makes of it in CREATE DATABASE."""


@contextmanager
def full_disk(place: Place, left: int) -> Iterator[None]:
    """While inside, nothing more can be written, but for so many kilobytes."""
    place.server.run("CREATE TABLE spare (text text)", "CREATE TABLE ballast (text text)")
    if left:
        place.server.run(f"INSERT INTO spare SELECT repeat('x', 1000) FROM generate_series(1, {left})")
    for rows in (8000, 800, 80, 8):
        with pytest.raises(psycopg.errors.DiskFull):
            while True:
                place.server.run(f"INSERT INTO ballast SELECT repeat('x', 1000) FROM generate_series(1, {rows})")
    place.server.run("DROP TABLE spare", "CHECKPOINT")
    try:
        yield
    finally:
        place.server.run("DROP TABLE ballast", "CHECKPOINT")


@pytest.mark.parametrize(
    "left",
    [{}, {"create": 2500, "install": 60, "uninstall": 30}],
    ids=["at-once", "in-the-middle"],
)
def test_a_full_disk_changes_nothing_and_the_command_works_when_there_is_room(
    place: Place, left: dict[str, int]
) -> None:
    for name, work in STEPS:
        before = place.state()
        with full_disk(place, left.get(name, 0)):
            said = place.tenon(work)
        assert said.startswith(FULL), (name, said)
        assert place.state() == before
        assert place.tenon(work) == ""
    assert place.tenon(tidy_away) == ""
    assert place.troubles() == []


# -- a lock ---------------------------------------------------------------------------------------------------
def test_who_holds_a_table_is_named_and_what_to_do(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "SWITCH_ATTEMPTS", 2)
    monkeypatch.setattr(switch, "LOCK_TIMEOUT", "300ms")
    before = place.state()
    with psycopg.connect(place.server.url, dbname="tenon_acme", application_name="a long report") as report:
        report.execute("SELECT count(*) FROM shelf.book")
        time.sleep(1.1)
        said = place.tenon(install)
        pid = report.info.backend_pid
        assert f"process {pid} (a long report, role tenon, idle in transaction for" in said
        assert "holds shelf.book. Nothing was changed." in said
        assert f"SELECT pg_terminate_backend({pid});" in said
    assert place.state() == before
    assert place.tenon(install) == ""
    assert place.tenon(purge) == ""


def test_a_lock_that_is_let_go_in_time_is_waited_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switch, "LOCK_TIMEOUT", "200ms")
    with psycopg.connect(place.server.url, dbname="tenon_acme") as report:
        report.execute("LOCK TABLE shelf.book IN ACCESS EXCLUSIVE MODE")
        plain, waited = locks.time.sleep, []

        def let_go(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 2:
                report.rollback()
            plain(seconds)

        monkeypatch.setattr(locks.time, "sleep", let_go)
        assert place.tenon(install) == ""
    assert len(waited) == 2
    monkeypatch.undo()
    assert place.tenon(purge) == ""


# -- what is gone, or not allowed -----------------------------------------------------------------------------
def test_a_server_that_is_too_old_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConnectionInfo, "server_version", property(lambda _info: 140_011))
    said = place.tenon(create)
    assert said.startswith("The server runs PostgreSQL 14; 15 or later is needed.\nUpgrade the server")


def test_a_role_that_may_not_make_databases_is_told_what_it_needs(place: Place) -> None:
    place.server.run(
        "CREATE ROLE weak LOGIN PASSWORD 'secret'",
        "GRANT tenon, tenon_owner, tenon_app TO weak",
    )
    url = place.server.url.replace("tenon:secret", "weak:secret")
    weak = replace(place, settings=replace(place.settings, database_url=url))
    said = weak.tenon(create)
    assert said.startswith("The role of TENON_DATABASE_URL may not do this: permission denied to create role.")
    assert "CREATEDB CREATEROLE" in said
    place.server.run("ALTER ROLE weak CREATEDB CREATEROLE")
    assert weak.tenon(create) == ""
    assert place.tenon(drop_other) == ""


def test_a_server_without_a_connection_left(place: Place) -> None:
    before = place.state()
    with ExitStack() as stack:
        with pytest.raises(psycopg.OperationalError):
            while True:
                stack.enter_context(closing(psycopg.connect(place.server.url)))
        assert place.tenon(install).startswith("The database server has no connection left.")
    assert place.state() == before
    assert place.tenon(install) == ""
    assert place.tenon(purge) == ""


def test_a_tenant_whose_database_was_dropped_can_be_deleted_and_hurts_no_other(place: Place) -> None:
    assert place.tenon(create) == ""
    place.server.run("DROP DATABASE tenon_other WITH (FORCE)")

    def upgrade_other(runtime: Runtime) -> None:
        runtime.tenant("other").assembly()

    said = place.tenon(upgrade_other)
    assert said.startswith('The database "tenon_other" is gone from the server')
    assert place.state()[0] == ("rating", "shelf")
    assert place.tenon(drop_other) == ""
    assert place.tenon(create) == ""
    assert place.tenon(drop_other) == ""


def test_a_directory_that_is_gone_is_rebuilt_by_the_doctor(place: Place) -> None:
    before = place.state()
    place.server.run(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    said = place.tenon(install)
    assert said.startswith('There is no tenant "acme".')
    assert "`tenon doctor --repair` takes in what is lost." in said
    assert place.troubles() == []
    assert place.state() == before
    assert place.tenon(install) == ""
    assert place.tenon(purge) == ""
