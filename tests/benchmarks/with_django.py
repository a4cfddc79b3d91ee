"""The workloads with Django's ORM, as its documentation teaches them: `bulk_create`, `select_related`, `bulk_update`.

On the same tables as the hand-written code. `display` is kept by the code that writes; where Django has a set-based
way (a `Subquery` in an update), that is taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django
from django.conf import settings
from django.db import connection, connections, models
from django.db.models import Count, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Concat
from django.db.transaction import atomic
from django.db.utils import load_backend
from psycopg.conninfo import conninfo_to_dict

from tests.benchmarks.data import Row, Scale
from tests.benchmarks.models import USER

if not settings.configured:
    settings.configure(
        INSTALLED_APPS=[],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "unset"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


class Tag(models.Model):
    """A label."""

    name = models.TextField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = 'hand"."tag'


class Partner(models.Model):
    """A person or a company, perhaps below another one."""

    name = models.TextField()
    ref = models.TextField()
    email = models.TextField()
    city = models.TextField()
    is_company = models.BooleanField()
    credit = models.FloatField()
    birthday = models.DateField(null=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    display = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.BigIntegerField(null=True, default=USER)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.BigIntegerField(null=True, default=USER)
    tags = models.ManyToManyField(Tag, through="PartnerTag")

    class Meta:
        app_label = "bench"
        managed = False
        db_table = 'hand"."partner'

    @property
    def city_upper(self) -> str:
        """Computed, not stored."""
        return self.city.upper()


class PartnerTag(models.Model):
    """A link."""

    pk = models.CompositePrimaryKey("partner_id", "tag_id")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)

    class Meta:
        app_label = "bench"
        managed = False
        db_table = 'hand"."partner_tags'


class Work:
    """One transaction's work; counts its statements."""

    def __init__(self) -> None:
        self.statements = 0

    def count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """What Django calls around every statement."""
        self.statements += 1
        return execute(sql, params, many, context)


@contextmanager
def connected(dsn: str) -> Iterator[None]:
    """Django's connection, open and warm."""
    parts = conninfo_to_dict(dsn)
    wanted = {
        **connections.databases["default"],
        "NAME": parts["dbname"], "USER": parts.get("user", ""), "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""), "PORT": str(parts.get("port", "")),
    }  # fmt: skip
    connections["default"] = load_backend(wanted["ENGINE"]).DatabaseWrapper(wanted, "default")
    connection.ensure_connection()
    try:
        yield
    finally:
        connection.close()


def run(work: Callable[[Work, Scale, Any], Any], by: Work, scale: Scale, given: Any) -> Any:
    """The work in a transaction."""
    with atomic(), connection.execute_wrapper(by.count):
        return work(by, scale, given)


def _new(row: Row, parents: dict[int, str]) -> Partner:
    values = {name: value for name, value in row.items() if name != "parent"}
    return Partner(**values, parent_id=row["parent"], display=f"{parents[row['parent']]} / {row['name']}")


def _names(ids: set[int]) -> dict[int, str]:
    return dict(Partner.objects.filter(id__in=ids).values_list("id", "name"))


def create_batch(by: Work, scale: Scale, rows: list[Row]) -> None:
    parents = _names({row["parent"] for row in rows})
    Partner.objects.bulk_create([_new(row, parents) for row in rows])


def create_one(by: Work, scale: Scale, rows: list[Row]) -> None:
    parents = _names({row["parent"] for row in rows})
    for row in rows:
        _new(row, parents).save(force_insert=True)


def read_all(by: Work, scale: Scale, given: None) -> list[Row]:
    names = ("id", "name", "ref", "email", "city", "credit", "birthday", "parent_id", "parent__name")
    return [
        {
            "id": id, "name": name, "ref": ref, "email": email, "city": city, "credit": credit,
            "birthday": birthday.isoformat() if birthday else None,
            "parent": {"id": parent, "title": title} if parent else None,
        }
        for id, name, ref, email, city, credit, birthday, parent, title in Partner.objects.order_by(
            "name", "id"
        ).values_list(*names)
    ]  # fmt: skip


def browse_loop(by: Work, scale: Scale, ids: list[int]) -> list[tuple[Any, ...]]:
    found = []
    for partner in Partner.objects.filter(id__in=ids).select_related("parent").order_by("id"):
        parent = partner.parent
        found.append((partner.name, partner.city_upper, partner.credit, parent.name if parent else ""))
    return found


def search_domain(by: Work, scale: Scale, given: None) -> list[Any]:
    found = []
    for i in range(scale.searches):
        chosen = Partner.objects.filter(parent__name__icontains=f"p{i % 100}", credit__gt=float(i))
        found.append([(partner.name, partner.ref) for partner in chosen.order_by("name", "id")[:80]])
    return found


def write_batch(by: Work, scale: Scale, ids: list[int]) -> None:
    Partner.objects.filter(id__in=ids).update(city="Porto", updated_by=USER, updated_at=dt.datetime.now(dt.UTC))


def write_each(by: Work, scale: Scale, values: list[tuple[int, str, float]]) -> None:
    partners = Partner.objects.in_bulk([id for id, _, _ in values])
    for id, city, credit in values:
        partners[id].city, partners[id].credit = city, credit
    Partner.objects.bulk_update(partners.values(), ["city", "credit"], batch_size=500)


def recompute(by: Work, scale: Scale, names: list[tuple[int, str]]) -> None:
    parents = Partner.objects.in_bulk([id for id, _ in names])
    for id, name in names:
        parents[id].name = parents[id].display = name
    Partner.objects.bulk_update(parents.values(), ["name", "display"])
    above = Subquery(Partner.objects.filter(id=OuterRef("parent_id")).values("name"))
    Partner.objects.filter(parent_id__in=list(parents)).update(
        display=Concat(above, Value(" / "), F("name"), output_field=models.TextField())
    )


def group(by: Work, scale: Scale, given: None) -> list[tuple[Any, ...]]:
    groups = Partner.objects.values("city").annotate(count=Count("id"), credit_sum=Sum("credit")).order_by("city")
    return [(each["city"], each["count"], each["credit_sum"]) for each in groups]


def delete_many(by: Work, scale: Scale, ids: list[int]) -> None:
    Partner.objects.filter(id__in=ids).delete()


def many2many(by: Work, scale: Scale, wanted: list[tuple[int, tuple[int, ...]]]) -> dict[int, list[str]]:
    ids = [id for id, _ in wanted]
    PartnerTag.objects.filter(partner_id__in=ids).delete()
    PartnerTag.objects.bulk_create([PartnerTag(partner_id=id, tag_id=tag) for id, tags in wanted for tag in tags])
    names: dict[int, list[str]] = {id: [] for id in ids}
    links = PartnerTag.objects.filter(partner_id__in=ids).order_by("partner_id", "tag_id")
    for id, name in links.values_list("partner_id", "tag__name"):
        names[id].append(name)
    return names


WORK: dict[str, Callable[[Work, Scale, Any], Any]] = {
    "W1": create_batch,
    "W2": create_one,
    "W3": read_all,
    "W4": browse_loop,
    "W4F": browse_loop,
    "W5": search_domain,
    "W6": write_batch,
    "W7": write_each,
    "W8": recompute,
    "W8S": recompute,
    "W9": group,
    "W10": delete_many,
    "W11": many2many,
}
