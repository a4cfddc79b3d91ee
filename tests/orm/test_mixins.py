"""Mixins: all they declare comes along into each model, and what extends them reaches every model that uses them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from kernel.db import Cluster, Pool
from kernel.errors import UserError, ValidationError
from kernel.orm import AddonModels, Check, Env, Model, Ports, Registry, Unique, before_delete, fields, validates
from tests.orm.databases import installed, rolled_back


class Coded(Model, abstract=True, order="rank desc, id", title="code"):
    """Something with a code, a rank and a loud form of the code."""

    code = fields.Char("Code", required=True)
    rank = fields.Integer("Rank", default=1)
    loud = fields.Char("Loud code", stored=True)
    locked = fields.Boolean("Locked")

    _code_once = Unique("code", message="This code is taken.")
    _rank_positive = Check("rank > 0", message="A rank is positive.")

    @loud.compute("code")
    def _compute_loud(self) -> None:
        for record in self:
            record.loud = record.code.upper() + self._mark()

    @rank.validate
    def _check_rank(self) -> None:
        for record in self:
            if record.rank == 13:
                raise ValidationError("13 is no rank.", field="rank")

    @validates("code", "rank")
    def _check_both(self) -> None:
        for record in self:
            if record.code == str(record.rank):
                raise ValidationError("A code is not the rank.", field="code")

    @before_delete
    def _keep_locked(self) -> None:
        if True in self.mapped(Coded.locked):
            raise UserError("Locked things stay.")

    def _mark(self) -> str:
        return "!"

    def layers(self) -> list[str]:
        return ["Coded"]


class Lamp(Coded, name="mix.lamp"):
    """Takes all as it is."""

    watts = fields.Integer("Watts")


class Chair(Coded, name="mix.chair", order="code", title="legs_text"):
    """Overrides order, title, a default and two methods."""

    rank = fields.Integer("Rank", default=7)
    legs_text = fields.Char("Legs")

    def _mark(self) -> str:
        return "?" + super()._mark()

    def layers(self) -> list[str]:
        return ["Chair", *super().layers()]


class Noted(Coded, extend=True):
    """Of an addon that extends the mixin first."""

    note = fields.Char("Note")
    note_length = fields.Integer("Length of the note", stored=True)

    _note_short = Check("length(note) < 10", message="A note is short.")

    @note_length.compute("note")
    def _compute_note_length(self) -> None:
        for record in self:
            record.note_length = len(record.note)

    @note.validate
    def _check_note(self) -> None:
        for record in self:
            if record.note == "bad":
                raise ValidationError("A bad note.", field="note")

    def layers(self) -> list[str]:
        return ["Noted", *super().layers()]

    def _mark(self) -> str:
        return "#" + super()._mark()


class Dated(Coded, extend=True):
    """Of an addon that extends the mixin later."""

    day = fields.Date("Day")

    @before_delete
    def _keep_dated(self) -> None:
        if any(self.mapped(Dated.day)):
            raise UserError("Dated things stay.")

    def layers(self) -> list[str]:
        return ["Dated", *super().layers()]


class ArmChair(Chair, extend=True):
    """Extends one of the models, above all the rest."""

    def layers(self) -> list[str]:
        return ["ArmChair", *super().layers()]


ADDONS = [
    AddonModels("mix", (Coded, Lamp, Chair)),
    AddonModels("noted", (Noted,)),
    AddonModels("dated", (Dated,)),
    AddonModels("arm", (ArmChair,)),
]
MODELS: tuple[type[Lamp] | type[Chair], ...] = (Lamp, Chair)


@pytest.fixture(scope="module")
def mixed() -> Registry:
    return Registry.build(ADDONS)


@pytest.fixture(scope="module")
def mix_database(cluster: Cluster, mixed: Registry) -> Iterator[str]:
    with installed(cluster, mixed) as dsn:
        yield dsn


@pytest.fixture
def env(pool: Pool, mix_database: str, mixed: Registry) -> Iterator[Env]:
    with rolled_back(pool, mix_database) as tx:
        yield Env.open(tx, mixed, Ports())


@pytest.mark.parametrize("model", MODELS)
def test_fields_and_stored_computes_of_a_mixin_are_columns_of_each_model(env: Env, model: type[Lamp]) -> None:
    made = env[model].create({"code": "a", "note": "hello"})
    env.flush()
    (row,) = env.sql(f"SELECT code, loud, note_length FROM {made.__info__.sql}")
    assert row == ("a", made.loud, 5)
    made.write(code="b", note="hi")
    env.invalidate()
    assert (made.loud[0], made.note_length) == ("B", 2)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("values", "said", "field"),
    [
        ({"code": "same"}, "This code is taken", "code"),
        ({"rank": -1}, "A rank is positive", "rank"),
        ({"note": "far too long"}, "A note is short", "note"),
        ({"rank": 13}, "13 is no rank", "rank"),
        ({"code": "5", "rank": 5}, "A code is not the rank", "code"),
        ({"note": "bad"}, "A bad note", "note"),
    ],
)
def test_constraints_and_checks_of_a_mixin_and_of_its_extension_name_the_record_of_each_model(
    env: Env, model: type[Lamp], values: dict[str, object], said: str, field: str
) -> None:
    env[model].create({"code": "same"})
    other = env[model].create({"code": "other"})
    env.flush()
    with pytest.raises(ValidationError, match=said) as caught, env.savepoint():
        other.write(**values)
        env.flush()
    assert (caught.value.record, caught.value.field) == ([other.__info__.name, other.id], field)
    assert other.code == "other"


def test_a_unique_code_of_a_mixin_is_unique_within_each_model_only(env: Env) -> None:
    env[Lamp].create({"code": "same"})
    env[Chair].create({"code": "same"})
    env.flush()
    assert (env[Lamp].count(), env[Chair].count()) == (1, 1)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("values", "said"), [({"locked": True}, "Locked"), ({"day": dt.date(2026, 1, 1)}, "Dated")])
def test_what_a_mixin_or_its_extension_says_before_a_deletion_refuses_it_in_each_model(
    env: Env, model: type[Lamp], values: dict[str, object], said: str
) -> None:
    kept = env[model].create({"code": "a", **values})
    free = env[model].create({"code": "b"})
    with pytest.raises(UserError, match=f"{said} things stay"):
        kept.delete()
    free.delete()
    assert env[model].search() == kept


def test_order_and_title_come_from_the_mixin_unless_the_model_says_its_own(env: Env, mixed: Registry) -> None:
    for model in MODELS:
        env[model].create([{"code": "a", "rank": 1}, {"code": "c", "rank": 2}, {"code": "b", "rank": 3}])
    assert env[Lamp].search().mapped(Lamp.code) == ["b", "c", "a"]
    assert env[Chair].search().mapped(Chair.code) == ["a", "b", "c"]
    assert (mixed.model("mix.lamp").title, mixed.model("mix.chair").title) == ("code", "legs_text")


def test_a_field_declared_anew_in_the_model_wins_there_and_nowhere_else(env: Env) -> None:
    assert (env[Lamp].create({"code": "a"}).rank, env[Chair].create({"code": "a"}).rank) == (1, 7)


def test_extensions_of_a_mixin_run_in_load_order_below_the_models_own_override(env: Env) -> None:
    assert env[Lamp].layers() == ["Dated", "Noted", "Coded"]
    assert env[Chair].layers() == ["ArmChair", "Chair", "Dated", "Noted", "Coded"]
    assert (env[Lamp].create({"code": "a"}).loud, env[Chair].create({"code": "a"}).loud) == ("A#!", "A?#!")


def test_the_order_of_loading_decides_which_extension_of_a_mixin_is_above(mixed: Registry) -> None:
    other = Registry.build([ADDONS[0], ADDONS[2], ADDONS[1]])
    for name in ("mix.lamp", "mix.chair"):
        assert [cls.__name__ for cls in other.model(name).cls.__mro__ if cls in (Noted, Dated)] == ["Noted", "Dated"]
        assert [cls.__name__ for cls in mixed.model(name).cls.__mro__ if cls in (Noted, Dated)] == ["Dated", "Noted"]


def test_without_the_addon_that_extends_it_a_mixin_brings_nothing_of_the_extension() -> None:
    bare = Registry.build(ADDONS[:1])
    for name in ("mix.lamp", "mix.chair"):
        model = bare.model(name)
        assert not {"note", "note_length", "day"} & {*model.fields}
        assert "_keep_dated" not in model.before_delete
        assert all("note" not in found.name for found in model.constraints)


def test_columns_and_constraints_of_an_extension_belong_to_the_addon_that_brings_it(mixed: Registry) -> None:
    for name in ("mix.lamp", "mix.chair"):
        model = mixed.model(name)
        assert (model.fields["note"].addon, model.fields["day"].addon) == ("noted", "dated")
        assert {found.name: found.addon for found in model.constraints}[f"{model.table}_noted_note_short"] == "noted"


def test_a_model_that_comes_after_the_extension_of_its_mixin_has_it_as_well() -> None:
    class Late(Coded, name="late.thing"):
        """Declared by an addon that loads last."""

    late = Registry.build([*ADDONS, AddonModels("late", (Late,))]).model("late.thing")
    assert {"code", "note", "day"} <= {*late.fields}
    assert late.fields["note"].addon == "late", "its column is made with the table"
