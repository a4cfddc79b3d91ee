"""More ways to ask: keyed and extra fields, references, words, pages, histories, files, groups in full, locks."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from kernel.http.calls import Call
from kernel.http.rpc_read import METHODS as READS
from kernel.http.rpc_write import METHODS as WRITES
from kernel.orm import Command, Domain, Model
from tests.orm.attack.chest import Chest
from tests.orm.attack.vault import Busy, Deed
from tests.orm.attack.ways import MISSING, Way, _domain_ways, hidden_person, people, touched
from tests.orm.attack.worlds import PRIVATE, World

term = Domain.term
FIELDS = (
    "name", "motto", "creed", "rate", "agent", "topic", "owner", "labels", "depth", "scan", "plan", "inside", "words",
    "x_open", "x_hidden", "x_friend", "x_within", "extra", "version",
)  # fmt: skip


def chest(world: World, place: int = 2) -> Chest:
    return world.env[Chest].browse(world.chests.ids[place])


def call(method: str, model: str, **body: Any) -> Way:
    """A call of the RPC, below HTTP."""
    return lambda w: {**READS, **WRITES}[method](Call.of(w.env, model, body))


def shown(value: Any) -> Any:
    """What code holds it may know the id of: only how many there are is compared, and what is in them."""
    if isinstance(value, Mapping):
        return {name: shown(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shown(each) for each in value]
    return len(value) if isinstance(value, Model) else value


# -- one field at a time ---------------------------------------------------------------------------
def by_field() -> dict[str, Way]:
    """Every field in every place where a field is named."""
    ways: dict[str, Way] = {}
    for name in FIELDS:
        ways |= {f"{name}: {what}": partial(way, name=name) for what, way in _PLACES.items()}
    return ways


def _paged(world: World, name: str) -> Any:
    found, after = world.env[Chest].page_read(Domain.TRUE, ["id"], name, 1)
    return found, after, world.env[Chest].page_read(Domain.TRUE, ["id"], name, 1, after)


_PLACES: dict[str, Callable[..., Any]] = {
    "attribute": lambda w, name: [
        shown(getattr(each, name) if name in Chest.__dict__ else each.extra[name])
        for each in w.env[Chest].search(order="id")
    ],
    "spec": lambda w, name: w.env[Chest].search_read(spec=[name], order="id"),
    "read": lambda w, name: w.env[Chest].search(order="id").read([name]),
    "draft": lambda w, name: chest(w).env[Chest].draft({}, origin=chest(w).id).read([name]),
    "fetch": lambda w, name: chest(w).fetch(name).ids,
    "mapped": lambda w, name: shown(w.env[Chest].search(order="id").mapped(name)),
    "filtered": lambda w, name: w.env[Chest].search().filtered(name),
    "sorted": lambda w, name: w.env[Chest].search().sorted(name),
    "order": lambda w, name: w.env[Chest].search(order=f"{name} desc, id"),
    "pages": _paged,
    "group": lambda w, name: w.env[Chest].group(by=[name]),
    "group count": lambda w, name: w.env[Chest].group_count(by=[name]),
    "group read": lambda w, name: w.env[Chest].group_read(by=[name], spec=["name"]),
    "group read in order": lambda w, name: w.env[Chest].group_read(by=["city"], spec=["name"], first_order=name),
    "count": lambda w, name: w.env[Chest].group(aggregates=[f"{name}:count_distinct"]),
    "greatest": lambda w, name: w.env[Chest].group(aggregates=[f"{name}:max"]),
    "having": lambda w, name: w.env[Chest].group(by=["city"], having=[[f"{name}:max", ">", 1]]),
    "having a count": lambda w, name: w.env[Chest].group(by=["city"], having=[[f"{name}:count", ">", 0]]),
    "array": lambda w, name: w.env[Chest].group(aggregates=[f"{name}:array"]),
    "set": lambda w, name: w.env[Chest].search().count(term(name, "!=", None)),
    "translations": lambda w, name: chest(w).translations(name),
    "set a translation": lambda w, name: chest(w).set_translations(name, {"pt": "new"}),
    "write nothing": lambda w, name: chest(w).write(**{name: None}),
    "through a link": lambda w, name: w.env[Chest].search(term(f"x_within.{name}", "!=", None)),
    "order through a link": lambda w, name: w.env[Chest].search(order=f"x_within.{name}, id"),
    "through a tree": lambda w, name: w.env[Chest].search(term(f"inside.{name}", "!=", None)),
    "wrong value seen": lambda w, name: call(
        "write", "vault.chest", id=chest(w).id, changes={name: {"from": None, "to": None}}, spec={"id": {}}
    )(w),
    "onchange": lambda w, name: call(
        "onchange", "vault.chest", id=chest(w).id, values={name: None}, changed=[name], spec={name: {}, "name": {}}
    )(w),
}

# -- questions -------------------------------------------------------------------------------------
_ASKED = [
    term("creed", "=", "a creed"),
    term("creed", "ilike", "z"),
    term("creed", "=", None),
    term("rate", "=", 0),
    term("rate", ">", 1),
    term("agent", "=", PRIVATE),
    term("agent", "=", None),
    term("agent", "!=", PRIVATE),
    term("agent", "ilike", "z"),
    term("agent.name", "starts_with", "Z"),
    term("agent.wage", ">", 1),
    Domain.any_("agent", term("city", "=", "Home")),
    term("topic", "=", f"vault.person,{PRIVATE}"),
    term("topic", "!=", f"vault.person,{PRIVATE}"),
    term("topic", "in", [f"vault.person,{PRIVATE + 1}", f"vault.note,{PRIVATE}"]),
    term("topic", "starts_with", "vault.person,"),
    term("topic", "starts_with", f"vault.person,{PRIVATE}"),
    term("owner.topic", "=", None),
    term("x_hidden", "=", "an extra"),
    term("x_friend", "=", PRIVATE),
    term("x_friend", "!=", PRIVATE),
    term("x_friend.name", "ilike", "z"),
    term("x_friend.wage", ">", 1),
    term("x_friend", "ilike", "z"),
    term("x_within.x_hidden", "=", "an extra"),
    term("x_within.city", "=", "Home"),
    term("x_within", "!=", None),
    term("words", "matches", "Home"),
    term("words", "matches", "renamed"),
    term("x_within.words", "matches", "Home"),
    term("owner.name", "similar", "Zoe"),
    term("inside", "child_of", [PRIVATE]),
    term("id", "child_of", [PRIVATE]),
    term("id", "parent_of", [PRIVATE]),
    term("plan", "=", None),
    term("labels", "ilike", "of one"),
    term("depth", "=", 3),
]


def by_asking() -> dict[str, Way]:
    """Every question, by each method that takes one; ranked ones in the order of their rank, too."""
    ways: dict[str, Way] = {}
    for domain in _ASKED:
        ways |= _domain_ways("vault.chest", domain)
        ways[f"page {domain.to_wire()}"] = lambda w, d=domain: w.env[Chest].page_read(d, ["id"], "id", 1)
        ways[f"group read {domain.to_wire()}"] = lambda w, d=domain: w.env[Chest].group_read(d, ["city"], ["name"])
        ways[f"group count {domain.to_wire()}"] = lambda w, d=domain: w.env[Chest].group_count(d, ["city"])
        ways[f"total {domain.to_wire()}"] = call(
            "search_read", "vault.chest", domain=domain.to_wire(), count=True, spec={"id": {}}, limit=1
        )
        ways[f"by relevance {domain.to_wire()}"] = lambda w, d=domain: w.env[Chest].search(d, order="relevance")
    return ways


# -- groups ----------------------------------------------------------------------------------------
_MODELS_BY = {
    "vault.person": ("wage", "boss", "boss.name", "boss.wage", "labels", "note", "note.text", "born:year"),
    "vault.deed": ("person", "person.city", "person.boss", "day:week", "person.born:month"),
    "vault.chest": ("owner", "agent", "agent.city", "x_friend", "x_friend.name", "topic", "x_within.city"),
}


def by_grouping() -> dict[str, Way]:
    """`having`, `fill`, first records, totals and pages of groups."""
    ways: dict[str, Way] = {}
    for model, keys in _MODELS_BY.items():
        for key in keys:
            name = f"{model} by {key}"
            ways[f"{name}, records"] = lambda w, m=model, k=key: w.env.model(m).group_read(by=[k], spec=["id"], first=2)
            ways[f"{name}, records of a page"] = lambda w, m=model, k=key: w.env.model(m).group_read(
                by=[k], spec=["id"], limit=1, first=1
            )
            ways[f"{name}, ordered"] = lambda w, m=model, k=key: w.env.model(m).group_read(
                by=["id"], spec=["id"], first_order=k
            )
            ways[f"{name}, having"] = lambda w, m=model, k=key: w.env.model(m).group(
                by=[k], having=[["count", ">", 1]], order="count desc"
            )
            ways[f"{name}, having a path"] = lambda w, m=model, k=key: w.env.model(m).group(
                by=["id"], having=[[f"{k}:count_distinct", ">", 0]]
            )
            ways[f"{name}, filled"] = lambda w, m=model, k=key: w.env.model(m).group(by=[k], fill=True)
            ways[f"{name}, total"] = lambda w, m=model, k=key: w.env.model(m).group_count(by=[k])
            ways[f"{name}, called"] = call("group", model, by=[key], limit=1, order="count desc")
            ways[f"{name}, its domain"] = lambda w, m=model, k=key: [
                w.env.model(m).count(Domain.from_wire(row["domain"])) for row in w.env.model(m).group(by=[k])
            ]
    return ways


# -- pages -----------------------------------------------------------------------------------------
_ORDERS = {
    "vault.person": ("", "boss", "boss.name desc", "boss.wage", "wage", "note.text", "name"),
    "vault.deed": ("", "person", "person.name", "person.born desc", "day"),
    "vault.chest": ("", "owner", "agent", "agent.name", "x_friend", "x_hidden", "creed", "motto", "x_within.name"),
    "vault.box": ("", "owner", "owner.name desc"),
}


def by_page() -> dict[str, Way]:
    """Pages with their cursors, all records in batches, and cursors that somebody made up."""
    ways: dict[str, Way] = {}
    for model, orders in _ORDERS.items():
        for order in orders:
            ways[f"pages of {model} by {order!r}"] = lambda w, m=model, o=order: _all_pages(w, m, o)
            ways[f"batches of {model} by {order!r}"] = lambda w, m=model, o=order: [
                batch.ids for batch in w.env.model(m).iterate(order=o, batch=1)
            ]
            for value in ("M", "z", str(PRIVATE), None):
                ways[f"a forged page of {model} by {order!r} behind {value!r}"] = lambda w, m=model, o=order, v=value: (
                    w.env.model(m).page_read(Domain.TRUE, ["id"], o, 9, forged(w, m, o, v))
                )
    return ways


def _all_pages(world: World, model: str, order: str) -> Any:
    pages, after = [], ""
    while True:
        found, after = world.env.model(model).page_read(Domain.TRUE, ["id"], order, 1, after)
        pages.append((found, after))
        if not after:
            return pages


def forged(world: World, model: str, order: str, value: str | None) -> str:
    """The cursor of a page, all of its values but the id replaced."""
    _, after = world.env.model(model).page_read(Domain.TRUE, ["id"], order, 1)
    parts = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    parts[1:-1] = [value] * len(parts[1:-1])
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


# -- by an id --------------------------------------------------------------------------------------
BY_ID: dict[str, Callable[[World, int], Any]] = {
    "agent": lambda w, id: touched(chest(w), "agent", id),
    "agent by write": lambda w, id: chest(w).write(agent=id),
    "agent of many": lambda w, id: w.env[Chest].browse(w.chests.ids).write(agent=id),
    "agent of a company": lambda w, id: chest(w).write(agent={1: id}),
    "agent in create": lambda w, id: w.env[Chest].create({"name": "n", "agent": id}).name,
    "agent of a company in create": lambda w, id: w.env[Chest].create({"name": "n", "agent": {1: id}}).name,
    "topic": lambda w, id: touched(chest(w), "topic", f"vault.person,{id}"),
    "topic on the wire": lambda w, id: touched(chest(w), "topic", {"model": "vault.person", "id": id}),
    "topic of many": lambda w, id: w.env[Chest].browse(w.chests.ids).write(topic=f"vault.person,{id}"),
    "topic without a right": lambda w, id: touched(chest(w), "topic", f"vault.note,{id}"),
    "topic in create": lambda w, id: bool(w.env[Chest].create({"name": "n", "topic": f"vault.person,{id}"}).topic),
    "topic on a draft": lambda w, id: bool(w.env[Chest].draft({"topic": f"vault.person,{id}"}).topic),
    "friend": lambda w, id: chest(w).write(x_friend=id),
    "friend by attribute": lambda w, id: chest(w).extra.__setitem__("x_friend", id),
    "friend in create": lambda w, id: w.env[Chest].create({"name": "n", "x_friend": id}).read(["x_friend"]),
    "friend on a draft": lambda w, id: w.env[Chest].draft({"x_friend": id}).read(["x_friend"]),
    "owner": lambda w, id: touched(chest(w), "owner", id),
    "inside": lambda w, id: touched(chest(w), "inside", id),
    "owner in create": lambda w, id: w.env[Chest].create({"name": "n", "owner": id}).name,
    "owner of one of many": lambda w, id: [
        made.name for made in w.env[Chest].create([{"name": "n"}, {"name": "m", "owner": id}])
    ],
    "labels": lambda w, id: touched(chest(w), "labels", [Command.link(id)]),
    "history": lambda w, id: w.env[Chest].browse(id).history(),
    "lock": lambda w, id: w.env[Chest].browse(id).lock(),
    "lock without waiting": lambda w, id: w.env[Chest].browse(id).lock(wait=False),
    "lock what is free": lambda w, id: w.env[Chest].browse(id).lock(wait="skip"),
    "copy": lambda w, id: w.env[Chest].browse(id).copy().ids,
    "translations": lambda w, id: w.env[Chest].browse(id).translations("motto"),
    "set translations": lambda w, id: w.env[Chest].browse(id).set_translations("motto", {"pt": "x"}),
    "extra": lambda w, id: w.env[Chest].browse(id).extra["x_open"],
    "set extra": lambda w, id: w.env[Chest].browse(id).write(x_open="x"),
    "scan": lambda w, id: w.env[Chest].browse(id).scan,
    "ancestors": lambda w, id: w.env[Chest].browse(id).ancestors(),
    "descendants": lambda w, id: w.env[Chest].browse(id).descendants(),
    "upsert by id": lambda w, id: w.env[Chest].upsert([{"id": id, "name": "x"}], key=["id"]).name,
    "set to by default": lambda w, id: w.env[Chest].draft({}, origin=id).read(["name", "motto", "topic"]),
    "child of": lambda w, id: w.env[Chest].search(term("id", "child_of", id)),
    "called: read": lambda w, id: call("read", "vault.chest", ids=[id], spec={"name": {}})(w),
    "called: write": lambda w, id: call("write", "vault.chest", id=id, changes={"name": {"from": "a", "to": "b"}})(w),
    "called: write many": lambda w, id: call("write", "vault.chest", ids=[id], values={"name": "x"})(w),
    "called: delete": lambda w, id: call("delete", "vault.chest", ids=[id])(w),
    "called: copy": lambda w, id: call("copy", "vault.chest", id=id, spec={"name": {}})(w),
    "called: onchange": lambda w, id: call("onchange", "vault.chest", id=id, spec={"name": {}})(w),
    "called: onchange of a link": lambda w, id: call(
        "onchange", "vault.deed", values={"person": id}, changed=["person"], spec={"remark": {}, "person": {}}
    )(w),
    "called: translations": lambda w, id: call("translations", "vault.chest", id=id, field="motto")(w),
    "called: create": lambda w, id: call("create", "vault.chest", values={"name": "n", "owner": id})(w),
    "called: conflict": lambda w, id: call(
        "write", "vault.chest", id=w.chests.ids[2], changes={"owner": {"from": {"id": id}, "to": None}}
    )(w),
}

OTHERS: dict[str, Way] = {
    "history": lambda w: w.env[Chest].browse(w.chests.ids).history(),
    "a short history": lambda w: chest(w).history(limit=1),
    "copy": lambda w: chest(w).copy().read(["name", "owner", "agent", "rate", "x_friend", "topic"]),
    "copy in wire form": lambda w: call("copy", "vault.chest", id=chest(w).id, spec={"labels": {}, "owner": {}})(w),
    "ancestors of a leaf": lambda w: chest(w, 1).ancestors(),
    "descendants": lambda w: chest(w, 0).descendants(),
    "all fields by system of company 2": lambda w: w.env.with_company(2)[Chest].search().mapped("rate"),
    "upsert by a hidden text": lambda w: w.env[Chest].upsert([{"creed": "a creed", "name": "x"}], key=["creed"]),
    "upsert by a hidden number": lambda w: w.env[Chest].upsert([{"depth": 3, "name": "x"}], key=["depth"]),
    "upsert by a name that is hidden": lambda w: w.env[Chest].upsert([{"name": "inner", "city": "x"}], ["name"]).city,
    "upsert by an agent": lambda w: w.env[Chest].upsert([{"agent": PRIVATE, "name": "x"}], key=["agent"]).name,
    "upsert by an owner": lambda w: w.env[Chest].upsert([{"owner": PRIVATE, "name": "x"}], key=["owner"]).name,
    "name search of nothing": lambda w: w.env[Chest].name_search(""),
    "name search of what is hidden": lambda w: w.env[Chest].name_search("in"),
    "describe": call("describe", "vault.chest"),
    "conflict of an owner": lambda w: call(
        "write", "vault.chest", id=chest(w).id, changes={"owner": {"from": None, "to": None}}, spec={"owner": {}}
    )(w),
    "equal owner": lambda w: call(
        "write", "vault.chest", id=chest(w).id, changes={"owner": {"from": {"id": None}, "to": w.anna.id}}
    )(w),
    "lines of a hidden parent": lambda w: hidden_person(w).deeds,
    "defaults": call("onchange", "vault.person", spec={"name": {}, "boss": {}, "labels": {}}),
    "deeds in pages": lambda w: [each.ids for each in w.env[Deed].iterate(term("person.city", "=", "Home"), batch=1)],
    "bosses by name": lambda w: shown(people(w).search(order="boss").mapped("boss")),
    "read many": lambda w: w.env[Busy].search().read({"boss": {}, "deeds": {"limit": 1}, "labels": {}}),
}


def chest_ways() -> dict[str, Way]:
    """The whole table."""
    ids = {f"{name} by the id": lambda w, way=way: way(w, PRIVATE) for name, way in BY_ID.items()}
    missing = {f"{name} by no id": lambda w, way=way: way(w, MISSING) for name, way in BY_ID.items()}
    found: dict[str, Way] = {}
    for table in (by_field(), by_asking(), by_grouping(), by_page(), ids, missing, OTHERS):
        found |= {f"chest, {name}": way for name, way in table.items()}
    return found
