"""`sql=` over paths through many2one: one UPDATE with joins gives what the compute method gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.db import Cluster, Pool
from kernel.db.transaction import Transaction
from kernel.errors import RegistryError
from kernel.orm import AddonModels, Env, Model, Ports, Registry, fields
from kernel.orm.computing import refresh
from tests.orm.databases import RolledBack, installed, rolled_back


class Country(Model, name="map.country"):
    """Where regions are."""

    name = fields.Char("Name")
    code = fields.Integer("Code", nullable=True)


class Region(Model, name="map.region"):
    """Part of a country."""

    name = fields.Char("Name")
    country = fields.Many2one(Country, "Country")
    towns = fields.One2many["Town"]("map.town", "Towns", inverse="region")
    secret = fields.Char("Not stored")
    motto = fields.Char("Motto", translate=True)

    @secret.compute("name")
    def _compute_secret(self) -> None:
        for region in self:
            region.secret = region.name[::-1]


class Town(Model, name="map.town"):
    """A town, perhaps in a region, perhaps with a second region that it looks to."""

    name = fields.Char("Name")
    region = fields.Many2one(Region, "Region")
    other = fields.Many2one(Region, "Other region")
    label = fields.Char(
        "Label",
        stored=True,
        sql="coalesce(region.name || ' / ', '') || name || coalesce(', ' || region.country.name, '')",
    )
    number = fields.Integer(
        "Number", nullable=True, stored=True, sql="coalesce(region.country.code, other.country.code) % 7"
    )
    alike = fields.Boolean("Quotes the region", stored=True, sql="coalesce(region.name LIKE 'n1%', false)")
    shout = fields.Char("Loud", stored=True, sql="upper(label)")

    @label.compute("name", "region.name", "region.country.name")
    def _compute_label(self) -> None:
        for town in self:
            region, country = town.region, town.region.country
            town.label = (f"{region.name} / " if region else "") + town.name + (f", {country.name}" if country else "")

    @number.compute("region.country.code", "other.country.code")
    def _compute_number(self) -> None:
        for town in self:
            code = town.region.country.code
            code = town.other.country.code if code is None else code
            town.number = None if code is None else code % 7

    @alike.compute("region.name")
    def _compute_alike(self) -> None:
        for town in self:
            town.alike = town.region.name.startswith("n1")

    @shout.compute("label")
    def _compute_shout(self) -> None:
        for town in self:
            town.shout = town.label.upper()


CLASSES: tuple[type[Any], ...] = (Country, Region, Town)
COMPUTED = ("label", "number", "alike", "shout")


@pytest.fixture(scope="module")
def map_registry() -> Registry:
    return Registry.build([AddonModels("map", CLASSES)])


@pytest.fixture(scope="module")
def map_database(cluster: Cluster, map_registry: Registry) -> Iterator[str]:
    with installed(cluster, map_registry) as dsn:
        yield dsn


@pytest.fixture
def tx(pool: Pool, map_database: str) -> Iterator[Transaction]:
    with rolled_back(pool, map_database) as opened:
        yield opened


@pytest.fixture
def env(tx: Transaction, map_registry: Registry) -> Env:
    return Env.open(tx, map_registry, Ports())


def _towns(env: Env, count: int) -> tuple[Country, Region, Town]:
    country = env[Country].create({"name": "Norway", "code": 47})
    region = env[Region].create({"name": "South", "country": country})
    towns = env[Town].create([{"name": f"t{place}", "region": region} for place in range(count)])
    env.invalidate()
    return country, region, towns


def test_a_rename_two_links_away_is_one_update(env: Env) -> None:
    country, _, towns = _towns(env, 5_000)
    _ = country.name
    env.tx.log = []
    country.name = "Norge"
    env.flush()
    # the country, its regions, their towns, the labels, what follows from the labels
    assert len(env.tx.log) == 5, env.tx.log
    env.tx.log = None
    env.invalidate()
    assert (towns[4_999].label, towns[77].shout) == ("South / t4999, Norge", "SOUTH / T77, NORGE")


def test_behind_an_unset_link_is_null_and_the_column_keeps_its_empty_value(env: Env) -> None:
    _, _, towns = _towns(env, 60)
    towns.write(region=None)
    env.flush()
    env.invalidate()
    assert [getattr(towns[59], name) for name in COMPUTED] == ["t59", None, False, "T59"]


def test_only_what_changed_is_written(env: Env) -> None:
    country, region, towns = _towns(env, 60)
    env.tx.execute("UPDATE map.town SET updated_at = '2000-01-01T00:00Z'")
    region.country = env[Country].create({"name": "Norway", "code": 47 + 7})  # with the same name and remainder
    env.flush()
    env.invalidate()
    assert _touched(towns) == 0
    country.code = 1
    towns[0].name = "changed"
    env.flush()
    env.invalidate()
    assert _touched(towns) == 1


def _touched(towns: Town) -> int:
    return sum(town.updated_at is not None and town.updated_at.year > 2000 for town in towns)


@pytest.mark.parametrize(
    ("sql", "path", "text"),
    [
        ("region.towns.name", "region.towns.name", "region.towns.name, which is no column"),
        ("region.secret", "region.secret", "region.secret, which is no column"),
        ("region.motto", "region.motto", "region.motto, which is no column"),
        ("region.name", "other.name", "region.name is no path that its compute method depends on"),
    ],
)
def test_what_has_no_column_or_is_not_declared_is_refused_when_the_registry_is_built(
    sql: str, path: str, text: str
) -> None:
    class Extended(Town, extend=True):
        wrong = fields.Char("Wrong", stored=True, sql=sql)

        @wrong.compute(path)
        def _compute_wrong(self) -> None: ...

    with pytest.raises(RegistryError, match=text):
        Registry.build([AddonModels("map", (*CLASSES, Extended))])


def test_texts_and_quoted_names_of_an_expression_are_left_alone(map_registry: Registry) -> None:
    class Extended(Town, extend=True):
        odd = fields.Char("Odd", stored=True, sql="""'region.name''s ' || "name" || pg_catalog.lower(region.name)""")

        @odd.compute("name", "region.name")
        def _compute_odd(self) -> None: ...

    odd = Registry.build([AddonModels("map", (*CLASSES, Extended))]).models["map.town"].fields["odd"]
    assert """'region.name''s ' || "name" || pg_catalog.lower("path 0")""" in odd.set_based


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["country", "code", "region", "move", "town", "go", "other", "swap", "delete", "create", "read", "flush"]
        ),
        st.integers(0, 5),
        st.integers(0, 12),
    ),
    max_size=14,
)


def _history(env: Env, steps: list[tuple[str, int, int]]) -> list[Any]:
    countries = env[Country].create([{"name": f"c{place}", "code": place or None} for place in range(3)])
    regions = env[Region].create([{"name": f"r{place}", "country": countries[place]} for place in range(3)])
    for place in range(5):
        env[Town].create({"name": f"t{place}", "region": regions[place % 3]})
    for step, a, b in steps:
        towns = env[Town].search(order="id")
        town = towns[a % len(towns)] if towns else towns
        country, region = countries[a % 3], regions[a % 3]
        if step == "country":
            country.name = f"n{b}é%'\\"
        elif step == "code":
            country.code = b or None
        elif step == "region":
            region.name = "" if b == 0 else f"n{b}"
        elif step == "move":
            region.country = countries[b % 3] if b % 4 else None
        elif step == "create":
            env[Town].create({"name": f"new{b}", "region": regions[b % 3] if b % 4 else None, "other": regions[a % 3]})
        elif step == "read":
            _ = [(each.label, each.number) for each in towns[: b % 3]]
        elif step == "flush":
            env.invalidate()
        elif town and step == "town":
            town.name = f"n{b}"
        elif town and step == "go":
            town.region = regions[b % 3] if b % 4 else None
        elif town and step == "other":
            town.other = regions[b % 3]
        elif town and step == "swap":
            towns.write(region=town.other, other=town.region)
        elif town and step == "delete":
            town.delete()
    env.invalidate()
    return [[getattr(town, name) for name in ("name", *COMPUTED)] for town in env[Town].search(order="id")]


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_the_database_and_python_give_the_same_over_links(tx: Transaction, map_registry: Registry, steps: Any) -> None:
    found = []
    for least in (1, 10**9):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(refresh, "SET_BASED_FROM", least)
            try:
                with tx.savepoint():
                    found.append(_history(Env.open(tx, map_registry, Ports()), steps))
                    raise RolledBack
            except RolledBack:
                pass
    assert found[0] == found[1]
