"""Selection: texts or members of an Enum, values from other addons, values nobody knows any more."""

from __future__ import annotations

import enum

import pytest

from kernel.errors import DeveloperError, RegistryError, ValidationError
from kernel.orm import AddonModels, Env, Model, Registry, fields
from kernel.orm.registry.describe import describe
from tests.orm.fields.things import Currency, MoreThing, Rule, Stage, Thing


def test_an_enum_field_reads_its_member_and_stores_its_value(env: Env) -> None:
    thing = env[Thing].create({"stage": Stage.WELL_DONE})
    env.invalidate()
    assert thing.stage is Stage.WELL_DONE
    assert env.sql("SELECT stage FROM thing.thing WHERE id = %s", [thing.id]) == [("done",)]


def test_an_enum_field_takes_the_member_or_its_value(env: Env) -> None:
    one, two = env[Thing].create([{"stage": "done"}, {"stage": None}])
    assert one.stage is Stage.WELL_DONE
    assert two.stage is None
    two.stage = "new"
    one.write(stage="new")
    assert (one.stage, two.stage) == (Stage.NEW, Stage.NEW)
    env[Thing].browse((one.id, two.id)).write(stage=Stage.WELL_DONE)
    assert one.stage is two.stage is Stage.WELL_DONE


def test_defaults_may_be_member_or_value(env: Env) -> None:
    thing = env[Thing].create({})
    assert thing.stage is Stage.NEW
    assert thing.must is Stage.NEW


def test_the_wire_is_the_value(env: Env) -> None:
    thing = env[Thing].create({"stage": Stage.WELL_DONE})
    env.flush()
    assert thing.read(["stage"])[0]["stage"] == "done"
    assert env[Thing].search_read(Thing.id == thing.id, ["stage", "kind"])[0]["stage"] == "done"


def test_domains_take_members_and_values(env: Env) -> None:
    new, done, unset = env[Thing].create([{"stage": Stage.NEW}, {"stage": "done"}, {"stage": None}])
    search = env[Thing].search
    assert search(Thing.stage == Stage.WELL_DONE) == done
    assert search(Thing.stage.is_in([Stage.NEW, Stage.WELL_DONE])) == new | done
    assert search(Thing.stage != Stage.NEW) == done | unset
    every = new | done | unset
    for domain in (Thing.stage == Stage.NEW, Thing.stage.is_in(["new", None]), Thing.stage != Stage.NEW):  # type: ignore[list-item]
        assert every.filtered(domain) == search(domain)


def test_an_unknown_value_is_refused_with_the_near_word(env: Env) -> None:
    with pytest.raises(ValidationError, match=r'Stage: "dnoe" is none of new, done. Did you mean "done"\?'):
        env[Thing].create({"stage": "dnoe"})
    with pytest.raises(ValidationError, match='"c" is none of a, lost, b'):
        env[Thing].search(Thing.kind == "c")


def test_an_enum_says_its_labels(env: Env) -> None:
    field = env.registry.model("thing.thing").fields["stage"].field
    assert isinstance(field, fields.Selection)
    assert field.values == (("new", "Brand new"), ("done", "Well done"))
    assert field.text(Stage.NEW) == field.text("new") == "Brand new"


def test_another_addon_adds_a_value_behind_one(env: Env) -> None:
    thing = env[Thing].create({"kind": "lost"})
    env.invalidate()
    assert thing.kind == "lost"
    assert env[Thing].search(Thing.kind == "lost") == thing
    described = describe(env, env.registry.model("thing.thing"))["fields"]["kind"]
    assert described["selection"] == [["a", "First"], ["lost", "Lost"], ["b", "Second"]]


def test_without_that_addon_the_value_is_unknown() -> None:
    registry = Registry.build([AddonModels("thing", (Currency, Thing, Rule))])
    bound = registry.model("thing.thing").fields["kind"]
    with pytest.raises(ValidationError, match='"lost" is none of a, b'):
        bound.field.convert("lost", bound)


def test_a_value_of_a_removed_addon_is_read_and_can_be_replaced(env: Env) -> None:
    thing = env[Thing].create({"kind": "a", "stage": Stage.NEW})
    env.flush()
    env.tx.execute("UPDATE thing.thing SET kind = 'gone', stage = 'gone' WHERE id = %s", [thing.id])
    env.invalidate()
    assert (thing.kind, thing.stage) == ("gone", "gone")
    assert thing.read(["kind", "stage"])[0]["stage"] == "gone"
    assert env[Thing].group(by=["stage"])[0]["stage"] == "gone"
    assert env[Thing].search(~Thing.kind.is_in(["a", "b", "lost"])) == thing
    thing.stage = Stage.NEW
    env.invalidate()
    assert (thing.kind, thing.stage) == ("gone", Stage.NEW)


def test_values_cannot_be_added_to_an_enum() -> None:
    with pytest.raises(DeveloperError, match="an Enum is closed"):
        Thing.stage.more(("x", "X"))


def test_a_value_cannot_be_added_twice_nor_behind_one_that_is_not_there() -> None:
    class Again(Thing, extend=True):
        _again = Thing.kind.more(("lost", "Lost once more"))

    class Nowhere(Thing, extend=True):
        _nowhere = Thing.kind.more(("x", "X"), after="lots")

    base = AddonModels("thing", (Currency, Thing, Rule))
    more = AddonModels("more", (MoreThing,))
    with pytest.raises(DeveloperError, match=r'test_selection.py:\d+: the value "lost" is .* twice'):
        Registry.build([base, more, AddonModels("again", (Again,))])
    with pytest.raises(DeveloperError, match=r'after="lots" is no value of kind. Did you mean "lost"\?'):
        Registry.build([base, more, AddonModels("nowhere", (Nowhere,))])


def test_values_are_added_to_fields_of_the_extended_model_only() -> None:
    class Wrong(Rule, extend=True):
        _wrong = Thing.kind.more(("x", "X"))

    with pytest.raises(RegistryError, match=r"thing\.rule has no Selection 'kind'"):
        Registry.build([AddonModels("thing", (Currency, Thing, Rule)), AddonModels("wrong", (Wrong,))])


def test_the_values_are_texts() -> None:
    class Number(enum.Enum):
        ONE = 1

    with pytest.raises(DeveloperError, match="a pair of texts"):
        fields.Selection(Number)  # type: ignore[var-annotated]
    with pytest.raises(DeveloperError, match="at least one value"):
        fields.Selection([])
    with pytest.raises(DeveloperError, match="twice"):
        fields.Selection([("a", "A"), ("a", "B")])


def test_a_draft_keeps_members(env: Env) -> None:
    draft = env[Thing].draft({"stage": "done"})
    assert draft.stage is Stage.WELL_DONE
    made = draft.save()
    assert made.stage is Stage.WELL_DONE
    env.flush()
    assert env[Thing].draft({}, origin=made.id).stage is Stage.WELL_DONE


def test_copy_takes_the_member_along(env: Env) -> None:
    assert env[Thing].create({"stage": "done"}).copy().stage is Stage.WELL_DONE


class Mood(enum.StrEnum):
    """An Enum whose members are texts."""

    GOOD = "good"


class Moody(Model, name="thing.moody"):
    mood = fields.Selection(Mood)


def test_members_that_are_texts_are_members_all_the_same() -> None:
    bound = Registry.build([AddonModels("thing", (Moody,))]).model("thing.moody").fields["mood"]
    assert bound.field.convert("good", bound) is Mood.GOOD
    assert bound.field.convert_many([Mood.GOOD, "good", None], bound) == [Mood.GOOD, Mood.GOOD, None]
