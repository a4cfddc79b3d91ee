"""What a tenant keeps until rights or definitions change; and its groups, which most of that rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from addons.base.rights import GroupRow
from kernel.orm import Env

T = TypeVar("T")

_GROUPS: Final = """
    SELECT g.id, g.key, array(SELECT i.other_group_id FROM base.group_implies i WHERE i.group_id = g.id)
    FROM base.group g"""


def kept(env: Env, key: object, build: Callable[[], T]) -> T:
    """A value that the tenant keeps until rights change; without a tenant it is built each time."""
    return build() if env.tenant is None else env.tenant.cached(key, build)


def load_groups(env: Env) -> dict[int, GroupRow]:
    """All groups by id. One that people made has no stable id and gets a key of its own."""
    rows = env.sql(_GROUPS)
    keys = {id: key or f"group:{id}" for id, key, _ in rows}
    return {id: GroupRow(keys[id], tuple(keys[other] for other in implied)) for id, _, implied in rows}
