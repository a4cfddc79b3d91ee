"""The ways to ask: one row per way, a name and what the attacker does. Answers must not tell worlds apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.orm import Command, Domain, Model
from tests.orm.attack.vault import Box, Busy, Deed, Label, Note, Person
from tests.orm.attack.worlds import PRIVATE, World

Way = Callable[[World], Any]
term = Domain.term
MISSING = 10**6
"""An id that no world has."""


def people(world: World) -> Busy:
    return world.env[Busy]


def hidden_person(world: World) -> Busy:
    return world.env[Busy].browse(PRIVATE)


def mine(world: World) -> Busy:
    return world.env[Busy].browse(world.anna.id)


def touched(records: Model, name: str, value: Any) -> str:
    """Set one attribute and flush."""
    setattr(records, name, value)
    records.env.flush()
    return "set"


# -- by id -----------------------------------------------------------------------------------------
BY_ID: dict[str, Way] = {
    "attribute": lambda w: hidden_person(w).name,
    "browse and exists": lambda w: people(w).browse([w.anna.id, PRIVATE, PRIVATE + 1]).exists(),
    "mapped": lambda w: hidden_person(w).mapped("name"),
    "mapped by a path": lambda w: w.env[Deed].browse(w.deeds.ids).mapped("person_city"),
    "filtered by a function": lambda w: people(w).browse([w.anna.id, PRIVATE]).filtered(lambda p: p.city == "Home"),
    "filtered by a name": lambda w: people(w).browse([w.anna.id, PRIVATE]).filtered("city"),
    "filtered by a domain": lambda w: people(w).browse([w.anna.id, PRIVATE]).filtered(Person.city != "x"),
    "filtered by a path": lambda w: w.env[Deed].browse(w.deeds.ids).filtered(term("person.city", "=", "Home")),
    "filtered by a hidden field": lambda w: people(w).browse([w.anna.id, w.bert.id]).filtered(Person.wage > 1),
    "sorted": lambda w: people(w).browse([PRIVATE + 1, w.anna.id, PRIVATE]).sorted(),
    "sorted by the order of deeds": lambda w: w.env[Deed].browse(w.deeds.ids).sorted(),
    "sorted by a name": lambda w: people(w).browse([PRIVATE, w.anna.id]).sorted("name"),
    "sorted by a hidden field": lambda w: people(w).browse([w.anna.id, w.bert.id]).sorted("wage"),
    "grouped": lambda w: people(w).browse([w.anna.id, w.bert.id]).grouped("wage"),
    "grouped by a hidden record": lambda w: people(w).browse([PRIVATE]).grouped("city"),
    "fetch": lambda w: people(w).browse([PRIVATE]).fetch("name").ids,
    "read": lambda w: hidden_person(w).read(["name"]),
    "read some": lambda w: people(w).browse([w.anna.id, PRIVATE]).read(["name"]),
    "display title": lambda w: hidden_person(w).display_title,
    "title through a link": lambda w: w.env[Box].browse(w.box.id).display_title,
    "write": lambda w: touched(hidden_person(w), "city", "x"),
    "write many": lambda w: people(w).browse([w.anna.id, PRIVATE]).write(city="x"),
    "delete": lambda w: hidden_person(w).delete(),
    "copy": lambda w: hidden_person(w).copy(email="new@x").name,
    "draft over it": lambda w: people(w).draft({}, origin=PRIVATE).name,
    "a hidden field": lambda w: mine(w).wage,
    "a secret field": lambda w: mine(w).pin,
    "read a hidden field": lambda w: mine(w).read(["wage"]),
    "read a secret field": lambda w: mine(w).read(["pin"]),
    "fetch a hidden field": lambda w: (mine(w).fetch("wage"), mine(w).wage),
    "no right on the model: attribute": lambda w: w.env[Note].browse(PRIVATE).text,
    "no right on the model: exists": lambda w: w.env[Note].browse([PRIVATE, MISSING]).exists(),
    "no right on the model: fetch": lambda w: w.env[Note].browse(PRIVATE).fetch("text").exists(),
    "no right on the model: sorted": lambda w: w.env[Note].browse([PRIVATE, MISSING]).sorted(),
    "no right on the model: filtered": lambda w: w.env[Note].browse([PRIVATE, MISSING]).filtered(Note.weight > 1),
    "no right on the model: read": lambda w: w.env[Note].browse(PRIVATE).read(["text"]),
}

# -- by a question ---------------------------------------------------------------------------------
_FORBIDDEN: dict[str, list[Domain]] = {
    "vault.person": [
        term("wage", ">", 1),
        term("wage", "!=", 1),
        ~term("wage", "in", [1, 5]),
        term("pin", "=", "1234"),
        term("pin", "starts_with", "1"),
        term("boss.wage", ">", 3),
        Domain.any_("boss", term("wage", ">", 3)),
        term("boss", "=", PRIVATE),
        term("boss", "!=", PRIVATE),
        term("boss", "in", [PRIVATE, PRIVATE + 1]),
        term("boss", "in", [PRIVATE, None]),
        term("boss", "not in", [PRIVATE, None]),
        term("boss", "ilike", "z"),
        term("boss", "not ilike", "z"),
        term("boss.name", "starts_with", "Z"),
        term("boss.name", "=", None),
        term("boss.born:year", "=", 2000),
        term("boss.born:year", "!=", 2000),
        Domain.any_("boss", Domain.TRUE),
        ~Domain.any_("boss", Domain.TRUE),
        Domain.any_("boss", ~term("city", "=", "Home")),
        Domain.any_("deeds", term("amount", "=", 7)),
        ~Domain.any_("deeds", term("amount", "=", 7)),
        Domain.any_("deeds", Domain.any_("person", term("city", "=", "Home"))),
        term("deeds", "=", PRIVATE),
        term("deeds", "ilike", "H"),
        term("labels", "ilike", "hidden"),
        term("labels", "in", [PRIVATE]),
        term("labels", "not in", [PRIVATE]),
        Domain.any_("labels", term("name", "like", "hidden 1")),
        term("note.text", "=", "a note"),
        term("note.weight", "<", 8),
        term("note", "ilike", "note"),
        term("note", "=", PRIVATE),
        term("id", "=", PRIVATE),
        term("id", ">=", PRIVATE),
        term("private", "=", True),
        term("city", "=", "Home"),
        term("name", "ilike", "z"),
        term("email", "ilike", "secret"),
        term("born:year", "=", 2000),
    ],
    "vault.deed": [
        term("person_city", "=", "Home"),
        term("person_city", "!=", "Home"),
        term("note_text", "ilike", "note"),
        term("at_home", "=", True),
        term("at_home", "!=", True),
        term("person", "=", PRIVATE),
        term("person.wage", ">", 5),
        term("person.boss.city", "=", "Home"),
        term("person.labels.name", "ilike", "hid"),
    ],
    "vault.box": [term("owner", "ilike", "z"), term("owner", "=", PRIVATE), term("owner.private", "=", True)],
    "vault.note": [Domain.TRUE, term("weight", ">", 3)],
}

_ORDERS = {
    "vault.person": ["wage", "pin", "boss", "boss.name", "boss.wage", "note", "note.text", "name desc", ""],
    "vault.deed": ["person", "person desc", "person.name", "person.born, code", "person_city", "person.wage", ""],
    "vault.box": ["owner", "owner.city", ""],
    "vault.note": [""],
}

_GROUPS: dict[str, list[tuple[list[str], list[str]]]] = {
    "vault.person": [
        (["wage"], []),
        (["city"], ["wage:sum"]),
        (["boss"], []),
        (["boss.city"], []),
        (["labels"], []),
        (["deeds"], []),
        (["note"], []),
        (["note.text"], ["note.weight:sum"]),
        ([], ["boss:count_distinct", "boss.wage:max"]),
        ([], ["note:count_distinct", "note:count"]),
        (["born:year"], ["boss.born:min"]),
    ],
    "vault.deed": [
        (["person"], ["amount:sum"]),
        (["person.city"], ["amount:sum"]),
        (["person", "day:month"], []),
        (["person.boss"], []),
        (["person:id"], []),
        ([], ["person:array", "person.city:array", "person.wage:array"]),
        (["person.labels"], []),
        ([], ["person:count_distinct", "person:count"]),
        (["person.born:month"], ["person.wage:avg"]),
    ],
    "vault.box": [(["owner"], []), (["owner.name"], [])],
    "vault.note": [(["text"], ["weight:sum"])],
}


def by_question() -> dict[str, Way]:
    """Every forbidden domain, order and grouping, by each method that takes one."""
    ways: dict[str, Way] = {}
    for model, domains in _FORBIDDEN.items():
        for domain in domains:
            ways |= _domain_ways(model, domain)
    for model, orders in _ORDERS.items():
        for order in orders:
            ways[f"{model} search order {order!r}"] = lambda w, m=model, o=order: w.env.model(m).search(order=o)
            ways[f"{model} search_read order {order!r}"] = lambda w, m=model, o=order: w.env.model(m).search_read(
                spec=["id"], order=o, limit=3
            )
    for model, groups in _GROUPS.items():
        for by, aggregates in groups:
            for order in ("", "count desc"):
                ways[f"{model} group {by} {aggregates} {order}"] = lambda w, m=model, b=by, a=aggregates, o=order: (
                    w.env.model(m).group(by=b, aggregates=a, order=o)
                )
    return ways


def _domain_ways(model: str, domain: Domain) -> dict[str, Way]:
    name = f"{model} {domain.to_wire()}"
    return {
        f"search {name}": lambda w: w.env.model(model).search(domain),
        f"count {name}": lambda w: w.env.model(model).count(domain),
        f"not {name}": lambda w: w.env.model(model).search(~domain),
        f"filtered {name}": lambda w: w.env.model(model).search().filtered(domain),
        f"group {name}": lambda w: w.env.model(model).group(domain, by=[]),
        f"search_read {name}": lambda w: w.env.model(model).search_read(domain, ["id"]),
        f"name_search {name}": lambda w: w.env.model(model).name_search("", domain),
    }


# -- by reading what is linked ---------------------------------------------------------------------
_SPECS: dict[str, list[Any]] = {
    "vault.person": [
        ["name", "boss", "note"],
        {"boss": {"fields": {"name": {}, "city": {}}}, "note": {"fields": {"text": {}}}},
        {"deeds": {}},
        {"deeds": {"limit": 1, "fields": {"code": {}, "person": {}}}},
        {"labels": {"limit": 1}},
        {"labels": {"fields": {"name": {}}}},
        ["initials", "deed_count"],
        ["wage"],
        ["pin"],
        {"boss": {"fields": {"wage": {}}}},
    ],
    "vault.deed": [
        ["code", "person", "person_city", "note_text"],
        {"person": {"fields": {"deeds": {"fields": {"person": {}}}}}},
        ["at_home"],
    ],
    "vault.box": [["owner", "code"]],
}


def by_reading() -> dict[str, Way]:
    """Every spec, by search_read, by read and on a draft."""
    ways: dict[str, Way] = {}
    for model, specs in _SPECS.items():
        for spec in specs:
            ways[f"search_read {model} {spec}"] = lambda w, m=model, s=spec: w.env.model(m).search_read(
                spec=s, order="id"
            )
            ways[f"read {model} {spec}"] = lambda w, m=model, s=spec: w.env.model(m).search(order="id").read(s)
            ways[f"draft {model} {spec}"] = lambda w, m=model, s=spec: [
                w.env.model(m).draft({}, origin=record.id).read(s)[0] for record in w.env.model(m).search(order="id")
            ]
    return ways


LINKED: dict[str, Way] = {
    "lines": lambda w: mine(w).deeds.ids,
    "labels": lambda w: [len(person.labels) for person in people(w).search()],
    "computed over lines": lambda w: mine(w).deed_count,
    "mapped lines": lambda w: people(w).search().mapped("deeds.code"),
    "a hidden link's value": lambda w: w.env[Deed].browse(w.deeds.ids[1]).person.city,
    "titles of links": lambda w: w.env[Box].name_search("z"),
    "name search": lambda w: people(w).name_search("e"),
    "title of a box": lambda w: w.env[Box].search_read(spec=["code"]),
}

# -- by writing ------------------------------------------------------------------------------------
_COMMANDS: dict[str, Command] = {
    "update": Command.update(PRIVATE, {"code": "x"}),
    "delete": Command.delete(PRIVATE),
    "link": Command.link(PRIVATE),
    "unlink": Command.unlink(PRIVATE),
    "set": Command.set([PRIVATE]),
    "clear": Command.clear(),
    "create": Command.create({"code": "new", "amount": 5}),
    "create one that breaks the rule": Command.create({"code": "new", "amount": 500}),
}

WRITING: dict[str, Way] = {
    "link by id": lambda w: touched(w.env[Deed].browse(w.deeds.ids[0]), "person", PRIVATE),
    "link by id in create": lambda w: w.env[Deed].create({"code": "n", "person": PRIVATE}).person_city,
    "link by id in write": lambda w: w.env[Deed].browse(w.deeds.ids[:2]).write(person=PRIVATE),
    "no right on what is linked": lambda w: touched(mine(w), "note", PRIVATE),
    "draft with a hidden link": lambda w: w.env[Deed].draft({"person": PRIVATE}).read(["person_city", "remark"]),
    "draft set to a hidden link": lambda w: touched(w.env[Deed].draft({}), "person", PRIVATE),
    "set a hidden field": lambda w: touched(mine(w), "wage", 1),
    "write a hidden field": lambda w: mine(w).write(wage=1),
    "create with a hidden field": lambda w: people(w).create({"name": "n", "wage": 1}).name,
    "write a large deed": lambda w: touched(w.env[Deed].browse(w.deeds.ids[4]), "code", "x"),
    "make a small deed large": lambda w: touched(w.env[Deed].browse(w.deeds.ids[0]), "amount", 200),
    "upsert by a hidden field": lambda w: people(w).upsert([{"wage": 1, "name": "x"}], key=["wage"]),
    "copy with lines": lambda w: len(mine(w).copy(email="c@x").labels),
    "defaults": lambda w: people(w).draft({}).read(["name", "deed_count", "initials"]),
}


def by_writing() -> dict[str, Way]:
    """The table above, and every command on lines and on labels, on records and on drafts."""
    ways = dict(WRITING)
    for name, command in _COMMANDS.items():
        for field in ("deeds", "labels"):
            values = command.values
            if values is not None and field == "labels":
                command = Command(command.action, command.ids, {"name": "x"})
            ways[f"{name} {field}"] = lambda w, f=field, c=command: _commanded(w, f, c)
            ways[f"{name} {field} on a draft"] = lambda w, f=field, c=command: (
                people(w).draft({f: [c]}, origin=w.anna.id).read({f: {}, "deed_count": {}})
            )
    return ways


def _commanded(world: World, field: str, command: Command) -> Any:
    record = mine(world)
    setattr(record, field, [command])
    world.env.flush()
    made = world.env.model("vault.deed" if field == "deeds" else "vault.label").search(order="id")
    return (len(made), [each if each < PRIVATE else "new" for each in getattr(record, field).ids])


def all_ways() -> dict[str, Way]:
    """The whole table."""
    return {**BY_ID, **by_question(), **by_reading(), **LINKED, **by_writing()}


__all__ = ["Label", "all_ways"]
