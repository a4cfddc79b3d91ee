"""What the database fills in is read of a record that is not written yet, too: it is written first."""

from __future__ import annotations

from typing import Any

import pytest

from kernel.orm import Env
from tests.orm.toys import Partner

AUDIT = ("version", "created_at", "updated_at", "created_by", "updated_by")


@pytest.mark.parametrize("name", AUDIT)
def test_an_attribute(env: Env, name: str) -> None:
    made = env[Partner].create({"name": "Anna"})
    value = getattr(made, name)
    env.invalidate()
    assert getattr(made, name) == value


def test_read_and_read_through_a_link(env: Env) -> None:
    made = env[Partner].create([{"name": "Anna"}, {"name": "Bert"}])
    spec: dict[str, Any] = {"name": {}, "created_at": {}}
    found = made.read(spec)
    assert [row["version"] for row in found] == [1, 1]
    env.invalidate()
    assert made.read(spec) == found


def test_a_draft_over_a_record_that_is_not_written(env: Env) -> None:
    made = env[Partner].create({"name": "Anna"})
    draft = env[Partner].draft({"name": "Bea"}, origin=made.id)
    assert (draft.name, made.name) == ("Bea", "Anna")
    assert draft.read(["name"])[0]["name"] == "Bea"
