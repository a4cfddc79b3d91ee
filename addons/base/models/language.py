"""Languages that people of a tenant may choose, seeded from `data/base.language.csv`."""

from __future__ import annotations

from kernel.orm import Model, Unique, fields


class Language(Model, name="base.language", order="name, id", title="name"):
    """A language by its code, with the way it is written."""

    code = fields.Char("Code", required=True, help="For example en, fr or pt-BR.")
    name = fields.Char("Name", required=True, help="As its speakers write it.")
    direction = fields.Selection(
        [("ltr", "Left to right"), ("rtl", "Right to left")], "Direction", required=True, default="ltr"
    )
    archived = fields.Boolean("Archived")

    _code_once = Unique("code", message="There is a language with this code already.")
