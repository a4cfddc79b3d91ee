"""How many statements the main screens cost. Counts are asserted, times are not."""

from __future__ import annotations

from typing import Any

from addons.crm.models import Contact, Opportunity
from kernel.orm import Env

CONTACT_LIST: dict[str, Any] = {
    "name": {},
    "account": {},
    "job_title": {},
    "email": {},
    "phone": {},
    "lifecycle": {},
    "next_activity_date": {},
    "owner": {},
}
BOARD: dict[str, Any] = {
    "name": {},
    "account": {},
    "amount": {},
    "currency": {},
    "stage": {},
    "tags": {"fields": {"name": {}, "color": {}}},
    "close_date": {},
    "owner": {},
    "next_activity_date": {},
    "rotting": {},
    "health": {},
    "kind": {},
}


def statements(env: Env, work: Any) -> int:
    """Statements of a second run: the first learns rights and compiles."""
    work()
    before = env.tx.statements
    work()
    return env.tx.statements - before


def test_the_contact_list_costs_two_statements(demo: Env, user: Env) -> None:
    user.invalidate()

    def page() -> None:
        records = user[Contact].search(limit=80).read(CONTACT_LIST)
        assert len(records) == 80

    assert statements(user, page) <= 2


def test_the_board_costs_few_statements_whatever_its_size(demo: Env, user: Env) -> None:
    def board(limit: int) -> int:
        def page() -> None:
            user[Opportunity].search(limit=limit).read(BOARD)
            user[Opportunity].group(by=["stage"], aggregates=["amount:sum"])

        return statements(user, page)

    assert board(5) == board(60) <= 6
