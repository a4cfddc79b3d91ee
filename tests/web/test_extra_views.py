"""Extra fields and kinds of records in what the client is told: menus, forms, lists, searches and conflicts."""

from __future__ import annotations

from typing import Any

from addons.base.models import CustomKind, CustomRecord, ExtraFieldRow
from addons.web.boot import kind_actions, kind_menus
from addons.web.bundle import view_bundle
from addons.web.compiler import Catalog
from kernel.addons import Tenant
from kernel.http.calls import Call
from kernel.http.rpc_write import create, onchange, write
from kernel.orm import Env
from tests.base.conftest import ada, bob, env

__all__ = ["ada", "bob", "env"]
RECORDS = "base.custom_record"


def made(env: Env) -> CustomKind:
    kind, other = env[CustomKind].create([{"label": "Vehicle", "icon": "truck"}, {"label": "Key"}])
    env[ExtraFieldRow].create(
        [
            {"label": "Plate", "kind": kind, "in_list": True},
            {"label": "Fuel", "kind": kind, "type": "selection", "options": "Diesel\nElectric"},
            {"label": "Door", "kind": other},
        ]
    )
    env.flush()
    return kind


def bundle(env: Env, tenant: Tenant, variant: str) -> dict[str, Any]:
    return view_bundle(env, Catalog(env.registry), RECORDS, ["list", "form", "search"], variant)


def test_a_kind_has_an_action_and_a_menu_and_no_kind_has_none(env: Env, ada: int) -> None:
    assert kind_menus(env.as_user(ada)) == []
    kind = made(env)
    action = kind_actions(env.as_user(ada))["base.custom.vehicle"]
    assert action.as_json()["domain"] == [["kind", "=", kind.id]]
    assert action.as_json()["defaults"] == {"kind": {"id": kind.id, "title": "Vehicle"}}
    assert [menu.title for menu in kind_menus(env.as_user(ada))] == ["Records", "Key", "Vehicle"]


def test_views_of_a_kind_show_the_fields_of_that_kind(env: Env, ada: int, tenant: Tenant) -> None:
    kind = made(env)
    found = bundle(env.as_user(ada), tenant, f"kind-{kind.id}")
    views = found["views"]
    assert [item["name"] for item in views["form"]["section"][-1]["fields"]] == ["x_vehicle_plate", "x_vehicle_fuel"]
    assert views["list"]["columns"][-1] == {"name": "x_vehicle_plate"}
    assert "x_vehicle_plate" in views["search"]["fields"]
    assert views["search"]["group"][-1]["by"] == "x_vehicle_fuel"
    assert found["fields"]["x_vehicle_fuel"]["selection"] == [["diesel", "Diesel"], ["electric", "Electric"]]
    assert "extra" not in found["fields"]


def test_clients_create_change_and_are_told_of_conflicts_by_field(env: Env, bob: int) -> None:
    kind = made(env)
    person = env.as_user(bob)
    model = env.registry.model(RECORDS)
    spec = {"x_vehicle_plate": {}, "x_vehicle_fuel": {}}

    def call(**body: Any) -> Call:
        return Call(person, model, {"spec": spec, **body})

    begun = onchange(call(values={"name": "Van", "x_vehicle_fuel": "diesel"}, changed=["x_vehicle_fuel"]))
    assert begun["values"] == {"x_vehicle_plate": ""}
    row = create(call(values={"name": "Van", "kind": kind.id, "x_vehicle_plate": "A"}))
    env[CustomRecord].browse(row["id"]).write(x_vehicle_fuel="electric")
    env.flush()
    changed = write(call(id=row["id"], changes={"x_vehicle_plate": {"from": "A", "to": "B"}}))
    assert (changed["x_vehicle_plate"], changed["x_vehicle_fuel"]) == ("B", "electric")
