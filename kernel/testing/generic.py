"""What holds for every addon, as functions: each fails with all that does not.

The pytest plugin makes tests of them for each addon whose tests are run (`collecting`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from kernel.addons import Assembly, Runtime, Tenant, hookspecs
from kernel.addons.contents.records import Loaded, load_records
from kernel.addons.contents.security import read_security
from kernel.addons.doctor.check import read_contents
from kernel.addons.doctor.checksums import checksums
from kernel.addons.doctor.inspection import inspect
from kernel.addons.findings import Finding, Findings
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install, plan_upgrade
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.addons.migrations.autogenerate import migration_faults
from kernel.addons.migrations.snapshot import Snapshot, take
from kernel.db import transaction
from kernel.http.app import Application
from kernel.orm import Env
from kernel.testing.web import RpcError, SharedDoor, Web

_PASSWORD: Final = "of-nobody-9f41"  # noqa: S105 - of a user that is gone with its transaction
Sums = Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Subject:
    """One addon, and a tenant that has it with its demo records; the tenant is made when it is first asked for."""

    folder: Path
    runtime: Runtime
    make: Callable[[str], Tenant]

    @property
    def name(self) -> str:
        """Of the addon."""
        return self.folder.name

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the doctor says."""
        return inspect(self.runtime.library, self.folder)

    @cached_property
    def tenant(self) -> Tenant:
        """A tenant with the addon and all it needs."""
        return self.make(self.name)


def is_complete(subject: Subject) -> None:
    """No warning that is not waived."""
    warnings = [f"{finding.rule} {finding}" for finding in subject.findings if finding.severity == "warning"]
    assert not warnings, "\n".join(warnings)


def check_passes(subject: Subject) -> None:
    """No error, for the doctor and for an installation."""
    errors = [f"{finding.rule} {finding}" for finding in subject.findings if finding.severity == "error"]
    assert not errors, "\n".join(errors)


def data_loads(subject: Subject) -> None:
    """Its records are in the tenant, and loading them again makes, changes and keeps back nothing."""
    assembly = subject.tenant.assembly()
    contents = read_contents(assembly, [subject.name])[subject.name]
    told: list[Loaded] = []
    with suppress(_Undone), subject.tenant.visit() as visit:
        told.append(load_records(visit.env(why="loading again"), contents.records))
        raise _Undone
    assert told == [Loaded()], f"loading the same files again is not nothing: {told}"
    assert not plan_upgrade(subject.runtime, subject.tenant).steps, "an upgrade without a change has something to do"


def history_leads_to_models(subject: Subject) -> None:
    """Migrating up from the first revision gives the schema of a fresh install."""
    faults = migration_faults(subject.runtime.cluster, subject.runtime.library, subject.name)
    assert not faults, "\n".join([*faults, f"run: tenon addon revision {subject.name}"])


def views_can_be_read(subject: Subject) -> None:
    """A member of each group reads what the screens show of the models that the group may read."""
    assembly = subject.tenant.assembly()
    shown = {
        model: names
        for found in assembly.hooks(hookspecs.fields_shown)(addon=subject.name, assembly=assembly)
        for model, names in found.items()
    }
    faults: list[str] = []
    for group in read_security(subject.name, subject.folder, Findings()).groups:
        faults += _unreadable(subject, group.id, shown)
    assert not faults, "\n".join(faults)


def _unreadable(subject: Subject, group: str, shown: Mapping[str, Iterable[str]]) -> list[str]:
    """What a new user of a group is refused, in a transaction that is undone."""
    faults: list[str] = []
    with suppress(_Undone), subject.tenant.visit() as visit:
        env = visit.env(why="a generic check")
        user = env.hooks(hookspecs.create_user)(
            env=env, login="generic-check", name="Check", password=_PASSWORD, groups=(group,), administrator=False
        )
        if user is not None:
            web = Web.open(
                Application(subject.runtime, door=SharedDoor(visit, env)), subject.tenant, visit.tx, int(user)
            )
            for model, names in shown.items():
                faults += _refused(env.as_user(int(user)), web, group, model, names)
        raise _Undone
    return faults


def _refused(env: Env, web: Web, group: str, model: str, names: Iterable[str]) -> list[str]:
    info = env.registry.model(model)
    if not env.may(info, "read"):
        return []
    hidden = env.hidden_names(info)
    try:
        web.rpc(model, "search_read", spec={name: {} for name in names if name not in hidden}, limit=20)
    except RpcError as error:
        return [f"{group} cannot read {model} as it is shown: {error}"]
    return []


class _Undone(Exception):
    """Ends a transaction of which nothing is kept."""


def comes_and_goes(subject: Subject) -> None:
    """Uninstalled, the others do not notice; installed again, all is as it was."""
    goes_and_comes_back(subject.tenant, subject.name)


def goes_and_comes_back(tenant: Tenant, name: str) -> None:
    """Uninstall an addon with all that need it, install them again, and compare every table of the tenant."""
    runtime, names = tenant.runtime, tenant.assembly().names
    shared = _shared(tenant.assembly())
    whole, tables = sums(tenant, names), schema(tenant)
    plan = plan_uninstall(runtime, tenant, [name], cascade=True)
    rest = sums(tenant, names, leave_out=plan.removed)
    execute_uninstall(runtime, plan)
    if plan.after:
        assert without(sums(tenant, plan.after), shared) == without(rest, shared), f"without {name}, others changed"
    assert tenant.assembly().names == tuple(other for other in names if other in plan.after)
    assert execute(runtime, plan_install(runtime, tenant, plan.removed)) == (), name
    assert tenant.assembly().names == names
    assert schema(tenant) == tables, f"the tables of {name} are not as they were"
    found = sums(tenant, names)
    assert without(found, shared) == without(whole, shared), f"the rows of {name} are not as they were"
    counts = {table: (found[table][0], whole[table][0]) for table in shared if table in whole}
    assert all(now == before for now, before in counts.values()), f"rights and settings are not as they were: {counts}"


def _shared(assembly: Assembly) -> frozenset[str]:
    """Tables whose rows belong to the addon that they are of, and go and come with it: rights, settings."""
    owned = {rows.model for found in assembly.hooks(hookspecs.owned_rows)() for rows in found}
    tables = {f"{model.schema}.{model.table}" for name, model in assembly.registry.models.items() if name in owned}
    for model in assembly.registry.models.values():
        for bound in model.fields.values():
            if bound.link is not None and bound.comodel is not None and owned & {model.name, bound.comodel.name}:
                tables.add(f"{bound.link.schema}.{bound.link.table}")
    return frozenset(tables)


def without(found: Sums, tables: Collection[str]) -> Sums:
    """The sums of all other tables."""
    return {table: told for table, told in found.items() if table not in tables}


def sums(tenant: Tenant, schemas: Sequence[str], leave_out: Sequence[str] = ()) -> Sums:
    """Table -> rows and checksum of what addons hold."""
    with transaction(tenant.runtime.pool, tenant.row.dsn) as tx:
        return checksums(tx, schemas, leave_out=leave_out)


def schema(tenant: Tenant) -> Snapshot:
    """All tables, as PostgreSQL tells them."""
    with transaction(tenant.runtime.pool, tenant.runtime.cluster.owner_dsn(tenant.row.database)) as tx:
        return take(tx)


CHECKS: Final[Mapping[str, Callable[[Subject], None]]] = {
    "is-complete": is_complete,
    "check-passes": check_passes,
    "data-loads": data_loads,
    "views-can-be-read": views_can_be_read,
    "history-leads-to-models": history_leads_to_models,
    "comes-and-goes": comes_and_goes,
}
"""By the ids under which the manifest may waive them (`kernel.addons.rules.GENERIC`)."""
