"""What an upgrade will do to tables, told before: when, by which statements, on how many rows, who has to wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kernel.addons.lifecycle.plan import Plan
from kernel.addons.migrations.parts import Parts, load_parts
from kernel.addons.migrations.revisions import Revision
from kernel.addons.migrations.sql import EVERYTHING, Statement, UnreadableError, parse, tables_of
from kernel.addons.migrations.steps import Fill, FillInPython, Step, describe
from kernel.addons.runtime import Runtime, Tenant
from kernel.db import transaction

_WHEN: Final = {
    "before": "before, while the tenant is served",
    "switch": "in the switch, while requests wait",
    "after": "after, while the tenant is served",
}
_READ_AND_WRITE: Final = "nobody waits"
_LOCKS: Final = {
    "AT_ValidateConstraint": _READ_AND_WRITE,
    "AT_AddConstraint": "writes wait while rows are checked",
    "AT_AlterColumnType": "all wait while the table is written anew",
    "AT_SetNotNull": "all wait while rows are checked",
    "IndexStmt": "writes wait while it is built",
    "UpdateStmt": "writers of its rows wait",
    "DeleteStmt": "writers of its rows wait",
}
"""Where nothing is said: all wait for a moment, for what only changes the catalog."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """One part of one revision of an upgrade."""

    when: str
    revision: str
    file: str
    message: str
    steps: tuple[dict[str, Any], ...]
    """Each with its text, table, rows (an estimate) and lock."""
    why: str = ""
    """Why it does not happen beside the switch, though it could."""

    def lines(self, *, sql: bool) -> Iterator[str]:
        """For people; with `sql`, each statement."""
        rows = {step["table"]: step["rows"] for step in self.steps if step["rows"]}
        about = "".join(f"; {table}, about {count:,} row{'s' * (count != 1)}" for table, count in rows.items())
        yield f"  {self.revision} {self.message} {len(self.steps)} steps{about}"
        if self.why:
            yield f"    ({self.why})"
        for step in self.steps if sql else ():
            yield f"    {step['text']}"
            if step["lock"]:
                yield f"      ({step['lock']})"


def outlook(runtime: Runtime, tenant: Tenant, plan: Plan) -> list[Outlook]:
    """The parts of a plan in the order in which they happen."""
    parts = {str(each.revision): load_parts(each.revision) for each in plan.schedule}
    found: list[tuple[str, Revision, Sequence[Step], str]] = []
    for each in plan.schedule:
        if each.prepared:
            found.append(("before", each.revision, parts[str(each.revision)].prepare, ""))
    for each in plan.schedule:
        steps = _in_switch(parts[str(each.revision)], prepared=each.prepared, cleaned=each.cleaned)
        if steps or each.revision.parts == {"upgrade"}:
            found.append(("switch", each.revision, steps, each.why))
    found += [("after", revision, load_parts(revision).clean, "") for revision in plan.to_clean]
    rows = _estimates(runtime, tenant, [step for _, _, steps, _ in found for step in steps])
    return [
        Outlook(when, str(revision), revision.place, revision.message, tuple(_told(step, rows) for step in steps), why)
        for when, revision, steps, why in found
    ]


def outlook_lines(found: Sequence[Outlook], *, sql: bool) -> Iterator[str]:
    """All of it for people, under a line for each of the three steps."""
    for when, title in _WHEN.items():
        parts = [each for each in found if each.when == when]
        if parts:
            yield f"{title}:"
        for each in parts:
            yield from each.lines(sql=sql)


def _in_switch(parts: Parts, *, prepared: bool, cleaned: bool) -> list[Step]:
    first = [step for step in parts.prepare if not prepared or isinstance(step, (Fill, FillInPython))]
    return [*first, *parts.upgrade, *(() if cleaned else parts.clean)]


def _told(step: Step, rows: dict[str, int]) -> dict[str, Any]:
    table = _table(step)
    return {"text": describe(step), "table": table, "rows": rows.get(table, 0), "lock": _lock(step)}


def _table(step: Step) -> str:
    if isinstance(step, (Fill, FillInPython)):
        return step.table
    if isinstance(step, str):
        try:
            return next((statement.table for statement in parse(step) if statement.table), "")
        except UnreadableError:
            return ""
    return ""


def _lock(step: Step) -> str:
    if not isinstance(step, str):
        return ""
    try:
        return next((lock for statement in parse(step) if (lock := _lock_of(statement))), "")
    except UnreadableError:
        return ""


def _lock_of(statement: Statement) -> str:
    if statement.concurrent:
        return _READ_AND_WRITE
    if statement.kind in ("AlterTableStmt", "RenameStmt", "DropStmt"):
        locks = [_LOCKS[kind] for kind, _ in statement.changes() if kind in _LOCKS]
        quick = any(
            change.get("def", {}).get("Constraint", {}).get("skip_validation") for _, change in statement.changes()
        )
        return "all wait for a moment" if quick or not locks else locks[0]
    return _LOCKS.get(statement.kind, "")


def _estimates(runtime: Runtime, tenant: Tenant, steps: Sequence[Step]) -> dict[str, int]:
    """Table -> rows, as PostgreSQL remembers them."""
    names = [name for name in tables_of(steps) if name != EVERYTHING and not name.endswith(".*")]
    query = (
        "SELECT n.nspname || '.' || c.relname, greatest(c.reltuples, s.n_live_tup, 0)::bigint FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid"
        " WHERE n.nspname || '.' || c.relname = ANY(%s) AND c.relkind = 'r'"
    )
    with transaction(runtime.pool, tenant.row.dsn) as tx:
        return {str(name): int(count) for name, count in tx.rows(query, (names,))}
