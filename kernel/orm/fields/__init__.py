"""The types of fields a model can declare."""

from kernel.orm.fields.base import Field
from kernel.orm.fields.relation import DraftId, Many2many, Many2one, One2many, Relation
from kernel.orm.fields.scalar import (
    Boolean,
    Char,
    Decimal,
    Float,
    Html,
    Integer,
    Json,
    Money,
    Selection,
    Text,
)
from kernel.orm.fields.time import Date, DateRange, Datetime, DatetimeRange, Duration

__all__ = [
    "Boolean",
    "Char",
    "Date",
    "DateRange",
    "Datetime",
    "DatetimeRange",
    "Decimal",
    "DraftId",
    "Duration",
    "Field",
    "Float",
    "Html",
    "Integer",
    "Json",
    "Many2many",
    "Many2one",
    "Money",
    "One2many",
    "Relation",
    "Selection",
    "Text",
]
