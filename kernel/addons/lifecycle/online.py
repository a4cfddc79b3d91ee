"""What an upgrade does beside its switch: PREPARE before it and CLEAN after it, while the tenant is served.

Each step is a transaction of its own, or none for what is CONCURRENTLY; a fill is one per batch. A row of
`tenon.step` commits with it. So a run that was killed is continued by the next one: a fill at its bookmark, an
index that was left invalid is dropped and built again. Steps of other code than was run are taken back first.
What PREPARE leaves is harmless to the old code, so the tenant is served all the time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from kernel.addons.lifecycle.locks import with_lock_retries
from kernel.addons.lifecycle.switch import LOCK_TIMEOUT
from kernel.addons.migrations.filling import fill_page
from kernel.addons.migrations.parts import load_parts
from kernel.addons.migrations.revisions import Revision
from kernel.addons.migrations.running import failing, is_concurrent, run_step
from kernel.addons.migrations.sql import index_of, parse, quoted, undo_of
from kernel.addons.migrations.steps import Fill, FillInPython, Step, describe, digest
from kernel.db import Pool, Transaction, transaction
from kernel.errors import MigrateError

Report = Callable[[str], None]
PROGRESS_EVERY: Final = 20
"""Batches of a fill between two lines of progress."""


@dataclass(frozen=True, slots=True)
class Item:
    """One step of PREPARE ("prepare") or CLEAN ("clean") of a revision."""

    revision: Revision
    part: str
    position: int
    step: Step

    @property
    def key(self) -> tuple[str, str, str, int]:
        return (self.revision.addon, self.revision.id, self.part, self.position)

    def __str__(self) -> str:
        return f"{self.part} {self.revision} {self.position + 1}: {describe(self.step)}"


@dataclass(frozen=True, slots=True)
class Noted:
    """What `tenon.step` says of a step."""

    addon: str
    revision: str
    part: str
    position: int
    digest: str
    text: str
    undo: str
    bookmark: int
    done: bool

    @property
    def key(self) -> tuple[str, str, str, int]:
        return (self.addon, self.revision, self.part, self.position)


def noted(tx: Transaction, part: str) -> list[Noted]:
    """What was begun of a part, in the order in which it was; nothing where the kernel's tables are older."""
    if tx.rows("SELECT to_regclass('tenon.step')")[0][0] is None:
        return []
    rows = tx.rows(
        "SELECT addon, revision, part, position, digest, text, undo, bookmark, done_at IS NOT NULL FROM tenon.step"
        " WHERE part = %s ORDER BY done_at NULLS LAST, position",
        (part,),
    )
    return [Noted(*row) for row in rows]


def items(revisions: Sequence[Revision], part: str) -> list[Item]:
    """The steps of a part of these revisions."""
    found = []
    for revision in revisions:
        parts = load_parts(revision)
        steps = parts.prepare if part == "prepare" else parts.clean
        found += [Item(revision, part, position, step) for position, step in enumerate(steps)]
    return found


def undo_prepared(tx: Transaction, addons: Collection[str] | None = None) -> list[str]:
    """Take back what was prepared for these addons (all, if none are named), the last first; what it was."""
    rows = noted(tx, "prepare")
    undone = _undo(tx, [row for row in rows if addons is None or row.addon in addons])
    if undone and len(undone) == len(rows):
        tx.execute(
            "UPDATE tenon.operation SET state = 'undone', step = '', ended_at = clock_timestamp()"
            " WHERE ended_at IS NULL AND state = 'prepare'"
        )
    return undone


def _undo(tx: Transaction, rows: Sequence[Noted]) -> list[str]:
    for row in reversed(rows):
        if row.undo:
            tx.script(row.undo)
        tx.execute("DELETE FROM tenon.step WHERE addon = %s AND revision = %s AND part = %s AND position = %s", row.key)
    return [row.text for row in rows]


class Online:
    """The steps beside one switch, noted in one row of `tenon.operation`."""

    def __init__(self, pool: Pool, dsn: str, tenant: str, operation: int, report: Report) -> None:
        self.pool = pool
        self.dsn = dsn
        self.tenant = tenant
        self.operation = operation
        self.report = report

    def prepare(self, revisions: Sequence[Revision]) -> None:
        """Run PREPARE of these revisions, as far as it was not run yet; other steps are taken back first."""
        todo = items(revisions, "prepare")
        with self._transaction() as tx:
            rows = noted(tx, "prepare")
        fits = _fitting(todo, rows)
        stale = [row for row in rows if row.key not in fits]
        if stale:
            self.report("taking back what other code had prepared")
            self._once(lambda tx: _undo(tx, stale))
        for item in todo:
            self._run(item, fits.get(item.key))

    def clean(self, revisions: Sequence[Revision]) -> None:
        """Run what is noted of CLEAN and not done."""
        with self._transaction() as tx:
            rows = {row.key: row for row in noted(tx, "clean")}
        for item in items(revisions, "clean"):
            if item.key in rows:
                self._run(item, rows[item.key])
        self._once(lambda tx: tx.execute("DELETE FROM tenon.step WHERE part = 'clean' AND done_at IS NOT NULL"))

    def _run(self, item: Item, row: Noted | None) -> None:
        if row is not None and row.done:
            return
        self.report(str(item))
        try:
            with failing(item.revision):
                if isinstance(item.step, (Fill, FillInPython)):
                    self._fill(item, row)
                elif is_concurrent(item.step):
                    self._concurrently(item, row)
                else:
                    self._once(lambda tx: self._in_one(tx, item))
        except MigrateError as error:
            raise MigrateError(error.text, hint=_hint(self.tenant, item.part)) from error

    def _in_one(self, tx: Transaction, item: Item) -> None:
        run_step(tx, item.step)
        self._note(tx, item, done=True)

    def _fill(self, item: Item, row: Noted | None) -> None:
        assert isinstance(item.step, (Fill, FillInPython))
        fill, at, batches, written = item.step, row.bookmark if row else 0, 0, 0
        while True:
            at, count = self._once(partial(self._page, item, fill, at))
            if not at:
                return
            batches, written = batches + 1, written + count
            if batches % PROGRESS_EVERY == 0:
                self.report(f"{fill.table}: up to id {at}, {written} rows written")

    def _page(self, item: Item, fill: Fill | FillInPython, after: int, tx: Transaction) -> tuple[int, int]:
        at, written = fill_page(tx, fill, after)
        self._note(tx, item, done=not at, bookmark=at or after, written=written)
        return at, written

    def _concurrently(self, item: Item, row: Noted | None) -> None:
        """Outside of any transaction; the note before it tells the next run whose index it is that is there."""
        text, begun = str(item.step), row is not None and row.digest != ""
        if not begun:
            self._once(lambda tx: self._note(tx, item, done=False))
        with self.pool.connection(self.dsn) as connection:
            if not begun or not _is_done(connection, text):
                connection.execute(text.encode(), prepare=False)
        self._once(lambda tx: self._note(tx, item, done=True))

    def _note(self, tx: Transaction, item: Item, *, done: bool, bookmark: int = 0, written: int = 0) -> None:
        undo = undo_of(item.step) if item.part == "prepare" and isinstance(item.step, str) else ""
        tx.execute(
            "INSERT INTO tenon.step AS s (addon, revision, part, position, digest, text, undo, bookmark, written,"
            " done_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, CASE WHEN %s THEN clock_timestamp() END)"
            " ON CONFLICT (addon, revision, part, position) DO UPDATE SET digest = excluded.digest,"
            " bookmark = excluded.bookmark, written = s.written + excluded.written, done_at = excluded.done_at",
            (*item.key, digest(item.step), describe(item.step), undo, bookmark, written, done),
        )
        tx.execute(
            "UPDATE tenon.operation SET state = %s, step = %s, progress = %s WHERE id = %s",
            (item.part, str(item), Jsonb({"bookmark": bookmark, "done": done}), self.operation),
        )

    def _transaction(self) -> Any:
        return transaction(self.pool, self.dsn, "read committed")

    def _once(self, work: Callable[[Transaction], Any]) -> Any:
        """One transaction, again as a whole while somebody holds a lock that it needs."""

        def attempt() -> Any:
            with self._transaction() as tx:
                tx.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                return work(tx)

        return with_lock_retries(attempt)


def _fitting(todo: Sequence[Item], rows: Sequence[Noted]) -> dict[tuple[str, str, str, int], Noted]:
    """What was begun of the steps that are to run: of each revision, up to the first that is another by now."""
    known = {row.key: row for row in rows}
    fits: dict[tuple[str, str, str, int], Noted] = {}
    changed: set[str] = set()
    for item in todo:
        row = known.get(item.key)
        if row is None or str(item.revision) in changed:
            continue
        if row.digest == digest(item.step):
            fits[item.key] = row
        else:
            changed.add(str(item.revision))
    return fits


def _is_done(connection: psycopg.Connection[Any], text: str) -> bool:
    """Whether a statement that was begun CONCURRENTLY got to its end; an index that is left invalid is dropped."""
    made = index_of(text)
    names = [made] if made else [quoted(name) for statement in parse(text) for name in statement.dropped()]
    for name in names:
        query = "SELECT indisvalid AND indisready FROM pg_index WHERE indexrelid = to_regclass(%s)"
        found = connection.execute(query, (name,)).fetchone()
        if not made and found is not None:
            return False
        if made and (found is None or not found[0]):
            connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}".encode(), prepare=False)
            return False
    return bool(names)


def _hint(tenant: str, part: str) -> str:
    again = f"tenon addon upgrade {tenant}"
    if part == "clean":
        return f'"{tenant}" is upgraded and served. What is left to tidy up is done by: {again}'
    return (
        f'"{tenant}" is served as before. What was prepared so far is kept, and {again} goes on from there;'
        " with --undo it is taken back."
    )


def begin_online(tx: Transaction, kind: str, addons: Sequence[str], steps: Sequence[str], tenon: str) -> int:
    """The row of an operation that has steps beside its switch: that of a run which was stopped, or a new one."""
    open_still = tx.rows("SELECT id FROM tenon.operation WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1")
    if open_still:
        tx.execute(
            "UPDATE tenon.operation SET kind = %s, addons = %s, steps = %s, tenon = %s WHERE id = %s",
            (kind, list(addons), Jsonb(list(steps)), tenon, open_still[0][0]),
        )
        return int(open_still[0][0])
    rows = tx.rows(
        "INSERT INTO tenon.operation (kind, addons, steps, tenon, state) VALUES (%s, %s, %s, %s, 'prepare')"
        " RETURNING id",
        (kind, list(addons), Jsonb(list(steps)), tenon),
    )
    return int(rows[0][0])


def note_cleaning(tx: Transaction, revisions: Sequence[Revision]) -> None:
    """Note in the switch what is to be cleaned up after it."""
    for item in items(revisions, "clean"):
        tx.execute(
            "INSERT INTO tenon.step (addon, revision, part, position, digest, text) VALUES (%s, %s, %s, %s, '', %s)"
            " ON CONFLICT DO NOTHING",
            (*item.key, describe(item.step)),
        )


def unfinished(tx: Transaction) -> Iterator[str]:
    """What a stopped upgrade has left to do, in lines for people."""
    for row in noted(tx, "prepare"):
        yield f"prepared for {row.addon}@{row.revision}, not switched yet: {row.text}"
    for row in noted(tx, "clean"):
        if not row.done:
            yield f"to be cleaned up after {row.addon}@{row.revision}: {row.text}"
