"""What a statement of a revision does, as PostgreSQL's own parser reads it: tables, additions, and their undoing.

Nothing here asks a database. The parser is imported when there is a statement to read.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from kernel.addons.migrations.steps import Fill, FillInPython, Step

EVERYTHING: Final = "*"
"""Stands for tables that cannot be told."""
PARSER: Final = "pgparse"


class UnreadableError(Exception):
    """A text is no SQL that PostgreSQL understands."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its kind (`AlterTableStmt`) and what the parser says of it."""

    text: str
    kind: str
    node: Mapping[str, Any]

    @property
    def table(self) -> str:
        """The table (or sequence, or index) it is about: `loyalty.partner`; "" where there is none."""
        relation = self.node.get("relation")
        return _name(relation) if isinstance(relation, Mapping) else ""

    @property
    def concurrent(self) -> bool:
        """Whether it says CONCURRENTLY."""
        options = [option.get("DefElem", {}).get("defname") for option in self.node.get("params", ())]
        return bool(self.node.get("concurrent")) or "concurrently" in options

    def changes(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """(kind, what) for each part of an ALTER TABLE: ("AT_AddColumn", {...})."""
        for command in self.node.get("cmds", ()) if self.kind == "AlterTableStmt" else ():
            inner = command["AlterTableCmd"]
            yield inner["subtype"], inner

    def dropped(self) -> list[str]:
        """The names that a DROP is about."""
        found = []
        for item in self.node.get("objects", ()) if self.kind == "DropStmt" else ():
            parts = item.get("List", {}).get("items", ())
            found.append(".".join(part["String"]["sval"] for part in parts))
        return found


@lru_cache(maxsize=512)
def parse(text: str) -> tuple[Statement, ...]:
    """The statements of a text; UnreadableError where it is no SQL."""
    parser = importlib.import_module(PARSER)
    try:
        found = parser.parse(text)
    except parser.PGQueryError as error:
        raise UnreadableError(str(error)) from error
    return tuple(Statement(text, *next(iter(item["stmt"].items()))) for item in found)


def inner_statements(statement: Statement) -> Iterator[Statement]:
    """The statements in the body of a DO block, as far as they can be read."""
    for argument in statement.node.get("args", ()) if statement.kind == "DoStmt" else ():
        body = argument["DefElem"]["arg"].get("String", {}).get("sval", "")
        for piece in re.split(r";|\bTHEN\b|\bBEGIN\b|\bELSE\b", body):
            try:
                yield from parse(piece.strip())
            except UnreadableError:
                continue


def with_inner(text: str) -> Iterator[Statement]:
    """The statements of a text, each DO block followed by what is in it."""
    for statement in parse(text):
        yield statement
        yield from inner_statements(statement)


# -- tables ---------------------------------------------------------------------------------------------------
def tables_of(steps: Iterable[Step]) -> frozenset[str]:
    """The tables that steps name, read or written; `loyalty.*` where only the schema is known, `*` for anything."""
    found: set[str] = set()
    for step in steps:
        for text in texts_of(step):
            try:
                found.update(*(_tables(statement) for statement in parse(text)))
            except UnreadableError:
                found.add(EVERYTHING)
        if not isinstance(step, (str, Fill, FillInPython)):
            found.update(vars(step).get("touches", (EVERYTHING,)))
    return frozenset(found)


def texts_of(step: Step) -> list[str]:
    """The SQL that a step consists of, as far as that is known without running it."""
    if isinstance(step, str):
        return [step]
    if isinstance(step, Fill):
        sets = ", ".join(f'"{name}" = ({value})' for name, value in step.values.items())
        return [f"UPDATE {step.table} AS t SET {sets}" + (f" WHERE {step.where}" if step.where else "")]
    if isinstance(step, FillInPython):
        return [f"SELECT {', '.join(step.reads)} FROM {step.table} AS t WHERE {step.where}"]
    return []


def _tables(statement: Statement) -> set[str]:
    if statement.kind == "DoStmt":
        return {EVERYTHING}
    found = {_name(node) for node in _walk(statement.node) if "relname" in node}
    for name in statement.dropped():
        index = statement.node.get("removeType") == "OBJECT_INDEX"
        found.add(f"{name.rpartition('.')[0]}.*" if index else name)
    if statement.kind == "RenameStmt" and statement.node.get("renameType") == "OBJECT_TABLE":
        found.add(f"{statement.table.rpartition('.')[0]}.{statement.node['newname']}")
    return found


def overlap(some: Collection[str], others: Collection[str]) -> bool:
    """Whether two sets of tables have one in common, as far as can be told."""
    if not some or not others:
        return False
    if EVERYTHING in some or EVERYTHING in others:
        return True
    return any(one == other or _covers(one, other) or _covers(other, one) for one in some for other in others)


def _covers(pattern: str, table: str) -> bool:
    return pattern.endswith(".*") and table.startswith(pattern[:-1])


def _name(relation: Mapping[str, Any]) -> str:
    schema, name = relation.get("schemaname", ""), relation.get("relname", "")
    return f"{schema}.{name}" if schema else str(name)


def _walk(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value)


def columns_named(statement: Statement) -> frozenset[str]:
    """The columns that the keys, expressions and conditions of an index name."""
    found = {str(node["name"]) for node in _walk(statement.node) if "name" in node and "ordering" in node}
    for node in _walk(statement.node):
        fields = node.get("fields") if "fields" in node else None
        if isinstance(fields, list) and fields and "String" in fields[-1]:
            found.add(str(fields[-1]["String"]["sval"]))
    return frozenset(found)


def function_names(node: Mapping[str, Any]) -> frozenset[str]:
    """The functions that a part of a statement calls."""
    calls = (each["FuncCall"] for each in _walk(node) if "FuncCall" in each)
    return frozenset(str(call["funcname"][-1]["String"]["sval"]) for call in calls)


# -- undoing --------------------------------------------------------------------------------------------------
def undo_of(text: str) -> str:
    """The statements that take back what a statement of PREPARE adds; "" where nothing is to be taken back."""
    undone = [line for statement in parse(text) for line in _undo(statement)]
    return "; ".join(reversed(undone))


def _undo(statement: Statement) -> Iterator[str]:
    table = quoted(statement.table)
    for kind, what in statement.changes():
        if kind == "AT_AddColumn":
            yield f"ALTER TABLE IF EXISTS {table} DROP COLUMN IF EXISTS {_quote(column_of(what)['colname'])}"
        elif kind == "AT_AddConstraint":
            name = _quote(what["def"]["Constraint"]["conname"])
            yield f"ALTER TABLE IF EXISTS {table} DROP CONSTRAINT IF EXISTS {name}"
    if statement.kind == "IndexStmt":
        schema = statement.table.rpartition(".")[0]
        yield f"DROP INDEX IF EXISTS {_quote(schema)}.{_quote(statement.node['idxname'])}"
    elif statement.kind == "CreateStmt":
        yield f"DROP TABLE IF EXISTS {table}"
    elif statement.kind == "CreateSeqStmt":
        yield f"DROP SEQUENCE IF EXISTS {quoted(_name(statement.node['sequence']))}"


def index_of(text: str) -> str:
    """The index that a CREATE INDEX makes, quoted and with its schema; "" for any other statement."""
    for statement in parse(text):
        if statement.kind == "IndexStmt" and "idxname" in statement.node:
            return f"{_quote(statement.table.rpartition('.')[0])}.{_quote(statement.node['idxname'])}"
    return ""


def column_of(change: Mapping[str, Any]) -> Mapping[str, Any]:
    """The definition in an ADD COLUMN: `colname`, `typeName`, `constraints`."""
    found: Mapping[str, Any] = change["def"]["ColumnDef"]
    return found


def quoted(table: str) -> str:
    """`loyalty.partner` -> `"loyalty"."partner"`."""
    return ".".join(_quote(part) for part in table.split("."))


def _quote(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
