"""The switch: the one transaction that takes a tenant from one set of addons to another."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from kernel.addons import hookspecs
from kernel.addons.assembly import Assembly
from kernel.addons.contents.records import load_records
from kernel.addons.contents.survey import survey
from kernel.addons.discovery.loader import Addon
from kernel.addons.doctor.check import Contents, read_contents
from kernel.addons.doctor.query_models import refuse_wrong_queries
from kernel.addons.lifecycle import backfill
from kernel.addons.lifecycle.archive import archive_of
from kernel.addons.lifecycle.restore import restore
from kernel.addons.lifecycle.schedule import Scheduled
from kernel.addons.migrations.revisions import KERNEL, Revision, kernel_history, sort_revisions
from kernel.addons.migrations.running import apply, pending, run_ddl, run_revision, stamp
from kernel.addons.runtime import SWITCH_LOCK, system_env
from kernel.addons.stores import Stores
from kernel.addons.tenant_info import TenantCache, TenantView
from kernel.db import Transaction
from kernel.errors import UserError
from kernel.orm import Env

LOCK_TIMEOUT: Final = "3s"
SCHEMA: Final = "kernel.orm.schema"
"""Imported by name when tables are made, so that a process that only serves never loads SQLAlchemy's DDL."""


class Switch:
    """What an operation does inside its transaction, part by part."""

    def __init__(
        self,
        tx: Transaction,
        assembly: Assembly,
        name: str,
        uuid: str,
        report: Callable[[str], None] | None = None,
        stores: Stores | None = None,
        scheduled: Iterable[Scheduled] = (),
    ) -> None:
        self.tx = tx
        self.assembly = assembly
        self.view = TenantView(name, uuid, tx, TenantCache(), 0, stores)
        self.report = report or (lambda _text: None)
        self.scheduled = {str(each.revision): each for each in scheduled}
        """What of the revisions happens beside this switch; nothing, where nothing is said."""
        self.notes: list[str] = []
        """What people should know of how it went."""

    def change(
        self,
        new: Collection[str],
        upgraded: Mapping[str, str],
        restored: Mapping[str, str] = MappingProxyType({}),
        *,
        demo: bool,
    ) -> None:
        """Install `new` addons, upgrade others and restore those that have an archive, from the version given.

        All tables come first, because records of one addon may have columns of another; then the contents.
        """
        changed = {*new, *upgraded, *restored}
        contents = read_contents(self.assembly, [name for name in self.assembly.names if name in changed])
        before = backfill.columns(self.tx, self.assembly.names) if upgraded else frozenset()
        self._change_schemas(new, upgraded, restored, demo)
        refuse_wrong_queries(self.tx, self.assembly.registry)
        env = system_env(self.tx, self.assembly, self.view)
        added = backfill.came_with_upgrade(self.assembly.registry, upgraded, before)
        backfill.give_defaults(env, added)
        for name, content in contents.items():
            self.report(f"contents of {name}")
            self._fill(env, content, upgraded.get(name, ""), restored.get(name, ""))
        backfill.compute_added(env, {*new, *restored})
        backfill.compute_new(env, added)
        for name, content in contents.items():
            if demo and name in new:
                self.report(f"demo data of {name}")
                load_demo(env, content)
        env.flush()

    def _change_schemas(
        self, new: Collection[str], upgraded: Mapping[str, str], restored: Mapping[str, str], demo: bool
    ) -> None:
        """In load order; what other addons' revisions require of each other comes before it."""
        addon = self.assembly.addon
        histories = {name: pending(self.tx, name, addon(name).revisions) for name in upgraded}
        for name in restored:
            histories[name] = pending(self.tx, name, addon(name).revisions, archive_of(name))
        steps = list(sort_revisions(self.assembly.names, histories, {*new, *restored}))
        for name in self.assembly.names:
            if name in new or name in histories:
                self.report(f"tables of {name}")
            if name in new:
                self._create_schema(addon(name), demo)
            elif name in restored:
                self.notes += restore(self.tx, name)
                run_ddl(self.tx, [_schema().grants(name)])
            while any(step.addon == name for step in steps):
                self._apply(steps.pop(0))
        for name in histories:
            self._note_upgrade(addon(name))

    def _apply(self, revision: Revision) -> None:
        plan = self.scheduled.get(str(revision)) or Scheduled(revision)
        run_revision(self.tx, revision, prepared=plan.prepared, clean_later=plan.cleaned)
        if plan.prepared:
            self.tx.execute(
                "DELETE FROM tenon.step WHERE addon = %s AND revision = %s AND part = 'prepare'",
                (revision.addon, revision.id),
            )

    def _create_schema(self, addon: Addon, demo: bool) -> None:
        run_ddl(self.tx, _schema().create_statements(self.assembly.registry, addon.name))
        stamp(self.tx, addon.name, addon.head)
        self._note_owned(addon.name)
        self.tx.execute(
            "INSERT INTO tenon.addon (name, version, revision, digest, demo) VALUES (%s, %s, %s, %s, %s)",
            (addon.name, addon.version, addon.head, addon.digest, demo),
        )

    def _note_upgrade(self, addon: Addon) -> None:
        self._note_owned(addon.name)
        self.tx.execute(
            "UPDATE tenon.addon SET version = %s, revision = %s, digest = %s, upgraded_at = now() WHERE name = %s",
            (addon.version, addon.head, addon.digest, addon.name),
        )

    def _note_owned(self, name: str) -> None:
        self.tx.execute("DELETE FROM tenon.owned WHERE addon = %s", (name,))
        rows = [(*row, name) for row in _schema().owned(self.assembly.registry, name)]
        if rows:
            self.tx.executemany(
                'INSERT INTO tenon.owned (schema, "table", "column", "constraint", addon)'
                " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                rows,
            )

    def _look_through(self, env: Env, contents: Contents) -> None:
        """What is not renewed, as people changed it or no file has it any more, is told; what is to go goes."""
        records = (contents.records, contents.demo, contents.deletions)
        found = survey(self.tx, self.assembly.registry, contents.addon, *records)
        failed = {}
        for stable_id in found.deleted:
            try:
                with env.savepoint():
                    env.ref(stable_id).delete()
                    env.flush()
            except UserError as error:
                failed[stable_id] = error.text
        for line in replace(found, deleted=tuple(each for each in found.deleted if each not in failed)).lines():
            self.report(line)
            self.notes.append(line)
        self.notes += [f"could not be deleted, and kept: {each}: {why}" for each, why in failed.items()]

    def _fill(self, env: Env, contents: Contents, upgraded: str, restored: str) -> None:
        """Rights and records, then the addon's own code; `upgraded` or `restored` is the version it had."""
        hooks, name = self.assembly.hooks, contents.addon
        hooks(hookspecs.security_declared)(env=env, addon=name, declaration=contents.security)
        if upgraded or restored:
            self._look_through(env, contents)
        load_records(env, contents.records)
        if restored:
            hooks(hookspecs.addon_restored)(env=env, addon=name, before=restored)
        elif upgraded:
            hooks(hookspecs.addon_upgraded)(env=env, addon=name, before=upgraded)
        else:
            hooks(hookspecs.addon_installed)(env=env, addon=name)
        env.flush()


def _schema() -> Any:
    return importlib.import_module(SCHEMA)


def lock_out(tx: Transaction) -> None:
    """Wait until no request is in the tenant, and let none in. Statements that wait for long give up."""
    tx.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    tx.execute("SELECT pg_advisory_xact_lock(%s)", (SWITCH_LOCK,))


def update_kernel(tx: Transaction) -> None:
    """Bring the kernel's own tables to their newest revision."""
    apply(tx, pending(tx, KERNEL, kernel_history()))


def raise_generation(tx: Transaction) -> None:
    """Let every process notice: the set of addons, and what is cached of the tenant's data."""
    tx.execute("UPDATE tenon.state SET generation = generation + 1, data_generation = data_generation + 1")


def load_demo(env: Env, contents: Contents) -> None:
    """Records of `data/demo/`, then what the addon makes in code."""
    load_records(env, contents.demo)
    env.hooks(hookspecs.demo_data)(env=env, addon=contents.addon)
    env.flush()
