"""Searches, orders and groups over extra fields: what SQL says, Python and a naive reading say, too."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.orm import Domain, Env
from tests.orm.shed import VALUES, Owner, Tool, env, extras, shed, shed_database, tx

__all__ = ["env", "extras", "shed", "shed_database", "tx"]


# -- asking --------------------------------------------------------------------------------------------------
def test_reading_by_a_spec_gives_wire_values(env: Env) -> None:
    owner = env[Owner].create({"name": "Ann", "x_city": "Porto"})
    env[Tool].create({"name": "saw", **VALUES, "x_lent": owner})
    spec: dict[str, Any] = {**{name: {} for name in VALUES}, "x_lent": {}, "name": {}}
    row = env[Tool].search_read(spec=spec, order="x_price")[0]
    assert row["x_price"] == "12.50"
    assert row["x_bought"] == "2026-01-31"
    assert row["x_used"] == "2026-01-31T12:00:00Z"
    assert row["x_lent"] == {"id": owner.id, "title": "Ann"}
    nested = env[Tool].search_read(spec={"x_lent": {"fields": {"x_city": {}}}})[0]
    assert nested["x_lent"]["x_city"] == "Porto"


def test_orders_are_typed(env: Env) -> None:
    for size in (10, 9, 100):
        env[Tool].create({"name": str(size), "x_size": size, "x_rank": size if size > 9 else None})
    assert env[Tool].search(order="x_size desc").mapped("name") == ["100", "10", "9"]
    assert env[Tool].search(order="x_rank, name").mapped("name") == ["10", "100", "9"]


def test_groups_aggregates_and_periods(env: Env) -> None:
    for month, size, color in ((1, 1, "red"), (1, 2, "blue"), (2, 4, "red")):
        env[Tool].create({"name": "t", "x_bought": dt.date(2026, month, 5), "x_size": size, "x_color": color})
    rows = env[Tool].group(by=["x_color"], aggregates=["x_size:sum"], order="x_size:sum desc")
    assert [(row["x_color"], row["x_size:sum"]) for row in rows] == [("red", 5), ("blue", 2)]
    assert [row["x_color"] for row in env[Tool].group(by=["x_color"])] == ["red", "blue"]  # as the options are
    months = env[Tool].group(by=["x_bought:month"])
    assert [row["count"] for row in months] == [2, 1]
    for row in (*rows, *months):
        assert env[Tool].count(Domain.from_wire(row["domain"])) == row["count"]
    assert env[Tool].count(Domain.term("x_bought:month", "=", 2)) == 1


texts = st.sampled_from(["", "a", "A", "b_", "%", "\\", "ü", "10", "9"])
rows = st.fixed_dictionaries(
    {
        "x_note": texts,
        "x_size": st.integers(-2, 2),
        "x_rank": st.none() | st.integers(-1, 1),
        "x_price": st.decimals(-1, 1, places=2),
        "x_sharp": st.booleans(),
        "x_bought": st.none() | st.dates(dt.date(2025, 12, 30), dt.date(2026, 1, 2)),
        "x_color": st.none() | st.sampled_from(["red", "blue"]),
    }
)
ORDERED = ("<", "<=", ">", ">=")


def _terms() -> st.SearchStrategy[tuple[str, str, Any]]:
    def term(name: str, values: st.SearchStrategy[Any], operators: tuple[str, ...]) -> st.SearchStrategy[Any]:
        one = st.tuples(st.just(name), st.sampled_from(operators), values)
        return one | st.tuples(st.just(name), st.sampled_from(("in", "not in")), st.lists(values, max_size=3))

    same = ("=", "!=")
    return st.one_of(
        term("x_note", texts.filter(bool), (*same, *ORDERED, "like", "ilike", "starts_with")),
        term("x_size", st.integers(-2, 2), (*same, *ORDERED)),
        term("x_rank", st.integers(-1, 1), (*same, *ORDERED)),
        term("x_price", st.decimals(-1, 1, places=2), (*same, *ORDERED)),
        term("x_sharp", st.booleans(), same),
        term("x_bought", st.dates(dt.date(2025, 12, 30), dt.date(2026, 1, 2)), (*same, *ORDERED)),
        term("x_color", st.sampled_from(["red", "blue"]), same),
        st.tuples(st.sampled_from(["x_note", "x_rank", "x_bought", "x_color"]), st.sampled_from(same), st.none()),
    )


def _naive(value: Any, operator: str, wanted: Any) -> bool:
    if operator in ("!=", "not in"):
        return not _naive(value, {"!=": "=", "not in": "in"}[operator], wanted)
    if operator == "=":
        return value == wanted or (wanted is None and value == "")
    if operator == "in":
        return value in wanted or (None in wanted and value == "") or ("" in wanted and value == "")
    if operator in ("like", "ilike", "starts_with"):
        if operator == "ilike":
            value, wanted = value.lower(), wanted.lower()
        return value.startswith(wanted) if operator == "starts_with" else wanted in value
    if value is None:
        return False
    return {"<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted}[operator]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=st.lists(rows, min_size=1, max_size=5), terms=st.lists(_terms(), min_size=1, max_size=3))
def test_search_filtered_and_a_naive_reading_agree(
    env: Env, batch: list[dict[str, Any]], terms: list[tuple[str, str, Any]]
) -> None:
    tools = env[Tool].create([{"name": "t", **values} for values in batch])
    domain = Domain.all_of(Domain.term(*term) for term in terms)
    mine = Domain.term("id", "in", list(tools.ids))
    naive = [
        id
        for id, values in zip(tools.ids, batch, strict=True)
        if all(_naive(values[name], operator, wanted) for name, operator, wanted in terms)
    ]
    assert list(env[Tool].search(mine & domain).ids) == naive
    env.invalidate()
    assert list(env[Tool].browse(tools.ids).filtered(domain).ids) == naive
    assert env[Tool].count(mine & ~domain) == len(batch) - len(naive)
