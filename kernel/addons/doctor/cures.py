"""What to say of each difference between a tenant's database and its models, and the cure that loses nothing.

Cured are: indexes, constraints that hold, columns that may be empty or have a default, sequences, defaults, and what
was only renamed. Nothing is ever dropped, and no value is changed: what was made by hand is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from kernel.addons.doctor.breaches import Breach, breach, nulls
from kernel.addons.doctor.drift import Change
from kernel.addons.doctor.expected import Expected, owner_of, plain
from kernel.addons.doctor.treatment import Treatment
from kernel.addons.doctor.trouble import Trouble
from kernel.addons.migrations.snapshot import Snapshot, column_parts, statements, table_of
from kernel.db import Transaction

OWN: Final = "_doctor"
"""How the names of constraints end that a cure makes for a moment."""
_NOTHING: Final = Snapshot({}, {}, {}, {}, {})


def troubles(tx: Transaction, found: list[Change], wanted: Expected, treat: Treatment) -> Iterator[Trouble]:
    """A trouble for each change, in the same order; `treat` runs what cures it."""
    for change in found:
        yield from _Case(tx, change, wanted, treat).troubles()


class _Case:
    """One change, on its way to a trouble."""

    def __init__(self, tx: Transaction, change: Change, wanted: Expected, treat: Treatment) -> None:
        self.tx = tx
        self.tenant = treat.row.name
        self.change = change
        self.wanted = wanted
        self.treat = treat
        self.last = change.name.rsplit(".", 1)[1]

    def troubles(self) -> Iterator[Trouble]:
        change = self.change
        if change.twin:
            yield self._renamed()
        elif change.extra:
            yield self._extra()
        elif change.kind == "column":
            yield from self._column()
        elif change.kind in ("constraint", "index"):
            yield self._rule()
        elif change.kind == "sequence":
            yield self._sequence()
        else:
            yield self._missing_table()

    # -- how it is said -------------------------------------------------------------------------------------
    def _named(self) -> str:
        """`crm.contact.phone`, `the index crm.contact_name_idx`."""
        name = plain(self.change.name)
        return name if self.change.kind == "column" else f"the {self.change.kind} {name}"

    def _say(
        self,
        what: str,
        *,
        hint: str = "",
        cure: tuple[str, ...] = (),
        undo: tuple[str, ...] = (),
        by: str = "",
        grave: bool = True,
    ) -> Trouble:
        """A trouble about it; `cure` is run by `--repair`, unless the hint says that a person has to decide."""
        state = "missing" if self.change.missing else "extra" if self.change.extra else "different"
        text = f"{self._named()} {what}; {by or owner_of(self.wanted, self.change.name)}."
        mend = None if hint or not cure else partial(self.treat.run, cure, undo)
        rule = f"{state}-{self.change.kind}"
        shown = text if self.change.kind == "column" else text[0].upper() + text[1:]
        return Trouble(shown, hint, mend, grave, rule, self.tenant, cure)

    # -- missing or different ---------------------------------------------------------------------------------
    def _missing_table(self) -> Trouble:
        whole = _alone(self.wanted.snapshot, self.change.name)
        return self._say(
            f'is missing in "{self.tenant}"',
            hint="Its rows are gone: restore a backup. `tenon doctor --json` has the statements for an empty one.",
            cure=tuple(statements(_NOTHING, whole)),
        )

    def _sequence(self) -> Trouble:
        name, column = self.change.name, str(self.change.should)
        table, key = table_of(column), column.rsplit(".", 1)[1]
        if self.change.missing:
            start = f"SELECT setval('{name}', coalesce((SELECT max({key}) FROM {table}), 0) + 1, false)"
            cure = (f"CREATE SEQUENCE {name}", f"ALTER SEQUENCE {name} OWNED BY {column}", start)
            return self._say(f'is missing in "{self.tenant}"', cure=cure)
        return self._say(
            f'does not belong to {plain(column)} in "{self.tenant}"', cure=(f"ALTER SEQUENCE {name} OWNED BY {column}",)
        )

    def _column(self) -> Iterator[Trouble]:
        change, table = self.change, self.change.table
        should = column_parts(str(change.should))
        if change.missing:
            add = (f"ALTER TABLE {table} ADD COLUMN {self.last} {change.should}",)
            must = should[1] and not should[2] and self._has_rows(table)
            hint = "It must be filled, and the table has rows: restore the column from a backup." if must else ""
            yield self._say(f'is missing in "{self.tenant}"', hint=hint, cure=add)
            return
        was = column_parts(str(change.was))
        alter = f"ALTER TABLE {table} ALTER COLUMN {self.last}"
        if was[0] != should[0]:
            yield self._say(
                f'is of type {was[0]} in "{self.tenant}", not {should[0]}',
                hint="A person has to decide whether every value fits: "
                f"{alter} TYPE {should[0]} USING {self.last}::{should[0]};",
                cure=(f"{alter} TYPE {should[0]} USING {self.last}::{should[0]}",),
            )
        if was[2] != should[2]:
            now = f"has the default {was[2]}" if was[2] else "has no default"
            then = f"SET DEFAULT {should[2]}" if should[2] else "DROP DEFAULT"
            yield self._say(f'{now} in "{self.tenant}", not {should[2] or "none"}', cure=(f"{alter} {then}",))
        if was[1] and not should[1]:
            yield self._say(f'must be filled in "{self.tenant}"', cure=(f"{alter} DROP NOT NULL",))
        if should[1] and not was[1]:
            yield self._not_null(alter)

    def _not_null(self, alter: str) -> Trouble:
        """Proven by a constraint first, so that the table is locked for a moment only."""
        table, check = self.change.table, f"{plain(self.last)[:50]}{OWN}"
        missing, drop = nulls(self.tx, table, self.last), f'ALTER TABLE {table} DROP CONSTRAINT "{check}"'
        return self._say(
            f'may be empty in "{self.tenant}"{_and(missing)}',
            hint=_first_rows(self.tenant) if missing else "",
            cure=(
                f'ALTER TABLE {table} ADD CONSTRAINT "{check}" CHECK ({self.last} IS NOT NULL) NOT VALID',
                f'ALTER TABLE {table} VALIDATE CONSTRAINT "{check}"',
                f"{alter} SET NOT NULL",
                drop,
            ),
            undo=(drop,),
        )

    def _rule(self) -> Trouble:
        """A constraint or an index."""
        change, should = self.change, str(self.change.should)
        if not change.missing and change.was != f"{should} NOT VALID":
            return self._say(
                f'is another one in "{self.tenant}": {change.was}, not {should}',
                hint="Rename it, then `tenon doctor --repair` makes the right one.",
            )
        found = breach(self.tx, change.table, should)
        table = change.table
        if not change.missing:
            cure: tuple[str, ...] = (f"ALTER TABLE {table} VALIDATE CONSTRAINT {self.last}",)
            what = f'holds for new rows only in "{self.tenant}"'
            hint = _first_rows(self.tenant) if found else ""
            return self._say(f"{what}{_and(found)}", hint=hint, cure=cure, grave=False)
        what = f'is missing in "{self.tenant}"{_and(found)}'
        drop = (f"ALTER TABLE {table} DROP CONSTRAINT {self.last}",) if change.kind == "constraint" else ()
        hint = _first_rows(self.tenant) if found else ""
        return self._say(what, hint=hint, cure=_make(change, table, self.last), undo=drop)

    def _renamed(self) -> Trouble:
        change, twin = self.change, self.change.twin
        new, old = change.name.rsplit(".", 1)[1], twin.rsplit(".", 1)[1]
        cure = {
            "table": f"ALTER TABLE {twin} RENAME TO {new}",
            "column": f"ALTER TABLE {change.table} RENAME COLUMN {old} TO {new}",
            "constraint": f"ALTER TABLE {change.table} RENAME CONSTRAINT {old} TO {new}",
            "index": f"ALTER INDEX {twin} RENAME TO {new}",
            "sequence": f"ALTER SEQUENCE {twin} RENAME TO {new}",
        }[change.kind]
        decide = change.kind in ("table", "column")
        hint = f"If it was renamed: {cure}; Else rename {plain(twin)} to something else, and repair." if decide else ""
        what = f'is missing in "{self.tenant}", but {plain(twin)} looks like it'
        return self._say(what, hint=hint, cure=(cure,))

    # -- too much ---------------------------------------------------------------------------------------------
    def _extra(self) -> Trouble:
        change = self.change
        if change.kind == "column" and column_parts(str(change.was))[1] and not column_parts(str(change.was))[2]:
            alter = f"ALTER TABLE {change.table} ALTER COLUMN {self.last} DROP NOT NULL"
            return self._say(
                f'is in "{self.tenant}" and must be filled, so that no record can be created',
                by="no model declares it",
                hint=f"If it is needed: {alter};",
                cure=(alter,),
            )
        if change.kind == "constraint" and plain(self.last).endswith(OWN):
            drop = (f"ALTER TABLE {change.table} DROP CONSTRAINT {self.last}",)
            return self._say(f'is in "{self.tenant}"', by="a repair that was killed left it", cure=drop)
        refuses = change.kind == "constraint" or str(change.was).startswith("CREATE UNIQUE")
        more = ", and it may refuse what addons write" if refuses else ""
        hint = "If it was made by hand, it may stay; nothing of it is touched."
        return self._say(f'is in "{self.tenant}"{more}', by="no model declares it", hint=hint, grave=False)

    def _has_rows(self, table: str) -> bool:
        return bool(self.tx.rows(f"SELECT 1 FROM {table} LIMIT 1"))


def _make(change: Change, table: str, name: str) -> tuple[str, ...]:
    """An index is built beside the requests; a constraint is checked after it is there."""
    should = str(change.should)
    if change.kind == "index":
        return (should.replace("INDEX", "INDEX CONCURRENTLY", 1),)
    add = f"ALTER TABLE {table} ADD CONSTRAINT {name} {should}"
    if should.startswith(("CHECK", "FOREIGN KEY")) and not should.endswith("NOT VALID"):
        return (f"{add} NOT VALID", f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    return (add,)


def _alone(snapshot: Snapshot, table: str) -> Snapshot:
    """Of a snapshot, what belongs to one table."""

    def on(kind: str, part: dict[str, str]) -> dict[str, str]:
        return {n: text for n, text in part.items() if Change(kind, n, None, text).table == table}  # type: ignore[arg-type]

    return Snapshot(
        {table: ""},
        on("sequence", dict(snapshot.sequences)),
        on("column", dict(snapshot.columns)),
        on("constraint", dict(snapshot.constraints)),
        on("index", dict(snapshot.indexes)),
    )


def _and(found: Breach | None) -> str:
    return f", and {found}" if found else ""


def _first_rows(tenant: str) -> str:
    return f"Change these rows first, then: tenon doctor {tenant} --repair"
