"""Whatever value: it comes back from the database, its wire form is stable, `=` finds it, and it sorts the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.orm import Domain, Env
from tests.orm.fields.things import UTC, Stage, Thing

letters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
texts = st.text(letters, max_size=20)
days = st.dates(dt.date(1, 1, 2), dt.date(9999, 12, 30))
zones = st.sampled_from([UTC, dt.timezone(dt.timedelta(hours=5, minutes=45)), dt.timezone(-dt.timedelta(hours=11))])
moments = st.datetimes(dt.datetime(1, 1, 3), dt.datetime(9999, 12, 29), timezones=zones)
floats = st.floats(allow_nan=False, allow_infinity=False)
json_leaves = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), floats, texts)
documents = st.recursive(
    json_leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)


def spans(ends: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Pairs of begin and end, either of them open."""
    pairs = st.tuples(ends, ends).filter(lambda pair: pair[0] != pair[1]).map(sorted).map(tuple)
    return st.one_of(st.none(), pairs, ends.map(lambda end: (end, None)), ends.map(lambda end: (None, end)))


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "name": texts,
    "code": st.text(letters, max_size=4),
    "text": texts,
    "page": texts,
    "whole": st.integers(-(2**63), 2**63 - 1),
    "whole_or_not": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
    "measure": floats,
    "exact": st.decimals(-(10**8), 10**8, places=5),
    "flag": st.booleans(),
    "day": st.one_of(st.none(), days),
    "moment": st.one_of(st.none(), moments),
    "length": st.timedeltas(dt.timedelta(days=-(10**6)), dt.timedelta(days=10**6)),
    "days": spans(days),
    "moments": spans(moments),
    "kind": st.sampled_from([None, "a", "b", "lost"]),
    "stage": st.sampled_from([None, *Stage, "new"]),
    "data": documents,
    "amount": st.decimals(-(10**10), 10**10, places=6),
}
SORTED = ["whole", "measure", "exact", "flag", "length", "amount", "name"]
"""Types without an unset value, which the contract sorts alike in SQL and in Python."""
often = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("field", VALUES)
@often
@given(data=st.data())
def test_a_value_comes_back_from_the_database(env: Env, field: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(VALUES[field], min_size=1, max_size=5))
    things = env[Thing].create([{field: value} for value in values])
    assigned = env[Thing].create([{} for _ in values])
    for thing, value in zip(assigned, values, strict=True):
        setattr(thing, field, value)
    kept = things.mapped(field)
    assert assigned.mapped(field) == kept
    env.invalidate()
    assert things.mapped(field) == assigned.mapped(field) == kept


@pytest.mark.parametrize("field", VALUES)
@often
@given(data=st.data())
def test_the_wire_form_is_stable(env: Env, field: str, data: st.DataObject) -> None:
    bound = env.registry.model("thing.thing").fields[field]
    value = bound.field.convert(data.draw(VALUES[field]), bound)
    wire = bound.field.to_wire(value)
    again = bound.field.from_wire(wire, bound)
    assert again == value
    assert bound.field.to_wire(again) == wire


@pytest.mark.parametrize("field", [name for name in VALUES if name not in ("data",)])
@often
@given(data=st.data())
def test_equality_finds_it_in_sql_and_in_python(env: Env, field: str, data: st.DataObject) -> None:
    things = env[Thing].create([{field: value} for value in data.draw(st.lists(VALUES[field], min_size=1, max_size=4))])
    among = Domain.term("id", "in", things)
    for value in things.mapped(field):
        same = tuple(thing.id for thing in things if getattr(thing, field) == value)
        for domain in (Domain.term(field, "=", value), Domain.term(field, "in", [value])):
            assert env[Thing].search(domain & among, order="id").ids == same
            assert things.filtered(domain).ids == same
            assert env[Thing].search(~domain & among).ids == tuple(id for id in things.ids if id not in same)


@pytest.mark.parametrize("field", SORTED)
@often
@given(data=st.data())
def test_sql_sorts_as_python_does(env: Env, field: str, data: st.DataObject) -> None:
    things = env[Thing].create([{field: value} for value in data.draw(st.lists(VALUES[field], min_size=2, max_size=6))])
    found = env[Thing].search(Domain.term("id", "in", things), order=f"{field}, id")
    assert found.ids == tuple(thing.id for thing in sorted(things, key=lambda thing: (getattr(thing, field), thing.id)))
