"""Transient records go when nobody has touched them for a while; others stay."""

from __future__ import annotations

import datetime as dt

from kernel.orm import Env
from kernel.orm.writing.vacuum import vacuum
from tests.orm.search.finding import Errand, Label


def test_old_transient_records_go_in_batches(env: Env) -> None:
    env[Errand].create([{"name": f"e{n}", "archived": n == 0} for n in range(7)])
    label = env[Label].create({"name": "stays"})
    env.flush()
    now = env.now()
    assert vacuum(env, now=now + dt.timedelta(hours=23)) == 0
    young = env[Errand].create({"name": "young"})
    env.flush()
    env.sql("UPDATE find.errand SET updated_at = updated_at + interval '2 hours' WHERE id = %s", (young.id,))
    env.invalidate()
    assert vacuum(env, now=now + dt.timedelta(hours=25), batch=3) == 7
    assert env[Errand].search() == young
    assert label.exists() == label
    assert vacuum(env, hours=1, now=now + dt.timedelta(hours=25)) == 1
