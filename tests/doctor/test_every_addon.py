"""What holds for every addon of the distribution and for every example, checked by the kernel's own means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kernel.addons import Library, Runtime, Tenant
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import check_install, plan_install, plan_upgrade
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster, Control, Pool, transaction
from kernel.db.tenants import drop_database
from kernel.testing.generic import CHECKS, Subject, Sums, goes_and_comes_back, sums
from tests.processes import environment, run_tenon

EXAMPLES = SOURCE_ROOT / "examples"
FOLDERS = [path.parent for root in (SOURCE_ROOT, EXAMPLES) for path in sorted(root.glob("addons/*/manifest.toml"))]


@pytest.fixture(scope="module")
def library() -> Library:
    return Library([SOURCE_ROOT, EXAMPLES])


@pytest.fixture
def runtime(settings: Settings, cluster: Cluster, pool: Pool, control: Control, library: Library) -> Runtime:
    return Runtime(replace(settings, addons_path=(EXAMPLES,)), cluster, pool, control, library)


@pytest.mark.parametrize("check", ["is-complete", "check-passes", "history-leads-to-models"])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_every_author_gets_holds_for_ours(runtime: Runtime, folder: Path, check: str) -> None:
    CHECKS[check](Subject(folder, runtime, pytest.fail))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_its_tables_have_a_history(library: Library, folder: Path) -> None:
    assert library.addon(folder.name).revisions, f"{folder} has no migrations: tenon addon revision {folder.name}"


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
        for name in names:
            subject = Subject(runtime.library.manifest(name).path, runtime, lambda _: tenant)
            CHECKS["data-loads"](subject)
            CHECKS["views-can-be-read"](subject)
        use(tenant)
        kept = _rest(tenant)
        for name in names:
            goes_and_comes_back(tenant, name)
            for what, rows in _rest(tenant).items():
                assert rows == kept[what], (name, what)
        assert plan_upgrade(runtime, tenant).steps == ()
    finally:
        drop_database(runtime.cluster, runtime.control, tenant.row)


def test_examples_whose_code_is_gone_are_detached_by_a_process_and_come_back_with_it(
    settings: Settings, runtime: Runtime
) -> None:
    names = [folder.name for folder in FOLDERS if EXAMPLES in folder.parents]
    tenant = create_tenant(runtime, "code-gone", runtime.library.resolve(names), demo=True)
    absent = environment(settings.data_dir) | {"TENON_DATABASE_URL": settings.database_url}
    present = absent | {"TENON_ADDONS_PATH": str(EXAMPLES)}
    try:
        use(tenant)
        whole, kept = sums(tenant, tenant.assembly().names), _rest(tenant)
        gone = run_tenon(absent, "addon", "uninstall", tenant.name, *names, "--yes")
        assert gone.returncode == 0, gone.stderr
        rest = tuple(name for name in runtime.library.order(tenant.row.addons) if name not in names)
        assert tenant.assembly().names == rest
        assert _but_rights(sums(tenant, rest)) == {
            table: found for table, found in _but_rights(whole).items() if table.split(" + ")[-1].split(".")[0] in rest
        }
        back = run_tenon(present, "addon", "install", tenant.name, *names)
        assert back.returncode == 0, back.stderr
        assert _but_rights(sums(tenant, tenant.assembly().names)) == _but_rights(whole)
        assert _rest(tenant) == kept
    finally:
        drop_database(runtime.cluster, runtime.control, tenant.row)


def use(tenant: Tenant) -> None:
    """What people leave in every addon's records: an extra field with values, changes that are noted, a trash."""
    models = [info for info in tenant.assembly().registry.models.values() if not info.query and info.addon != "base"]
    with tenant.env(why="an administrator") as env:
        for info in (each for each in models if each.extensible):
            env.model("base.extra_field").create({"label": "Nickname", "model": info.name, "type": "char"})
    with tenant.env(why="people at work") as env:
        for info in models:
            tracked = [bound for bound in info.columns if bound.field.tracked and bound.field.type in ("char", "date")]
            record = env.model(info.name).search(limit=1, order="id")
            for bound in tracked if record else ():
                setattr(record, bound.name, "2031-05-05" if bound.field.type == "date" else "Changed by hand")
            if record and info.extensible:
                record.write(x_nickname="Nick")


def test_a_purge_forgets_fields_and_changes_of_what_is_gone(runtime: Runtime) -> None:
    tenant = create_tenant(runtime, "purged", runtime.library.resolve(["crm"]), demo=True)
    noted = (
        "SELECT (SELECT count(*) FROM base.change WHERE model ~ '^crm[.]'),"
        " (SELECT count(*) FROM base.extra_field WHERE model ~ '^crm[.]')"
    )
    try:
        use(tenant)
        with tenant.env(why="a test") as env:
            assert all(count > 0 for count in env.sql(noted)[0])
        execute_uninstall(runtime, plan_uninstall(runtime, tenant, ["crm"], purge=True))
        with tenant.env(why="a test") as env:
            assert env.sql(noted) == [(0, 0)]
        execute(runtime, plan_install(runtime, tenant, ["crm"]))
    finally:
        drop_database(runtime.cluster, runtime.control, tenant.row)


AUDIT = "'{version, created_at, created_by, updated_at, updated_by}'::text[]"


def _rest(tenant: Tenant) -> dict[str, list[Any]]:
    """What is beside the tables of addons: sequences, rights and settings, stable ids, what history says."""
    with transaction(tenant.runtime.pool, tenant.runtime.cluster.owner_dsn(tenant.row.database)) as tx:
        found = {
            table: tx.rows(f"SELECT to_jsonb(t) - {AUDIT} AS row FROM {table} t ORDER BY row")
            for table in (*RIGHTS, "base.setting", "base.change")
        }
        found["sequences"] = tx.rows(
            "SELECT schemaname, sequencename, last_value FROM pg_sequences"
            " WHERE schemaname NOT IN ('base', 'tenon') ORDER BY 1, 2"
        )
        found["stable ids"] = tx.rows("SELECT addon, name, model, record, policy FROM tenon.stable_id ORDER BY 1, 2")
        return found


RIGHTS = ("base.access", "base.group", "base.group_implies", "base.rule", "base.rule_groups", "base.user_groups")


def _but_rights(whole: Sums) -> Sums:
    """Rights and settings go and come with their addon."""
    return {table: found for table, found in whole.items() if table not in (*RIGHTS, "base.setting")}
