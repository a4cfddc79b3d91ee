"""What type checkers must understand of models; run by mypy and pyright, never executed."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import assert_type

from kernel.orm import Domain, Env, Model, fields


class Stage(enum.Enum):
    NEW = "new"
    OLD = "old"


class Country(Model, name="typing.country"):
    name = fields.Char("Name")


class Person(Model, name="typing.person"):
    name = fields.Char("Name", required=True)
    age = fields.Integer("Age")
    shoe = fields.Integer("Shoe size", nullable=True)
    height = fields.Float("Height")
    wage = fields.Decimal("Wage", digits=(16, 2))
    born = fields.Date("Born")
    hired = fields.Date("Hired", required=True)
    seen = fields.Datetime("Seen")
    alive = fields.Boolean("Alive")
    kind = fields.Selection([("a", "A")], "Kind", required=True)
    mood = fields.Selection([("a", "A")], "Mood")
    stage = fields.Selection(Stage, "Stage", required=True, default=Stage.NEW)
    next_stage = fields.Selection(Stage, "Next stage")
    about = fields.Reference("About", models=[Country])
    away = fields.DateRange("Away")
    country = fields.Many2one(Country, "Country")
    boss: fields.Many2one[Person] = fields.Many2one("typing.person", "Boss")
    friends = fields.Many2many(Country, "Countries")


class Traveller(Person, extend=True):
    miles = fields.Integer("Miles")
    _glad = Person.mood.more(("glad", "Glad"))


def reading(env: Env, person: Person) -> None:
    assert_type(person.name, str)
    assert_type(person.age, int)
    assert_type(person.shoe, int | None)
    assert_type(person.height, float)
    assert_type(person.wage, Decimal)
    assert_type(person.born, dt.date | None)
    assert_type(person.hired, dt.date)
    assert_type(person.seen, dt.datetime | None)
    assert_type(person.alive, bool)
    assert_type(person.kind, str)
    assert_type(person.mood, str | None)
    assert_type(person.stage, Stage)
    assert_type(person.next_stage, Stage | None)
    assert_type(person.about, Model)
    assert_type(person.mapped(Person.about), list[Model])
    assert_type(person.country, Country)
    assert_type(person.country.name, str)
    assert_type(person.boss.boss.name, str)
    assert_type(person.id, int)
    assert_type(person.version, int)
    assert_type(env[Person], Person)
    assert_type(env[Traveller].miles, int)
    assert_type(env[Traveller].name, str)


def values(person: Person) -> Domain:
    person.stage = Stage.OLD
    person.stage = "old"
    person.next_stage = None
    person.about = person.country
    person.away = (dt.date(2026, 1, 1), None)
    days = Person.away.contains(dt.date(2026, 1, 1)) & Person.away.overlaps((None, None))
    return (
        days
        & Person.about.is_a(Country)
        & (Person.about == person.country)
        & (Person.stage == Stage.NEW)
        & Person.stage.is_in([Stage.NEW])
    )


def sets(env: Env) -> None:
    found = env[Traveller].search((Person.age > 18) & Person.country.has(Country.name == "Peru"))
    assert_type(found, Traveller)
    for traveller in found:
        assert_type(traveller, Traveller)
    assert_type(found.mapped(Person.name), list[str])
    assert_type(found.mapped(Person.country), Country)
    assert_type(found.filtered(lambda one: one.miles > 3), Traveller)
    assert_type(found | found, Traveller)
    assert_type(found[0], Traveller)
    assert_type(Person.name == "x", Domain)
    assert_type(found.create({"name": "x"}), Traveller)


def exact_numbers_take_whole_ones(person: Person) -> None:
    person.wage = 3
    assert_type(Person.wage > 10, Domain)


class Wanderer(Traveller, extend=True):
    """An extension of an extension: it sees the fields of both, and its own."""

    children = fields.One2many(Person, "Children", inverse=Person.boss)
    pace = fields.Integer("Pace")

    @pace.compute("miles")
    def _compute_pace(self) -> None:
        for wanderer in self:
            assert_type(wanderer.miles, int)
            assert_type(wanderer.name, str)
            wanderer.pace = wanderer.miles * 2

    @Person.age.validate
    def _check_age(self) -> None:
        assert_type(self.children, Person)


def results(env: Env, wanderers: Wanderer) -> None:
    assert_type(wanderers._compute_pace(), None)
    assert_type(wanderers.sorted("pace"), Wanderer)
    assert_type(wanderers.grouped(lambda one: one.pace), dict[int, Wanderer])
    assert_type(wanderers.mapped(lambda one: one.pace), list[int])
    assert_type(wanderers.mapped(Wanderer.children), Person)
    assert_type(wanderers.draft({}), Wanderer)
    assert_type(wanderers.draft({}).save(), Wanderer)
    assert_type(wanderers.copy(pace=3), Wanderer)
    assert_type(wanderers.count(), int)
    assert_type(env.as_user(3), Env)
    assert_type(Person.born.part("year") == 2000, Domain)
    assert_type(Wanderer.children.any(Person.name == "x") & ~(Wanderer.pace < 3), Domain)
