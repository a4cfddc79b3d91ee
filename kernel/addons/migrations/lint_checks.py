"""What the statements of a revision must not do, and what they should not do on a table with many rows.

Each check looks at one statement, and knows what the revision and those before it have made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kernel.addons.migrations.sql import Statement, column_of, columns_named, function_names

Fault = tuple[str, str, str]
"""(rule, what is wrong, what to do)."""

NEUTRAL: Final = frozenset(("", "public", "pg_catalog", "information_schema"))
"""Schemas that belong to no addon."""
_VOLATILE: Final = frozenset(
    ("random", "clock_timestamp", "timeofday", "gen_random_uuid", "uuid_generate_v4", "nextval", "uuidv4", "uuidv7")
)
_HARMLESS: Final = frozenset(
    ("CreateStmt", "CreateSeqStmt", "AlterSeqStmt", "CreateExtensionStmt", "CommentStmt", "GrantStmt", "SelectStmt")
)
"""What the old code cannot notice."""
_CHECKED: Final = ("CONSTR_FOREIGN", "CONSTR_CHECK")


@dataclass(slots=True)
class Known:
    """What a history has made so far."""

    addon: str
    tables: set[str] = field(default_factory=set)
    """Made in the revision at hand."""
    columns: set[tuple[str, str]] = field(default_factory=set)
    """(table, column) added in the revision at hand."""
    theirs: set[tuple[str, str]] = field(default_factory=set)
    """(table of another addon, column or constraint) and (schema, index) that are this addon's own."""
    checked: set[tuple[str, str]] = field(default_factory=set)
    """(table, column) that a check holds not to be empty."""

    def note(self, statement: Statement) -> None:
        """Take in what a statement makes."""
        table, schema = statement.table, statement.table.partition(".")[0]
        if statement.kind == "CreateStmt":
            self.tables.add(table)
        for kind, change in statement.changes():
            if kind == "AT_AddColumn":
                self.columns.add((table, str(column_of(change)["colname"])))
                self.theirs.add((table, str(column_of(change)["colname"])))
            elif kind == "AT_AddConstraint":
                constraint = change["def"]["Constraint"]
                self.theirs.add((table, str(constraint.get("conname", ""))))
                self.checked |= {(table, name) for name in _not_null(constraint)}
        if statement.kind == "IndexStmt":
            self.theirs.add((schema, str(statement.node.get("idxname", ""))))
        if statement.kind == "RenameStmt":
            old = str(statement.node.get("subname", ""))
            if (table, old) in self.theirs:
                self.theirs.add((table, str(statement.node["newname"])))


def online_faults(statement: Statement, known: Known) -> Iterator[Fault]:
    """What PREPARE must not hold: the tenant is served by code that knows nothing of it."""
    table = statement.table
    if table in known.tables or statement.kind in _HARMLESS:
        return
    rule = "migration-prepare-not-additive"
    if statement.kind == "IndexStmt":
        if statement.node.get("unique") and not _all_new(columns_named(statement), table, known):
            yield rule, "a unique index may refuse what the old code writes", "Make it in UPGRADE."
    elif statement.kind == "AlterTableStmt":
        for kind, change in statement.changes():
            yield from _prepared_change(kind, change, table, known)
    elif statement.kind in ("UpdateStmt", "InsertStmt", "DeleteStmt"):
        yield rule, "it changes rows that the old code works with", "Use Fill for new columns, UPGRADE for the rest."
    else:
        yield rule, "the old code would notice it", "PREPARE only adds. Put it in UPGRADE or CLEAN."


def _prepared_change(kind: str, change: Mapping[str, Any], table: str, known: Known) -> Iterator[Fault]:
    rule = "migration-prepare-not-additive"
    if kind == "AT_AddColumn":
        column = column_of(change)
        kinds = {each["Constraint"]["contype"] for each in column.get("constraints", ())}
        if "CONSTR_NOTNULL" in kinds and not kinds & {"CONSTR_DEFAULT", "CONSTR_IDENTITY", "CONSTR_GENERATED"}:
            text = f"{column['colname']} is NOT NULL without a default: the old code could not add rows"
            yield "migration-prepare-not-null", text, "Add it nullable, Fill it, and SET NOT NULL in CLEAN."
        if kinds & {"CONSTR_UNIQUE", "CONSTR_PRIMARY"}:
            yield rule, "a unique column may refuse what the old code writes", "Make it unique in UPGRADE."
    elif kind == "AT_AddConstraint":
        constraint = change["def"]["Constraint"]
        if not _all_new(_columns_of(constraint), table, known):
            yield rule, "a constraint may refuse what the old code writes", "Add it in UPGRADE, as NOT VALID."
    elif kind != "AT_ValidateConstraint":
        yield rule, "the old code would notice it", "PREPARE only adds. Put it in UPGRADE or CLEAN."


def lock_faults(statement: Statement, part: str, known: Known) -> Iterator[Fault]:
    """What keeps requests waiting for as long as it takes to read or write a whole table."""
    table = statement.table
    if part == "UPGRADE" and statement.concurrent:
        yield (
            "migration-concurrently-in-switch",
            "nothing can be CONCURRENTLY in the switch, which is a transaction",
            "Put it in PREPARE or CLEAN.",
        )
    if not table or table in known.tables:
        return
    if statement.kind == "IndexStmt" and not statement.concurrent and not statement.node.get("unique"):
        text = f"{table} cannot be written to while the index is built"
        yield "migration-index-locks", text, "CREATE INDEX CONCURRENTLY, in PREPARE or (of new columns) CLEAN."
    if statement.kind in ("UpdateStmt", "DeleteStmt") and "whereClause" not in statement.node and part == "UPGRADE":
        text = f"it writes every row of {table} while requests wait"
        yield "migration-update-in-switch", text, "Use Fill in PREPARE; or say which rows with WHERE."
    for kind, change in statement.changes():
        yield from _change_locks(kind, change, table, known)


def _change_locks(kind: str, change: Mapping[str, Any], table: str, known: Known) -> Iterator[Fault]:
    if kind == "AT_AddColumn":
        for each in column_of(change).get("constraints", ()):
            if each["Constraint"]["contype"] == "CONSTR_DEFAULT" and _VOLATILE & function_names(each):
                text = f"a default that differs from row to row has all of {table} written anew"
                yield "migration-volatile-default", text, "Add the column without it, Fill it, then SET DEFAULT."
    elif kind == "AT_AlterColumnType":
        text = f"another type may have all of {table} written anew"
        yield "migration-type-rewrite", text, "Add a column of the new type, Fill it, and rename in UPGRADE."
    elif kind == "AT_SetNotNull" and (table, change["name"]) not in known.checked:
        text = f"all of {table} is read while nobody can use it"
        hint = "First ADD CONSTRAINT ... CHECK (column IS NOT NULL) NOT VALID in UPGRADE, and VALIDATE it in CLEAN."
        yield "migration-not-null-scan", text, hint
    elif kind == "AT_AddConstraint":
        constraint = change["def"]["Constraint"]
        if constraint["contype"] in _CHECKED and not constraint.get("skip_validation"):
            text = f"all of {table} is read while nobody can write to it"
            yield "migration-validate-at-once", text, "Add it as NOT VALID, and VALIDATE CONSTRAINT in CLEAN."


def foreign_faults(statement: Statement, known: Known) -> Iterator[Fault]:
    """What touches tables of other addons, apart from the columns that this one adds to them."""
    for name in _not_owned(statement, known):
        text = f"{name} belongs to another addon"
        yield "migration-foreign-table", text, "An addon changes its own tables, and columns that it added itself."


def _not_owned(statement: Statement, known: Known) -> Iterator[str]:
    table = statement.table
    if statement.kind == "DropStmt":
        for name in statement.dropped():
            schema, _, short = name.rpartition(".")
            if _other(schema, known) and (schema, short) not in known.theirs:
                yield name
    if not _other(table.partition(".")[0], known):
        return
    if statement.kind in ("CreateStmt", "CreateSeqStmt", "InsertStmt", "DeleteStmt", "TruncateStmt"):
        yield table
    elif statement.kind == "RenameStmt":
        schema, _, short = table.rpartition(".")
        owned = (table, statement.node.get("subname")) in known.theirs or (schema, short) in known.theirs
        if not owned:
            yield table
    elif statement.kind == "UpdateStmt":
        targets = (item["ResTarget"]["name"] for item in statement.node["targetList"])
        yield from (f"{table}.{name}" for name in targets if (table, name) not in known.theirs)
    for kind, change in statement.changes():
        name = change.get("name", "")
        if kind not in ("AT_AddColumn", "AT_AddConstraint") and (table, name) not in known.theirs:
            yield f"{table}.{name}" if name else table


def _other(schema: str, known: Known) -> bool:
    return schema not in NEUTRAL and schema != known.addon


def _all_new(columns: Collection[str], table: str, known: Known) -> bool:
    return bool(columns) and all((table, name) in known.columns for name in columns)


def _columns_of(constraint: Mapping[str, Any]) -> frozenset[str]:
    named = [*constraint.get("fk_attrs", ()), *constraint.get("keys", ())]
    if named:
        return frozenset(str(each["String"]["sval"]) for each in named)
    return columns_named(Statement("", "Constraint", constraint))


def _not_null(constraint: Mapping[str, Any]) -> frozenset[str]:
    """The columns of `CHECK (column IS NOT NULL)`."""
    test = constraint.get("raw_expr", {}).get("NullTest", {})
    return (
        columns_named(Statement("", "Constraint", test)) if test.get("nulltesttype") == "IS_NOT_NULL" else frozenset()
    )
