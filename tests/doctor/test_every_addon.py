"""What holds for every addon of the distribution and for every example, checked by the kernel's own means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kernel.addons import Library, Runtime, Tenant
from kernel.addons.doctor.check import read_contents
from kernel.addons.doctor.checksums import checksums
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import check_install, plan_install, plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.addons.migrations.autogenerate import migration_faults
from kernel.addons.migrations.snapshot import Snapshot, take
from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster, Control, Pool, transaction
from kernel.db.tenants import drop_database

EXAMPLES = SOURCE_ROOT / "examples"
FOLDERS = [path.parent for root in (SOURCE_ROOT, EXAMPLES) for path in sorted(root.glob("addons/*/manifest.toml"))]


@pytest.fixture(scope="module")
def library() -> Library:
    return Library([SOURCE_ROOT, EXAMPLES])


@pytest.fixture
def runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control, library: Library) -> Runtime:
    return Runtime(replace(settings, addons_path=(EXAMPLES,)), cluster, pool, control, library)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_all_that_its_files_say_fits(library: Library, folder: Path) -> None:
    assembly = library.assembly(library.resolve([folder.name]))
    assert read_contents(assembly, [folder.name])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_migrating_up_gives_the_schema_of_a_fresh_install(cluster: Cluster, library: Library, folder: Path) -> None:
    assert library.addon(folder.name).revisions, f"{folder} has no migrations: tenon addon revision {folder.name}"
    assert migration_faults(cluster, library, folder.name) == [], f"run: tenon addon revision {folder.name}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_is_complete(library: Library, folder: Path) -> None:
    manifest = library.manifest(folder.name)
    assert manifest.summary
    assert (folder / "__init__.py").read_text().startswith('"""')
    assert (folder / "py.typed").is_file()
    assert not (folder.parent / "__init__.py").exists()


def test_all_of_them_go_together_one_after_the_other(runtime: Runtime) -> None:
    names = runtime.library.resolve(folder.name for folder in FOLDERS)
    check_install(runtime, names, names)
    tenant = create_tenant(runtime, "everything", names[:1])
    try:
        for name in names[1:]:
            execute(runtime, plan_install(runtime, tenant, [name]))
        assert tenant.assembly().names == names
        assert plan_upgrade(runtime, tenant).steps == ()
    finally:
        drop_database(runtime.cluster, runtime.control, tenant.row)


def test_each_goes_and_comes_back_and_others_do_not_notice(runtime: Runtime) -> None:
    names = runtime.library.resolve(folder.name for folder in FOLDERS)
    tenant = create_tenant(runtime, "goes-and-comes", names, demo=True)
    try:
        whole, tables = _sums(tenant, names), _schema(tenant)
        for name in names:
            plan = plan_uninstall(runtime, tenant, [name], cascade=True)
            rest = _sums(tenant, names, leave_out=plan.removed)
            execute_uninstall(runtime, plan)
            if plan.after:
                assert _but_rights(_sums(tenant, plan.after)) == _but_rights(rest), name
            assert tenant.assembly().names == tuple(other for other in names if other in plan.after)
            assert execute(runtime, plan_install(runtime, tenant, plan.removed)) == (), name
            assert tenant.assembly().names == names
            assert _schema(tenant) == tables, name
            found = _sums(tenant, names)
            assert _but_rights(found) == _but_rights(whole), name
            assert {table: found[table][0] for table in RIGHTS} == {table: whole[table][0] for table in RIGHTS}
        assert plan_upgrade(runtime, tenant).steps == ()
    finally:
        drop_database(runtime.cluster, runtime.control, tenant.row)


RIGHTS = ("base.access", "base.group", "base.group_implies", "base.rule", "base.rule_groups", "base.user_groups")


def _sums(tenant: Tenant, schemas: Sequence[str], leave_out: Sequence[str] = ()) -> dict[str, tuple[int, str]]:
    with transaction(tenant.runtime.pool, tenant.row.dsn) as tx:
        return checksums(tx, schemas, leave_out=leave_out)


def _but_rights(sums: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """Rights and settings go and come with their addon."""
    return {table: found for table, found in sums.items() if table not in (*RIGHTS, "base.setting")}


def _schema(tenant: Tenant) -> Snapshot:
    with transaction(tenant.runtime.pool, tenant.runtime.cluster.owner_dsn(tenant.row.database)) as tx:
        return take(tx)
