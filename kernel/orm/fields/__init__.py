"""The types of fields a model can declare."""

from kernel.orm.fields.base import Field
from kernel.orm.fields.binary import Binary, Image
from kernel.orm.fields.choice import Selection
from kernel.orm.fields.document import Json
from kernel.orm.fields.file import File
from kernel.orm.fields.fulltext import FullText
from kernel.orm.fields.number import Number
from kernel.orm.fields.reference import Reference
from kernel.orm.fields.relation import DraftId, Many2many, Many2one, One2many, Relation
from kernel.orm.fields.scalar import (
    Boolean,
    Char,
    Decimal,
    Float,
    Html,
    Integer,
    Money,
    Text,
)
from kernel.orm.fields.secret import SecretError
from kernel.orm.fields.span import DateRange, DatetimeRange
from kernel.orm.fields.time import Date, Datetime, Duration

__all__ = [
    "Binary",
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
    "File",
    "Float",
    "FullText",
    "Html",
    "Image",
    "Integer",
    "Json",
    "Many2many",
    "Many2one",
    "Money",
    "Number",
    "One2many",
    "Reference",
    "Relation",
    "SecretError",
    "Selection",
    "Text",
]
