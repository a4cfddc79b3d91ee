"""New tenants: copied from a template database per addon set, so that one is ready in about a second.

A template holds what an install of its addons gives, and nothing that belongs to somebody: no user made
later, no secret, no demo record. Identity and demo data come into the copy, before anyone may enter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from psycopg.conninfo import conninfo_to_dict

from kernel.addons.assembly import Assembly
from kernel.addons.doctor.check import read_contents
from kernel.addons.lifecycle.online import Report
from kernel.addons.lifecycle.operation import begin_operation, end_operation
from kernel.addons.lifecycle.plan import Step, check_install
from kernel.addons.lifecycle.switch import Switch, load_demo, lock_out, update_kernel
from kernel.addons.migrations.revisions import kernel_history
from kernel.addons.runtime import Runtime, Tenant, system_env
from kernel.addons.stores import Stores
from kernel.addons.tenant_info import TenantCache, TenantView
from kernel.config import Settings
from kernel.db import Pool, transaction
from kernel.db.tenants import BUILDING, check_name, create_database, ensure_template, has_template

KERNEL_ROOT: Final = Path(__file__).parents[2]


def create_tenant(
    runtime: Runtime,
    name: str,
    addons: Iterable[str],
    *,
    demo: bool = False,
    hostnames: Iterable[str] = (),
    report: Report | None = None,
) -> Tenant:
    """Make a tenant with addons and all they need. It exists when it is ready, or not at all."""
    check_name(name)
    tell = report or (lambda _text: None)
    names = runtime.library.resolve(addons)
    template = template_of(runtime, names, tell)
    assembly = runtime.library.assembly(names)

    def build(dsn: str) -> None:
        with closing(Pool(2)) as pool:
            _personalise(runtime.settings, pool, dsn, name, assembly, demo, tell)

    tell(f"database of {name}")
    directory = {"hostnames": hostnames, "addons": names}
    return runtime.tenant_of(create_database(runtime.cluster, runtime.control, name, build, template, **directory))


def template_of(runtime: Runtime, names: Sequence[str], tell: Report) -> str:
    """The template database of a set of addons; checked and built if there is none."""
    assembly = runtime.library.assembly(names)
    key = template_key(assembly)
    if not has_template(runtime.cluster, runtime.control, key):
        check_install(runtime, names, names)

    def build(dsn: str) -> None:
        tell(f"template for {', '.join(assembly.names)}")
        with closing(Pool(2)) as pool:
            build_empty(pool, dsn, assembly)

    return ensure_template(runtime.cluster, runtime.control, key, assembly.names, build)


def template_key(assembly: Assembly) -> str:
    """Names a template: the same addons, in the same versions, with the same code, schema and data."""
    parts = [kernel_history()[-1].id]
    for addon in assembly.addons:
        parts += [f"{addon.name} {addon.version} {addon.head} {addon.digest}", addon.source_text()]
    return hashlib.sha256("\n".join([*parts, _installer()]).encode()).hexdigest()[:20]


@cache
def _installer() -> str:
    """A digest of the kernel's code that makes tables and fills them: what it would do else, a template lacks."""
    paths = sorted(path for floor in ("orm", "addons") for path in (KERNEL_ROOT / floor).rglob("*.py"))
    return hashlib.sha256(b"\n".join(path.read_bytes() for path in paths)).hexdigest()


def build_empty(pool: Pool, dsn: str, assembly: Assembly, *, name: str = "template", demo: bool = False) -> None:
    """Install all addons of an assembly into an empty database, as one transaction."""
    steps = [str(Step("install", addon.name, addon.version)) for addon in assembly.addons]
    with transaction(pool, dsn, "read committed") as tx:
        switch = Switch(tx, assembly, name, str(UUID(int=0)))
        lock_out(tx)
        update_kernel(tx)
        operation = begin_operation(tx, "install", assembly.names, steps)
        switch.change(assembly.names, {}, demo=demo)
        end_operation(tx, operation)


def _personalise(
    settings: Settings, pool: Pool, dsn: str, name: str, assembly: Assembly, demo: bool, tell: Report
) -> None:
    """Give the copy of a template its own identity, and demo data where asked for."""
    uuid = _uuid_of(dsn)
    with transaction(pool, dsn, "read committed") as tx:
        tx.execute("UPDATE tenon.state SET uuid = %s", (uuid,))
        if demo:
            tx.execute("UPDATE tenon.addon SET demo = true")
            view = TenantView(name, str(uuid), tx, TenantCache(), 0, Stores.of(settings, str(uuid)))
            env = system_env(tx, assembly, view)
            for contents in read_contents(assembly, assembly.names).values():
                tell(f"demo data of {contents.addon}")
                load_demo(env, contents)


def _uuid_of(dsn: str) -> UUID:
    """A tenant is built in a database that is named after its uuid."""
    database = str(conninfo_to_dict(dsn)["dbname"])
    return UUID(hex=database.removeprefix(BUILDING))
