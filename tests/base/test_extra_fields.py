"""An administrator's extra fields: made, shown, refused, archived and removed."""

from __future__ import annotations

import pytest

from addons.base.models import CustomKind, CustomRecord, ExtraFieldRow, Group, User
from addons.base.models.custom import read_options, slug
from kernel.addons import Tenant
from kernel.errors import AccessError, UnknownFieldError, UserError, ValidationError
from kernel.orm import Domain, Env


@pytest.fixture
def kind(env: Env) -> CustomKind:
    made = env[CustomKind].create({"label": "Vehicle"})
    env.flush()
    return made


def add(env: Env, kind: CustomKind, label: str, type_: str = "char", **values: object) -> ExtraFieldRow:
    made = env[ExtraFieldRow].create({"label": label, "type": type_, "kind": kind, **values})
    env.flush()
    return made


def test_a_label_becomes_a_technical_name() -> None:
    assert [slug(text) for text in ("Shoe size", "Größe (cm)", "Ö", "№")] == ["shoe_size", "grosse_cm", "o", "no"]
    assert read_options("Red\nx: Very red\n\nRed\n红") == (("red", "Red"), ("x", "Very red"), ("choice_3", "红"))


def test_a_field_is_there_as_soon_as_it_is_made(env: Env, kind: CustomKind) -> None:
    add(env, kind, "Plate")
    assert kind.definitions.name == "vehicle_plate"
    car = env[CustomRecord].create({"name": "Van", "kind": kind, "x_vehicle_plate": "PO-1"})
    assert env[CustomRecord].search(Domain.term("x_vehicle_plate", "=", "PO-1")) == car


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"model": "base.user", "label": "Shoe"}, "model", "takes no extra fields"),
        ({"model": "base.custom_record", "label": "Shoe"}, "kind", "Choose the kind"),
        ({"label": "Shoe"}, "model", "Choose what the field belongs to"),
        ({"kind": True, "label": "Shoe", "type": "many2one"}, "comodel", "Choose what it links to"),
        ({"model": "nothing.here", "label": "Shoe"}, "model", "takes no extra fields"),
        ({"kind": True, "label": "Shoe", "type": "selection"}, "options", "at least one line"),
        ({"kind": True, "label": "Shoe", "type": "many2one", "comodel": "base.usr"}, "comodel", "base.user"),
        ({"kind": True, "label": "Shoe", "name": "Shoe size"}, "name", "no technical name"),
        ({"kind": True, "label": "Plate"}, "model", "technical name already"),
    ],
)
def test_a_wrong_definition_is_refused_with_its_field(
    env: Env, kind: CustomKind, values: dict[str, object], field: str, text: str
) -> None:
    add(env, kind, "Plate")
    given = {**values, "kind": kind} if values.get("kind") else values
    with pytest.raises(ValidationError, match=text) as refused:
        env[ExtraFieldRow].create(given)
        env.flush()
    assert refused.value.field == field


def test_the_type_is_fixed_while_there_are_values_and_the_label_is_free(env: Env, kind: CustomKind) -> None:
    field = add(env, kind, "Seats", "integer")
    field.write(type="char")
    field.write(type="integer")
    env.flush()
    env[CustomRecord].create({"name": "Van", "kind": kind, "x_vehicle_seats": 9})
    env.flush()
    with pytest.raises(ValidationError, match="has a value on 1 records") as refused:
        field.write(type="char")
    assert refused.value.field == "type"
    field.write(label="Places", type="integer")
    env.flush()
    model = env.registry.model("base.custom_record")
    assert env.extra_fields(model)["x_vehicle_seats"].field.label == "Places"


def test_deleting_is_a_choice_between_keeping_the_values_and_removing_them(env: Env, kind: CustomKind) -> None:
    field = add(env, kind, "Seats", "integer")
    van = env[CustomRecord].create({"name": "Van", "kind": kind, "x_vehicle_seats": 9})
    env.flush()
    with pytest.raises(UserError, match="Archive the field"):
        field.delete()
    field.archive()
    env.flush()
    with pytest.raises(UnknownFieldError):
        van.extra["x_vehicle_seats"]
    field.restore()
    env.flush()
    assert van.extra["x_vehicle_seats"] == 9
    field.remove()
    env.flush()
    assert "x_vehicle_seats" not in van.extra
    assert env.sql("SELECT extra FROM base.custom_record WHERE id = %s", (van.id,))[0][0] == {}


def test_a_field_of_a_group_is_hidden_from_others(env: Env, kind: CustomKind, bob: int, ada: int) -> None:
    managers = env[Group].search(Group.key == "base.manager")
    add(env, kind, "Price", "decimal", groups=managers)
    env[CustomRecord].create({"name": "Van", "kind": kind, "x_vehicle_price": "10.50"})
    env.flush()
    asked = Domain.term("x_vehicle_price", ">", 10)
    assert env.as_user(ada)[CustomRecord].count(asked) == 1
    with pytest.raises(UnknownFieldError):
        env.as_user(bob)[CustomRecord].count(asked)


def test_only_administrators_define(env: Env, kind: CustomKind, bob: int) -> None:
    with pytest.raises(AccessError):
        env.as_user(bob)[ExtraFieldRow].create({"label": "Plate", "kind": kind.id})
    with pytest.raises(AccessError):
        env.as_user(bob)[CustomKind].create({"label": "Key"})


def test_another_process_sees_a_new_definition_after_the_commit(tenant: Tenant) -> None:
    with tenant.env(why="a definition is made") as env:
        made = env[CustomKind].create({"label": "Key"})
        add(env, made, "Door")
        id = made.id
    with tenant.env(why="and seen") as env:
        assert "x_key_door" in env.extra_fields(env.registry.model("base.custom_record"))
        env[ExtraFieldRow].search(ExtraFieldRow.kind == id).delete()
        env[CustomKind].browse(id).delete()


def test_a_custom_record_belongs_to_the_people_of_its_kind(env: Env, kind: CustomKind, bob: int, ada: int) -> None:
    open_kind = env[CustomKind].create({"label": "Key"})
    kind.write(groups=env[Group].search(Group.key == "base.manager"))
    van, key = env[CustomRecord].create([{"name": "Van", "kind": kind}, {"name": "Cellar", "kind": open_kind}])
    env.flush()
    assert set(env.as_user(ada)[CustomRecord].search()) == {van, key}
    as_bob = env.as_user(bob)
    assert as_bob[CustomRecord].search() == key
    with pytest.raises(AccessError):
        as_bob[CustomRecord].create({"name": "Car", "kind": kind.id})
        as_bob.flush()


def test_a_required_field_is_asked_of_records_of_its_kind_only(env: Env, kind: CustomKind, bob: int) -> None:
    other = env[CustomKind].create({"label": "Key"})
    add(env, kind, "Plate", required=True)
    as_bob = env.as_user(bob)
    as_bob[CustomRecord].create({"name": "Cellar", "kind": other.id})
    with pytest.raises(ValidationError, match="Plate must be filled in"):
        as_bob[CustomRecord].create({"name": "Van", "kind": kind.id})


def test_records_link_to_records_of_kinds_and_people(env: Env, kind: CustomKind, ada: int) -> None:
    add(env, kind, "Driver", "many2one", comodel="base.user")
    van = env[CustomRecord].create({"name": "Van", "kind": kind, "x_vehicle_driver": ada})
    assert van.extra["x_vehicle_driver"] == env[User].browse(ada)
    assert env[CustomRecord].search(Domain.term("x_vehicle_driver.name", "=", "Ada")) == van
