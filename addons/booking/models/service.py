"""Services: what can be booked, how, and what it needs."""

from __future__ import annotations

from addons.base.models import Company, Currency
from addons.base.models.company import check_tz
from addons.booking.models.resource import Pool, Resource, company_zone
from kernel.orm import Check, Model, Unique, fields, validates

COLORS = (
    ("blue", "Blue"),
    ("teal", "Teal"),
    ("green", "Green"),
    ("yellow", "Yellow"),
    ("orange", "Orange"),
    ("red", "Red"),
    ("violet", "Violet"),
    ("gray", "Grey"),
)


class Service(Model, name="booking.service", order="sequence, name, id", title="name", extensible=True):
    """Something that customers book: how long it takes, when it may be booked, and what it needs."""

    name = fields.Char("Name", required=True, index="trigram")
    summary = fields.Char("In one line", help="Shown to customers below the name.")
    sequence = fields.Integer("Order", default=100)
    duration = fields.Integer("Minutes", default=60)
    buffer_before = fields.Integer("Minutes before", help="To get ready; the resources are busy.")
    buffer_after = fields.Integer("Minutes after", help="To clean up; the resources are busy.")
    interval = fields.Integer("Minutes between starts", default=30)
    notice = fields.Integer("Notice in minutes", default=120, help="Customers book at least so long before.")
    horizon = fields.Integer("Days ahead", default=60, help="Customers book at most so many days before.")
    daily_limit = fields.Integer("Most a day", help="0: as many as there is room for.")
    capacity = fields.Integer("Most people", default=1, help="How many people one booking can be for.")
    approval = fields.Boolean("Needs approval", help="A booking is kept for the customer until somebody says yes.")
    online = fields.Boolean("Online", default=True, help="Customers can book it themselves.")
    price = fields.Money("Price")
    currency = fields.Many2one(Currency, "Currency", required=True, ondelete="restrict")
    location = fields.Char("Where", help="Shown to customers.")
    tz = fields.Char("Time zone", required=True, help="Of the place: whose clock the starts follow.")
    color = fields.Selection(COLORS, "Colour", required=True, default="blue")
    requirements: fields.One2many[Requirement] = fields.One2many("booking.requirement", "Needs", inverse="service")
    archived = fields.Boolean("Archived")

    _name_once = Unique("name", message="There is a service with this name already.")
    _duration_some = Check("duration BETWEEN 1 AND 1440", message="A service takes 1 minute to 24 hours.")
    _interval_some = Check('"interval" BETWEEN 1 AND 1440', message="Starts are 1 minute to 24 hours apart.")
    _buffers_some = Check(
        "buffer_before BETWEEN 0 AND 1440 AND buffer_after BETWEEN 0 AND 1440",
        message="A buffer is at most 24 hours.",
    )
    _bounds_some = Check(
        "notice >= 0 AND horizon BETWEEN 0 AND 730 AND daily_limit >= 0 AND capacity BETWEEN 1 AND 500",
        message="Notice and limits cannot be negative; at most 730 days ahead, 1 to 500 people.",
    )

    @currency.default
    def _default_currency(self) -> Currency:
        companies = self.env.as_system("the company's currency")[Company]
        own = self.env.company
        company = companies.browse(own) if own else companies.search(order="id", limit=1)
        return company.currency

    @tz.default
    def _default_tz(self) -> str:
        return company_zone(self)

    @validates("tz")
    def _check_tz(self) -> None:
        for service in self:
            check_tz("booking.service", service.id, service.tz)

    def candidates(self) -> tuple[int, ...]:
        """The ids of all resources that could be taken, in order: what a writer locks."""
        return tuple(sorted({id for need in self.requirements for id in need.candidates()}))


class Requirement(Model, name="booking.requirement", order="sequence, id", title="id"):
    """One thing that a service needs: a certain resource, or any of a pool."""

    service = fields.Many2one(Service, "Service", required=True, ondelete="cascade")
    resource = fields.Many2one(Resource, "This one", ondelete="restrict")
    pool = fields.Many2one(Pool, "Any of", ondelete="restrict")
    quantity = fields.Integer("How many", default=1)
    per_person = fields.Boolean("For each person", help="So many for every person of the booking.")
    sequence = fields.Integer("Order", default=100)

    _either = Check("(resource_id IS NULL) <> (pool_id IS NULL)", message="Name one resource, or one pool.")
    _some = Check("quantity BETWEEN 1 AND 500", message="A service needs 1 to 500 of something.")

    def candidates(self) -> tuple[int, ...]:
        """The ids of the resources that would do."""
        found = self.resource | self.pool.members
        return tuple(sorted(found.filtered(lambda each: not each.archived).ids))
