"""Purchases, and the points they earn a partner."""

from addons.contacts.models import Partner
from kernel.orm import Check, Model, Unique, fields


class Purchase(Model, name="loyalty.purchase", order="date desc, id desc", title="reference"):
    """What a customer bought: one point for every ten spent."""

    reference = fields.Char("Reference", required=True, index="trigram")
    partner = fields.Many2one(Partner, "Customer", required=True, ondelete="restrict")
    date = fields.Date("Date")
    amount = fields.Decimal("Amount", digits=(16, 2))
    points = fields.Integer("Points", stored=True)

    _reference_once = Unique("reference", message="This purchase was entered before.")
    _not_negative = Check("amount >= 0", message="An amount cannot be negative.")

    @points.compute("amount")
    def _compute_points(self) -> None:
        for purchase in self:
            purchase.points = int(purchase.amount // 10)


class LoyalPartner(Partner, extend=True):
    """Adds the points to every partner."""

    purchases = fields.One2many(Purchase, inverse=Purchase.partner)
    points = fields.Integer("Loyalty points", stored=True)

    @points.compute("purchases.points")
    def _compute_points(self) -> None:
        for partner in self:
            partner.points = sum(partner.purchases.mapped(Purchase.points))
