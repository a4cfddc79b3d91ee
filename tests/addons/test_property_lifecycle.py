"""Any sequence of installing, using and uninstalling leaves what a plain reckoning says, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.addons import Runtime, Tenant
from kernel.addons.assembly import Library
from kernel.addons.lifecycle.operation import execute
from kernel.addons.lifecycle.plan import plan_install
from kernel.addons.lifecycle.templates import create_tenant
from kernel.addons.lifecycle.uninstall import execute_uninstall, plan_uninstall
from kernel.addons.migrations.autogenerate import write_first_revision
from kernel.db.tenants import drop_database
from kernel.orm import Env
from tests.addons.toys import forget_addons, write_addon

STOCK = '''
"""Items."""

from kernel.orm import Model, fields


class Item(Model, name="stock.item", order="name", title="name"):
    """An item."""

    name = fields.Char("Name", required=True)
    amount = fields.Integer("Amount")
'''
LABEL = '''
"""Labels on items."""

from addons.stock.models import Item
from kernel.orm import Model, fields


class LabelledItem(Item, extend=True):
    """With a text."""

    text = fields.Char("Text", index=True)


class Print(Model, name="label.print", order="id"):
    """A label was printed."""

    item = fields.Many2one(Item, "Item", required=True, ondelete="cascade")
'''
PRICE = '''
"""Prices of labelled items."""

from addons.label.models import LabelledItem
from kernel.orm import fields


class PricedItem(LabelledItem, extend=True):
    """With a price."""

    price = fields.Integer("Price")
    tag = fields.Char("Tag", stored=True)

    @tag.compute("text", "price")
    def _compute_tag(self) -> None:
        for item in self:
            item.tag = f"{item.text}: {item.price}"
'''
ABOVE = {"label": ("label", "price"), "price": ("price",)}
"""An addon and those that need it."""
NEEDS = {"label": ("label",), "price": ("label", "price")}

Step = tuple[str, str]
STEPS = st.one_of(
    st.tuples(st.sampled_from(["install", "uninstall", "purge"]), st.sampled_from(["label", "price"])),
    st.tuples(st.sampled_from(["add", "change", "delete"]), st.just("")),
)
tenants = count()


@dataclass
class Reckoning:
    """What a tenant should hold: plain dictionaries, which nothing is ever archived in."""

    there: set[str] = field(default_factory=set)
    items: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    prices: dict[str, int] = field(default_factory=dict)
    prints: list[str] = field(default_factory=list)

    def forget(self, addon: str) -> None:
        if addon == "label":
            self.texts, self.prints = {}, []
        else:
            self.prices = {}

    def seen(self) -> dict[str, object]:
        """What can be read now."""
        shown: dict[str, object] = {"items": self.items}
        if "label" in self.there:
            shown |= {"texts": {n: self.texts.get(n, "") for n in self.items}, "prints": sorted(self.prints)}
        if "price" in self.there:
            shown["prices"] = {n: self.prices.get(n, 0) for n in self.items}
            shown["tags"] = {n: f"{self.texts.get(n, '')}: {self.prices.get(n, 0)}" for n in self.items}
        return shown


def read(env: Env) -> dict[str, object]:
    items: Any = env.model("stock.item").search()
    fields = {"items": "amount", "texts": "text", "prices": "price", "tags": "tag"}
    shown: dict[str, object] = {
        name: {item.name: getattr(item, column) for item in items}
        for name, column in fields.items()
        if column in items.__info__.fields
    }
    if env.has("label.print"):
        prints: Any = env.model("label.print").search()
        shown["prints"] = sorted(each.item.name for each in prints)
    return shown


def work(env: Env, kind: str, known: Reckoning, number: int) -> None:
    """A person adds an item, changes all, or deletes the first."""
    items: Any = env.model("stock.item")
    if kind == "add":
        known.items[f"item {number}"] = number
        items.create({"name": f"item {number}", "amount": number})
        return
    found = items.search()
    for item in found[:1] if kind == "delete" else found:
        name = item.name
        if kind == "delete":
            for values in (known.items, known.texts, known.prices):
                values.pop(name, None)
            known.prints = [each for each in known.prints if each != name]
            item.delete()
            continue
        item.amount = known.items[name] = number
        if "label" in known.there:
            item.text = known.texts[name] = f"text {number}"
            env.model("label.print").create({"item": item})
            known.prints.append(name)
        if "price" in known.there:
            item.price = known.prices[name] = number


def step(runtime: Runtime, tenant: Tenant, known: Reckoning, kind: str, addon: str, number: int) -> None:
    if kind == "install":
        new = [name for name in NEEDS[addon] if name not in known.there]
        if new:
            assert execute(runtime, plan_install(runtime, tenant, [addon])) == ()
            known.there |= {*new}
    elif kind in ("uninstall", "purge"):
        names = [name for name in ABOVE[addon] if name in known.there or kind == "purge"]
        if kind == "purge":
            for name in names:
                known.forget(name)
        if {*names} & known.there or kind == "purge":
            gone = [name for name in names if name in known.there or name in known_archives(tenant)]
            if gone:
                purge = kind == "purge"
                execute_uninstall(runtime, plan_uninstall(runtime, tenant, gone, purge=purge, cascade=True))
        known.there -= {*names}
    else:
        tenant.run(lambda env: work(env, kind, known, number), why="a test", retry=False)


def known_archives(tenant: Tenant) -> set[str]:
    with tenant.visit() as visit:
        return {row[0] for row in visit.tx.rows("SELECT name FROM tenon.addon WHERE state = 'detached'")}


@pytest.fixture
def shop(runtime: Runtime, root: Path) -> Runtime:
    write_addon(root, "stock", {"models/__init__.py": STOCK})
    write_addon(root, "label", {"models/__init__.py": LABEL}, more='depends = ["stock"]')
    write_addon(root, "price", {"models/__init__.py": PRICE}, more='depends = ["label"]')
    for name in ("stock", "label", "price"):
        library = Library([root])
        write_first_revision(library.assembly(library.resolve([name])), name)
        forget_addons(root)
    return Runtime(runtime.settings, runtime.cluster, runtime.pool, runtime.control, Library([root]))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=3, max_size=9))
def test_any_life_of_a_tenant_is_as_reckoned(shop: Runtime, steps: list[Step]) -> None:
    tenant = create_tenant(shop, f"life-{next(tenants)}", ["stock"])
    known = Reckoning()
    try:
        tenant.run(lambda env: work(env, "add", known, 0), why="a test")
        for number, (kind, addon) in enumerate(steps, 1):
            step(shop, tenant, known, kind, addon, number)
            assert {*tenant.assembly().names} == {"stock", *known.there}
            assert tenant.run(read, why="a test") == known.seen(), (kind, addon)
    finally:
        drop_database(shop.cluster, shop.control, tenant.row)
