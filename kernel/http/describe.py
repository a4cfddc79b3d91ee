"""What a client must know of a model: its fields as the actor may see them, and what the actor may do."""

from __future__ import annotations

from typing import Any

from kernel.http.wire import Hidden
from kernel.orm.fields import Decimal, Money, Relation, Selection
from kernel.orm.registry import Bound, ModelInfo

_GROUPABLE = frozenset({"char", "selection", "boolean", "date", "datetime", "many2one", "many2many", "integer"})
_UNSEARCHED = frozenset({"json", "binary", "image"})


def describe_model(model: ModelInfo, hidden: Hidden) -> dict[str, Any]:
    """Name, label, title field and fields; the same for everybody with the same hidden fields."""
    unseen = hidden(model)
    fields = {
        name: describe_field(bound)
        for name, bound in model.fields.items()
        if name not in unseen and not bound.field.secret
    }
    return {"model": model.name, "label": model.label, "title": model.title, "fields": fields}


def describe_field(bound: Bound) -> dict[str, Any]:
    """One field, as the wire contract names its properties."""
    field = bound.field
    searchable = (bound.stored or bool(field.search_name)) and field.type not in _UNSEARCHED
    answer: dict[str, Any] = {
        "type": field.type,
        "label": field.label,
        "required": field.required,
        "readonly": field.readonly,
        "help": field.help,
        "stored": bound.stored,
        "sortable": bound.stored and field.orderable,
        "searchable": searchable,
        "groupable": bound.stored and field.type in _GROUPABLE,
        "nullable": bound.nullable,
    }
    if isinstance(field, Relation) and bound.comodel is not None:
        answer["comodel"] = bound.comodel.name
        if bound.inverse is not None:
            answer["inverse"] = bound.inverse.name
    if isinstance(field, Selection):
        answer["selection"] = [[value, label] for value, label in (*field.values, *field.added.items())]
    if isinstance(field, Decimal):
        answer["digits"] = list(field.digits)
    if isinstance(field, Money):
        answer["currency_field"] = field.currency
    return answer
