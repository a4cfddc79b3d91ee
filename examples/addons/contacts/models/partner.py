"""A partner: a person or a company one does business with."""

from __future__ import annotations

from kernel.orm import Model, fields


class Partner(Model, name="contacts.partner", order="name", title="name"):
    """Somebody one does business with."""

    name = fields.Char("Name", required=True, index="trigram")
    email = fields.Char("E-mail")
    phone = fields.Char("Phone")
    city = fields.Char("City")
    archived = fields.Boolean("Archived")
