"""A scope: a chunk of records that are read together, in one env, with the rights asked once.

Every record points to the scope it was iterated in. Reading a field of one record reads it for the
scope's ids; the records that a many2one leads to share a scope per chunk and field.

A value in the transaction's cache exempts nobody: while the read right of the chunk is not checked, the
scope's columns are `LOCKED` (empty), every read misses, and the miss checks. Afterwards the columns are
the env's, and the fast path is on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kernel.errors import AccessError, MissingError
from kernel.orm.computing import recompute
from kernel.orm.fields.relation import DraftId
from kernel.orm.reading.fetch import companions
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import Column, UnitOfWork
from kernel.orm.writing import undo

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model
    from kernel.orm.reading.references import Referred

LOCKED: dict[int, Column] = {}
CHUNK = 1000


class Targets(dict[Any, Any]):
    """id -> the one record that a many2one of a chunk leads to; made when first asked for."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __missing__(self, id: Any) -> Model:
        self.scope.cover((id or 0,))
        record = self.scope.record(id or 0)
        self[id] = record
        return record


class Scope:
    """Records `ids` of one model in one env."""

    __slots__ = (
        "_asked", "_checks", "_members", "_noted", "_places", "allowed", "c", "changeable", "children", "env", "ids",
        "model", "narrow", "origin", "parts", "referred", "settable", "targets", "wider", "work", "writable",
    )  # fmt: skip

    def __init__(self, env: Env, model: ModelInfo, ids: tuple[Any, ...], *, readable: bool = False) -> None:
        self.env = env
        self.work: UnitOfWork = env.work
        self.model = model
        self.ids = ids
        self.c: dict[int, Column] = env.columns if readable or env.is_system else LOCKED
        self.writable = env.is_system
        self.changeable: set[Any] = set()
        self.settable: set[int] = set()
        self.allowed: set[Any] = set()
        self.narrow = False
        """Whether links lead to these records, some of which the actor may not read."""
        self.origin: tuple[Scope, Bound] | None = None
        self.parts: dict[int, Scope] = {}
        self.targets: dict[int, Targets] = {}
        self.children: dict[int, Scope] = {}
        self.referred: dict[tuple[int, str], Referred] = {}
        """What references lead to, by field and model."""
        self.wider: Scope | None = None
        """Where a few records of a large set have their neighbours."""
        self._asked: set[Any] = set()
        self._members: frozenset[Any] | None = None
        self._places: dict[Any, int] | None = None
        self._checks: Any = None
        self._noted: dict[Any, None] = {}

    # -- records -------------------------------------------------------------------------------------
    def record(self, id: Any) -> Model:
        """One record of the scope; id 0 is the empty recordset."""
        cls = self.model.cls
        record = cls.__new__(cls)
        record._id = id
        record._c = self.c
        record._x = self
        if not id:
            record._ids = ()
        return record

    def records(self, ids: tuple[Any, ...]) -> Model:
        """A recordset over some ids of the scope."""
        if len(ids) == 1:
            return self.record(ids[0])
        if not ids:
            return self.record(0)
        cls = self.model.cls
        records = cls.__new__(cls)
        records._ids = ids
        records._c = self.c
        records._x = self
        return records

    def has(self, ids: Iterable[Any]) -> bool:
        """Whether all of `ids` are in the scope."""
        if self._members is None:
            self._members = frozenset(self.ids)
        return self._members.issuperset(ids)

    def around(self, ids: tuple[Any, ...]) -> Scope:
        """A scope of about one chunk in which some ids of this one are read; rights that were checked stay.

        A few ids are read with their neighbours, so that a loop in a loop asks no query per round.
        """
        if len(self.ids) <= CHUNK:
            return self
        place = self._block_of(ids[0])
        block = self.parts.get(place)
        if block is None:
            block = self.parts[place] = self._part(self._block(place))
        if block.has(ids):
            return block
        part = self._part(ids)
        if len(ids) <= CHUNK // 2:
            part.wider = self
        return part

    def forget_targets(self) -> None:
        """Let go of the records that many2ones of this chunk led to, when a loop has gone past it.

        They are made again where asked for, without a query. Kept, a loop over a million records holds a million
        more, and each full run of Python's cycle collector looks at all of them (a third of the loop's time).
        """
        for targets in self.targets.values():
            targets.clear()

    def neighbours(self, id: Any) -> tuple[Any, ...]:
        """The ids that are read when `id` is: about a chunk."""
        scope = self if self.wider is None else self.wider
        if not scope.has((id,)):
            return (id,) if len(self.ids) > CHUNK else (*self.ids, id)
        return scope.ids if len(scope.ids) <= CHUNK else scope._block(scope._block_of(id))

    def _block_of(self, id: Any) -> int:
        if self._places is None:
            self._places = {each: place for place, each in enumerate(self.ids)}
        return self._places[id] // CHUNK

    def _block(self, place: int) -> tuple[Any, ...]:
        return self.ids[place * CHUNK : (place + 1) * CHUNK]

    def _part(self, ids: tuple[Any, ...]) -> Scope:
        part = Scope(self.env, self.model, ids, readable=self.c is not LOCKED or self.allowed.issuperset(ids))
        part.writable = self.writable
        part.narrow = self.narrow
        part.changeable = self.changeable
        part.allowed = self.allowed
        return part

    # -- reading -------------------------------------------------------------------------------------
    def open(self, record: Model, id: Any, bound: Bound) -> None:
        """Check the read right of the chunk and open the record's columns; raises MissingError.

        `bound` is what is about to be read: the query that checks reads it, too.
        """
        if self.c is LOCKED and id not in self.allowed:
            self._check_read(id, bound)
        record._c = self.env.columns

    def _check_read(self, id: Any, bound: Bound) -> None:
        env, model = self.env, self.model
        if not env.may(model, "read"):
            raise AccessError(
                f"You may not read {model.label.lower()} records.", hint="Ask an administrator for the right."
            )
        if env.rule(model, "read") is None:
            self.c = env.columns
            return
        self.admit(env.readable(model, self.neighbours(id), companions(self.work, bound, id) if bound.column else ()))
        if id not in self.allowed:
            raise missing(model, None if self.narrow else id)

    def admit(self, ids: Iterable[Any]) -> None:
        """Note that the actor may read these; the columns are open once it holds for all of the scope."""
        self.allowed.update(ids)
        if self.c is LOCKED and self.allowed.issuperset(self.ids):
            self.c = self.env.columns

    def cover(self, ids: tuple[Any, ...]) -> None:
        """Take in records that links lead to by now; their rights were not checked yet."""
        if self.origin is None or self.has(ids):
            return
        scope, bound = self.origin
        self.ids = tuple(dict.fromkeys((*self.ids, *scope._linked(bound), *ids)))
        self._members = self._places = None
        self.parts = {}
        if not self.env.is_system:
            self.c, self.writable = LOCKED, False
            self.changeable = set()

    def child(self, bound: Bound) -> Scope:
        """The scope of the records that `bound` leads to, over the whole chunk."""
        child = self.children.get(bound.index)
        if child is None:
            assert bound.comodel is not None
            child = self.children[bound.index] = Scope(self.env, bound.comodel, self._linked(bound))
            child.origin = (self, bound)
            child.narrow = not self.env.sees_all(bound.comodel)
        return child

    def _linked(self, bound: Bound) -> tuple[Any, ...]:
        column = self.env.columns[bound.index]
        values = [column[id] for id in self.ids if id in column]
        if bound.field.type == "many2one":
            found: Iterable[Any] = values
        else:
            found = (id for value in values for id in value)
        return tuple(dict.fromkeys(id for id in found if id))

    def one(self, bound: Bound, id: Any) -> Model:
        """The record a many2one leads to, remembered for the chunk."""
        targets = self.targets.get(bound.index)
        if targets is None:
            targets = self.targets[bound.index] = Targets(self.child(bound))
        record: Model = targets[id]
        return record

    def many(self, bound: Bound, ids: tuple[Any, ...]) -> Model:
        """The records a one2many or many2many leads to, as far as the actor may read them.

        They are read with those of the whole chunk.
        """
        child = self.child(bound)
        child.cover(ids)
        return child.records(child.visible(ids) if child.narrow else ids)

    def visible(self, ids: tuple[Any, ...]) -> tuple[Any, ...]:
        """Those of `ids` that the actor may read; asked once for the scope."""
        unknown = [id for id in (*self.ids, *ids) if id not in self._asked]
        if unknown:
            self.allowed |= self.env.readable(self.model, unknown)
            self._asked.update(unknown)
        return tuple([id for id in ids if id in self.allowed])

    # -- writing -------------------------------------------------------------------------------------
    def grant_write(self, ids: tuple[Any, ...]) -> None:
        """Check the write right on `ids`, by one query for the chunk; raises AccessError or MissingError."""
        env, model = self.env, self.model
        if not env.may(model, "write"):
            raise AccessError(
                f"You may not change {model.label.lower()} records.", hint="Ask an administrator for the right."
            )
        if env.rule(model, "write") is None and env.sees_all(model):
            self.writable = True
            return
        if not self.changeable.issuperset(ids):
            near = self.ids if self.wider is None else self.neighbours(ids[0])
            self.changeable |= env.changeable(model, tuple(dict.fromkeys((*near, *ids))))
            self.writable = self.changeable.issuperset(self.ids)
        for id in ids:
            if id not in self.changeable:
                raise missing(model, id)

    def check_settable(self, bound: Bound) -> None:
        """Raise AccessError for a field the actor may not know of: also where the value is the one it has."""
        if not self.env.is_system and bound.index not in self.settable:
            if self.env.hides(bound):
                raise hidden(bound)
            self.settable.add(bound.index)

    def note_write(self, bound: Bound, ids: tuple[Any, ...]) -> None:
        """Values are about to change: who did it, and whether the rule must hold afterwards."""
        env, work = self.env, self.work
        if (
            self._checks is work.checks
            and work.writer is env
            and bound.index in self.settable
            and not work.draft
            and work.undo is None
        ):
            for id in ids:  # the first write settled the rest, which is 6% of W7
                self._noted[id] = None
            return
        work.wrote(env, bound, ids)
        if work.undo is not None:
            undo.note_change(work, work.undo, bound, ids)
        if env.is_system:
            return
        self.check_settable(bound)
        if env.rule(self.model, "write") is None:
            return
        if self._checks is not work.checks:  # they were made since, and others are collected
            self._checks = work.checks
            self._noted = work.checks.setdefault((env, self.model.name, "write"), {})
        self._noted.update(dict.fromkeys(ids))

    def modified(self, bound: Bound, ids: Iterable[Any]) -> None:
        """Tell the dependency graph that values changed."""
        recompute.modified(self.work, bound, ids)


def missing(model: ModelInfo, id: Any) -> MissingError:
    """The one answer for a record that is not there and one that may not be seen.

    `id` is None for one that a link leads to: which one that is, is not to be known either.
    """
    shown = "draft" if isinstance(id, DraftId) else id
    text = f"The linked {model.label.lower()}" if id is None else f"{model.label} {shown}"
    return MissingError(
        f"{text} does not exist, or you may not see it.",
        hint="It may have been deleted. Reload the list.",
        model=model.name,
        id=shown,
    )


def hidden(bound: Bound) -> AccessError:
    """The answer for a field that the actor's groups do not include."""
    return AccessError(
        f"You may not see the field {bound.field.label} of {bound.model.label.lower()} records.",
        hint="Ask an administrator for the group that shows it.",
    )
