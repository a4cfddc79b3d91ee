"""What installing a bridge would do to the records of what it connects: asked of the bridge, shown in the plan."""

from __future__ import annotations

from collections.abc import Collection

from kernel.addons import hookspecs
from kernel.addons.assembly import Assembly
from kernel.addons.runtime import Runtime, Tenant, system_env
from kernel.addons.tenant_info import TenantCache, TenantView
from kernel.db import transaction


def preview_install(
    runtime: Runtime, tenant: Tenant, assembly: Assembly, before: Collection[str], new: Collection[str]
) -> tuple[str, ...]:
    """Lines of the addons among `new` that bridge what is there already. The transaction is read-only."""
    bridges = [
        name
        for name in new
        if (ends := assembly.addon(name).manifest.bridges) and all(end.name in before for end in ends)
    ]
    lines: list[str] = []
    for name in bridges:
        with transaction(runtime.pool, tenant.row.dsn, read_only=True) as tx:
            view = TenantView(tenant.name, tenant.uuid, tx, TenantCache(), 0, tenant.stores)
            told = assembly.hooks(hookspecs.install_preview)(env=system_env(tx, assembly, view), addon=name)
            lines += [f"{name}: {line}" for found in told for line in found]
    return tuple(lines)
