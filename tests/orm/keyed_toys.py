"""Toy models with texts by language and values by company."""

from __future__ import annotations

from typing import Any

from kernel.orm import AddonModels, Model, Registry, fields
from kernel.orm.ports import UserInfo

LANGUAGES = ("en", "pt", "fr", "pt-BR")
COMPANIES = (1, 2, 3)


class Account(Model, name="shop.account", order="code, id", title="code"):
    """What a sale is booked on."""

    code = fields.Char("Code", required=True)


class Kind(Model, name="shop.kind", order="name, id", title="name"):
    """What kind of product it is."""

    name = fields.Char("Name", required=True, translate=True)
    products: fields.One2many[Product] = fields.One2many("shop.product", "Products", inverse="kind")


class Product(Model, name="shop.product", order="name, id", title="name"):
    """What is sold."""

    code = fields.Char("Code", copy=False)
    name = fields.Char("Name", required=True, translate=True, index="trigram")
    note = fields.Text("Note", translate=True)
    page = fields.Html("Page", translate=True, index="trigram")
    kind = fields.Many2one(Kind, "Kind")
    cost = fields.Decimal("Cost", digits=(16, 2), company_dependent=True)
    margin = fields.Float("Margin", company_dependent=True, default=0.5)
    stock = fields.Integer("In stock", nullable=True, company_dependent=True)
    least = fields.Integer("Least", nullable=True, company_dependent=True, default=5)
    active = fields.Boolean("Sold", company_dependent=True, default=True)
    since = fields.Date("Since", company_dependent=True)
    counted = fields.Datetime("Counted", company_dependent=True)
    state = fields.Selection([("new", "New"), ("old", "Old")], "State", company_dependent=True)
    shelf = fields.Char("Shelf", company_dependent=True, default="A1")
    account = fields.Many2one(Account, "Account", company_dependent=True)
    shout = fields.Char("Shout")
    label = fields.Char("Label", stored=True)
    kind_name = fields.Char("Name of the kind", related="kind.name")
    account_code = fields.Char("Code of the account")

    @shout.compute("name", "shelf")
    def _compute_shout(self) -> None:
        for product in self:
            product.shout = f"{product.name.upper()} {product.shelf}"

    @label.compute("name", "kind.name")
    def _compute_label(self) -> None:
        for product in self:
            product.label = f"{product.kind.name}/{product.name}"

    @account_code.compute("account.code")
    def _compute_account_code(self) -> None:
        for product in self:
            product.account_code = product.account.code


class Users:
    """Three people: one who reads English, one Portuguese, one of two companies."""

    def user(self, env: Any, id: int) -> UserInfo:
        language = {1: "en", 2: "pt", 3: "fr"}.get(id, "en")
        return UserInfo(id, name=f"user {id}", language=language, companies=(1, 2) if id == 3 else (id,))

    def languages(self, env: Any) -> tuple[str, ...]:
        return LANGUAGES


def keyed_registry() -> Registry:
    """The registry of these toys."""
    return Registry.build([AddonModels("shop", (Account, Kind, Product))])
