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
from kernel.orm import recompute
from kernel.orm.bound import Bound, ModelInfo
from kernel.orm.fields.relation import DraftId
from kernel.orm.work import Column, UnitOfWork

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model

LOCKED: dict[int, Column] = {}
CHUNK = 1000


class Targets(dict[Any, Any]):
    """id -> the one record that a many2one of a chunk leads to; made when first asked for."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __missing__(self, id: Any) -> Model:
        record = self.scope.record(id or 0)
        self[id] = record
        return record


class Scope:
    """Records `ids` of one model in one env."""

    __slots__ = ("allowed", "c", "children", "env", "ids", "model", "targets", "work", "writable")

    def __init__(self, env: Env, model: ModelInfo, ids: tuple[Any, ...], *, readable: bool = False) -> None:
        self.env = env
        self.work: UnitOfWork = env.work
        self.model = model
        self.ids = ids
        self.c: dict[int, Column] = env.columns if readable or env.is_system else LOCKED
        self.writable = env.is_system
        self.allowed: set[Any] = set()
        self.targets: dict[int, Targets] = {}
        self.children: dict[int, Scope] = {}

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

    def part(self, ids: tuple[Any, ...]) -> Scope:
        """The scope of one chunk of a longer recordset; rights that were checked stay."""
        if ids == self.ids:
            return self
        part = Scope(self.env, self.model, ids, readable=self.c is not LOCKED)
        part.writable = self.writable
        part.allowed = self.allowed
        return part

    # -- reading -------------------------------------------------------------------------------------
    def open(self, record: Model, id: Any) -> None:
        """Check the read right of the chunk and open the record's columns; raises MissingError."""
        if self.c is LOCKED and id not in self.allowed:
            self._check_read(id)
        record._c = self.env.columns

    def _check_read(self, id: Any) -> None:
        env, model = self.env, self.model
        if not env.may(model, "read"):
            raise AccessError(
                f"You may not read {model.label.lower()} records.", hint="Ask an administrator for the right."
            )
        if env.rule(model, "read") is None:
            self.c = env.columns
            return
        ids = self.ids if id in self.ids else (*self.ids, id)
        readable = env.readable(model, ids)
        self.allowed |= readable
        if readable.issuperset(ids):
            self.c = env.columns
        elif id not in readable:
            raise missing(model, id)

    def child(self, bound: Bound) -> Scope:
        """The scope of the records that `bound` leads to, over the whole chunk."""
        child = self.children.get(bound.index)
        if child is None:
            assert bound.comodel is not None
            child = self.children[bound.index] = Scope(self.env, bound.comodel, self._linked(bound))
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
        """The records a one2many or many2many leads to; they are read with those of the whole chunk."""
        return self.child(bound).records(ids)

    # -- writing -------------------------------------------------------------------------------------
    def grant_write(self, bound: Bound | None = None) -> None:
        """Check the write right of the chunk, once; raises AccessError or MissingError."""
        env, model = self.env, self.model
        if not env.may(model, "write"):
            raise AccessError(
                f"You may not change {model.label.lower()} records.", hint="Ask an administrator for the right."
            )
        if env.rule(model, "write") is not None:
            allowed = env.satisfying(model, self.ids, "write")
            for id in self.ids:
                if id not in allowed:
                    raise missing(model, id)
        self.writable = True

    def note_write(self, bound: Bound, id: Any) -> None:
        """A value is about to change: who did it, and whether the rule must hold afterwards."""
        env = self.env
        if env.is_system:
            if self.work.author is None:
                self.work.author = env.user_id
            return
        if env.hides(bound):
            raise hidden(bound)
        self.work.author = env.user_id
        if env.rule(self.model, "write") is not None:
            self.work.checks.setdefault((env, self.model.name, "write"), {})[id] = None

    def modified(self, bound: Bound, ids: Iterable[Any]) -> None:
        """Tell the dependency graph that values changed."""
        recompute.modified(self.work, bound, ids)


def missing(model: ModelInfo, id: Any) -> MissingError:
    """The one answer for a record that is not there and one that may not be seen."""
    shown = "draft" if isinstance(id, DraftId) else id
    return MissingError(
        f"{model.label} {shown} does not exist, or you may not see it.",
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
