"""Three tenants of one process: `sales` has the CRM, `spa` has booking, `clinic` has both and the bridge.

What a tenant has not installed is not there in any form: no schema, table or column, no menu or action, no
page, no hook, no class in its registry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from addons.base.models import User
from addons.booking import desk
from addons.booking.hooks import booking_created
from addons.crm.hooks import crm_opportunity_won
from addons.crm.models import Contact
from addons.crm_booking_bridge.models import Appointment
from kernel.addons import Runtime, Tenant, hookspecs
from kernel.addons.lifecycle.templates import create_tenant
from kernel.db import transaction
from kernel.errors import HookError, NotInstalledError
from kernel.http.app import Application
from kernel.orm import Env
from kernel.testing import SharedDoor, Undo, Web
from tests.booking.spa import at, open_spa

ADDONS = {"sales": ("crm",), "spa": ("booking",), "clinic": ("crm_booking_bridge",)}
HAS = {
    "sales": {"base", "web", "crm"},
    "spa": {"base", "web", "booking"},
    "clinic": {"base", "web", "crm", "booking", "sync", "crm_booking_bridge"},
}
ALL = HAS["clinic"]
LACKS = {name: ALL - has for name, has in HAS.items()}


@pytest.fixture(scope="module")
def matrix(runtime: Runtime) -> dict[str, Tenant]:
    return {name: create_tenant(runtime, name, addons) for name, addons in ADDONS.items()}


@contextmanager
def browser(runtime: Runtime, tenant: Tenant) -> Iterator[tuple[Env, Web]]:
    """An administrator's browser in a tenant; what is done is undone."""
    try:
        with tenant.visit() as visit:
            env = visit.env(why="a test")
            values: dict[str, Any] = {"name": "Admin", "login": "admin", "groups": managers(env)}
            user = env[User].create(values)
            env.flush()
            yield env, Web.open(Application(runtime, door=SharedDoor(visit, env)), tenant, visit.tx, user)
            raise Undo
    except Undo:
        pass


def managers(env: Env) -> list[int]:
    return [row[0] for row in env.sql("SELECT id FROM base.\"group\" WHERE key LIKE '%%manager'")]


each = pytest.mark.parametrize("name", ADDONS)


@each
def test_a_tenant_has_the_schemas_of_its_addons_and_no_others(
    runtime: Runtime, matrix: dict[str, Tenant], name: str
) -> None:
    with transaction(runtime.pool, matrix[name].row.dsn) as tx:
        schemas = {row[0] for row in tx.rows("SELECT nspname FROM pg_namespace")}
        told = {row[0] for row in tx.rows("SELECT name FROM tenon.addon")}
        columns = {row[0] for row in tx.rows("SELECT DISTINCT addon FROM tenon.owned")}
        ids = {row[0] for row in tx.rows("SELECT DISTINCT addon FROM tenon.stable_id")}
    assert schemas & ALL == HAS[name]
    assert told == HAS[name]
    assert not (columns | ids) & LACKS[name]


@each
def test_no_menu_action_or_rights_speak_of_what_is_not_there(
    runtime: Runtime, matrix: dict[str, Tenant], name: str
) -> None:
    with browser(runtime, matrix[name]) as (env, web):
        boot = web.get("/web/boot").get_json()
        assert {app["id"] for app in boot["apps"]} & ALL == HAS[name] - {"web", "sync"}
        shown = json.dumps([boot["apps"], boot["actions"], boot["addons"]])
        models = env.sql("SELECT model FROM base.access UNION SELECT model FROM base.rule")
    named = {word.split(".")[0] for word in re.findall(r'"([a-z_]+(?:\.[a-z_]+)?)"', shown)}
    assert not named & LACKS[name]
    assert not {row[0].split(".")[0] for row in models} & LACKS[name]


@each
def test_pages_of_booking_are_where_booking_is(runtime: Runtime, matrix: dict[str, Tenant], name: str) -> None:
    with browser(runtime, matrix[name]) as (_, web):
        found = web.get("/book").status_code
        assert (found == 200) == ("booking" in HAS[name]), found
        called = web.post("/rpc/booking.booking/search_read", json={"spec": {"title": {}}})
        assert (called.status_code == 200) == ("booking" in HAS[name])
        called = web.post("/rpc/crm.contact/search_read", json={"spec": {"name": {}}})
        assert (called.status_code == 200) == ("crm" in HAS[name])


@each
def test_views_have_nothing_that_others_would_add(runtime: Runtime, matrix: dict[str, Tenant], name: str) -> None:
    for addon, model in (("crm", "crm.contact"), ("booking", "booking.customer")):
        if addon not in HAS[name]:
            continue
        with browser(runtime, matrix[name]) as (_, web):
            bundle = web.post(f"/rpc/{model}/view", json={"types": ["form"]}).get_json()["result"]
        shown = json.dumps(bundle["views"])
        assert ("book_appointment" in shown) == (name == "clinic" and addon == "crm")
        assert ("appointments" in bundle["fields"]) == (name == "clinic" and addon == "crm")
        assert ("contact" in bundle["fields"]) == (name == "clinic" and addon == "booking")


@each
def test_hooks_reach_the_addons_of_the_tenant_only(matrix: dict[str, Tenant], name: str) -> None:
    hooks = matrix[name].assembly().hooks
    for spec in (hookspecs.records_created, hookspecs.records_written, hookspecs.addon_installed):
        assert not set(hooks.addons_of(spec)) & LACKS[name]
    specs: dict[str, Callable[..., object]] = {"crm": crm_opportunity_won, "booking": booking_created}
    for addon, declared in specs.items():
        if addon in HAS[name]:
            assert hooks.addons_of(declared) == (
                ("crm_booking_bridge",) if (name, addon) == ("clinic", "booking") else ()
            )
        else:
            with pytest.raises(HookError, match="not installed here"):
                hooks(declared)


@each
def test_the_registry_has_the_models_of_its_addons_only(matrix: dict[str, Tenant], name: str) -> None:
    registry = matrix[name].assembly().registry
    assert {model.addon for model in registry.models.values()} <= HAS[name]
    owners = {bound.addon for model in registry.models.values() for bound in model.fields.values()}
    assert owners <= HAS[name]


def test_asking_for_what_is_not_installed_says_so(matrix: dict[str, Tenant]) -> None:
    with matrix["spa"].env(why="a test") as env:
        assert not env.has("crm.contact")
        with pytest.raises(NotInstalledError):
            env[Contact]


def test_three_tenants_work_side_by_side_in_one_process(matrix: dict[str, Tenant]) -> None:
    ada = {"name": "Ada", "email": "ada@example.com"}
    found = {}
    for name, tenant in matrix.items():
        with tenant.env(why="a test") as env:
            if env.has("crm.contact"):
                env.model("crm.contact").create(ada)
            if env.has("booking.booking"):
                desk.book(env, open_spa(env).advice, at("10:00"), desk.Person("Ada", "ada@example.com"))
            env.flush()
            counted = [model for model in ("crm.contact", "crm.activity", "booking.booking") if env.has(model)]
            found[name] = {model: env.model(model).count() for model in counted}
    assert found == {
        "sales": {"crm.contact": 1, "crm.activity": 0},
        "spa": {"booking.booking": 1},
        "clinic": {"crm.contact": 1, "crm.activity": 1, "booking.booking": 1},
    }
    with matrix["clinic"].env(why="a test") as env:
        assert env[Appointment].search().contact.name == "Ada"
