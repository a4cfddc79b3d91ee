"""Methods of the RPC that read: search_read, read, name_search, group, group_read, describe, translations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kernel.http.calls import Call
from kernel.http.casting import ArgumentError
from kernel.http.wire import check_names, read_id, read_ids
from kernel.orm import Domain, Model
from kernel.orm.reading.reading import counted_read
from kernel.orm.registry.describe import describe as describe_model

MOST_FIRST = 200
"""Records of each group that `group_read` may be asked for."""
MOST_SHOWN = 4_000
"""Records that it may be asked for in all."""


def search_read(call: Call) -> dict[str, Any]:
    """Records of a domain with a nested spec, in one call; `total` where `count` asks for it.

    With `after` (null or empty: the first page) they come by pages; `after` of the answer begins the next one.
    """
    check_names(call.body, ("domain", "spec", "order", "limit", "offset", "count", "after"), "search_read")
    if "after" in call.body:
        return _page(call)
    domain, limit, offset = call.domain(), call.limit(), call.offset()
    spec, order = call.spec(), call.text("order") or None
    kind = type(call.empty)
    if call.body.get("count") and limit and kind.search_read is Model.search_read and kind.count is Model.count:
        records, total = counted_read(call.empty, domain, spec, order, limit, offset)
        return {"records": records, "total": total}
    records = call.empty.search_read(domain, spec, order=order, limit=limit, offset=offset)
    return {"records": records, "total": call.empty.count(domain) if call.body.get("count") else None}


def _page(call: Call) -> dict[str, Any]:
    """A page by its cursor; null where there is no next one."""
    domain, limit = call.domain(), call.limit()
    if call.offset():
        raise ArgumentError("after, offset: a page begins behind a cursor, or at an offset.")
    if not limit:
        raise ArgumentError("limit: a page has one record or more.")
    records, after = call.empty.page_read(
        domain, call.spec(), order=call.text("order") or None, limit=limit, after=call.text("after")
    )
    total = call.empty.count(domain) if call.body.get("count") else None
    return {"records": records, "total": total, "after": after or None}


def read(call: Call) -> list[dict[str, Any]]:
    """The records `ids`, in that order; all of them or MissingError."""
    check_names(call.body, ("ids", "spec"), "read")
    return call.empty.browse(read_ids(call.body.get("ids"))).read(call.spec())


def name_search(call: Call) -> list[dict[str, Any]]:
    """Records whose title contains a text, within a domain: what a picker offers."""
    check_names(call.body, ("text", "domain", "limit"), "name_search")
    found = call.empty.name_search(call.text("text"), call.domain(), limit=call.limit(8))
    return [{"id": id, "title": title} for id, title in found]


def group(call: Call) -> dict[str, Any]:
    """Groups with counts and aggregates; each tells its labels and the domain of its records."""
    check_names(call.body, ("domain", "by", "aggregates", "having", "order", "limit", "offset", "fill"), "group")
    by, aggregates = _keys(call)
    domain, having, limit, offset = call.domain(), _having(call), call.limit(), call.offset()
    order, fill = call.text("order"), call.body.get("fill") or False
    if fill:
        groups = call.empty.group(domain, by, aggregates, having=having, order=order, fill=fill)
        return {"groups": list(map(dict, groups[offset : offset + limit])), "total": len(groups)}
    groups = call.empty.group(domain, by, aggregates, having=having, order=order, limit=limit, offset=offset)
    whole = len(groups) < limit and (groups or not offset)
    total = offset + len(groups) if whole else call.empty.group_count(domain, by, having=having)
    return {"groups": list(map(dict, groups)), "total": total}


def group_read(call: Call) -> dict[str, Any]:
    """Groups, and the first records of each: what a board shows, in one call."""
    names = ("domain", "by", "aggregates", "order", "limit", "offset", "spec", "first", "first_order")
    check_names(call.body, names, "group_read")
    by, aggregates = _keys(call)
    limit, first = call.limit(), call.count("first", 20, MOST_FIRST)
    if limit * first > MOST_SHOWN:
        raise ArgumentError(f"limit, first: {limit} groups of {first} records are more than {MOST_SHOWN:,} records.")
    groups = call.empty.group_read(
        call.domain(),
        by,
        call.spec(),
        aggregates,
        order=call.text("order"),
        limit=limit,
        offset=call.offset(),
        first=first,
        first_order=call.text("first_order"),
    )
    return {"groups": list(map(dict, groups))}


def _keys(call: Call) -> tuple[list[str], list[str]]:
    by, aggregates = call.names("by"), call.names("aggregates")
    if not by and not aggregates:
        raise ArgumentError("by, aggregates: at least one field is needed.")
    if any(text.endswith(":array") for text in aggregates):
        raise ArgumentError("aggregates: arrays are not sent; ask for records of a group by its domain.")
    return by, aggregates


def _having(call: Call) -> Domain:
    return call.read_domain(call.body.get("having") or [])


def describe(call: Call) -> dict[str, Any]:
    """The model's fields as the caller may see them, and what the caller may do."""
    check_names(call.body, (), "describe")
    return describe_model(call.env, call.model)


def translations(call: Call) -> dict[str, Any]:
    """The texts of a translated field of one record by language, and the languages there are, the tenant's first."""
    check_names(call.body, ("id", "field"), "translations")
    bound = call.env.field(call.model, call.text("field"))
    record = call.visible([read_id(call.body.get("id"))])
    return {"texts": record.translations(bound.name), "languages": list(call.env.languages)}


METHODS: Mapping[str, Callable[[Call], Any]] = {
    "search_read": search_read,
    "read": read,
    "name_search": name_search,
    "group": group,
    "group_read": group_read,
    "describe": describe,
    "translations": translations,
}
