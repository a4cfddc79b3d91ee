"""The switch: the one transaction that takes a tenant from one set of addons to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from kernel.addons import hookspecs
from kernel.addons.assembly import Assembly
from kernel.addons.check import Contents, read_contents
from kernel.addons.loader import Addon
from kernel.addons.migrations import KERNEL, apply, kernel_history, pending, run_ddl, stamp
from kernel.addons.records import load_records
from kernel.addons.runtime import SWITCH_LOCK, system_env
from kernel.addons.tenant_info import TenantCache, TenantView
from kernel.db import Transaction
from kernel.orm import Env
from kernel.orm.schema import create_statements, owned

LOCK_TIMEOUT: Final = "3s"


class Switch:
    """What an operation does inside its transaction, part by part."""

    def __init__(
        self,
        tx: Transaction,
        assembly: Assembly,
        name: str,
        uuid: str,
        report: Callable[[str], None] | None = None,
    ) -> None:
        self.tx = tx
        self.assembly = assembly
        self.view = TenantView(name, uuid, tx, TenantCache(), 0)
        self.report = report or (lambda _text: None)

    def lock(self) -> None:
        """Wait until no request is in the tenant, and let none in. Statements that wait for long give up."""
        self.tx.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        self.tx.execute("SELECT pg_advisory_xact_lock(%s)", (SWITCH_LOCK,))

    def update_kernel(self) -> None:
        """Bring the kernel's own tables to their newest revision."""
        apply(self.tx, pending(self.tx, KERNEL, kernel_history()))

    def install(self, new: Sequence[str], *, demo: bool) -> None:
        """All tables first, because records of one addon may have columns of another; then the contents."""
        contents = read_contents(self.assembly, new)
        for name in new:
            self.report(f"tables of {name}")
            self._create_schema(self.assembly.addon(name), demo)
        env = system_env(self.tx, self.assembly, self.view)
        for name in new:
            self.report(f"contents of {name}")
            self._fill(env, contents[name])
        if demo:
            for name in new:
                self.report(f"demo data of {name}")
                load_demo(env, contents[name])
        env.flush()

    def raise_generation(self) -> None:
        """Let every process notice: the set of addons, and what is cached of the tenant's data."""
        self.tx.execute("UPDATE tenon.state SET generation = generation + 1, data_generation = data_generation + 1")

    def _create_schema(self, addon: Addon, demo: bool) -> None:
        registry = self.assembly.registry
        run_ddl(self.tx, create_statements(registry, addon.name))
        stamp(self.tx, addon.name, addon.head)
        rows = [(*row, addon.name) for row in owned(registry, addon.name)]
        if rows:
            self.tx.executemany(
                'INSERT INTO tenon.owned (schema, "table", "column", "constraint", addon)'
                " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                rows,
            )
        self.tx.execute(
            "INSERT INTO tenon.addon (name, version, revision, digest, demo) VALUES (%s, %s, %s, %s, %s)",
            (addon.name, addon.version, addon.head, addon.digest, demo),
        )

    def _fill(self, env: Env, contents: Contents) -> None:
        hooks = self.assembly.hooks
        hooks(hookspecs.security_declared)(env=env, addon=contents.addon, declaration=contents.security)
        load_records(env, contents.records)
        hooks(hookspecs.addon_installed)(env=env, addon=contents.addon)
        env.flush()


def load_demo(env: Env, contents: Contents) -> None:
    """Records of `data/demo/`, then what the addon makes in code."""
    load_records(env, contents.demo)
    env.hooks(hookspecs.demo_data)(env=env, addon=contents.addon)
    env.flush()
