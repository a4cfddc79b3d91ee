"""Reading records in wire form by a nested specification, in one query per model and level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kernel.errors import ValidationError
from kernel.orm import query
from kernel.orm.domains.domain import Domain
from kernel.orm.extra.values import cached_values
from kernel.orm.fields.base import Field
from kernel.orm.fields.relation import DraftId
from kernel.orm.over_query import ready
from kernel.orm.reading.fetch import fetch
from kernel.orm.reading.paging import page_rows
from kernel.orm.reading.references import installed
from kernel.orm.reading.scope import hidden, missing
from kernel.orm.reading.searching import count, select_rows
from kernel.orm.reading.wire_rows import HIDDEN, Wire, as_text, is_plain, wire_rows
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.writing.links import load as load_links

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model

Spec = Mapping[str, Any] | Sequence[str]
MAX_DEPTH = 5


def normal(spec: Spec) -> dict[str, Mapping[str, Any]]:
    """A list of names is a specification without nesting."""
    if isinstance(spec, Mapping):
        return {name: inner or {} for name, inner in spec.items()}
    return {name: {} for name in spec}


def read(records: Model, spec: Spec, depth: int = 0) -> list[Wire]:
    """The records in order; raises MissingError for one that is not there or may not be read."""
    env, model, ids = records.env, records.__info__, records.ids
    if not ids:
        return []
    if not env.is_system:
        readable = env.readable(model, ids) if env.may(model, "read") else set()
        for id in ids:
            if id not in readable:
                raise missing(model, id)
    return _read(env, model, ids, normal(spec), depth)


def search_read(
    records: Model, domain: Domain, spec: Spec, order: str | None, limit: int | None, offset: int
) -> list[Wire]:
    """One query for the rows and the titles of what they link to, one for each nested model."""
    asked = _Asked.of(records, spec)
    rows = select_rows(
        asked.env, asked.model, domain, order, limit, offset, asked.columns, asked.joined, texts=asked.texts
    )
    return asked.answer(rows)


def counted_read(
    records: Model, domain: Domain, spec: Spec, order: str | None, limit: int, offset: int
) -> tuple[list[Wire], int]:
    """The same, and how many records there are in all, by the same query.

    A page behind the last record says nothing of those before it: then they are counted by a query of its own.
    """
    asked = _Asked.of(records, spec)
    rows = select_rows(
        asked.env, asked.model, domain, order, limit, offset, asked.columns, asked.joined, texts=asked.texts, total=True
    )
    if not rows:
        return [], count(records, domain, None) if offset else 0
    total = rows[0][-1]
    return asked.answer([row[:-1] for row in rows]), total


def page_read(
    records: Model, domain: Domain, spec: Spec, order: str | None, limit: int, after: str
) -> tuple[list[Wire], str]:
    """The same for the page behind a cursor, and the cursor of the next one."""
    asked = _Asked.of(records, spec)
    found = page_rows(
        asked.env, asked.model, domain, order, limit, after, asked.columns, asked.joined, texts=asked.texts
    )
    return asked.answer(found.rows), found.after


class _Asked(NamedTuple):
    """A specification that is asked of a search."""

    env: Env
    model: ModelInfo
    wanted: Mapping[str, Mapping[str, Any]]
    columns: Sequence[Bound]
    joined: Sequence[Bound]
    """Those of the columns whose titles come with them."""
    plain: bool
    """Whether the rows are all there is to it."""

    @classmethod
    def of(cls, records: Model, spec: Spec) -> _Asked:
        """Checked: raises what a reader may not see."""
        env, model = records.env, records.__info__
        wanted = normal(spec)
        columns, joined = _columns(env, model, wanted)
        return cls(env, model, wanted, columns, joined, is_plain(env, model, wanted, columns, joined))

    @property
    def texts(self) -> list[Bound]:
        """The columns that PostgreSQL writes."""
        return list(filter(as_text, self.columns)) if self.plain else []

    def answer(self, rows: list[tuple[Any, ...]]) -> list[Wire]:
        """The rows of the search in wire form."""
        env, model, columns = self.env, self.model, self.columns
        ids = tuple([row[0] for row in rows])
        if not env.is_system:
            env.grant(model, ids)
        if self.plain:
            return wire_rows(env, model, rows, columns, self.joined)
        width = len(columns) + 1
        env.work.fill(columns, [row[:width] for row in rows] if self.joined else rows)
        known = {
            bound.index: {row[at]: row[at + 1] for row in rows if row[at] is not None}
            for bound, at in zip(self.joined, range(width, width + 2 * len(self.joined), 2), strict=True)
        }
        return _read(env, model, ids, self.wanted, 0, known)


def _columns(env: Env, model: ModelInfo, wanted: Mapping[str, Any]) -> tuple[list[Bound], list[Bound]]:
    """The columns that a specification reads, and those whose title is joined."""
    bounds = _bounds(env, model, wanted)
    columns = [bound for bound in bounds if bound.column and bound.name != "id" and not bound.extra_key]
    extras = any(bound.extra_key for bound in bounds)
    if extras and model.extra is not None:
        columns.append(model.extra)
    version = model.fields.get("version")
    if version is not None and version not in columns:
        columns.append(version)
    return columns, [bound for bound in columns if not wanted.get(bound.name) and _has_title_column(env, bound)]


def _wires(bound: Bound, values: Iterable[Any], ids: Iterable[Any]) -> Iterable[Any]:
    """Cached forms in wire form."""
    if type(bound.field).to_wire is Field.to_wire:
        return values
    wires = [bound.field.to_wire(value) for value in values]
    if bound.locate is not None:
        return [bound.locate(wire, bound.model.name, id) for wire, id in zip(wires, ids, strict=True)]
    return wires


def _has_title_column(env: Env, bound: Bound) -> bool:
    """Whether the titles of a many2one can be joined: a text column that the actor may see."""
    comodel = bound.comodel
    if comodel is None or bound.field.type != "many2one" or bound.keyed or not env.may(comodel, "read"):
        return False
    title = comodel.fields[comodel.title]
    return bool(title.column) and title.exact is str and (env.is_system or not env.hides(title))


def _bounds(env: Env, model: ModelInfo, spec: Mapping[str, Any]) -> list[Bound]:
    bounds = []
    for name in spec:
        bound = model.fields.get(name)
        if bound is None or bound is model.extra:
            bound = env.extra_field(model, name)
        if not env.is_system and env.hides(bound):
            raise hidden(bound)
        bounds.append(bound)
    return bounds


def _read(
    env: Env,
    model: ModelInfo,
    ids: tuple[Any, ...],
    spec: Mapping[str, Any],
    depth: int,
    known: Mapping[int, Mapping[Any, str]] | None = None,
) -> list[Wire]:
    """`known` are titles that came with the rows: field index -> id -> title."""
    if depth > MAX_DEPTH:
        raise ValidationError(f"A specification may be nested {MAX_DEPTH} levels deep.")
    bounds = _bounds(env, model, spec)
    version = model.fields.get("version")
    if any(env.work.is_new(model, id) for id in ids):
        env.flush()  # the database gives the version
    _load(env, model, ids, bounds if version is None else [*bounds, version])
    answers: list[Wire] = [{"id": None if isinstance(id, DraftId) else id} for id in ids]
    if version is not None and not env.work.draft:
        for answer, value in zip(answers, _column(env, version, ids), strict=True):
            answer["version"] = value
    for bound in bounds:
        if bound.name == "id":
            continue
        values = _column(env, bound, ids)
        titled = known.get(bound.index) if known else None
        if titled is None:
            wires = _wire(env, bound, values, ids, spec[bound.name], depth)
        else:
            wires = [None if not id else _titled(id, titled) for id in values]
        for answer, value in zip(answers, wires, strict=True):
            answer[bound.name] = value
    return answers


def _titled(id: Any, titles: Mapping[Any, str]) -> Wire:
    return {"id": id, "title": titles[id]} if id in titles else HIDDEN


def _load(env: Env, model: ModelInfo, ids: tuple[Any, ...], bounds: Sequence[Bound]) -> None:
    """What is not cached yet: one query for all columns, one per link field."""
    work = env.work
    stored = [id for id in ids if not isinstance(id, DraftId) and not work.is_new(model, id)]
    if not stored:
        return
    extra = model.extra
    if extra is not None and any(bound.extra_key for bound in bounds):
        bounds = [*(bound for bound in bounds if not bound.extra_key), extra]
    lacking = [
        bound
        for bound in bounds
        if bound.column
        and bound.name != "id"
        and bound.index not in work.stash
        and not work.todo.get(bound.index)
        and not all(map(work.columns[bound.index].__contains__, stored))
    ]
    if lacking:
        found = fetch(work, model, stored, lacking)
        if len(found) < len(stored):
            raise missing(model, next(id for id in stored if id not in set(found)))
    for bound in bounds:
        if bound.field.type in ("one2many", "many2many") and not bound.computed:
            column = work.columns[bound.index]
            unread = [id for id in ids if id not in column]
            if unread:
                load_links(work, bound, unread)


def _column(env: Env, bound: Bound, ids: tuple[Any, ...]) -> list[Any]:
    """Cached forms; what is computed is computed now."""
    if bound.extra_key:
        return cached_values(env.records(bound.model, ids, readable=True), bound)
    column = env.columns[bound.index]
    try:
        return [column[id] for id in ids]
    except KeyError:
        records = env.records(bound.model, ids, readable=True)
        for record in records:
            getattr(record, bound.name)
        column = env.columns[bound.index]
        return [column[id] for id in ids]


def _wire(
    env: Env, bound: Bound, values: list[Any], ids: tuple[Any, ...], inner: Mapping[str, Any], depth: int
) -> list[Any]:
    if bound.field.type == "reference":
        return _wire_references(env, values)
    if bound.comodel is None:
        return list(_wires(bound, values, ids))
    if bound.field.type == "many2one":
        linked = _linked(env, bound.comodel, values, inner, depth)
        return [None if not id else linked.get(id, HIDDEN) for id in values]
    limit = inner.get("limit")
    if limit and not env.sees_all(bound.comodel):
        readable = env.readable(bound.comodel, dict.fromkeys(id for ids in values for id in ids))
        values = [tuple([id for id in ids if id in readable]) for ids in values]
    lists = [ids[:limit] if limit else ids for ids in values]
    linked = _linked(env, bound.comodel, [id for ids in lists for id in ids], inner, depth)
    return [[linked[id] for id in ids if id in linked] for ids in lists]


def _wire_references(env: Env, values: Sequence[str]) -> list[Any]:
    """`{"model", "id", "title"}` each; the titles of each model are read together, under the actor's rule.

    What is gone is None for those who may see all of the model, else as hidden as what they may not see.
    """
    pairs = [installed(env.registry, value) for value in values]
    wanted: dict[str, dict[int, None]] = {}
    for pair in pairs:
        if pair is not None:
            wanted.setdefault(pair[0].name, {})[pair[1]] = None
    shown: dict[str, dict[Any, str]] = {}
    absent: dict[str, Wire | None] = {}
    for name, ids in wanted.items():
        model = env.registry.models[name]
        may = env.may(model, "read")
        shown[name] = titles(env, model, tuple(ids)) if may else {}
        absent[name] = None if may and env.rule(model, "read") is None else HIDDEN
    return [pair and _referred(pair[0].name, pair[1], shown, absent) for pair in pairs]


def _referred(name: str, id: int, shown: Mapping[str, Mapping[Any, str]], absent: Mapping[str, Any]) -> Wire | None:
    if id not in shown[name]:
        gone: Wire | None = absent[name]
        return gone
    return {"model": name, "id": id, "title": shown[name][id]}


def _linked(env: Env, model: ModelInfo, ids: Sequence[Any], inner: Mapping[str, Any], depth: int) -> dict[Any, Wire]:
    """id -> wire form of the linked records that the actor may read."""
    wanted = tuple(dict.fromkeys(id for id in ids if id))
    if not wanted or not env.may(model, "read"):
        return {}
    fields = inner.get("fields")
    if fields:
        known = set(wanted) if env.is_system else env.readable(model, wanted)
        readable = tuple([id for id in wanted if id in known])
        rows = _read(env, model, readable, normal(fields), depth + 1)
        return dict(zip(readable, rows, strict=True))
    return {
        id: {"id": None if isinstance(id, DraftId) else id, "title": text}
        for id, text in titles(env, model, wanted).items()
    }


def titles(env: Env, model: ModelInfo, ids: tuple[Any, ...]) -> dict[Any, str]:
    """id -> title of those of `ids` that the actor may read: at most one query."""
    bound = model.fields[model.title]
    column = env.work.columns[bound.index] if bound.stored else {}
    granted = env.granted.setdefault(model.name, set())
    rule = env.rule(model, "read")
    drafts = [id for id in ids if isinstance(id, DraftId)]
    unknown = [
        id
        for id in ids
        if not isinstance(id, DraftId)
        and not env.work.is_new(model, id)
        and (id not in column or (rule is not None and id not in granted))
    ]
    if unknown:
        columns = [bound] if bound.column and bound.name != "id" else []
        env.work.alive()
        if model.query:
            ready(env.work, model)
        if rule is not None:
            env.flush()
        sql, values = query.select(
            model, Domain.TRUE if rule is None else rule, columns=columns, ids=unknown, order=(), tz=env.tz
        )
        rows = env.tx.rows(sql, values)
        env.work.fill(columns, rows)
        granted.update(row[0] for row in rows)
        there = {row[0] for row in rows}
        gone = set(unknown) - there
    else:
        gone = set()
    shown = tuple([id for id in ids if id not in gone]) if gone else (*ids,)
    records = env.records(model, shown, readable=True)
    return {record.id: _title_of(record, bound) for record in records} | {
        id: _title_of(env.records(model, (id,), readable=True), bound) for id in drafts
    }


def title(record: Model) -> str:
    """The title of one record."""
    return _title_of(record.ensure_one(), record.__info__.fields[record.__info__.title])


def _title_of(record: Model, bound: Bound) -> str:
    """The title; where the actor may not see it, what kind of record it is and its number."""
    env = record.env
    if bound.name == "id" or (not env.is_system and env.hides(bound)):
        return f"{bound.model.label} {record.id}"
    value = getattr(record, bound.name)
    if bound.comodel is not None:
        if not env.sees_all(bound.comodel) and not env.readable(bound.comodel, value.ids):
            return f"{bound.model.label} {record.id}"
        return str(value.display_title)
    return str(bound.field.to_wire(value) or "")
