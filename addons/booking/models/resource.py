"""Resources: the people, rooms, machines and venues that can be taken, and pools of those that are alike."""

from __future__ import annotations

from addons.base.models import Company, User
from addons.base.models.company import check_tz
from addons.booking.models.schedule import Schedule
from kernel.orm import Check, Model, Unique, fields, validates

KINDS = (("person", "Person"), ("room", "Room"), ("equipment", "Equipment"), ("venue", "Venue"))


class Resource(Model, name="booking.resource", order="sequence, name, id", title="name", extensible=True):
    """Somebody or something that can be taken: once at a time, or as often as it has units."""

    name = fields.Char("Name", required=True, index="trigram")
    kind = fields.Selection(KINDS, "Kind", required=True, default="person")
    units = fields.Integer("Units", default=1, help="How many bookings it takes at the same time.")
    tz = fields.Char("Time zone", required=True, help="The zone of its weekly hours, for example Europe/Lisbon.")
    schedule = fields.Many2one(Schedule, "Weekly hours", ondelete="restrict", help="Empty: at any time.")
    user = fields.Many2one(User, "User", ondelete="set null", help="Who this is, if they log in.")
    sequence = fields.Integer("Order", default=100)
    note = fields.Text("Notes")
    archived = fields.Boolean("Archived")

    _units_some = Check("units BETWEEN 1 AND 500", message="A resource has 1 to 500 units.")

    @tz.default
    def _default_tz(self) -> str:
        return company_zone(self)

    @validates("tz")
    def _check_tz(self) -> None:
        for resource in self:
            check_tz("booking.resource", resource.id, resource.tz)


class Pool(Model, name="booking.pool", order="name, id", title="name"):
    """Resources that can stand in for each other: a booking takes any of them."""

    name = fields.Char("Name", required=True)
    members = fields.Many2many(Resource, "Members")
    archived = fields.Boolean("Archived")

    _name_once = Unique("name", message="There is a pool with this name already.")


def company_zone(records: Model) -> str:
    """The zone in which the people of the company agree on what a day is."""
    env = records.env.as_system("the company's time zone")
    companies = env[Company]
    company = companies.browse(env.company) if env.company else companies.search(order="id", limit=1)
    return company.tz if company else "UTC"
