"""Finding records: search, pages, count, exists, fetch, filtered, sorted, mapped, name search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, filterfalse
from typing import TYPE_CHECKING, Any, TypeVar

from kernel.errors import AccessError, ValidationError
from kernel.orm import query
from kernel.orm.domains.comparing import seen_references
from kernel.orm.domains.domain import Domain
from kernel.orm.domains.operators import DomainError, Key, Params
from kernel.orm.extra.paths import PREFIX
from kernel.orm.extra.values import cached_values
from kernel.orm.fields.base import Field
from kernel.orm.over_query import ready
from kernel.orm.reading import hierarchy
from kernel.orm.reading.fetch import fetch as fetch_columns
from kernel.orm.reading.fetch import readable_rows
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.work import MISSING
from kernel.orm.writing.links import load as load_links

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model

M = TypeVar("M", bound="Model")
K = TypeVar("K")
INT8 = 2**63


def prepared(env: Env, model: ModelInfo, domain: Domain) -> Domain:
    """The domain as the actor may ask it: checked, without archived records, with the rules applied."""
    if not env.may(model, "read"):
        raise AccessError(
            f"You may not read {model.label.lower()} records.", hint="Ask an administrator for the right."
        )
    if model.query:
        ready(env.work, model)
    asked = query.hide_archived(_secured(env, domain, model), model)
    rule = env.rule(model, "read")
    return asked if rule is None else asked & rule


def _secured(env: Env, domain: Domain, model: ModelInfo) -> Domain:
    """The checked domain as the actor may ask it."""
    if env.is_system:
        return domain.check(model, env.search_terms, env.extra_field)
    return query.secure(domain, model, env.view, env.search_terms, env.extra_field, partial(seen_references, env))


def search(
    records: Model, domain: Domain, order: str | None, limit: int | None, offset: int, fetch: Sequence[str]
) -> Model:
    """Ids by one query, `fetch` columns with them."""
    env, model = records.env, records.__info__
    columns = [column_of(env, model, name) for name in fetch]
    rows = select_rows(env, model, domain, order, limit, offset, columns)
    env.work.fill(columns, rows)
    ids = tuple([row[0] for row in rows])
    if not env.is_system:
        env.grant(model, ids)
    return env.records(model, ids, readable=True)


def select_rows(
    env: Env,
    model: ModelInfo,
    domain: Domain,
    order: str | None,
    limit: int | None,
    offset: int,
    columns: Sequence[Bound],
    titles: Sequence[Bound] = (),
    *,
    texts: Sequence[Bound] = (),
    total: bool = False,
) -> list[tuple[Any, ...]]:
    """Rows `(id, columns..., linked id, linked title, ..., total)` of what the actor may see; see `query.select`."""
    asked = prepared(env, model, domain)
    terms, rules = ordered(env, model, order or "", titles)
    env.flush()
    env.work.alive()
    sql, values = query.select(
        model,
        asked,
        columns=columns,
        order=terms,
        limit=limit,
        offset=offset,
        titles=titles,
        rules=rules,
        tz=env.tz,
        texts=texts,
        total=total,
    )
    return readable_rows(env.work, model, columns, sql, values)


def ordered(env: Env, model: ModelInfo, order: str, titles: Sequence[Bound] = ()) -> tuple[query.Order, query.Rules]:
    """The order as the actor may ask for it, and the rules of what it and `titles` lead to; settled once per env.

    An order that the person gives may not name hidden fields; those of the model's own order are left out.
    """
    order = env.typed(model, order)
    if env.is_system:
        return query.parse_order(model, order), ()
    key = (model.name, order, *titles)
    found: tuple[query.Order, query.Rules] | None = env.orders.get(key)
    if found is None:
        terms = query.parse_order(model, order)
        if not order:
            terms = tuple(term for term in terms if not any(map(env.hides, term.path)))
        paths = [*((bound,) for bound in titles), *(term.path for term in terms)]
        found = env.orders[key] = (terms, query.secure_paths(paths, env.view))
    return found


def column_of(env: Env, model: ModelInfo, name: str) -> Bound:
    """A field that has a column, if the actor may know it."""
    bound = model.extra if name.startswith(PREFIX) and env.extra_field(model, name) else model.field(name)
    assert bound is not None
    if bound.column is None:
        raise ValidationError(f"{model.name}.{name} has no column and cannot be fetched.", field=name)
    if not env.is_system and env.hides(bound):
        raise AccessError(f"You may not see the field {bound.field.label}.")
    return bound


def count(records: Model, domain: Domain, limit: int | None) -> int:
    """SELECT count(*)."""
    env, model = records.env, records.__info__
    asked = prepared(env, model, domain)
    env.flush()
    sql, values = query.count(model, asked, limit=limit, tz=env.tz)
    return int(env.tx.rows(sql, values)[0][0])


def existing(records: Model) -> Model:
    """Those in the database that the actor may read, in order."""
    env, model = records.env, records.__info__
    asked = [id for id in records.ids if not isinstance(id, int) or 0 < id < INT8]
    there = env.satisfying(model, asked, "read") if env.may(model, "read") else set()
    return env.records(model, tuple([id for id in records.ids if id in there]))


def fetch(records: Model, names: Sequence[str]) -> Model:
    """Read columns and links into the cache, where they are not there yet."""
    env, model, ids = records.env, records.__info__, records.ids
    bounds = [model.field(name) for name in names] or list(model.prefetched)
    columns = [bound for bound in bounds if bound.column and bound.name != "id"]
    if not env.is_system:
        records._x.admit(env.readable(model, ids, columns))
    gaps = (filterfalse(env.work.column(bound).__contains__, ids) for bound in columns)
    stored = [id for id in dict.fromkeys(chain.from_iterable(gaps)) if not env.work.is_new(model, id)]
    if stored:
        fetch_columns(env.work, model, stored, columns)
    for bound in bounds:
        if bound.field.type in ("one2many", "many2many") and not bound.computed:
            cached = env.work.columns[bound.index]
            load_links(env.work, bound, [id for id in ids if id not in cached])
    return records


def mapped(records: Model, what: Any) -> Any:
    """Values of a field, a dotted path or a function."""
    if isinstance(what, Field):
        return _mapped_field(records, what.name)
    if not isinstance(what, str):
        return [what(record) for record in records]
    current: Any = records
    for name in what.split("."):
        current = _mapped_field(current, name)
    return current


def _mapped_field(records: Model, name: str) -> Any:
    bound = records.__info__.field(name)
    if bound.present is not None:
        return [getattr(record, name) for record in records]
    if bound.comodel is None:
        return _values(records, bound)
    ids: dict[Any, None] = {}
    for record in records:
        ids.update(dict.fromkeys(getattr(record, name).ids))
    found = records.env.records(bound.comodel, tuple(ids))
    found._x.narrow = not records.env.sees_all(bound.comodel)
    return found


def _values(records: Model, bound: Bound) -> list[Any]:
    """Straight from the column where it is all there, else by attribute."""
    column = records._c.get(bound.index)
    if column is not None and bound.field.type != "reference":
        values = [column.get(id, MISSING) for id in records.ids]
        if MISSING not in values:
            return values
    return [getattr(record, bound.name) for record in records]


def filtered(records: Model, what: Domain | Callable[[Any], Any] | str) -> Model:
    """The records that satisfy `what`, in order."""
    if isinstance(what, str):
        name = what
        return records._with(tuple([record.id for record in records if getattr(record, name)]))
    if not isinstance(what, Domain):
        return records._with(tuple([record.id for record in records if what(record)]))
    env, model = records.env, records.__info__
    if not env.sees_all(model):
        readable = env.readable(model, records.ids)
        records = records._with(tuple([id for id in records.ids if id in readable]))
    asked = _secured(env, what, model)
    reader = env.as_system("the domain was narrowed to what the actor may see")

    def read(bound: Bound, ids: Sequence[int]) -> list[Any]:
        if bound.extra_key:
            return cached_values(reader.records(bound.model, tuple(ids)), bound)
        values = [getattr(record, bound.name) for record in reader.records(bound.model, tuple(ids))]
        if bound.comodel is None:
            return values
        links = [value.ids for value in values]
        return links if bound.field.type != "many2one" else [ids[0] if ids else None for ids in links]

    def climb(parent: Bound, ids: Iterable[Any]) -> Mapping[Any, Any]:
        return hierarchy.climb(env.work, parent, ids)

    found = asked.satisfying(model, records.ids, read, tz=env.tz, climb=climb, ask=partial(_ask, env))
    return records._with(tuple([id for id in records.ids if id in found]))


def _ask(env: Env, key: Key, params: Params, model: ModelInfo, ids: set[Any]) -> set[Any]:
    """Those of `ids` that satisfy a term which only PostgreSQL decides: what is unwritten goes out first."""
    stored = tuple([id for id in ids if type(id) is int])
    if len(stored) < len(ids):
        raise DomainError(f'"{key[1]}" is decided by PostgreSQL: a draft is not there.', hint="Save it first.")
    env.flush()
    sql, values = query.select(model, Domain(key, params), ids=stored, order=(), tz=env.tz)
    return {row[0] for row in env.tx.rows(sql, values)}


def sorted_records(records: Model, key: Callable[[Any], Any] | str | None, reverse: bool) -> Model:
    """By a function; by a field, unset values last; by any other order, or the model's, as a search sorts."""
    if callable(key):
        return records._with(tuple([record.id for record in sorted(records, key=key, reverse=reverse)]))
    bound = records.__info__.fields.get(key or "")
    if key is None or bound is None or bound.comodel is not None:
        return _sorted_by_database(records, key, reverse)
    pairs = list(zip(records.ids, _values(records, bound), strict=True))
    filled = [pair for pair in pairs if pair[1] is not None]
    unset = [id for id, value in pairs if value is None]
    filled.sort(key=lambda pair: pair[1], reverse=reverse)
    ids = [id for id, _ in filled]
    return records._with(tuple([*unset, *ids] if reverse else [*ids, *unset]))


def _sorted_by_database(records: Model, order: str | None, reverse: bool) -> Model:
    env, model = records.env, records.__info__
    terms, rules = ordered(env, model, order or "")
    env.flush()
    seen = env.rule(model, "read") if env.may(model, "read") else Domain.FALSE
    seen = Domain.TRUE if seen is None else seen
    sql, values = query.select(model, seen, ids=records.ids, order=terms, rules=rules, tz=env.tz)
    places = {row[0]: place for place, row in enumerate(env.tx.rows(sql, values))}
    found = sorted([id for id in records.ids if id in places], key=places.__getitem__, reverse=reverse)
    return records._with(tuple(found))


def grouped(records: M, key: Callable[[M], K] | str) -> dict[K, M]:
    """Value -> the records with it; records are a value, too."""
    groups: dict[Any, list[Any]] = {}
    read: Any = key if callable(key) else lambda record: getattr(record, str(key))
    for record in records:
        groups.setdefault(read(record), []).append(record.id)
    return {value: records._with(tuple(ids)) for value, ids in groups.items()}


def name_search(records: Model, text: str, domain: Domain, limit: int) -> list[tuple[int, str]]:
    """(id, title) of the records whose title contains the text; those that begin with it first."""
    model = records.__info__
    title = model.fields[model.title]
    names = [model.title] if title.column else []
    if not text or not title.column or title.field.type not in ("char", "text"):
        return _titled(search(records, domain, None, limit, 0, names))
    spellings = dict.fromkeys((text, text.lower(), text.upper(), text[:1].upper() + text[1:], text.title()))
    begins = Domain.any_of(Domain.term(model.title, "starts_with", each) for each in spellings)
    first = search(records, domain & begins, None, limit, 0, names)
    if len(first) < limit:
        others = domain & Domain.term(model.title, "ilike", text) & Domain.term("id", "not in", first.ids)
        first += search(records, others, None, limit - len(first), 0, names)
    return sorted(_titled(first), key=lambda pair: not pair[1].lower().startswith(text.lower()))


def _titled(records: Model) -> list[tuple[int, str]]:
    return [(record.id, record.display_title) for record in records]
