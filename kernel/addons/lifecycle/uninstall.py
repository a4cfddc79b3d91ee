"""Uninstalling addons: a plan that says what stops, what is kept and what goes, then one transaction.

The default is to *detach*: what the addons hold moves into archives, from which `install` brings it back.
`purge` drops it. Addons whose code is gone can be uninstalled too; then nobody can be told before, and the
plan says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from graphlib import TopologicalSorter

from kernel.addons import hookspecs
from kernel.addons.assembly import Assembly, Library
from kernel.addons.contents.belongings import claims_of, traces_of
from kernel.addons.lifecycle.archive import archived, detach, purge, refuse_strangers
from kernel.addons.lifecycle.backfill import compute_again, touched
from kernel.addons.lifecycle.inventory import added_columns, needs
from kernel.addons.lifecycle.online import Report, undo_prepared
from kernel.addons.lifecycle.operation import operate, refuse_other_addons, tell_directory
from kernel.addons.lifecycle.plan import installed
from kernel.addons.lifecycle.remains import delete_remains, remains_of
from kernel.addons.lifecycle.removal import Item, Removal, held, left, stops
from kernel.addons.lifecycle.switch import update_kernel
from kernel.addons.runtime import Runtime, Tenant, system_env
from kernel.addons.tenant_info import TenantCache, TenantView
from kernel.db import Transaction, transaction
from kernel.errors import AddonError, DeveloperError, MissingError, UserError, suggest


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
        rest = _loadable(library, after)
        archives = tuple(name for name in wanted if name in kept)
        keeps = tuple(item for name in removed for item in held(tx, assembly, name))
        goes, stays = _left(tx, rest, removed, archives, purge=purge)
        for name in removed:
            refuse_strangers(tx, name, [c for other in removed for c in added_columns(tx, other)], removed)
    notes = [f"{why} addon_uninstalling is not called."] if why else []
    if assembly is not None:
        notes += [f"{m}.{f} is computed again without them" for m, f in touched(assembly.registry, removed)]
    return Removal(
        tenant=tenant.name,
        before=before,
        after=after,
        removed=removed,
        stops=tuple(item for name in removed for item in stops(assembly, name)),
        keeps=() if purge else keeps,
        goes=(*(keeps if purge else ()), *goes),
        stays=tuple(stays),
        notes=tuple(notes),
        archives=archives,
        purge=purge,
        silent=bool(why),
        titles={name: found.title for name, found in library.available().manifests.items()},
    )


def execute_uninstall(runtime: Runtime, plan: Removal, report: Report | None = None) -> tuple[str, ...]:
    """Carry out a plan; what of it could not be done, as lines for people."""
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
        traces = traces_of(rest) if rest is not None else []
        leaving = (*plan.removed, *plan.archives) if plan.purge and rest is not None else ()
        remains = [remains_of(tx, name, rest, plan.removed) for name in leaving if rest is not None]
        undo_prepared(tx, plan.removed)
        for name in plan.removed:
            tell(f"tables of {name}")
            detach(tx, name, claims)
            if plan.purge:
                purge(tx, name, traces)
        for name in plan.archives:
            purge(tx, name, traces)
        if rest is None or not (again or remains):
            return []
        env = system_env(tx, rest, view)
        notes = delete_remains(env, remains)
        compute_again(env, again)
        env.flush()
        return notes

    notes = operate(runtime, tenant, plan.kind, (*plan.removed, *plan.archives), plan.steps, switch)
    return (*notes, *tell_directory(tenant, _sorted(runtime.library, plan.after)))


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


def _left(
    tx: Transaction, rest: Assembly | None, removed: Sequence[str], archives: Sequence[str], *, purge: bool
) -> tuple[list[Item], list[Item]]:
    """Records in the tables of others that go, and those that stay."""
    goes: list[Item] = []
    stays: list[Item] = []
    for name in (*removed, *archives) if rest is not None else ():
        assert rest is not None
        more, rest_of_it = left(remains_of(tx, name, rest, removed), rest, purge=purge)
        goes += more
        stays += rest_of_it
    return goes, stays
