"""From the DDL that leads from one schema to another to a draft of a revision: what happens before, in and after.

Only what would keep requests waiting on a table with many rows is taken out of the switch:

- an index of columns that are there is built before it, one of new columns after it, both CONCURRENTLY;
- a foreign key or a check holds for new rows from the switch on, and is validated after it;
- a column that may not be empty is added before it, filled, and NOT NULL after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from kernel.addons.migrations.snapshot import Snapshot
from kernel.addons.migrations.sql import Statement, columns_named, parse
from kernel.addons.migrations.steps import Fill, Step

UNSAID: Final = "..."
"""Stands where only the author knows the value; no SQL, so that it cannot be forgotten."""


@dataclass(slots=True)
class Draft:
    """The steps of a revision to be, and what its author has to know."""

    prepare: list[Step] = field(default_factory=list)
    upgrade: list[Step] = field(default_factory=list)
    clean: list[Step] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.prepare or self.upgrade or self.clean)


Default = Callable[[str, str], str | None]
"""(table, column) -> SQL of the value that rows get which are there; None where the kernel computes it."""


def draft(lines: Iterable[str], before: Snapshot, value: Default) -> Draft:
    """Sort statements into the parts of a revision; `before` is the schema that they find."""
    made = Draft()
    for line in lines:
        _Line(line, parse(line)[0], before, value, made).sort()
    return made


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    statement: Statement
    before: Snapshot
    value: Default
    draft: Draft

    def sort(self) -> None:
        statement = self.statement
        table = self._as_written(self.before.tables)
        if not table:
            self.draft.upgrade.append(self.text)
        elif statement.kind == "IndexStmt" and not statement.node.get("unique"):
            self._index(table)
        elif statement.kind == "AlterTableStmt":
            kind, change = next(statement.changes())
            constraint = change.get("def", {}).get("Constraint", {}).get("contype")
            if kind == "AT_AddConstraint" and constraint in ("CONSTR_FOREIGN", "CONSTR_CHECK"):
                self._constraint(table)
            elif kind == "AT_SetNotNull":
                self._fill(table, add="")
            elif kind == "AT_AddColumn" and _must_be_filled(change["def"]["ColumnDef"]):
                self._fill(table, add=self.text.removesuffix(" NOT NULL"))
            else:
                self.draft.upgrade.append(self.text)
        else:
            self.draft.upgrade.append(self.text)

    def _as_written(self, tables: Iterable[str]) -> str:
        """The table of the statement, with quotes where its name needs them; "" where it was not there before."""
        return next((name for name in tables if name.replace('"', "") == self.statement.table), "")

    def _index(self, table: str) -> None:
        text = self.text.replace("INDEX", "INDEX CONCURRENTLY", 1)
        known = {name.replace('"', "") for name in self.before.columns}
        there = all(f"{self.statement.table}.{name}" in known for name in columns_named(self.statement))
        (self.draft.prepare if there else self.draft.clean).append(text)

    def _constraint(self, table: str) -> None:
        text = self.text.removesuffix(" NOT VALID")
        self.draft.upgrade.append(f"{text} NOT VALID")
        self.draft.clean.append(f"ALTER TABLE {table} VALIDATE CONSTRAINT {_named(text, 'ADD CONSTRAINT')}")

    def _fill(self, table: str, add: str) -> None:
        """Nullable first, then a value in every row, then NOT NULL by way of a check that needs no lock."""
        column = _named(self.text, "COLUMN")
        value = self.value(self.statement.table, column.replace('"', ""))
        check = f"{self.statement.table.rpartition('.')[2]}_{column}_filled".replace('"', "")
        hold = f"ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID"
        tail = [
            f"ALTER TABLE {table} VALIDATE CONSTRAINT {check}",
            f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL",
            f"ALTER TABLE {table} DROP CONSTRAINT {check}",
        ]
        if value is None:  # the kernel computes it in the switch, after all revisions
            self.draft.upgrade += [add] if add else []
            self.draft.clean += [hold, *tail]
            return
        self.draft.prepare += [add] if add else []
        self.draft.prepare.append(Fill(table, {column: value}, where=f"t.{column} IS NULL"))
        self.draft.upgrade.append(hold)
        self.draft.clean += tail
        if value == UNSAID:
            self.draft.hints.append(f'say what {column} is in the rows of {table} that are there, in place of "..."')


def _named(text: str, words: str) -> str:
    """The name after some words of a statement, as it is written there."""
    return text.split(f" {words} ", 1)[1].split()[0]


def _must_be_filled(definition: dict[str, object]) -> bool:
    """Whether a column may not be empty, and has no default."""
    constraints = definition.get("constraints", ())
    kinds = {each["Constraint"]["contype"] for each in constraints}  # type: ignore[attr-defined]
    return "CONSTR_NOTNULL" in kinds and "CONSTR_DEFAULT" not in kinds


# -- what looks like a rename ---------------------------------------------------------------------------------
def rename_hints(old: Snapshot, new: Snapshot) -> list[str]:
    """Options that would keep the values of what goes, where something like it comes."""
    hints = []
    gone = [table for table in old.tables if table not in new.tables]
    come = [table for table in new.tables if table not in old.tables]
    for table in gone:
        names = _names(old, table)
        near = [other for other in come if len(names & _names(new, other)) >= 0.8 * len(names)]
        hints += [f"--rename {table}={other}" for other in near[:1]]
    for table in sorted(old.tables.keys() & new.tables.keys()):
        lost, added = _names(old, table) - _names(new, table), _names(new, table) - _names(old, table)
        for name in sorted(lost):
            kind = old.columns[f"{table}.{name}"].split()[0]
            near = [other for other in sorted(added) if new.columns[f"{table}.{other}"].split()[0] == kind]
            hints += [f"--rename {table}.{name}={near[0]}"] if len(near) == 1 else []
    return hints


def _names(snapshot: Snapshot, table: str) -> set[str]:
    return {name.rpartition(".")[2] for name in snapshot.columns if name.rpartition(".")[0] == table}
