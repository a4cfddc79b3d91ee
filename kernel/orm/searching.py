"""Finding records: search, count, exists, fetch, filtered, sorted, mapped, name search, upsert."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain, filterfalse
from typing import TYPE_CHECKING, Any

from kernel.errors import AccessError, ValidationError
from kernel.orm import query
from kernel.orm.bound import Bound, ModelInfo
from kernel.orm.domain import Domain
from kernel.orm.extra_paths import PREFIX
from kernel.orm.extra_values import cached_values
from kernel.orm.fetch import fetch as fetch_columns
from kernel.orm.fields.base import Field
from kernel.orm.links import load as load_links
from kernel.orm.work import MISSING

if TYPE_CHECKING:
    from kernel.orm.env import Env
    from kernel.orm.model import Model


def prepared(env: Env, model: ModelInfo, domain: Domain) -> Domain:
    """The domain as the actor may ask it: checked, without archived records, with the rules applied."""
    if not env.may(model, "read"):
        raise AccessError(
            f"You may not read {model.label.lower()} records.", hint="Ask an administrator for the right."
        )
    if env.is_system:
        return query.hide_archived(domain.check(model, env.search_terms, env.extra_field), model)
    asked = query.hide_archived(query.secure(domain, model, env.view, env.search_terms, env.extra_field), model)
    rule = env.rule(model, "read")
    return asked if rule is None else asked & rule


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
) -> list[tuple[Any, ...]]:
    """Rows `(id, columns..., linked id, linked title, ...)` of what the actor may see."""
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
    )
    return env.tx.rows(sql, values)


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
    there = env.satisfying(model, records.ids, "read") if env.may(model, "read") else set()
    return env.records(model, tuple([id for id in records.ids if id in there]))


def fetch(records: Model, names: Sequence[str]) -> Model:
    """Read columns and links into the cache, where they are not there yet."""
    env, model, ids = records.env, records.__info__, records.ids
    bounds = [model.field(name) for name in names] or list(model.prefetched)
    columns = [bound for bound in bounds if bound.column and bound.name != "id"]
    if not env.is_system:
        env.readable(model, ids, columns)
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
    if env.is_system:
        asked = what.check(model, env.search_terms, env.extra_field)
    else:
        asked = query.secure(what, model, env.view, env.search_terms, env.extra_field)
    reader = env.as_system("the domain was narrowed to what the actor may see")

    def read(bound: Bound, ids: Sequence[int]) -> list[Any]:
        if bound.extra_key:
            return cached_values(reader.records(bound.model, tuple(ids)), bound)
        values = [getattr(record, bound.name) for record in reader.records(bound.model, tuple(ids))]
        if bound.comodel is None:
            return values
        links = [value.ids for value in values]
        return links if bound.field.type != "many2one" else [ids[0] if ids else None for ids in links]

    found = asked.satisfying(model, records.ids, read, tz=env.tz)
    return records._with(tuple([id for id in records.ids if id in found]))


def sorted_records(records: Model, key: Callable[[Any], Any] | str | None, reverse: bool) -> Model:
    """By a function or a field; without one by the model's order, as the database sorts."""
    if key is None:
        env, model = records.env, records.__info__
        terms, rules = ordered(env, model, "")
        env.flush()
        seen = env.rule(model, "read") if env.may(model, "read") else Domain.FALSE
        seen = Domain.TRUE if seen is None else seen
        sql, values = query.select(model, seen, ids=records.ids, order=terms, rules=rules, tz=env.tz)
        ids = [row[0] for row in env.tx.rows(sql, values)]
        return records._with(tuple(reversed(ids) if reverse else ids))
    read = key if callable(key) else lambda record: getattr(record, key)
    return records._with(tuple(record.id for record in sorted(records, key=read, reverse=reverse)))


def name_search(records: Model, text: str, domain: Domain, limit: int) -> list[tuple[int, str]]:
    """(id, title) of the records whose title contains the text; those that begin with it first."""
    model = records.__info__
    title = model.fields[model.title]
    asked = domain
    if text and title.column and title.field.type in ("char", "text"):
        asked = asked & Domain.term(model.title, "ilike", text)
    found = search(records, asked, None, limit, 0, [model.title] if title.column else [])
    pairs = [(record.id, record.display_title) for record in found]
    return sorted(pairs, key=lambda pair: not pair[1].lower().startswith(text.lower())) if text else pairs


def upsert(records: Model, rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> Model:
    """Match by the values of `key`; empty keys are refused."""
    model = records.__info__
    bounds = [model.field(name) for name in key]
    wanted: list[tuple[Any, ...]] = []
    for row in rows:
        values = tuple(bound.field.convert(row.get(bound.name), bound) for bound in bounds)
        for bound, value in zip(bounds, values, strict=True):
            if value == bound.null:
                raise ValidationError(f"upsert needs a value for {bound.name} in every row.", field=bound.name)
        wanted.append(values)
    domain = Domain.all_of(
        Domain.term(bound.name, "in", [values[place] for values in wanted]) for place, bound in enumerate(bounds)
    )
    known = {
        tuple(_cached(record, bound) for bound in bounds): record.id
        for record in search(records, domain, None, None, 0, [bound.name for bound in bounds])
    }
    new: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row, values in zip(rows, wanted, strict=True):
        if values in known:
            records.browse(known[values]).write(**row)
        else:
            new.setdefault(values, {}).update(row)
    made = records.create(list(new.values()))
    known.update(zip(new, made.ids, strict=True))
    return records.browse([known[values] for values in wanted])


def _cached(record: Model, bound: Bound) -> Any:
    value = getattr(record, bound.name)
    return (value.ids[0] if value.ids else None) if bound.comodel is not None else value
