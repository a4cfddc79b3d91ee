"""Options: what means nothing is refused with its place, what means something is honoured on every type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import DeveloperError, RegistryError, ValidationError
from kernel.orm import AddonModels, Env, Model, Registry, fields
from kernel.orm.registry.describe import describe
from kernel.orm.schema import create_statements
from tests.orm.fields.things import Thing

HERE = r"test_options.py:\d+: "


def build(field: Any) -> Registry:
    """A registry with one model that has the field `it`."""
    model = type(Model)("Odd", (Model,), {"it": field, "__module__": __name__}, name="odd.odd")
    return Registry.build([AddonModels("odd", (model,))])


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: fields.Char(requird=True), 'no option "requird". Did you mean "required"'),  # type: ignore[call-arg]
        (lambda: fields.Many2one("odd.odd", ondelete="cascad"), 'ondelete="cascad" is none of .*"cascade"'),  # type: ignore[arg-type]
        (lambda: fields.Many2one("odd.odd", required=True, ondelete="set null"), "cannot be ondelete"),
        (lambda: fields.Decimal(digits=(2, 3)), r"digits=\(2, 3\) must be"),
        (lambda: fields.Decimal(digits=(0, 0)), "must be"),
        (lambda: fields.Decimal(digits=16), "must be"),  # type: ignore[call-overload]
        (lambda: fields.Char(size=0), "size=0 must be"),
        (lambda: fields.Char(size="4"), "must be"),  # type: ignore[arg-type]
    ],
)
def test_nonsense_is_refused_at_the_declaration(declare: Callable[[], Any], message: str) -> None:
    with pytest.raises(DeveloperError, match=HERE + ".*" + message):
        declare()


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (fields.Integer(index="trigram"), 'index="trigram" is for texts'),
        (fields.Json(index="trigram"), 'index="trigram" is for texts'),
        (fields.Char(index="trigrm"), "neither True nor"),  # type: ignore[arg-type]
        (fields.Html(index=True), "takes no plain index"),
        (fields.Html(unique=True), "unique does not fit a field of type html"),
        (fields.Json(unique=True), "unique does not fit a field of type json"),
        (fields.Char(related="it", index=True), "without a column takes no index"),
        (fields.Char(related="it", unique=True), "without a column cannot be unique"),
        (fields.Char(related="it", required=True), "a computed field cannot be required"),
        (fields.Char(related="it", default="x"), "a computed field takes no default"),
        (fields.Boolean(required=True), "a boolean always has a value"),
        (fields.Char(nullable=True), "nullable is for numbers"),  # type: ignore[call-arg]
        (fields.Char(stored=False), "stored=False needs a compute method"),
        (fields.Integer(default="one"), "default='one' does not fit"),
        (fields.Char(size=2, default="abc"), "3 characters are too long"),
        (fields.Selection([("a", "A")], default="b"), '"b" is none of a'),
        (fields.Date(default="soon"), "does not fit"),
        (fields.Datetime(default=dt.datetime(2026, 1, 1)), "has no time zone"),
        (fields.Decimal(default=1.5), "binary float"),
        (fields.Json(default={"a": {1}}), "it.a is of type set"),
        (fields.DateRange(default=(dt.date(2026, 1, 2), dt.date(2026, 1, 1))), "must end after it begins"),
    ],
)
def test_nonsense_is_refused_when_the_registry_is_built(field: Any, message: str) -> None:
    with pytest.raises(RegistryError, match=HERE + r"odd\.odd\.it: .*" + message):
        build(field)


VALUES: dict[str, tuple[Any, Any]] = {
    "char": (fields.Char, "x"),
    "text": (fields.Text, "x"),
    "integer": (fields.Integer, 1),
    "float": (fields.Float, 1.5),
    "decimal": (fields.Decimal, Decimal("1.50")),
    "date": (fields.Date, dt.date(2026, 1, 1)),
    "datetime": (fields.Datetime, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
    "duration": (fields.Duration, dt.timedelta(1)),
    "daterange": (fields.DateRange, (dt.date(2026, 1, 1), None)),
    "datetimerange": (fields.DatetimeRange, (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None)),
    "json": (fields.Json, {"a": 1}),
    "html": (fields.Html, "<p>x</p>"),
    "reference": (fields.Reference, "odd.odd,1"),
}


@pytest.mark.parametrize("type_", VALUES)
def test_help_copy_readonly_and_pii_are_kept_on_every_type(type_: str) -> None:
    make, value = VALUES[type_]
    bound = build(make("It", help="What it is.", copy=False, readonly=True, pii=True, default=value)).bounds
    it = next(each for each in bound if each.name == "it")
    assert (it.field.help, it.field.copied, it.field.readonly, it.field.type) == ("What it is.", False, True, type_)
    assert it.model.registry.personal_data() == {"odd.odd": ("it",)}


@pytest.mark.parametrize("type_", [name for name in VALUES if name not in ("html",)])
def test_index_makes_an_index_on_every_type(type_: str) -> None:
    statements = create_statements(build(VALUES[type_][0]("It", index=True)), "odd")
    assert sum("odd_it_idx" in each for each in statements) == 1


@pytest.mark.parametrize("type_", [name for name in VALUES if name not in ("html", "json")])
def test_unique_makes_a_unique_index_on_every_type(type_: str) -> None:
    statements = create_statements(build(VALUES[type_][0]("It", unique=True)), "odd")
    assert sum("UNIQUE INDEX odd_it_once" in each for each in statements) == 1


def test_personal_data_is_listed_and_described(env: Env) -> None:
    assert env.registry.personal_data() == {"thing.thing": ("secret_day", "nickname")}
    described = describe(env, env.registry.model("thing.thing"))["fields"]
    assert described["secret_day"]["personal"] is True
    assert "personal" not in described["day"]


@pytest.mark.parametrize(
    ("field", "value"), [("secret_day", "12 May 1999"), ("password", "correct horse"), ("nickname", "Bunny")]
)
def test_errors_quote_no_value_of_private_fields(env: Env, field: str, value: str) -> None:
    thing = env[Thing].create({})
    for attempt in (
        lambda: env[Thing].create([{field: value}, {}]),
        lambda: setattr(thing, field, value),
        lambda: env[Thing].search(getattr(Thing, field) < 5),
        lambda: env[Thing].search(getattr(Thing, field) == value + "\0"),
    ):
        with pytest.raises((ValidationError, DeveloperError)) as caught:
            attempt()
        assert value not in str(caught.value)
        assert value not in str(caught.value.as_json())
