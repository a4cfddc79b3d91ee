"""What holds for every addon of the distribution and for every example, checked by the kernel's own means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kernel.addons import Library, Runtime
from kernel.addons.autogenerate import migration_faults
from kernel.addons.check import read_contents
from kernel.addons.lifecycle import check_install, execute, plan_install, plan_upgrade
from kernel.addons.templates import create_tenant
from kernel.config import SOURCE_ROOT, Settings
from kernel.db import Cluster, Control, Pool
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
