"""Uninstalling addons: a plan that says what stops, what is kept and what goes, then one transaction.

The default is to *detach*: what the addons hold moves into archives, from which `install` brings it back.
`purge` drops it. Addons whose code is gone can be uninstalled too; then nobody can be told before, and the
plan says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from kernel.addons import hookspecs
from kernel.addons.assembly import Assembly, Library
from kernel.addons.contents.belongings import claims_of
from kernel.addons.lifecycle.archive import archived, detach, purge, refuse_strangers
from kernel.addons.lifecycle.backfill import compute_again, touched
from kernel.addons.lifecycle.inventory import added_columns, count, needs, quoted, tables
from kernel.addons.lifecycle.online import Report, undo_prepared
from kernel.addons.lifecycle.operation import operate, refuse_other_addons
from kernel.addons.lifecycle.plan import installed
from kernel.addons.lifecycle.switch import update_kernel
from kernel.addons.runtime import Runtime, Tenant, system_env
from kernel.addons.tenant_info import TenantCache, TenantView
from kernel.db import Transaction, transaction
from kernel.errors import AddonError, DeveloperError, MissingError, UserError, suggest


@dataclass(frozen=True, slots=True)
class Removal:
    """What uninstalling will do to a tenant."""

    tenant: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    removed: tuple[str, ...]
    """In the order in which they go: what needs another goes before it."""
    stops: tuple[str, ...]
    keeps: tuple[str, ...]
    goes: tuple[str, ...]
    notes: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    """Addons that were detached before, and whose archives go now."""
    purge: bool = False
    silent: bool = False
    """Nobody can be told: the code of an addon is gone, or at another revision."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.removed and not self.archives

    @property
    def kind(self) -> str:
        """What the operation is called."""
        return "purge" if self.purge else "uninstall"

    def lines(self) -> list[str]:
        """The plan as text."""
        shown = [f"tenant {self.tenant}:", *(f"  {self.kind} {name}" for name in self.removed)]
        shown += [f"  drop what was kept of {name}" for name in self.archives]
        for title, items in (("stops", self.stops), ("is kept", self.keeps), ("goes", self.goes)):
            shown += [f"  what {title}:", *(f"    {item}" for item in items)] if items else []
        return [*shown, *(f"  ({note})" for note in self.notes)]

    def as_json(self) -> dict[str, Any]:
        """The plan for programs."""
        parts = {"stops": self.stops, "keeps": self.keeps, "goes": self.goes, "notes": self.notes}
        steps = [{"kind": self.kind, "addon": name} for name in self.removed]
        steps += [{"kind": "drop", "addon": name} for name in self.archives]
        return {"tenant": self.tenant, "steps": steps, **{name: list(items) for name, items in parts.items()}}


def plan_uninstall(
    runtime: Runtime, tenant: Tenant, names: Iterable[str], *, purge: bool = False, cascade: bool = False
) -> Removal:
    """Plan to uninstall addons; with `cascade` also those that need them. Nothing is changed.

    A plan that removes nothing and drops no archive has nothing to do: all of them were uninstalled before.
    """
    wanted = tuple(dict.fromkeys(names))
    library = runtime.library
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        before, kept, gone = installed(tx), archived(tx) if purge else {}, _gone(tx)
        for name in wanted:
            if name not in kept and name not in gone:
                _refuse_unknown(tenant.name, name, before)
        graph = _graph(tx, library, before)
        removed = _order(graph, _with_dependents(graph, [name for name in wanted if name in before]))
        more = [name for name in removed if name not in wanted]
        if more and not cascade:
            raise _needed(tenant.name, wanted, more, graph)
        after = tuple(name for name in before if name not in removed)
        assembly, why = _assembly(tx, library, before)
        keeps, goes = _contents(tx, removed)
        for name in removed:
            refuse_strangers(tx, name, [c for other in removed for c in added_columns(tx, other)], removed)
    stops = tuple(line for name in removed for line in _stops(assembly, name))
    notes = [f"{why} addon_uninstalling is not called."] if why else []
    if assembly is not None:
        notes += [f"{m}.{f} is computed again without them" for m, f in touched(assembly.registry, removed)]
    if not purge:
        notes += [f"{name} can come back: tenon addon install {tenant.name} {name}" for name in removed]
    return Removal(
        tenant=tenant.name,
        before=before,
        after=after,
        removed=removed,
        stops=stops,
        keeps=() if purge else keeps,
        goes=(*(keeps if purge else ()), *goes),
        notes=tuple(notes),
        archives=tuple(name for name in wanted if name in kept),
        purge=purge,
        silent=bool(why),
    )


def execute_uninstall(runtime: Runtime, plan: Removal, report: Report | None = None) -> None:
    """Carry out a plan."""
    tenant = runtime.tenant(plan.tenant)
    tell = report or (lambda _text: None)

    def switch(tx: Transaction) -> list[str]:
        update_kernel(tx)
        refuse_other_addons(tx, plan.tenant, plan.before)
        view = TenantView(tenant.name, tenant.uuid, tx, TenantCache(), 0, tenant.stores)
        again: Collection[tuple[str, str]] = ()
        if not plan.silent:
            assembly = runtime.library.assembly(plan.before)
            again = touched(assembly.registry, plan.removed)
            _tell_addons(tx, assembly, view, plan.removed)
        rest = _loadable(runtime.library, plan.after)
        claims = claims_of(rest) if rest is not None else []
        undo_prepared(tx, plan.removed)
        for name in plan.removed:
            tell(f"tables of {name}")
            detach(tx, name, claims)
            if plan.purge:
                purge(tx, name)
        for name in plan.archives:
            purge(tx, name)
        if rest is not None and again:
            env = system_env(tx, rest, view)
            compute_again(env, again)
            env.flush()
        return []

    steps = [line.strip() for line in plan.lines()[1 : 1 + len(plan.removed) + len(plan.archives)]]
    operate(runtime, tenant, plan.kind, (*plan.removed, *plan.archives), steps, switch)
    runtime.control.set_addons(tenant.row.uuid, _sorted(runtime.library, plan.after))


def _tell_addons(tx: Transaction, assembly: Assembly, view: TenantView, names: Sequence[str]) -> None:
    env = system_env(tx, assembly, view)
    for name in names:
        assembly.hooks(hookspecs.addon_uninstalling)(env=env, addon=name)
        env.flush()


# -- who goes -----------------------------------------------------------------------------------------------
def _refuse_unknown(tenant: str, name: str, before: Collection[str]) -> None:
    if name not in before:
        raise MissingError(
            f'"{name}" is not installed in "{tenant}".{suggest(name, before)}',
            hint=f"Installed: {', '.join(sorted(before))}." if before else "",
        )


def _gone(tx: Transaction) -> frozenset[str]:
    """The addons that were uninstalled here before: who asks for it again (after a lost connection, say) is right."""
    rows = tx.rows("SELECT DISTINCT unnest(addons) FROM tenon.operation WHERE kind IN ('uninstall', 'purge')")
    return frozenset(row[0] for row in rows)


def _graph(tx: Transaction, library: Library, names: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Addon -> those it needs, among `names`: as manifests say, and as the tables are linked."""
    manifests, found = library.available().manifests, needs(tx)
    graph = {}
    for name in names:
        said = {need.name for need in manifests[name].needs} if name in manifests else set()
        graph[name] = frozenset((said | found.get(name, frozenset())) & {*names})
    return graph


def _with_dependents(graph: Mapping[str, frozenset[str]], wanted: Collection[str]) -> frozenset[str]:
    found = {*wanted}
    while more := {name for name, needed in graph.items() if name not in found and needed & found}:
        found |= more
    return frozenset(found)


def _order(graph: Mapping[str, frozenset[str]], names: Collection[str]) -> tuple[str, ...]:
    """What needs another before it; by name where nothing tells."""
    sorter = TopologicalSorter({name: sorted(graph[name] & {*names}) for name in sorted(names)})
    return tuple(reversed(tuple(sorter.static_order())))


def _needed(tenant: str, wanted: Sequence[str], more: Sequence[str], graph: Mapping[str, frozenset[str]]) -> UserError:
    named = "; ".join(f'"{name}" needs {", ".join(sorted(graph[name] & {*wanted, *more}))}' for name in more)
    return UserError(
        f'{", ".join(wanted)} cannot be uninstalled in "{tenant}": {named}.',
        hint=f"Uninstall them too: tenon addon uninstall {tenant} {' '.join(wanted)} --cascade",
        code="still_needed",
        dependents=list(more),
    )


# -- what the plan shows --------------------------------------------------------------------------------------
def _assembly(tx: Transaction, library: Library, names: tuple[str, ...]) -> tuple[Assembly | None, str]:
    """The assembly of what is installed, if this code is what the database is at; else why it is not."""
    try:
        assembly = library.assembly(names)
    except (AddonError, DeveloperError) as error:
        return None, f"{error.text.splitlines()[0]}"
    for name, revision in tx.rows("SELECT name, revision FROM tenon.addon WHERE state = 'installed'"):
        if assembly.addon(name).head != revision:
            return None, f'The code of "{name}" is at another revision than the database.'
    return assembly, ""


def _loadable(library: Library, names: tuple[str, ...]) -> Assembly | None:
    try:
        return library.assembly(names)
    except (AddonError, DeveloperError):
        return None


def _sorted(library: Library, names: tuple[str, ...]) -> tuple[str, ...]:
    assembly = _loadable(library, names)
    return assembly.names if assembly is not None else names


def _stops(assembly: Assembly | None, name: str) -> list[str]:
    if assembly is None:
        return [f"{name}: all it does"]
    registry, addon = assembly.registry, assembly.addon(name)
    lines = [f"{name}: {model.label}" for model in registry.models.values() if model.addon == name]
    for model in registry.models.values():
        fields = [bound.field.label for bound in model.fields.values() if bound.addon == name]
        if fields and model.addon != name:
            lines.append(f"{name}: {', '.join(fields)} of {model.label}")
    kinds = {"pages": "http", "what it does when others change": "hooks"}
    return lines + [f"{name}: {text}" for text, module in kinds.items() if addon.module(module)]


def _contents(tx: Transaction, removed: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is held by these addons (kept or dropped), and what goes in any case."""
    held: list[str] = []
    for name in removed:
        for table in tables(tx, name):
            held.append(f"{name}.{table}: {count(tx, quoted(name, table))} rows")
        for column in added_columns(tx, name):
            held.append(f"{column.schema}.{column.table}.{column.name}: the values of {count(tx, column.on)} rows")
        held.append(f"{name}: its groups and who is in them, rights, settings and stable ids")
    return tuple(held), tuple(f"{name}: menus, pages and rights, until it is installed again" for name in removed)
