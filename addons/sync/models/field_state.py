"""What a bridge last passed on for each field of a link, and how often lately."""

from __future__ import annotations

from kernel.orm import Model, fields


class FieldState(Model, abstract=True):
    """One field of one link. A bridge adds the many2one `link`."""

    field = fields.Char("Field", required=True, readonly=True)
    hash = fields.Char("Hash of the value", readonly=True)
    changed_at = fields.Datetime("Changed at", readonly=True)
    changed_by = fields.Integer("Changed by", nullable=True, readonly=True)
    origin = fields.Char("Origin", readonly=True, help="The model in which it was written.")
    burst = fields.Integer("Changes lately", readonly=True)
    burst_began = fields.Datetime("Since", readonly=True)
