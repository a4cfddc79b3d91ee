"""The unit of work: what one transaction knows and has not written yet.

One per transaction, shared by all its envs. The cache is columnar: `columns[index][id]` is the value of
the field with that index. A column holds `{0: null}` from the start, so that the empty recordset (id 0)
reads its null values on the same path as any record.

Three sets say what is not final:

- `dirty[index]`: ids whose value is newer than the database's;
- `todo[index]`: ids whose stored computed value must be computed; `old[index]` keeps what the database has;
- `pending[index]`: a stored target and the links over which *some* records became out of date. Who they
  are is one query, asked as late as possible. Until then the column is *suspended*: its values lie in
  `stash[index]`, every read misses, and the miss settles the matter (`kernel.orm.computing.recompute`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from kernel.errors import TransactionDeadError
from kernel.orm.ports import Change, Ports
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.standing import Standing

if TYPE_CHECKING:
    from kernel.db.transaction import Transaction
    from kernel.orm.env import Env
    from kernel.orm.registry.registry import Registry

Column = dict[Any, Any]
Path = tuple[Bound, ...]
Pairs = dict[tuple[Any, Any], None]

MISSING: Any = object()
NO_PORTS = Ports()
BLOCKS = (1, 4, 16, 64, 256)
"""How many ids are drawn from a sequence at once, when records are created one by one."""


class Columns(dict[int, Column]):
    """Field index -> column, made when first asked for."""

    def __init__(self, registry: Registry) -> None:
        super().__init__()
        self._bounds = registry.bounds

    def __missing__(self, index: int) -> Column:
        column = self[index] = {0: self._bounds[index].column_null}
        return column


class EnvColumns(dict[int, Column]):
    """The columns as one env sees them.

    Stored fields are the transaction's columns (taken over when first asked for, see `UnitOfWork.swap`);
    values that are computed and not stored depend on who asks, and have columns of their own; hidden
    fields have none (KeyError).
    """

    def __init__(self, work: UnitOfWork, hides: Callable[[Bound], bool] | None = None) -> None:
        super().__init__()
        self.work = work
        self._hides = hides

    def hides(self, bound: Bound) -> bool:
        """Whether the actor may not know the field."""
        return self._hides is not None and self._hides(bound)

    def __missing__(self, index: int) -> Column:
        bound = self.work.registry.bounds[index]
        if self._hides is not None and self._hides(bound):
            raise KeyError(index)
        column = {0: bound.null} if bound.contextual else self.work.columns[index]
        self[index] = column
        return column


def forget(column: Column | None, ids: Collection[Any]) -> None:
    """Take values out of a column, all at once where it has no others."""
    if not column or column.keys() == {0}:
        return
    if len(column) == len(ids) and column.keys() == set(ids):
        column.clear()
    else:
        for id in ids:
            column.pop(id, None)


class LinkChange:
    """Pairs to insert into and to delete from a link table; ordered."""

    __slots__ = ("minus", "plus")

    def __init__(self) -> None:
        self.plus: dict[tuple[Any, Any], None] = {}
        self.minus: dict[tuple[Any, Any], None] = {}

    def add(self, pair: tuple[Any, Any]) -> None:
        """Link; an unwritten unlink of the same pair is taken back."""
        if pair in self.minus:
            del self.minus[pair]
        else:
            self.plus[pair] = None

    def remove(self, pair: tuple[Any, Any]) -> None:
        """Unlink; an unwritten link of the same pair is taken back."""
        if pair in self.plus:
            del self.plus[pair]
        else:
            self.minus[pair] = None


class UnitOfWork:
    """Cache and unwritten changes of one transaction."""

    def __init__(self, tx: Transaction, registry: Registry) -> None:
        self.tx = tx
        self.registry = registry
        self.draft = False
        self.warnings: list[str] = []
        """What onchange methods on drafts have to say to the person."""
        self.columns = Columns(registry)
        self.envs: dict[Any, Env] = {}
        self.dirty: defaultdict[int, set[Any]] = defaultdict(set)
        self.new: defaultdict[str, dict[Any, None]] = defaultdict(dict)
        self.todo: defaultdict[int, set[Any]] = defaultdict(set)
        self.old: defaultdict[int, Column] = defaultdict(dict)
        self.pending: dict[int, dict[Path, set[Any]]] = {}
        self.stash: dict[int, Column] = {}
        self.links: dict[int, LinkChange] = {}
        self.computing: set[int] = set()
        self.settling = False
        self.flushing = False
        self.flushes = 0
        """How often something was written."""
        self.undo: list[Any] | None = None
        """While create or write run: what they change, see `kernel.orm.writing.undo`."""
        self.writer: Env | None = None
        self.computer: Env | None = None
        """The env in which stored values are computed, see `kernel.orm.computing.recompute.work_env`."""
        self.created: dict[str, dict[int, None]] = {}
        self.changed: dict[str, dict[int, frozenset[str]]] = {}
        self.relinked: dict[int, dict[Any, None]] = {}
        """Link fields that a model checks: the records whose commands ran since the last flush."""
        self.checked: dict[tuple[str, str], dict[Any, tuple[Any, ...]]] = {}
        """(model, method) -> record -> the values that its check has passed"""
        self.checks: dict[tuple[Env, str, str], dict[int, None]] = {}
        self.standing = Standing()
        self.shown: set[str] = set()
        """Models over a query of which something may be cached."""
        self.ports = NO_PORTS
        self.trail: list[Change] = []
        """What the flush under way has changed of tracked fields, until the log gets it."""
        self._blocks: dict[str, tuple[list[int], int]] = {}

    # -- state -------------------------------------------------------------------------------------
    @property
    def unwritten(self) -> bool:
        """Whether a flush would do anything."""
        return bool(
            any(self.new.values())
            or any(self.dirty.values())
            or any(self.todo.values())
            or self.pending
            or any(change.plus or change.minus for change in self.links.values())
            or self.relinked
        )

    def is_new(self, model: ModelInfo, id: Any) -> bool:
        """Whether the record is not in the database yet."""
        return id in self.new.get(model.name, ())

    def link_pairs(self, bound: Bound) -> tuple[Pairs, Pairs]:
        """(new, removed) pairs of a many2many that are not written, each as (own id, the other's id)."""
        owner = bound.twin if bound.mirror and bound.twin is not None else bound
        change = self.links.get(owner.index)
        if change is None:
            return {}, {}
        if owner is bound:
            return change.plus, change.minus
        return {(b, a): None for a, b in change.plus}, {(b, a): None for a, b in change.minus}

    def newer(self, bound: Bound) -> set[Any]:
        """The records on which the cache is ahead of the database in this column, new ones included."""
        return self.dirty.get(bound.index, set()).union(self.new.get(bound.model.name, ()))

    def settled(self, model: ModelInfo, names: Iterable[str], ids: Iterable[Any]) -> bool:
        """Whether the database has the records `ids`, with the final values of these fields."""
        parts: list[Any] = [self.new.get(model.name)]
        for name in names:
            index = model.fields[name].index
            if index in self.pending:
                return False
            parts += (self.dirty.get(index), self.todo.get(index))
        return not any(part and any(id in part for id in ids) for part in parts)

    def alive(self) -> None:
        """Raise TransactionDeadError, quoting the first error, if the transaction failed before."""
        dead = self.tx.dead
        if dead is not None:
            raise TransactionDeadError(
                f"The transaction failed before and can only be rolled back. The first error was: {dead}",
                hint="Catch errors of the database around `with env.savepoint():`.",
            ) from dead

    def wrote(self, env: Env, bound: Bound | None = None, ids: Iterable[Any] = ()) -> None:
        """Note who writes (to `ids`): a person goes before the system, which may act for that person."""
        if self.writer is None or not env.is_system:
            self.writer = env

    def inverting(self, id: Any, name: str, value: Any) -> AbstractContextManager[None]:
        """Around an inverse method; drafts need to know of it."""
        return nullcontext()

    @property
    def author(self) -> int | None:
        """The id of the user who is noted as the writer of rows."""
        return None if self.writer is None else self.writer.user_id

    # -- cache ---------------------------------------------------------------------------------------
    def column(self, bound: Bound) -> Column:
        """Where values read from the database belong: the stash while the column is suspended."""
        stashed = self.stash.get(bound.index)
        return self.columns[bound.index] if stashed is None else stashed

    def cached(self, bound: Bound, ids: Iterable[Any]) -> list[Any]:
        """Values from the cache; KeyError where one is not there, or each reader sees another."""
        if bound.keyed:
            raise KeyError(bound.name)
        column = self.column(bound)
        return [column[id] for id in ids]

    def swap(self, index: int, column: Column | None) -> Column | None:
        """Put another column in the place of one, or none; returns the one that was there."""
        before = self.columns.pop(index, None)
        if column is not None:
            self.columns[index] = column
        for env in self.envs.values():
            env.columns.pop(index, None)
        return before

    def fill(self, bounds: Iterable[Bound], rows: list[tuple[Any, ...]]) -> None:
        """Put rows `(id, value, value, ...)` into the cache; what is newer than the database stays."""
        if not rows:
            return
        ids, *columns = zip(*rows, strict=True)
        for bound, values in zip(bounds, columns, strict=True):
            index = bound.index
            if bound.decode is not None:
                values = tuple(map(bound.decode, values))
            column = self.column(bound)
            if bound.keyed:
                self.forget_plain(index, ids)
            newer = self.dirty.get(index)
            todo = self.todo.get(index)
            if not newer and not todo:
                column.update(zip(ids, values, strict=True))
                continue
            old = self.old[index]
            for id, value in zip(ids, values, strict=True):
                if todo and id in todo:
                    old.setdefault(id, value)
                elif not newer or id not in newer:
                    column[id] = value

    def note_changed(self, model: ModelInfo, names: frozenset[str], ids: Iterable[Any]) -> None:
        """Fields of records went, or are about to go, to the database."""
        noted = self.changed.setdefault(model.name, {})
        before = {id: noted[id] for id in ids if id in noted} if noted else {}
        noted.update(dict.fromkeys(ids, names))
        for id, others in before.items():
            noted[id] = names | others
        self.standing.changed(model, names, ids)

    def forget_plain(self, index: int, ids: Iterable[Any] | None) -> None:
        """Forget cached values that are not stored: of `ids`, or all."""
        for env in self.envs.values():
            column = env.columns.get(index)
            if column is None:
                continue
            if ids is None:
                del env.columns[index]
            else:
                for id in ids:
                    column.pop(id, None)

    def forget_records(self, model: ModelInfo, ids: Iterable[Any]) -> None:
        """Forget what is cached of records that have nothing unwritten: they are read afresh."""
        gone = set(ids)
        for bound in model.fields.values():
            if bound.contextual:
                self.forget_plain(bound.index, gone)
            if bound.stored and bound.index in self.columns:
                column = self.column(bound)
                for id in gone:
                    column.pop(id, None)

    def forget_all(self) -> None:
        """Empty the cache and drop everything unwritten; as after a rollback to a savepoint."""
        self.forget_values()
        self.created.clear()
        self.changed.clear()
        self.checks = {}
        self.trail.clear()
        self._blocks.clear()

    def forget_values(self) -> None:
        """Empty the cache, everything being written; what listeners wait for and rules to check are kept."""
        self.columns.clear()
        for env in self.envs.values():
            env.columns.clear()
            env.granted.clear()
        for part in (self.dirty, self.new, self.todo, self.old, self.pending, self.stash, self.links):
            part.clear()
        self.relinked.clear()
        self.checked.clear()
        self.standing.clear()
        self.shown.clear()

    # -- ids -----------------------------------------------------------------------------------------
    def draw_ids(self, model: ModelInfo, count: int) -> list[Any]:
        """`count` new ids; single ones come from blocks that grow."""
        if count > 1:
            return self._from_sequence(model, count)
        ids, step = self._blocks.get(model.name, ([], 0))
        if not ids:
            ids = self._from_sequence(model, BLOCKS[min(step, len(BLOCKS) - 1)])
            ids.reverse()
            self._blocks[model.name] = (ids, step + 1)
        return [ids.pop()]

    def _from_sequence(self, model: ModelInfo, count: int) -> list[int]:
        rows = self.tx.rows(
            "SELECT min(i), max(i), CASE WHEN max(i) - min(i) + 1 <> count(*) THEN array_agg(i) END"
            f" FROM (SELECT nextval('{model.sequence}') AS i FROM generate_series(1, %s)) s",
            (count,),
        )
        low, high, scattered = rows[0]
        return list(scattered) if scattered else list(range(low, high + 1))
