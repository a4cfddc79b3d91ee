"""Orders and their lines."""

from __future__ import annotations

from addons.shop.models.customer import Customer

from kernel.orm import Model, fields


class Order(Model, name="shop.order", order="id", title="reference"):
    """What a customer ordered."""

    reference = fields.Char("Reference", required=True, default="new")
    customer = fields.Many2one(Customer, "Customer", ondelete="restrict")
    city = fields.Char("Deliver to")
    lines = fields.One2many["Line"]("shop.line", "Lines", inverse="order")
    total = fields.Integer("Total", stored=True)

    @total.compute("lines.amount")
    def _compute_total(self) -> None:
        for order in self:
            order.total = sum(order.lines.mapped(Line.amount))

    @customer.onchange
    def _take_city(self) -> None:
        if self.customer:
            self.city = self.customer.city


class Line(Model, name="shop.line", order="id", title="product"):
    """One product of an order."""

    order = fields.Many2one(Order, "Order", required=True, ondelete="cascade")
    product = fields.Char("Product")
    amount = fields.Integer("Amount", stored=True)
    quantity = fields.Integer("Quantity", default=1)
    price = fields.Integer("Price")

    @amount.compute("quantity", "price")
    def _compute_amount(self) -> None:
        for line in self:
            line.amount = line.quantity * line.price
