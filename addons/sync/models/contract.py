"""The contract of a bridge, as data: which field follows which, and who owns it."""

from __future__ import annotations

from typing import Final

from kernel.orm import Model, fields

OWNERS: Final = (
    ("left", "The first"),
    ("right", "The second"),
    ("latest", "Whoever wrote last"),
    ("none", "Nobody: not kept equal"),
)


class ContractRow(Model, abstract=True):
    """One field on each side, and whose value counts. A bridge may declare `owner` anew, with names people know."""

    field = fields.Char("Field", required=True)
    left_field = fields.Char("Field of the first", required=True, readonly=True)
    right_field = fields.Char("Field of the second", required=True, readonly=True)
    owner = fields.Selection(OWNERS, "Owner", required=True, default="left")
