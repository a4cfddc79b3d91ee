"""A model described as data: what clients, documentation and the addon doctor need to know of its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kernel.orm.extra.definitions import ExtraBound
from kernel.orm.fields.binary import Binary
from kernel.orm.fields.choice import Selection, selection_pairs
from kernel.orm.fields.reference import Reference
from kernel.orm.fields.relation import One2many
from kernel.orm.fields.scalar import Char, Decimal, Money
from kernel.orm.over_query import sealed
from kernel.orm.registry.bound import Bound, ModelInfo

if TYPE_CHECKING:
    from kernel.orm.env import Env

_GROUPABLE = ("char", "selection", "boolean", "many2one", "date", "datetime", "integer")


def describe(env: Env, model: ModelInfo) -> dict[str, Any]:
    """The model as the actor may see it."""
    fields = {
        name: describe_field(bound)
        for name, bound in model.fields.items()
        if bound is not model.extra and (env.is_system or not env.hides(bound))
    }
    fields |= {name: describe_extra(bound) for name, bound in env.extra_fields(model).items()}
    return {
        "model": model.name,
        "label": model.label,
        "title": model.title,
        "fields": fields,
        "access": access(env, model),
    }


def describe_extra(bound: ExtraBound) -> dict[str, Any]:
    """An extra field: as any other, and marked as one."""
    definition = bound.definition
    return {**describe_field(bound), "extra": True, "in_list": definition.in_list, "kind": definition.kind or None}


def access(env: Env, model: ModelInfo) -> dict[str, bool]:
    """What the actor may do on the model at all."""
    return {
        "read": env.may(model, "read"),
        "create": not model.query and env.may(model, "create"),
        "write": not model.query and env.may(model, "write"),
        "delete": not model.query and env.may(model, "delete"),
    }


def describe_field(bound: Bound) -> dict[str, Any]:
    """One field: type, label and what a widget needs."""
    field = bound.field
    found: dict[str, Any] = {
        "type": field.type,
        "label": field.label,
        "required": field.required,
        "readonly": field.readonly or bound.name in _KEPT or bool(bound.model.query) or sealed(bound),
        "help": field.help,
        "stored": bound.stored,
        "sortable": bool(bound.column) and field.orderable and not field.secret,
        "searchable": not field.secret
        and (bound.stored or bound.inverse is not None or bool(field.search_name) or field.type == "fulltext"),
        "groupable": bool(bound.column) and field.type in _GROUPABLE and not field.secret,
        "nullable": bound.nullable,
    }
    if bound.keyed:
        found["translate" if bound.keyed == "language" else "company_dependent"] = True
    if bound.comodel is not None:
        found["comodel"] = bound.comodel.name
    if isinstance(field, Reference):
        known = bound.model.registry.models
        found["models"] = None if field.models is None else [name for name in field.models if name in known]
    if isinstance(field, One2many):
        found["inverse"] = field.inverse_field
    if field.pii:
        found["personal"] = True
    if isinstance(field, Selection):
        found["selection"] = selection_pairs(field.values)
    if isinstance(field, Char) and field.size:
        found["size"] = field.size
    if isinstance(field, Decimal):
        found["digits"] = list(field.digits)
    if isinstance(field, Binary):
        found["max_size"] = field.max_size
    if field.secret:
        found["secret"] = True
    if field.tracked:
        found["tracked"] = True
    if isinstance(field, Money):
        found["currency_field"] = field.currency
    return found


_KEPT = frozenset({"id", "created_at", "created_by", "updated_at", "updated_by", "version"})
