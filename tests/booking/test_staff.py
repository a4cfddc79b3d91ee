"""The staff: rights, the calendar's drags by RPC, hours for its shading, why a slot is not offered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from addons.base.models import Access
from addons.booking import desk
from addons.booking.desk import Person
from addons.booking.models import Booking, Leave, OpenResource, OpenService, Resource, Service
from addons.web.catalogs import catalog_of
from kernel.addons import Tenant
from kernel.errors import AccessError
from kernel.http.rpc import isolation_of
from kernel.orm import Env
from kernel.testing import RpcError, Web
from tests.booking.spa import at, open_spa

Clients = Callable[[object], Web]
Member = Callable[[str], Env]
ADA = Person("Ada Byron", "ada@example.com")


def wire(clock: str) -> str:
    return f"{at(clock):%Y-%m-%dT%H:%M:%SZ}"


def test_every_model_has_rights(env: Env) -> None:
    models = {name for name, model in env.registry.models.items() if model.addon == "booking"}
    assert models == set(env[Access].search(Access.addon == "booking").mapped(Access.model))


def test_every_screen_of_the_menu_says_what_to_do_when_it_is_empty(tenant: Tenant) -> None:
    catalog = catalog_of(tenant.assembly())
    own = [action for id, action in catalog.actions.items() if id.startswith("booking.")]
    assert len(own) == 8
    for action in own:
        assert action.help
        for kind in (*action.views, "search"):
            assert catalog.view(kind, action.model), (kind, action.model)


def test_a_user_books_but_does_not_configure_or_write_the_ledger(env: Env, member: Member) -> None:
    spa, user = open_spa(env), member("booking.user")
    booking = user[Booking].create({"service": spa.massage.id, "start": at("09:00")})
    assert booking.state == "confirmed"
    assert len(booking.allocations) == 2
    booking.check_in()
    with pytest.raises(AccessError):
        user[Service].browse(spa.massage.id).write(name="Other")
    with pytest.raises(AccessError):
        booking.allocations.write(state="released")
    with pytest.raises(AccessError):
        member("base.user")[Booking].count()


def test_who_may_only_read_cancels_nothing(env: Env, member: Member) -> None:
    spa = open_spa(env)
    booking = desk.book(env, spa.massage, at("09:00"), ADA)
    env[Access].search((Access.model == "booking.booking") & (Access.addon == "booking")).write(may_write=False)
    env.flush()
    with pytest.raises(AccessError):
        member("booking.user")[Booking].browse(booking.id).cancel()


def test_a_drag_in_the_calendar_moves_the_booking_or_says_why_not(env: Env, member: Member, client: Clients) -> None:
    spa, desk_client = open_spa(env), client(member("booking.user").user_id)
    made = desk_client.rpc(
        "booking.booking",
        "create",
        values={"service": spa.massage.id, "start": wire("09:00")},
        spec={"start": {}, "end": {}, "resources": {}},
    )
    changes = {
        "start": {"from": made["start"], "to": wire("10:00")},
        "end": {"from": made["end"], "to": wire("11:30")},
        "resources": {"to": [["set", [spa.bob.id, spa.room.id]]]},
    }
    desk_client.rpc("booking.booking", "write", id=made["id"], changes=changes)
    booking = env[Booking].browse(made["id"])
    assert {row.during.upper for row in booking.allocations if row.during} == {at("11:30")}
    assert set(booking.resources.ids) == {spa.bob.id, spa.room.id}
    with pytest.raises(RpcError) as taken:
        desk_client.rpc("booking.booking", "create", values={"service": spa.massage.id, "start": wire("10:30")})
    assert (taken.value.status, taken.value.error["code"]) == (409, "slot_taken")
    assert taken.value.error["details"]["resource"]["title"] == "Room"
    unfit = {"resources": {"to": [["set", [env[Resource].create({"name": "Pool"}).id]]]}}
    with pytest.raises(RpcError) as wrong:
        desk_client.rpc("booking.booking", "write", id=made["id"], changes=unfit)
    assert wrong.value.error["code"] == "unfit_resource"


def test_a_new_booking_shows_what_its_service_costs(env: Env, member: Member, client: Clients) -> None:
    spa = open_spa(env)
    spa.advice.write(price=40, capacity=3)
    env.flush()
    values = {"service": spa.advice.id, "party_size": 2, "start": at("10:00").isoformat()}
    asked = {"changed": ["service", "party_size"], "spec": {"price": {}, "currency": {}, "end": {}}, "id": None}
    told = client(member("booking.user").user_id).rpc("booking.booking", "onchange", values=values, **asked)["values"]
    assert (float(told["price"]), told["currency"]["id"]) == (80, spa.advice.currency.id)
    assert told["end"] is None  # left out, it follows from the service


def test_what_locks_before_it_reads_runs_read_committed(tenant: Tenant) -> None:
    assembly = tenant.assembly()
    for method in ("create", "write", "cancel", "check_in"):
        assert isolation_of(assembly, {"model": "booking.booking", "method": method}) == "read committed"
    for method in ("search_read", "delete"):
        assert isolation_of(assembly, {"model": "booking.booking", "method": method}) == "repeatable read"
    assert isolation_of(assembly, {"model": "no.such", "method": "create"}) == "repeatable read"


def test_the_calendar_knows_when_resources_are_open(env: Env) -> None:
    spa = open_spa(env)
    env[Leave].create({"name": "Ill", "resource": spa.ada, "start": at("13:00"), "end": at("17:00")})
    both = env[OpenResource].browse((spa.ada.id, spa.room.id))
    told = both.opening(at("00:00"), at("23:00"))
    assert told[str(spa.ada.id)] == [[wire("09:00"), wire("12:00")]]
    assert told[str(spa.room.id)] == [[wire("00:00"), wire("23:00")]]


def test_each_slot_says_why_it_is_not_offered(env: Env) -> None:
    spa = open_spa(env)
    desk.book(env, spa.massage, at("09:00"), ADA)
    env[Leave].create({"name": "Closed", "kind": "holiday", "start": at("15:00"), "end": at("18:00")})
    service = env[OpenService].browse(spa.massage.id)
    told = {slot["start"]: (slot["reason"], slot["resource"]) for slot in service.explain(at("09:00").date())}
    assert told[wire("08:00")][0] == "outside_hours"
    assert told[wire("09:30")] == ("taken", "Room")
    assert told[wire("10:00")] == (None, None)
    assert told[wire("15:30")][0] == "holiday"
    free = {slot.start for slot in desk.offers(env, spa.massage, at("09:00").date())}
    assert {slot["start"] for slot in service.slots(at("09:00").date(), 1)} == {f"{s:%Y-%m-%dT%H:%M:%SZ}" for s in free}


def test_a_daily_limit_closes_the_day(env: Env) -> None:
    spa = open_spa(env, daily_limit=1)
    desk.book(env, spa.massage, at("09:00"), ADA)
    assert desk.offers(env, spa.massage, at("09:00").date()) == []
    assert desk.offers(env, spa.massage, at("09:00", days=8).date())
    assert {slot.reason for slot in desk.explain(env, spa.massage, at("09:00").date())} == {"limit"}
