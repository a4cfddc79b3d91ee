"""Model: the base of all models, and what a recordset can do.

One type stands for none, one and many records: `len(records)`, `for record in records`, and a field read
on exactly one. A recordset is immutable; its records live in the unit of work of their env.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar, overload

from kernel.errors import DeveloperError, SingletonError
from kernel.orm.domains.domain import Domain
from kernel.orm.extra.values import ExtraValues
from kernel.orm.fields.base import Field
from kernel.orm.fields.reference import Reference
from kernel.orm.fields.scalar import Integer
from kernel.orm.fields.time import Datetime
from kernel.orm.grouping import groups as grouping
from kernel.orm.history.history import history
from kernel.orm.keyed import access as keyed_access
from kernel.orm.reading import hierarchy, paging, reading, searching
from kernel.orm.reading.paging import Page
from kernel.orm.reading.reading import Spec
from kernel.orm.reading.scope import CHUNK, Scope
from kernel.orm.registry.audit import Identity, audit_fields
from kernel.orm.registry.bound import ModelInfo
from kernel.orm.registry.declare import ModelMeta
from kernel.orm.work import Column
from kernel.orm.writing import copying, creating, deleting, drafts, locking, upserting, writing

if TYPE_CHECKING:
    import datetime as dt

    from kernel.orm.env import Env

T = TypeVar("T")
K = TypeVar("K")
M = TypeVar("M", bound="Model")
_AUDIT = audit_fields()


class Model(metaclass=ModelMeta):
    """A recordset. Declare with `name=`, extend with `extend=True`, mix in with `abstract=True`."""

    __slots__ = ("_c", "_id", "_ids", "_x")

    __info__: ClassVar[ModelInfo]
    __audit__: ClassVar[Mapping[str, Field[Any]]] = _AUDIT
    _c: Mapping[int, Column]
    _id: Any
    _ids: tuple[Any, ...]
    _x: Scope

    if TYPE_CHECKING:
        id: Identity
        created_at: Datetime[dt.datetime | None]
        created_by: Integer[int | None]
        updated_at: Datetime[dt.datetime | None]
        updated_by: Integer[int | None]
        version: Integer[int]

    # -- the set -------------------------------------------------------------------------------------
    @property
    def ids(self) -> tuple[Any, ...]:
        """The ids, in order."""
        try:
            return self._ids
        except AttributeError:
            return (self._id,)

    @property
    def env(self) -> Env:
        """The env the records live in."""
        return self._x.env

    @property
    def display_title(self) -> str:
        """What a person calls the record; empty for the empty recordset."""
        if not self.ids:
            return ""
        return reading.title(self)

    def __iter__(self) -> Iterator[Self]:
        ids, scope = self.ids, self._x
        cls = type(self)
        new = cls.__new__
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            chunk = scope.around(part)
            for id in part:
                record = new(cls)
                record._id = id
                record._c = chunk.c
                record._x = chunk
                yield record
            if chunk is not scope:
                chunk.forget_targets()

    def __len__(self) -> int:
        return len(self.ids)

    def __bool__(self) -> bool:
        try:
            return bool(self._id)
        except AttributeError:
            return bool(self._ids)

    def __contains__(self, record: object) -> bool:
        if isinstance(record, Model):
            self._same_model(record, "in")
            return set(record.ids) <= set(self.ids)
        raise TypeError(f"{record!r} is no record.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model):
            return NotImplemented
        return self.__info__ is other.__info__ and self.ids == other.ids

    def __hash__(self) -> int:
        return hash((self.__info__.name, self.ids))

    def __getitem__(self, place: int | slice) -> Self:
        found = self.ids[place]
        return self._with(found if isinstance(place, slice) else (found,))

    def __or__(self, other: Self) -> Self:
        self._same_model(other, "|")
        return self._with(tuple(dict.fromkeys((*self.ids, *other.ids))))

    def __and__(self, other: Self) -> Self:
        self._same_model(other, "&")
        there = set(other.ids)
        return self._with(tuple([id for id in self.ids if id in there]))

    def __sub__(self, other: Self) -> Self:
        self._same_model(other, "-")
        there = set(other.ids)
        return self._with(tuple([id for id in self.ids if id not in there]))

    def __add__(self, other: Self) -> Self:
        self._same_model(other, "+")
        return self._with((*self.ids, *other.ids))

    def __repr__(self) -> str:
        name = self.__info__.name if hasattr(self, "__info__") else type(self).__name__
        return f"{name}{self.ids}"

    def __reduce__(self) -> Any:
        raise TypeError("Records belong to a transaction and cannot be pickled or copied; pass their ids.")

    def _with(self, ids: tuple[Any, ...]) -> Self:
        scope = self._x
        if scope.has(ids):
            return scope.records(ids)  # type: ignore[return-value]
        return self.env.records(self.__info__, ids)  # type: ignore[return-value]

    def _same_model(self, other: Model, operation: str) -> None:
        if not isinstance(other, Model) or other.__info__ is not self.__info__:
            raise TypeError(f"{self!r} {operation} {other!r}: these are not of one model.")

    @property
    def extra(self) -> ExtraValues:
        """The extra fields of the record: `record.extra["x_color"]`."""
        raise DeveloperError(f"{self.__info__.name} has no extra fields.", hint="Declare it extensible=True.")

    @extra.setter
    def extra(self, values: Mapping[str, Any]) -> None:
        raise DeveloperError(f"{self.__info__.name} has no extra fields.", hint="Declare it extensible=True.")

    def ensure_one(self) -> Self:
        """The record itself; raises SingletonError unless it is exactly one."""
        if len(self.ids) != 1:
            raise SingletonError(f"One {self.__info__.name} was expected, there are {len(self.ids)}.")
        return self

    @overload
    def mapped(self, what: Reference) -> list[Model]: ...  # type: ignore[overload-overlap]
    @overload
    def mapped(self, what: Field[M]) -> M: ...  # type: ignore[overload-overlap]
    @overload
    def mapped(self, what: Field[T]) -> list[T]: ...
    @overload
    def mapped(self, what: Callable[[Self], T]) -> list[T]: ...
    @overload
    def mapped(self, what: str) -> Any: ...
    def mapped(self, what: Any) -> Any:
        """The values of a field (or dotted path, or function) over the records; records for a relation, once each."""
        return searching.mapped(self, what)

    def filtered(self, what: Domain | Callable[[Self], Any] | str) -> Self:
        """The records that satisfy a domain (as `search` would find them), a function, or whose field is set."""
        return searching.filtered(self, what)  # type: ignore[return-value]

    def sorted(self, key: Callable[[Self], Any] | str | None = None, *, reverse: bool = False) -> Self:
        """The records in the order of a function or field; without one, in the model's order."""
        return searching.sorted_records(self, key, reverse)  # type: ignore[return-value]

    def grouped(self, key: Callable[[Self], K] | str) -> dict[K, Self]:
        """Value -> records with it."""
        return searching.grouped(self, key)

    # -- finding ---------------------------------------------------------------------------------------
    def browse(self, ids: int | Iterable[int]) -> Self:
        """Records by id; whether they exist, and may be read, shows when they are read."""
        found = (ids,) if isinstance(ids, int) else tuple(ids)
        return self.env.records(self.__info__, found)  # type: ignore[return-value]

    def search(
        self,
        domain: Domain = Domain.TRUE,
        order: str | None = None,
        limit: int | None = None,
        offset: int = 0,
        *,
        fetch: Sequence[str] = (),
    ) -> Self:
        """The records that satisfy `domain` and that the actor may read; `fetch` reads fields in the same query."""
        return searching.search(self, domain, order, limit, offset, fetch)  # type: ignore[return-value]

    def search_page(
        self,
        domain: Domain = Domain.TRUE,
        order: str | None = None,
        limit: int = 80,
        after: str = "",
        *,
        fetch: Sequence[str] = (),
    ) -> Page[Self]:
        """The records behind the cursor `after` (of the page before), and the cursor of the next page."""
        return paging.page(self, domain, order, limit, after, fetch)

    def iterate(
        self,
        domain: Domain = Domain.TRUE,
        order: str | None = None,
        *,
        batch: int = 1000,
        fetch: Sequence[str] = (),
    ) -> Iterator[Self]:
        """All of any number, as recordsets of `batch`; what an earlier batch has cached is forgotten."""
        return paging.iterate(self, domain, order, batch, fetch)

    def ancestors(self) -> Self:
        """All records above these in their tree, the nearest first."""
        return hierarchy.ancestors(self)  # type: ignore[return-value]

    def descendants(self) -> Self:
        """All records below these in their tree that may be read, in the model's order."""
        below = Domain.term("id", "child_of", self) & Domain.term("id", "not in", self)
        return self.search(below)

    def count(self, domain: Domain = Domain.TRUE, *, limit: int | None = None) -> int:
        """How many there are; with `limit`, counting stops there."""
        return searching.count(self, domain, limit)

    def exists(self) -> Self:
        """Those of the records that are in the database and may be read."""
        return searching.existing(self)  # type: ignore[return-value]

    def fetch(self, *names: str) -> Self:
        """Read fields of all records into the cache, by one query per 1,000; a later loop asks nothing."""
        return searching.fetch(self, names)  # type: ignore[return-value]

    def name_search(self, text: str = "", domain: Domain = Domain.TRUE, limit: int = 8) -> list[tuple[int, str]]:
        """(id, title) of records whose title contains `text`."""
        return searching.name_search(self, text, domain, limit)

    def group(
        self,
        domain: Domain = Domain.TRUE,
        by: Sequence[grouping.Key] = (),
        aggregates: Sequence[str] = (),
        *,
        having: grouping.Having = None,
        order: str = "",
        limit: int | None = None,
        offset: int = 0,
        fill: grouping.Filling = False,
    ) -> grouping.Groups:
        """Counts and aggregates by fields, in wire form; each row can tell its labels and the domain of its records.

        `having` keeps groups by their aggregates: `("amount:sum", ">", 100)`; `fill=True`, or the first and the
        last day, adds empty groups for periods without records.
        """
        return grouping.group(self, domain, by, aggregates, having, order, limit, offset, fill)

    def group_count(
        self, domain: Domain = Domain.TRUE, by: Sequence[grouping.Key] = (), *, having: grouping.Having = None
    ) -> int:
        """How many groups `group` would give without a limit."""
        return grouping.group_count(self, domain, by, having)

    def group_read(
        self,
        domain: Domain = Domain.TRUE,
        by: Sequence[grouping.Key] = (),
        spec: Mapping[str, Any] | Sequence[str] = (),
        aggregates: Sequence[str] = (),
        *,
        order: str = "",
        limit: int | None = None,
        offset: int = 0,
        first: int = 20,
        first_order: str = "",
    ) -> grouping.Groups:
        """`group`, and of each group the `first` records as `read` gives them, under `records`."""
        return grouping.group_read(self, domain, by, spec, aggregates, order, limit, offset, first, first_order)

    # -- reading -----------------------------------------------------------------------------------------
    def read(self, spec: Mapping[str, Any] | Sequence[str]) -> list[dict[str, Any]]:
        """The records in wire form; `spec` names fields, nested for relations."""
        return reading.read(self, spec)

    def search_read(
        self,
        domain: Domain = Domain.TRUE,
        spec: Mapping[str, Any] | Sequence[str] = (),
        order: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[dict[str, Any]]:
        """`search` and `read` in as few queries as possible."""
        return reading.search_read(self, domain, spec, order, limit, offset)

    def page_read(
        self, domain: Domain = Domain.TRUE, spec: Spec = (), order: str | None = None, limit: int = 80, after: str = ""
    ) -> tuple[list[dict[str, Any]], str]:
        """`search_page` and `read` in as few queries as possible, with the cursor of the next page."""
        return reading.page_read(self, domain, spec, order, limit, after)

    def history(self, limit: int = 80) -> list[dict[str, Any]]:
        """What happened to tracked fields of these records, the newest first, as far as the actor may see it."""
        return history(self, limit)

    # -- changing ----------------------------------------------------------------------------------------
    def create(self, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Self:
        """New records from one or many mappings; ids are real at once, the INSERT comes at the flush."""
        batch = [values] if isinstance(values, Mapping) else list(values)
        return creating.create(self, batch)  # type: ignore[return-value]

    def write(self, **values: Any) -> None:
        """Set the same values on all records."""
        writing.write(self, values)

    def delete(self) -> None:
        """Delete the records, and what the database cascades to."""
        deleting.delete(self)

    def translations(self, name: str) -> dict[str, str]:
        """Language -> text of a translated field of the record: the texts there are, of all languages."""
        return keyed_access.translations(self, name)

    def set_translations(self, name: str, texts: Mapping[str, str]) -> None:
        """Set the texts of several languages on all records; an empty one takes a translation back."""
        keyed_access.checked_translated(self, name)
        self.write(**{name: dict(texts)})

    def copy(self, **changes: Any) -> Self:
        """A copy of each record, with `changes`; unique values and fields declared copy=False start anew."""
        return self.create(copying.copies(self, changes))

    def upsert(self, rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> Self:
        """Write the rows whose `key` fields match a record, create the others; in the order of the rows.

        A field that a row does not name is left as it is. Of two rows with one key, the later goes before.
        """
        return upserting.upsert(self, rows, key)  # type: ignore[return-value]

    def lock(self, wait: bool | Literal["skip"] = True) -> Self:
        """Lock the records until the end of the transaction; those that are locked now, to be read afresh.

        `wait=False` raises ConflictError where somebody else has locked one, `wait="skip"` leaves those out.
        """
        return locking.lock(self, wait)  # type: ignore[return-value]

    # -- drafts --------------------------------------------------------------------------------------------
    def draft(self, values: Mapping[str, Any] | None = None, origin: int | None = None) -> Self:
        """An unsaved record: computes and onchanges run, nothing is written; `save()` creates it."""
        return drafts.draft(self, values or {}, origin)  # type: ignore[return-value]

    def save(self) -> Self:
        """Create the records of this draft."""
        if not self.env.work.draft:
            raise DeveloperError("save() is for drafts; other records are written at the flush.")
        return drafts.save(self)  # type: ignore[return-value]


for _name, _field in _AUDIT.items():
    setattr(Model, _name, _field)
    _field.__set_name__(Model, _name)
