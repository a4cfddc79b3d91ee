"""Words to choose from: tags, sources, lost reasons."""

from __future__ import annotations

from kernel.orm import Model, Unique, fields

COLORS = (
    ("gray", "Grey"),
    ("red", "Red"),
    ("orange", "Orange"),
    ("yellow", "Yellow"),
    ("green", "Green"),
    ("teal", "Teal"),
    ("blue", "Blue"),
    ("violet", "Violet"),
)


class Tag(Model, name="crm.tag", order="name, id", title="name"):
    """A word that groups contacts, accounts, leads and deals across everything else."""

    name = fields.Char("Name", required=True, size=60)
    color = fields.Selection(COLORS, "Colour", required=True, default="gray")

    _name_once = Unique("name", message="There is a tag with this name already.")


class Source(Model, name="crm.source", order="name, id", title="name"):
    """Where interest comes from."""

    name = fields.Char("Name", required=True, size=80)
    archived = fields.Boolean("Archived")

    _name_once = Unique("name", message="There is a source with this name already.")


class LostReason(Model, name="crm.lost_reason", order="sequence, id", title="name"):
    """Why a deal was lost. Archive a reason instead of deleting it: old deals keep it."""

    name = fields.Char("Reason", required=True, size=80)
    sequence = fields.Integer("Order", default=100)
    archived = fields.Boolean("Archived")

    _name_once = Unique("name", message="There is a lost reason with this name already.")
