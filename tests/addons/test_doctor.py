"""The doctor finds what is left over and what does not agree, and mends what can be mended."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from kernel.addons import Library, Runtime, Tenant
from kernel.addons.doctor.examine import examine, repair
from kernel.addons.doctor.trouble import Trouble
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.db import Control, transaction
from kernel.db.scratch import scratch_database
from kernel.db.tenants import BUILDING, TEMPLATE, drop_raw, make_empty
from kernel.errors import UserError
from tests.addons.shelf import write_rating, write_shelf
from tests.addons.toys import forget_addons
from tests.alone import cluster, control, data_dir, pool, settings  # noqa: F401


@pytest.fixture
def tenant(runtime: Runtime, root: Path) -> Tenant:
    write_shelf(root)
    write_rating(root)
    return create_tenant(runtime, "acme", ["rating"])


def mended(runtime: Runtime) -> list[str]:
    found = examine(runtime)
    for trouble in found:
        assert trouble.mend is not None
        trouble.mend()
    assert examine(runtime) == []
    return [trouble.text for trouble in found]


def only(runtime: Runtime) -> Trouble:
    found = examine(runtime)
    assert len(found) == 1, found
    return found[0]


def test_a_sound_installation_has_no_troubles(runtime: Runtime, tenant: Tenant) -> None:
    assert examine(runtime) == []


def test_what_killed_processes_left_is_removed(runtime: Runtime, tenant: Tenant, control: Control) -> None:
    dead, stray = uuid.uuid4(), f"{BUILDING}{uuid.uuid4().hex}"
    control.add(dead, "dead", "tenon_dead")
    scratch = f"tenon_scratch_{uuid.uuid4().hex}"
    for name in (f"{BUILDING}{dead.hex}", stray, f"{TEMPLATE}half", scratch):
        make_empty(runtime.cluster, name, None)
    control.run(lambda tx: tx.execute("INSERT INTO control.template (name, addons) VALUES ('gone', '{}')"))
    role = f"tenant_{uuid.uuid4().hex}"
    with runtime.cluster.connect() as connection:
        connection.execute(f'CREATE ROLE "{role}" LOGIN')  # type: ignore[call-overload]
    with scratch_database(runtime.cluster):
        assert mended(runtime) == [
            'Left over: tenant "dead" is half made.',
            f"Left over: scratch database {stray} is half made.",
            f"Left over: scratch database {scratch} is half made.",
            f"Left over: template {TEMPLATE}half is half made.",
            "Left over: template gone is in the directory, not on the server.",
            f"Left over: role {role} belongs to no tenant.",
        ]
    assert tenant.assembly().names == ("shelf", "rating")


def test_the_directory_learns_what_a_tenant_has(runtime: Runtime, tenant: Tenant, control: Control) -> None:
    control.set_addons(tenant.row.uuid, ["shelf"])
    assert mended(runtime) == ['The directory says "acme" has shelf; it has rating, shelf.']
    assert control.get("acme").addons == ("shelf", "rating")


def test_a_lost_database_and_a_strange_one_are_told(runtime: Runtime, tenant: Tenant, control: Control) -> None:
    drop_raw(runtime.cluster, tenant.row.database)
    make_empty(runtime.cluster, "tenon_stranger", None)
    try:
        texts = [trouble.text for trouble in examine(runtime)]
    finally:
        drop_raw(runtime.cluster, "tenon_stranger")
    assert texts == ["The database tenon_stranger is no tenant's.", 'The database of "acme", tenon_acme, is gone.']


def test_code_that_is_gone_and_archives_without_code_are_told(runtime: Runtime, root: Path, tenant: Tenant) -> None:
    (root / "addons/rating/manifest.toml").unlink()
    forget_addons(root)
    later = Runtime(runtime.settings, runtime.cluster, runtime.pool, runtime.control, Library([root]))
    trouble = only(later)
    assert trouble.text.startswith('"acme" has rating, which cannot be loaded.')
    assert trouble.hint.endswith("tenon addon uninstall acme rating")
    execute_uninstall(later, plan_uninstall(later, later.tenant("acme"), ["rating"]))
    assert repair(later).mended[0].text.startswith("shelf.book.worth")  # without its code, rating left stars in it
    trouble = only(later)
    assert (trouble.text, trouble.grave) == ('"acme" keeps an archive of rating, whose code is not here.', False)
    execute_uninstall(later, plan_uninstall(later, later.tenant("acme"), ["rating"], purge=True))
    assert examine(later) == []


def test_an_archive_that_nobody_knows_and_one_that_is_lost_are_told(runtime: Runtime, tenant: Tenant) -> None:
    execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["rating"]))
    owner = runtime.cluster.owner_dsn(tenant.row.database)
    with transaction(runtime.pool, owner) as tx:
        tx.execute("ALTER SCHEMA archive_rating RENAME TO archive_other")
    texts = [trouble.text for trouble in examine(runtime)]
    assert texts == [
        '"acme" should have an archive of rating, and has none.',
        '"acme" has a schema archive_other, the archive of no addon.',
    ]


def test_a_tenant_that_the_directory_lost_is_taken_in_again(runtime: Runtime, tenant: Tenant, control: Control) -> None:
    control.remove(tenant.row.uuid)
    with pytest.raises(UserError, match="a database tenon_acme already"):
        create_tenant(runtime, "acme", ["shelf"])
    assert mended(runtime) == ['The database tenon_acme is the tenant "acme", which the directory has lost.']
    found = runtime.tenant("acme")
    assert (found.row.uuid, found.row.addons, found.row.state) == (tenant.row.uuid, ("shelf", "rating"), "active")
    assert found.run(lambda env: env.ref("shelf.dune").title, why="a test") == "Dune"


def test_a_tenant_without_its_login_role_is_taken_in_and_one_under_another_key_is_not(
    runtime: Runtime, tenant: Tenant, control: Control
) -> None:
    role = f"tenant_{tenant.row.uuid.hex}"
    control.remove(tenant.row.uuid)
    with runtime.cluster.connect() as connection:
        connection.execute(f"ALTER ROLE \"{role}\" PASSWORD 'of another installation'".encode())
    assert only(runtime).text == "The database tenon_acme is no tenant's."
    assert only(runtime).mend is None
    with runtime.cluster.connect() as connection:
        connection.execute(f'REVOKE ALL ON DATABASE tenon_acme FROM "{role}"'.encode())
        connection.execute(f'DROP ROLE "{role}"'.encode())
    assert len(mended(runtime)) == 1
    assert runtime.tenant("acme").assembly().names == ("shelf", "rating")


def test_one_broken_tenant_hides_no_other(runtime: Runtime, tenant: Tenant, control: Control) -> None:
    others = [create_tenant(runtime, name, ["shelf"]) for name in ("broken", "careless")]
    for other, statement in zip(others, ("DROP SCHEMA tenon CASCADE", "DROP INDEX shelf.book_once"), strict=True):
        with runtime.cluster.connect(other.row.database) as connection:
            connection.execute(statement.encode())
    found = repair(runtime)
    assert [trouble.text.split(";")[0] for trouble in found.mended] == [
        'The index shelf.book_once is missing in "careless"'
    ]
    assert [trouble.text for trouble in found.remains] == [
        'The schema tenon is missing in "broken": nobody knows what the tenant has.'
    ]
    assert control.get("broken").addons == ("shelf",)


def test_a_database_of_the_name_is_kept_when_a_tenant_is_half_made(runtime: Runtime, control: Control) -> None:
    make_empty(runtime.cluster, "tenon_theirs", None)
    control.add(uuid.uuid4(), "theirs", "tenon_theirs")
    assert [trouble.text for trouble in repair(runtime).mended] == ['Left over: tenant "theirs" is half made.']
    with runtime.cluster.connect() as connection:
        assert connection.execute("SELECT 1 FROM pg_database WHERE datname = 'tenon_theirs'").fetchone()
    drop_raw(runtime.cluster, "tenon_theirs")
