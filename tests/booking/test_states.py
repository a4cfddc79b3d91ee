"""The life of a booking: one table of moves, and a ledger that follows."""

from __future__ import annotations

from itertools import product

import pytest

from addons.booking import desk
from addons.booking.desk import Person
from addons.booking.models import Booking
from addons.booking.models.states import LEDGER, MOVES, STATES, MoveError, check_move
from kernel.errors import UserError
from kernel.orm import Env
from tests.booking.spa import at, open_spa

ADA = Person("Ada Byron", "ada@example.com")
NAMES = [name for name, _ in STATES]


@pytest.mark.parametrize(("before", "after"), list(product(NAMES, NAMES)))
def test_only_the_moves_of_the_table_are_allowed(before: str, after: str) -> None:
    if after in MOVES[before]:
        check_move("X", before, after)
    else:
        with pytest.raises(MoveError, match="cannot become"):
            check_move("X", before, after)


def test_every_state_that_is_not_over_leads_on() -> None:
    assert MOVES.keys() == set(NAMES)
    assert {state for state, moves in MOVES.items() if not moves} == {"completed", "cancelled"}


@pytest.mark.parametrize(
    "path",
    [
        ("checked_in", "completed"),
        ("no_show",),
        ("cancelled",),
        ("checked_in", "confirmed", "cancelled"),
        ("no_show", "checked_in", "completed"),
    ],
)
def test_the_ledger_follows_the_state(env: Env, path: tuple[str, ...]) -> None:
    spa = open_spa(env)
    booking = desk.book(env, spa.massage, at("09:00"), ADA)
    for state in path:
        booking.advance(state)
        assert booking.state == state
        assert {row.state for row in booking.allocations} == {LEDGER.get(state, "released")}


def test_what_needs_approval_waits_and_keeps_its_time(env: Env) -> None:
    spa = open_spa(env, approval=True)
    booking = desk.confirm(env, desk.hold(env, spa.massage, at("09:00")), ADA)
    assert booking.state == "pending_approval"
    assert {row.state for row in booking.allocations} == {"pending"}
    assert at("09:00") not in {slot.start for slot in desk.offers(env, spa.massage, at("09:00").date())}
    booking.approve()
    assert booking.state == "confirmed"


def test_a_no_show_counts_for_the_customer(env: Env) -> None:
    spa = open_spa(env)
    booking = desk.book(env, spa.massage, at("09:00"), ADA)
    booking.mark_no_show()
    assert booking.customer.no_shows == 1


def test_a_draft_takes_nothing(env: Env) -> None:
    spa = open_spa(env)
    draft = env[Booking].create({"service": spa.massage, "start": at("09:00"), "state": "draft"})
    assert not draft.allocations
    draft.advance("confirmed")
    assert {row.state for row in draft.allocations} == {"confirmed"}


def test_what_is_over_is_neither_moved_nor_what_is_promised_deleted(env: Env) -> None:
    spa = open_spa(env)
    booking = desk.book(env, spa.massage, at("09:00"), ADA)
    with pytest.raises(UserError, match="Cancel it first"):
        booking.delete()
    booking.cancel()
    with pytest.raises(UserError, match="cannot be moved"):
        booking.write(start=at("10:00"))
