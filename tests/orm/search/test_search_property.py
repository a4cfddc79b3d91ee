"""Whatever domain, user and order: a search finds what plain Python finds in plain rows.

The reading of a domain here is written for this test alone. It knows rows as dictionaries and terms as
triples, and nothing of the ORM.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.db import Pool
from kernel.db.transaction import transaction
from kernel.orm import Domain, Env, Ports, Registry, UserInfo
from tests.orm.search.finding import Item, Label, Place

Row = dict[str, Any]
Term = Any
"""(path, operator, value), ("&", terms), ("|", terms), ("!", term)."""
LINKS = MappingProxyType({
    "find.item": {"place": "find.place", "labels": "find.label"},
    "find.place": {"parent": "find.place", "children": "find.place", "items": "find.item"},
    "find.label": {},
})  # fmt: skip
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]
TEXTS = ["", "a", "A", "%", "_", "\\", "lamp", "Lamp_x", "50%", "amp"]
START = dt.datetime(2024, 12, 28, 22, 30, tzinfo=dt.UTC)
MOMENTS = [START + dt.timedelta(hours=hours) for hours in (0, 3, 30, 49, 70, 2200, 2201, 2202, 7300)]
VALUES: dict[str, list[Any]] = {
    "name": ["lamp", "Lamp_x", "50%", "a\\b", "A"],
    "notes": ["", "a", "amp"],
    "weight": [None, 0.0, 1.5, -2.0],
    "sold": [None, *sorted({moment.date() for moment in MOMENTS})],
    "seen": [None, *MOMENTS],
    "kind": [None, "new", "old"],
}
PARTS: dict[str, Callable[[Any], int]] = {
    "year": lambda day: day.year,
    "quarter": lambda day: [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4][day.month - 1],
    "month": lambda day: day.month,
    "week": lambda day: int(day.strftime("%V")),
    "day": lambda day: day.day,
    "weekday": lambda day: day.weekday() + 1,
    "hour": lambda day: day.hour,
}
RULES: dict[int, dict[str, Term]] = {
    7: {"find.item": ("|", [("kind", "!=", "old"), ("place", "=", None)]), "find.place": ("name", "!=", "P1")},
    8: {"find.place": ("parent", "child_of", [2]), "find.label": ("name", "=", "l1")},
}


class Naive:
    """Reads terms over rows, one record at a time, as `user` (None: the system) with a clock in `tz`."""

    def __init__(self, rows: dict[str, dict[int, Row]], user: int | None, tz: str) -> None:
        self.rows, self.rules, self.zone = rows, RULES.get(user or 0, {}), ZoneInfo(tz)

    def seen(self, model: str, id: int) -> bool:
        """Rules are read as the system: nothing is hidden inside of them."""
        rule = self.rules.get(model)
        return rule is None or Naive(self.rows, None, str(self.zone)).holds(model, id, rule)

    def holds(self, model: str, id: int, term: Term) -> bool:
        if term[0] in ("&", "|"):
            return (all if term[0] == "&" else any)(self.holds(model, id, each) for each in term[1])
        if term[0] == "!":
            return not self.holds(model, id, term[1])
        path, operator, value = term
        if operator.startswith("not ") or operator == "!=":
            return not self.holds(model, id, (path, "=" if operator == "!=" else operator[4:], value))
        head, _, rest = path.partition(".")
        if rest:
            unset = head == "place" and value is None and operator == "=" and not self.rows[model][id][head]
            return unset or self.linked(
                model, id, head, lambda other, to: self.holds(to, other, (rest, operator, value))
            )
        if operator == "any":
            return self.linked(model, id, head, lambda other, to: self.holds(to, other, value))
        if head in LINKS[model] or head == "id":
            return self.compared_link(model, id, head, operator, value)
        name, _, part = head.partition(":")
        return self.compared(self.part(self.rows[model][id][name], part), operator, value)

    def ids(self, model: str, id: int, name: str) -> list[int]:
        found = self.rows[model][id][name]
        return list(found) if isinstance(found, tuple) else [found] if found else []

    def linked(self, model: str, id: int, name: str, test: Callable[[int, str], bool]) -> bool:
        to = LINKS[model][name]
        return any(self.seen(to, other) and test(other, to) for other in self.ids(model, id, name))

    def compared_link(self, model: str, id: int, name: str, operator: str, value: Any) -> bool:
        to = model if name == "id" else LINKS[model][name]
        ids = [id] if name == "id" else self.ids(model, id, name)
        linked = list(ids)
        if name != "id":
            ids = [other for other in ids if self.seen(to, other)]
        wanted = value if isinstance(value, list) else [value]
        if operator in ("=", "in"):
            return any(other in wanted for other in ids) or (
                None in wanted and not (linked if name in ("place", "parent") else ids)
            )
        if operator == "child_of":
            return any(set(self.chain(to, other)) & set(wanted) for other in ids)
        return any(other in self.chain(to, root) for other in ids for root in wanted if root in self.rows[to])

    def chain(self, model: str, id: int | None) -> list[int]:
        found: list[int] = []
        while id:
            found.append(id)
            id = self.rows[model][id]["parent"]
        return found

    def part(self, value: Any, part: str) -> Any:
        if not part or value is None:
            return value
        return PARTS[part](value.astimezone(self.zone) if isinstance(value, dt.datetime) else value)

    def compared(self, found: Any, operator: str, value: Any) -> bool:
        unset = found is None or found == ""
        if operator in ("=", "in"):
            wanted = value if operator == "in" else [value]
            return (unset and any(each in (None, "") for each in wanted)) or (found is not None and found in wanted)
        if found is None:
            return False
        if operator in ("like", "ilike", "starts_with"):
            a, b = (found.lower(), value.lower()) if operator == "ilike" else (found, value)
            return bool(a.startswith(b) if operator == "starts_with" else b in a)
        return bool({"<": found < value, "<=": found <= value, ">": found > value, ">=": found >= value}[operator])


def made_rows() -> dict[str, dict[int, Row]]:
    dice = random.Random(11)
    labels = {id: {"name": f"l{id}"} for id in range(1, 5)}
    places = {id: {"name": f"P{id % 3}", "parent": dice.choice([None, *range(1, id)])} for id in range(1, 10)}
    items = {
        id: {
            **{name: dice.choice(values) for name, values in VALUES.items()},
            "place": dice.choice([None, *places]),
            "labels": tuple(sorted(dice.sample(list(labels), dice.randrange(3)))),
        }
        for id in range(1, 41)
    }
    for id, place in places.items():
        place["children"] = tuple(other for other, row in places.items() if row["parent"] == id)
        place["items"] = tuple(other for other, row in items.items() if row["place"] == id)
    return {"find.label": labels, "find.place": places, "find.item": items}


class Policy:
    """Everybody may read; two users see what their rules let through."""

    def allowed(self, env: Env, model: str, operation: str) -> bool:
        return operation == "read"

    def rule(self, env: Env, model: str, operation: str) -> Domain | None:
        term = RULES.get(env.user_id or 0, {}).get(model)
        return None if term is None else domain_of(term)

    def hidden_fields(self, env: Env, model: str) -> frozenset[str]:
        return frozenset()


class Users:
    """User 70 + n has the rules of user 7 and the n-th zone; here the id tells the zone by its last digit."""

    def __init__(self) -> None:
        self.tz = "UTC"

    def user(self, env: Env, id: int) -> UserInfo:
        return UserInfo(id, tz=self.tz)


def domain_of(term: Term) -> Domain:
    if term[0] in ("&", "|"):
        return (Domain.all_of if term[0] == "&" else Domain.any_of)(domain_of(each) for each in term[1])
    if term[0] == "!":
        return ~domain_of(term[1])
    path, operator, value = term
    return Domain.term(path, operator, domain_of(value) if operator.endswith("any") else value)


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[int, Row]]:
    return made_rows()


@pytest.fixture
def opened(
    pool: Pool, database: str, registry: Registry, rows: dict[str, dict[int, Row]]
) -> Iterator[tuple[Env, Users]]:
    """The rows in the database, with the ids that they have here."""
    users = Users()
    with pytest.raises(ZeroDivisionError), transaction(pool, database) as tx:
        env = Env.open(tx, registry, Ports(policy=Policy(), users=users))  # type: ignore[arg-type]
        for model, cls in (("find.label", Label), ("find.place", Place), ("find.item", Item)):
            tx.execute(f"TRUNCATE {env.registry.model(model).sql} RESTART IDENTITY CASCADE")
            given = [{k: v for k, v in row.items() if k not in ("children", "items")} for row in rows[model].values()]
            parents = [row.pop("parent", None) for row in given]
            made = env[cls].create(given)
            assert made.ids == tuple(rows[model])
            for record, parent in zip(made, parents, strict=True):
                if parent:
                    record.parent = parent  # type: ignore[attr-defined]
        env.flush()
        yield env, users
        raise ZeroDivisionError


def leaf(path: str, operators: list[str], values: list[Any]) -> st.SearchStrategy[Term]:
    return st.tuples(st.just(path), st.sampled_from(operators), st.sampled_from(values))


def among(path: str, values: list[Any]) -> st.SearchStrategy[Term]:
    some = st.lists(st.sampled_from(values), max_size=3)
    return st.tuples(st.just(path), st.sampled_from(["in", "not in"]), some)


EQUAL, ORDER = ["=", "!="], ["<", "<=", ">", ">="]
LIKE = [f"{sign}{name}" for name in ("like", "ilike", "starts_with") for sign in ("", "not ")]
TREE = ["child_of", "not child_of", "parent_of", "not parent_of"]


def item_leaves() -> list[st.SearchStrategy[Term]]:
    found = [leaf(name, EQUAL, values) for name, values in VALUES.items()]
    found += [among(name, values) for name, values in VALUES.items()]
    found += [
        leaf(name, ORDER, [each for each in VALUES[name] if each is not None]) for name in ("weight", "sold", "seen")
    ]
    found += [leaf(name, LIKE, TEXTS) for name in ("name", "notes")]
    for part in PARTS:
        numbers = [1, 2, 3, 4, 7, 12, 23, 28, 29, 31, 52, 2024, 2025]
        found += [leaf(f"seen:{part}", [*EQUAL, *ORDER], numbers), among(f"seen:{part}", numbers)]
        if part != "hour":
            found.append(leaf(f"sold:{part}", [*EQUAL, *ORDER], numbers))
    for path in ("place", "labels", "id"):
        found += [leaf(path, EQUAL, [1, 3, 99]), among(path, [1, 2, 3])]
    found += [leaf("labels", EQUAL, [None]), leaf("place", EQUAL, [None]), among("place", [1, None])]
    found += [leaf("place", TREE, [[1], [2, 5], [], [9]]), leaf("place.name", [*EQUAL, *LIKE], ["P1", "P"])]
    found += [leaf("labels.name", EQUAL, ["l1"]), leaf("place.parent.items.name", EQUAL, ["lamp"])]
    return found


def place_leaves() -> list[st.SearchStrategy[Term]]:
    return [leaf("name", EQUAL, ["P1", "P2"]), leaf("id", TREE, [[1], [4, 5], [9]]), leaf("parent", EQUAL, [None, 1])]


def several(leaves: list[st.SearchStrategy[Term]]) -> st.SearchStrategy[Term]:
    def grown(children: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
        lists = st.lists(children, min_size=2, max_size=3)
        return st.one_of(st.tuples(st.sampled_from(["&", "|"]), lists), st.tuples(st.just("!"), children))

    return st.recursive(st.one_of(leaves), grown, max_leaves=5)


ITEMS = several(item_leaves())
ANY = ["any", "not any"]
PLACES = several(
    [*place_leaves(), st.tuples(st.sampled_from(["children", "parent"]), st.sampled_from(ANY), several(place_leaves()))]
)
TERMS = several([
    *item_leaves(),
    st.tuples(st.just("place"), st.sampled_from(ANY), PLACES),
    st.tuples(st.just("labels"), st.sampled_from(ANY), leaf("name", EQUAL, ["l2"])),
    st.tuples(st.just("place"), st.just("any"), st.tuples(st.just("items"), st.sampled_from(ANY), ITEMS)),
])  # fmt: skip
ORDERS = ["id", "weight desc, id", "seen, name", "sold desc, weight", "place.name, id desc", "kind, notes desc"]
ALL = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@ALL
@given(term=TERMS, user=st.sampled_from([None, 7, 8]), tz=st.sampled_from(ZONES), order=st.sampled_from(ORDERS))
def test_a_search_finds_what_plain_python_finds(
    opened: tuple[Env, Users], rows: dict[str, dict[int, Row]], term: Term, user: int | None, tz: str, order: str
) -> None:
    env, users = opened
    users.tz = tz if user else "UTC"
    env = env if user is None else env.with_context(tz=tz).as_user(user)
    env._user = None
    naive = Naive(rows, user, users.tz)
    wanted = {id for id in rows["find.item"] if naive.seen("find.item", id) and naive.holds("find.item", id, term)}
    domain = domain_of(term)
    found = env[Item].search(domain, order=order)
    assert set(found.ids) == wanted
    assert env[Item].count(domain) == len(wanted)
    assert found.exists() == found
    if user is None:
        everything = env[Item].search(order=order)
        assert everything.filtered(domain) == found
    paged: list[int] = []
    after = ""
    while True:
        page, after = env[Item].search_page(domain, order=order, limit=6, after=after)
        paged += page.ids
        if not after:
            break
    assert tuple(paged) == found.ids
