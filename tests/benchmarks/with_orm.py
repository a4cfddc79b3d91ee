"""The workloads as an addon's author writes them, with the ORM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.orm import Env
from tests.benchmarks.data import Row, Scale
from tests.benchmarks.models import Partner, PartnerInSql, Tag


def create_batch(env: Env, scale: Scale, rows: list[Row]) -> None:
    env[Partner].create(rows)


def create_one(env: Env, scale: Scale, rows: list[Row]) -> None:
    partners = env[Partner]
    for row in rows:
        partners.create(row)


def read_all(env: Env, scale: Scale, given: None) -> list[Row]:
    return env[Partner].search_read(spec=["name", "ref", "email", "city", "credit", "birthday", "parent"])


def browse_loop(env: Env, scale: Scale, ids: list[int]) -> list[tuple[Any, ...]]:
    found = []
    for partner in env[Partner].browse(ids):
        found.append((partner.name, partner.city_upper, partner.credit, partner.parent.name))
    return found


def browse_fetched(env: Env, scale: Scale, ids: list[int]) -> list[tuple[Any, ...]]:
    found = []
    for partner in env[Partner].browse(ids).fetch("name", "city", "credit", "parent"):
        found.append((partner.name, partner.city_upper, partner.credit, partner.parent.name))
    return found


def search_domain(env: Env, scale: Scale, given: None) -> list[Any]:
    found = []
    for i in range(scale.searches):
        domain = Partner.parent.has(Partner.name.ilike(f"p{i % 100}")) & (Partner.credit > float(i))
        partners = env[Partner].search(domain, order="name", limit=80, fetch=["name", "ref"])
        found.append([(partner.name, partner.ref) for partner in partners])
    return found


def write_batch(env: Env, scale: Scale, ids: list[int]) -> None:
    env[Partner].browse(ids).write(city="Porto")


def write_each(env: Env, scale: Scale, values: list[tuple[int, str, float]]) -> None:
    partners = env[Partner].browse([id for id, _, _ in values])
    for partner, (_, city, credit) in zip(partners, values, strict=True):
        partner.city = city
        partner.credit = credit


def recompute(env: Env, scale: Scale, names: list[tuple[int, str]]) -> None:
    partners = env[Partner].browse([id for id, _ in names])
    for partner, (_, name) in zip(partners, names, strict=True):
        partner.name = name


def recompute_in_sql(env: Env, scale: Scale, names: list[tuple[int, str]]) -> None:
    partners = env[PartnerInSql].browse([id for id, _ in names])
    for partner, (_, name) in zip(partners, names, strict=True):
        partner.name = name


def group(env: Env, scale: Scale, given: None) -> list[tuple[Any, ...]]:
    groups = env[Partner].group(by=["city"], aggregates=["credit:sum"], order="city")
    return [(each["city"], each["count"], each["credit:sum"]) for each in groups]


def delete(env: Env, scale: Scale, ids: list[int]) -> None:
    env[Partner].browse(ids).delete()


def many2many(env: Env, scale: Scale, wanted: list[tuple[int, tuple[int, ...]]]) -> dict[int, list[str]]:
    partners = env[Partner].browse([id for id, _ in wanted])
    for partner, (_, tags) in zip(partners, wanted, strict=True):
        partner.tags = tags
    env.flush()
    return {partner.id: partner.tags.mapped(Tag.name) for partner in partners}


WORK: dict[str, Callable[[Env, Scale, Any], Any]] = {
    "W1": create_batch,
    "W2": create_one,
    "W3": read_all,
    "W4": browse_loop,
    "W4F": browse_fetched,
    "W5": search_domain,
    "W6": write_batch,
    "W7": write_each,
    "W8": recompute,
    "W8S": recompute_in_sql,
    "W9": group,
    "W10": delete,
    "W11": many2many,
}
