"""Toy models for the tests of the ORM: partners with a hierarchy, tags, purchases with points."""

from __future__ import annotations

from typing import Any

from kernel.errors import UserError, ValidationError
from kernel.orm import AddonModels, Check, Model, Registry, Unique, before_delete, exposed, fields


class Tag(Model, name="toy.tag"):
    """A label."""

    name = fields.Char("Name", required=True)
    partners_named = fields.Integer("Unused", nullable=True)


class Partner(Model, name="toy.partner", order="name, id"):
    """A person or a company."""

    name = fields.Char("Name", required=True, index="trigram")
    ref = fields.Char("Reference", index=True)
    email = fields.Char("E-mail")
    city = fields.Char("City")
    credit = fields.Float("Credit")
    birthday = fields.Date("Birthday")
    limit = fields.Integer("Limit", nullable=True)
    archived = fields.Boolean("Archived")
    parent = fields.Many2one["Partner"]("toy.partner", "Parent", ondelete="cascade")
    children = fields.One2many["Partner"]("toy.partner", "Children", inverse="parent")
    tags = fields.Many2many(Tag, "Tags")
    display = fields.Char("Display", stored=True)
    full_name = fields.Char("Full name", stored=True)
    city_upper = fields.Char("City in capitals")
    parent_city = fields.Char("City of the parent", related="parent.city")
    tag_names = fields.Char("Names of the tags", stored=True)

    _ref_once = Unique("ref", message="Another partner has this reference.")
    _no_debt = Check("credit >= -1000", message="The debt is too high.")

    @display.compute("name", "parent.name")
    def _compute_display(self) -> None:
        for partner in self:
            parent = partner.parent
            partner.display = f"{parent.name} / {partner.name}" if parent else partner.name

    @full_name.compute("name", "parent.full_name")
    def _compute_full_name(self) -> None:
        for partner in self:
            above = partner.parent.full_name
            partner.full_name = f"{above}.{partner.name}" if above else partner.name

    @city_upper.compute("city")
    def _compute_city_upper(self) -> None:
        for partner in self:
            partner.city_upper = partner.city.upper()

    @tag_names.compute("tags.name")
    def _compute_tag_names(self) -> None:
        for partner in self:
            partner.tag_names = ",".join(sorted(partner.tags.mapped(Tag.name)))

    @email.validate
    def _check_email(self) -> None:
        for partner in self:
            if partner.email and "@" not in partner.email:
                raise ValidationError(f'"{partner.email}" is no e-mail address.', field="email")

    @before_delete
    def _keep_the_boss(self) -> None:
        if "boss" in self.mapped(Partner.name):
            raise UserError("The boss stays.")

    @exposed
    def rename(self, name: str) -> str:
        """Give all the same name."""
        self.write(name=name)
        return name


class Purchase(Model, name="toy.purchase", order="date desc, id desc", title="reference"):
    """One point for every ten spent."""

    reference = fields.Char("Reference", required=True)
    partner = fields.Many2one(Partner, "Customer", required=True, ondelete="cascade")
    date = fields.Date("Date")
    amount = fields.Decimal("Amount", digits=(16, 2))
    points = fields.Integer("Points", stored=True)
    note = fields.Char("Note")
    doubled = fields.Decimal("Doubled", digits=(16, 2))

    _reference_once = Unique("reference", message="This purchase was entered before.")
    _not_negative = Check("amount >= 0", message="An amount cannot be negative.")

    @points.compute("amount")
    def _compute_points(self) -> None:
        for purchase in self:
            purchase.points = int(purchase.amount // 10)

    @doubled.compute("amount")
    def _compute_doubled(self) -> None:
        for purchase in self:
            purchase.doubled = purchase.amount * 2

    @doubled.inverse
    def _inverse_doubled(self) -> None:
        for purchase in self:
            purchase.amount = purchase.doubled / 2

    @partner.onchange
    def _onchange_partner(self) -> None:
        if self.partner.city and not self.note:
            self.note = f"from {self.partner.city}"


class LoyalPartner(Partner, extend=True):
    """Adds purchases and points to every partner."""

    purchases = fields.One2many(Purchase, "Purchases", inverse=Purchase.partner)
    points = fields.Integer("Points", stored=True)
    level = fields.Char("Level", stored=True)

    @points.compute("purchases.points")
    def _compute_points(self) -> None:
        for partner in self:
            partner.points = sum(partner.purchases.mapped(Purchase.points))

    @level.compute("points")
    def _compute_level(self) -> None:
        for partner in self:
            partner.level = "gold" if partner.points >= 100 else "plain"


TOY_CLASSES: tuple[type[Any], ...] = (Tag, Partner, Purchase, LoyalPartner)


def toy_registry() -> Registry:
    """The registry of the toys."""
    return Registry.build([AddonModels("toy", TOY_CLASSES)])
