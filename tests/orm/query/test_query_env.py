"""`records.filtered(domain)` gives what `search(domain)` gives, through an env and its cache."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from kernel.db import Pool
from kernel.db.transaction import transaction
from kernel.orm import Domain, Env, Ports
from tests.orm.query.shop import Partner, Shop
from tests.orm.query.test_query_property import DOMAINS


@pytest.fixture(scope="module")
def env(pool: Pool, database_of_shop: str, shop: Shop) -> Iterator[Env]:
    with transaction(pool, database_of_shop, read_only=True) as tx:
        yield Env.open(tx, shop.registry, Ports())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(domain=DOMAINS)
def test_filtered_is_search(env: Env, domain: Domain) -> None:
    everybody = env[Partner].search(Domain.term("archived", "in", [True, False]), order="id")
    assert len(everybody) == 60
    shown = Domain.term("archived", "in", [True, False]) & domain
    assert everybody.filtered(domain).ids == env[Partner].search(shown, order="id").ids


def test_filtering_reads_a_set_at_a_time(env: Env) -> None:
    env.invalidate()
    everybody = env[Partner].search(Domain.TRUE)
    before = env.tx.statements
    everybody.filtered((Partner.city == "Porto") & Domain.term("parent.tags.name", "ilike", "a"))
    assert env.tx.statements - before <= 6
