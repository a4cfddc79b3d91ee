"""Renames that an author tells: `loyalty.partner.points=score`, `loyalty.partner=loyalty.member`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kernel.addons.migrations.snapshot import Snapshot, table_of
from kernel.errors import UserError, suggest


def rename_statements(told: Iterable[str], old: Snapshot, new: Snapshot) -> list[str]:
    """The statements of renames from `old` to `new`; UserError with the near word for one that means nothing.

    Tables come first, so a column of a table that is renamed too is told by the table's old name.
    """
    tables: dict[str, str] = {}
    columns: list[tuple[str, str]] = []
    for text in told:
        before, equals, after = text.partition("=")
        if not equals or not before or not after or before.count(".") not in (1, 2):
            raise UserError(
                f'"{text}" is no rename.',
                hint="Write --rename addon.table.column=new_column, or --rename addon.table=addon.new_table",
            )
        if before.count(".") == 1:
            tables[before] = after if "." in after else f"{table_of(before)}.{after}"
        else:
            columns.append((before, after.rpartition(".")[2]))
    lines = [line for before, after in tables.items() for line in _table(before, after, old, new)]
    lines += [line for before in tables for line in _links(before, old, new)]
    return lines + [_column(before, after, tables, old, new) for before, after in columns]


def _table(before: str, after: str, old: Snapshot, new: Snapshot) -> Iterator[str]:
    _known("table", before, [name for name in old.tables if name not in new.tables], "goes")
    _known("table", after, [name for name in new.tables if name not in old.tables], "is new")
    name = after.rpartition(".")[2]
    yield f"ALTER TABLE {before} RENAME TO {name}"
    if f"{before}_id_seq" in old.sequences:
        yield f"ALTER SEQUENCE {before}_id_seq RENAME TO {name}_id_seq"


def _links(renamed: str, old: Snapshot, new: Snapshot) -> Iterator[str]:
    """In tables of links, the column that leads to a table that is renamed: it is called after it."""
    for name, text in old.constraints.items():
        table = table_of(name)
        if table not in new.tables or f"REFERENCES {renamed}(" not in text or f"{table}.id" in old.columns:
            continue
        column = text.split("(", 1)[1].split(")", 1)[0]
        come = [each for each in _columns(new, table) if each not in _columns(old, table)]
        if column not in _columns(new, table) and len(come) == 1:
            yield f"ALTER TABLE {table} RENAME COLUMN {column} TO {come[0]}"


def _column(before: str, after: str, tables: dict[str, str], old: Snapshot, new: Snapshot) -> str:
    table, _, name = before.rpartition(".")
    there = tables.get(table, table)
    if table not in old.tables:
        raise UserError(f"There is no table {table}.{suggest(table, old.tables)}")
    had, has = _columns(old, table), _columns(new, there)
    gone, come = [each for each in had if each not in has], [each for each in has if each not in had]
    name = name if name in gone else f"{name}_id" if f"{name}_id" in gone else name
    after = after if after in come else f"{after}_id" if f"{after}_id" in come else after
    _known(f"column of {table}", name, gone, "goes")
    _known(f"column of {there}", after, come, "is new")
    return f"ALTER TABLE {there} RENAME COLUMN {name} TO {after}"


def _columns(snapshot: Snapshot, table: str) -> list[str]:
    return [name.rpartition(".")[2] for name in snapshot.columns if table_of(name) == table]


def _known(kind: str, name: str, names: list[str], what: str) -> None:
    if name not in names:
        raise UserError(
            f'No {kind} called "{name}" {what}.{suggest(name, names)}',
            hint=f"What {what}: {', '.join(sorted(names)) or 'none'}.",
        )


def rename_parts(old: Snapshot, new: Snapshot) -> list[str]:
    """Renames of constraints and indexes that are the same but for their name: those of what was renamed."""
    lines = []
    for name in [each for each in old.constraints if each not in new.constraints]:
        same = [
            other
            for other, text in new.constraints.items()
            if other not in old.constraints and table_of(other) == table_of(name) and text == old.constraints[name]
        ]
        if len(same) == 1:
            short = [each.rpartition(".")[2] for each in (name, same[0])]
            lines.append(f"ALTER TABLE {table_of(name)} RENAME CONSTRAINT {short[0]} TO {short[1]}")
    for name in [each for each in old.indexes if each not in new.indexes]:
        schema, _, short_old = name.rpartition(".")
        for other, text in new.indexes.items():
            name_new = other.rpartition(".")[2]
            if (
                other not in old.indexes
                and old.indexes[name].replace(f" {short_old} ON ", f" {name_new} ON ", 1) == text
            ):
                lines.append(f"ALTER INDEX {schema}.{short_old} RENAME TO {name_new}")
                break
    return lines
