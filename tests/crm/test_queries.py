"""How many statements the main screens cost, in a fresh transaction. Counts are asserted, times are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from addons.base.models import User
from addons.crm.models import Activity, Contact, Opportunity
from kernel.addons import Tenant
from kernel.orm import Domain, Env


def plain(*names: str) -> dict[str, Any]:
    """A spec of fields without anything nested."""
    return {name: {} for name in names}


CONTACT_LIST = plain("name", "account", "job_title", "email", "phone", "lifecycle", "next_activity_date", "owner")
BOARD = {
    **plain("name", "account", "amount", "currency", "stage", "close_date", "owner", "kind"),
    **plain("next_activity_date", "rotting", "health"),
    "tags": {"fields": plain("name", "color")},
}
MY_DAY = plain("summary", "type", "due_date", "state", "about", "contact", "owner")


@pytest.fixture(scope="module")
def seller(demo_tenant: Tenant) -> int:
    with demo_tenant.env(why="a test") as env:
        return int(env[User].search(User.login == "maya").id)


@pytest.fixture
def statements(demo_tenant: Tenant, seller: int) -> Callable[[Callable[[Env], Any]], int]:
    """Statements of a piece of work in a transaction of its own, rights and plans known."""

    def count(work: Callable[[Env], Any]) -> int:
        with demo_tenant.env(user=seller) as env:
            work(env)
        with demo_tenant.env(user=seller) as env:
            before = env.tx.statements
            work(env)
            return env.tx.statements - before

    return count


def test_the_contact_list_costs_two_statements_beyond_the_first(statements: Any) -> None:
    def page(env: Env) -> None:
        assert len(env[Contact].search_read(spec=CONTACT_LIST, limit=80)) == 80

    assert statements(page) <= 3


@pytest.mark.parametrize("cards", [10, 60])
def test_the_board_costs_twelve_statements_at_most_whatever_its_size(statements: Any, cards: int) -> None:
    def board(env: Env) -> None:
        env[Opportunity].search_read(spec=BOARD, limit=cards)
        env[Opportunity].group(by=["stage"], aggregates=["amount:sum"])

    assert statements(board) <= 12


@pytest.mark.parametrize("steps", [10, 150])
def test_my_day_costs_seven_statements_at_most_whatever_its_length(statements: Any, steps: int) -> None:
    assert statements(lambda env: env[Activity].search_read(Domain.TRUE, MY_DAY, limit=steps)) <= 7


def test_a_hundred_deals_are_created_in_few_statements(env: Env) -> None:
    before = env.tx.statements
    env[Opportunity].create([{"name": f"Deal {n}", "amount": n} for n in range(100)])
    env.flush()
    assert env.tx.statements - before <= 12
