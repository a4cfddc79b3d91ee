"""Currencies (ISO 4217), seeded from `data/base.currency.csv`."""

from __future__ import annotations

from kernel.orm import Check, Model, Unique, fields


class Currency(Model, name="base.currency", order="code", title="code"):
    """A currency, its symbol and the number of decimals that amounts in it have."""

    code = fields.Char("Code", required=True, help="Three letters, ISO 4217.")
    name = fields.Char("Name", required=True)
    symbol = fields.Char("Symbol", required=True)
    decimals = fields.Integer("Decimals", default=2)
    archived = fields.Boolean("Archived")

    _code_once = Unique("code", message="There is a currency with this code already.")
    _decimals_sane = Check("decimals >= 0 AND decimals <= 4", message="A currency has between 0 and 4 decimals.")
