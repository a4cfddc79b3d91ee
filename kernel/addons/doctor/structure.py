"""Whether the tables of a tenant are what its addons declare: tables, rights, indexes, triggers, counters, notes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from typing import Final

from kernel.addons.assembly import Assembly
from kernel.addons.doctor.cures import troubles
from kernel.addons.doctor.drift import Change, changes
from kernel.addons.doctor.expected import Expected, plain
from kernel.addons.doctor.rights import Rights, read_rights
from kernel.addons.doctor.treatment import Treatment
from kernel.addons.doctor.trouble import Trouble
from kernel.addons.doctor.walls import right_troubles
from kernel.addons.lifecycle.archive import PREFIX
from kernel.addons.lifecycle.locks import operator
from kernel.addons.migrations.revisions import KERNEL
from kernel.addons.migrations.running import current, stamp
from kernel.addons.migrations.snapshot import FOREIGN, take
from kernel.db import Transaction, transaction

_INVALID: Final = """
    SELECT format('%%I.%%I', n.nspname, i.relname) FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
    WHERE NOT x.indisvalid AND n.nspname = ANY(%s)
        AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = x.indexrelid)
    ORDER BY 1
"""
_TRIGGERS: Final = """
    SELECT format('%%I.%%I', n.nspname, c.relname), t.tgname::text, t.tgisinternal, t.tgenabled = 'D',
        coalesce(k.conname::text, '')
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint
    WHERE (NOT t.tgisinternal OR t.tgenabled = 'D') AND n.nspname = ANY(%s) ORDER BY 1, 2
"""
_COUNTERS: Final = """
    SELECT format('%%I.%%I', n.nspname, s.relname), format('%%I.%%I', tn.nspname, t.relname), quote_ident(a.attname)
    FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    JOIN pg_namespace n ON n.oid = s.relnamespace JOIN pg_class t ON t.oid = d.refobjid
    JOIN pg_namespace tn ON tn.oid = t.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid AND NOT a.attisdropped
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        AND n.nspname = ANY(%s) AND has_table_privilege(t.oid, 'SELECT') AND has_table_privilege(s.oid, 'SELECT')
    ORDER BY 1
"""


def structure_troubles(tx: Transaction, assembly: Assembly, wanted: Expected, treat: Treatment) -> Iterator[Trouble]:
    """Everything about tables that is not as a fresh install would make it, in the order of mending."""
    schemas = [*assembly.names, KERNEL]
    actual, rights = take(tx, FOREIGN), read_rights(tx)
    found = changes(actual, wanted.snapshot, schemas)
    there = {plain(name) for name in rights.owners}
    gone = {name for name in schemas if f"SCHEMA {name}" not in there}
    yield from _schemas(gone, rights, schemas, treat)
    yield from _invalid_indexes(tx, schemas, wanted, treat)
    yield from troubles(tx, [change for change in found if _schema(change) not in gone], wanted, treat)
    yield from right_troubles(rights, wanted.rights, treat)
    yield from _triggers(tx, schemas, treat)
    yield from _counters_behind(tx, schemas, treat)
    if not any(change.missing or not change.extra for change in found):
        yield from _notes(tx, assembly, wanted, treat)


def _schema(change: Change) -> str:
    return plain(change.name).split(".")[0]


def _schemas(gone: Collection[str], rights: Rights, known: Collection[str], treat: Treatment) -> Iterator[Trouble]:
    tenant = treat.row.name
    for name in sorted(gone):
        text = f'The schema {name} is missing in "{tenant}", with all tables of the addon {name}.'
        yield Trouble(text, "Its rows are gone: restore a backup.", rule="missing-schema", tenant=tenant)
    names = [plain(name).removeprefix("SCHEMA ") for name in rights.owners if name.startswith("SCHEMA ")]
    for name in sorted(names):
        if name not in known and not name.startswith((PREFIX, "pg_")):
            text = f'The schema {name} in "{tenant}" is of no addon.'
            hint = "If it was made by hand, it may stay; nothing of it is touched."
            yield Trouble(text, hint, grave=False, rule="extra-schema", tenant=tenant)


def _invalid_indexes(tx: Transaction, schemas: list[str], wanted: Expected, treat: Treatment) -> Iterator[Trouble]:
    """Indexes whose building was broken off: they slow writing down, and no query uses them."""
    for (name,) in tx.rows(_INVALID, (schemas,)):
        ours = name in wanted.snapshot.indexes or plain(name) in wanted.owners
        again = f"REINDEX INDEX {name}" if ours else f"DROP INDEX {name}"
        text = f'The index {plain(name)} in "{treat.row.name}" is not finished: its building was broken off.'
        yield Trouble(
            text,
            "" if ours else f"If no upgrade is under way, which would go on with it: {again};",
            mend=partial(treat.run, [again]) if ours else None,
            rule="invalid-index",
            tenant=treat.row.name,
            statements=(again,),
        )


def _triggers(tx: Transaction, schemas: list[str], treat: Treatment) -> Iterator[Trouble]:
    """Foreign keys that are switched off, and triggers that people made."""
    tenant = treat.row.name
    off: dict[str, set[str]] = {}
    for table, trigger, internal, disabled, constraint in tx.rows(_TRIGGERS, (schemas,)):
        if internal and disabled:
            off.setdefault(table, set()).add(constraint)
        elif not internal:
            text = f'The table {plain(table)} in "{tenant}" has a trigger {trigger}; no addon makes it.'
            hint = "What it does is done behind the back of the code. If it was made by hand, it may stay."
            yield Trouble(text, hint, grave=False, rule="extra-trigger", tenant=tenant)
    for table, names in off.items():
        enable = f"ALTER TABLE {table} ENABLE TRIGGER ALL"
        text = f'Foreign keys of {plain(table)} in "{tenant}" are switched off: {", ".join(sorted(names))}.'
        yield Trouble(
            text,
            mend=partial(_as_operator, treat, enable),
            rule="foreign-key-off",
            tenant=tenant,
            statements=(enable,),
        )


def _as_operator(treat: Treatment, statement: str) -> None:
    """Only a superuser may switch the triggers of foreign keys."""
    with treat.runtime.cluster.connect(treat.row.database) as connection:
        connection.execute(statement.encode())


def _counters_behind(tx: Transaction, schemas: list[str], treat: Treatment) -> Iterator[Trouble]:
    """Sequences whose next id is taken already: the next record could not be created."""
    tenant = treat.row.name
    counters = tx.rows(_COUNTERS, (schemas,))
    if not counters:
        return
    looks = " UNION ALL ".join(
        f"SELECT {place}, (SELECT max({column}) FROM {table}),"
        f" (SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM {sequence})"
        for place, (sequence, table, column) in enumerate(counters)
    )
    for place, highest, last in tx.rows(looks):
        if highest is not None and highest > last:
            sequence, table, column = counters[place]
            go_on = f"SELECT setval('{sequence}', (SELECT max({column}) FROM {table}))"
            at = f"the highest is {highest}, the counter at {last}"
            text = f'The next id of {plain(table)} in "{tenant}" is taken: {at}.'
            yield Trouble(
                text,
                mend=partial(treat.run, [go_on]),
                rule="sequence-behind",
                tenant=tenant,
                statements=(go_on,),
            )


# -- what the kernel has noted ----------------------------------------------------------------------------------
def _notes(tx: Transaction, assembly: Assembly, wanted: Expected, treat: Treatment) -> Iterator[Trouble]:
    """The revisions that the addons' schemas are at, and what `tenon.owned` says; only where the tables are right."""
    tenant = treat.row.name
    known = {str(name): str(at) for name, at in tx.rows("SELECT name, revision FROM tenon.addon")}
    for addon in assembly.addons:
        at = current(tx, addon.name)
        if at != known.get(addon.name, ""):
            text = f'{addon.name}.revision in "{tenant}" says "{at}"; the tables are those of "{addon.head}".'
            mend = partial(_stamp, treat, addon.name, addon.head)
            yield Trouble(text, mend=mend, rule="wrong-stamp", tenant=tenant)
    noted = {tuple(row) for row in tx.rows('SELECT schema, "table", "column", "constraint", addon FROM tenon.owned')}
    if (missing := wanted.owned - noted) or noted - wanted.owned:
        names = sorted({row[4] for row in missing} | {row[4] for row in noted - wanted.owned})
        text = f'What belongs to {", ".join(names)} is not noted rightly in tenon.owned of "{tenant}".'
        mend = partial(_note_owned, treat, wanted)
        yield Trouble(text, mend=mend, rule="wrong-owned", tenant=tenant)


def _stamp(treat: Treatment, addon: str, head: str) -> None:
    with operator(treat.runtime, treat.row.database) as (pool, dsn), transaction(pool, dsn, "read committed") as tx:
        stamp(tx, addon, head)


def _note_owned(treat: Treatment, wanted: Expected) -> None:
    """What archives have noted lies in them; here stands what is installed."""
    insert = 'INSERT INTO tenon.owned (schema, "table", "column", "constraint", addon) VALUES (%s, %s, %s, %s, %s)'
    with operator(treat.runtime, treat.row.database) as (pool, dsn), transaction(pool, dsn, "read committed") as tx:
        tx.execute("DELETE FROM tenon.owned")
        tx.executemany(insert, sorted(wanted.owned))
