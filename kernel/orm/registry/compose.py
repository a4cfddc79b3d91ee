"""Composition: the classes of the installed addons become one class per model.

For a model `Partner` with extensions `ext_1 .. ext_n` (in load order) and extensions of its mixins,
the composed class is

    type("Partner", (ext_n, ..., ext_1, Partner, mixin_ext_n, ..., mixin_ext_1), {...})

by plain C3. So extensions of a model stand above it (a later addon may override an earlier one, with
`super()`), while extensions of a *mixin* stand below the model and above the mixin: in front they
would override the model's own override. Nothing assigns `__bases__`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kernel.errors import RegistryError, UnknownFieldError, suggest
from kernel.orm import over_query
from kernel.orm.extra.definitions import Fields
from kernel.orm.fields.base import Field
from kernel.orm.fields.choice import MoreValues, Selection
from kernel.orm.fields.extra import ExtraColumn
from kernel.orm.fields.fulltext import FullText
from kernel.orm.history.trail import tracked
from kernel.orm.properties import property_for
from kernel.orm.registry.bound import AddonModels, Bound, BoundConstraint, ModelInfo
from kernel.orm.registry.constraints import Constraint, Unique
from kernel.orm.registry.declare import Declaration, ModelMeta
from kernel.orm.registry.faults import Faults
from kernel.orm.registry.field_check import check_field, check_reference
from kernel.orm.registry.keyed_check import settle_keyed
from kernel.orm.registry.links import resolve, resolve_inverse
from kernel.orm.registry.methods import find_methods
from kernel.orm.registry.parts import MAX_NAME, Parts, sort
from kernel.orm.registry.refusals import join_inputs, refuse
from kernel.orm.registry.triggers import connect
from kernel.orm.writing.money import connect_currency


@dataclass(slots=True)
class Composition:
    """What `compose` makes: models by name, fields by index, models by declared class."""

    models: dict[str, ModelInfo] = field(default_factory=dict)
    bounds: tuple[Bound, ...] = ()
    by_class: dict[type[Any], ModelInfo] = field(default_factory=dict)


def compose(addons: Iterable[AddonModels]) -> Composition:
    """Compose all models of `addons`, given in load order; raises RegistryError."""
    result, faults = examine(addons)
    faults.raise_if_any()
    for bound in result.bounds:
        setattr(bound.model.cls, bound.name, property_for(bound))
    return result


def examine(addons: Iterable[AddonModels]) -> tuple[Composition, Faults]:
    """Compose as far as it goes: what is sound, and every error. What is broken, and what rests on it, is left."""
    faults = Faults()
    parts = sort(addons, faults)
    result = Composition()
    bounds: list[Bound] = []
    for name, (addon, cls) in parts.models.items():
        with faults():
            composed = _compose_class(name, cls, parts)
            model = result.models[name] = _model_info(name, addon, cls, composed)
            model.fields = _bind_fields(model, composed, parts, bounds, faults)
            _note_classes(composed, model, parts, result.by_class)
    for model in result.models.values():
        with faults():
            model.constraints = _bind_constraints(model, parts)
        with faults(model):
            over_query.declare(model, parts.models[model.name][1].__declaration__, result.by_class)
    result.bounds = tuple(bounds)
    for bound in bounds:
        with faults(bound):
            resolve(bound, result.models)
    for bound in bounds:
        with faults(bound):
            resolve_inverse(bound)
    for bound in bounds:
        if not faults.broken(bound):
            with faults(bound):
                connect_currency(bound)
                check_field(bound)
                check_reference(bound, result.models, parts.order)
    for model in result.models.values():
        _finish(model, faults)
        refuse(model, faults)
        join_inputs(model, faults)
    with faults():
        over_query.settle({name: model for name, model in result.models.items() if not faults.broken(model)})
    settle_keyed(result.models.values(), bounds, faults)
    connect(bounds, faults)
    if not faults.errors:
        with faults():
            over_query.connect(result.models, bounds)
    return result, faults


def _compose_class(name: str, cls: type[Any], parts: Parts) -> type[Any]:
    extensions = parts.extensions.get(name, [])
    mixins: list[type[Any]] = []
    for base in dict.fromkeys(base for part in (cls, *extensions) for base in part.__mro__):
        mixins.extend(reversed(parts.mixin_extensions.get(base, [])))
    bases = (*reversed(extensions), cls, *mixins)
    namespace = {"__module__": cls.__module__, "__doc__": cls.__doc__, **over_query.namespace(cls.__declaration__)}
    try:
        return ModelMeta(cls.__name__, bases, namespace, composed=True)
    except TypeError as refused:
        names = ", ".join(f"{base.__name__} ({base.__declaration__.place})" for base in bases)
        raise RegistryError(
            f'Model "{name}": these classes cannot be put in one order: {names}. ({refused})',
            hint="Two of them list the same bases in different orders.",
        ) from None


def _model_info(name: str, addon: str, cls: type[Any], composed: type[Any]) -> ModelInfo:
    declaration: Declaration = cls.__declaration__
    label = declaration.label or name.split(".", 1)[1].replace("_", " ").capitalize()
    model = ModelInfo(name, addon, label, declaration.place)
    model.cls = composed
    model.transient = declaration.transient
    declared = [base.__dict__["__declaration__"] for base in composed.__mro__ if "__declaration__" in base.__dict__]
    model.extensible = any(part.extensible for part in declared)
    model.query = declaration.query
    model.order = _parse_order(next((part.order for part in declared if part.order), "id"))
    model.title = next((part.title for part in declared if part.title), "")
    composed.__info__ = model
    return model


def _parse_order(order: str) -> tuple[tuple[str, bool], ...]:
    terms = []
    for part in order.split(","):
        path, _, direction = part.strip().partition(" ")
        terms.append((path, direction.strip().lower() == "desc"))
    return tuple(terms)


def _declared_items(composed: type[Any], kind: str) -> list[tuple[type[Any], str, Any]]:
    """(class, name, item) of every declared field or constraint, from the root of the MRO upward."""
    found: list[tuple[type[Any], str, Any]] = []
    over = composed.__info__.query
    for base in reversed(composed.__mro__):
        declaration = base.__dict__.get("__declaration__")
        if declaration is None:
            source = base.__dict__.get("__audit__", {}) if kind == "fields" else {}
            source = {name: item for name, item in source.items() if name == "id" or not over}
        else:
            source = getattr(declaration, kind)
        found.extend((base, name, item) for name, item in source.items())
    return found


def _bind_fields(
    model: ModelInfo, composed: type[Any], parts: Parts, bounds: list[Bound], faults: Faults
) -> dict[str, Bound]:
    fields = Fields(model)
    more = _more_values(model, composed, faults)
    root = composed.__mro__[-2]
    reserved = {*dir(ModelMeta), *vars(root)} - set(root.__dict__["__audit__"])
    for cls, name, item in _declared_items(composed, "fields"):
        known = len(faults.errors)
        with faults():
            if name in fields:
                _refuse_duplicate(model, cls, name, fields[name].field, item)
            if len(name) > MAX_NAME - len("_id") or name in reserved:
                raise RegistryError(
                    f'{item.place}: "{name}" cannot be the name of a field.',
                    hint="It is too long for SQL, or every recordset has an attribute of this name.",
                    rule="model-field-name",
                )
            for added in more.get(name, ()):
                item = item.extended(added)
        if len(faults.errors) > known:
            continue
        bound = Bound(len(bounds), name, model, item, parts.bringer(cls, model))
        if name in fields:
            bound.index = fields[name].index
            bounds[bound.index] = bound
        else:
            bounds.append(bound)
        fields[name] = bound
    if model.extensible:
        fields["extra"] = model.extra = _extra_column(model, composed, parts, len(bounds))
        bounds.append(model.extra)
    return fields


def _more_values(model: ModelInfo, composed: type[Any], faults: Faults) -> dict[str, list[MoreValues]]:
    """What extensions add to the Selections of the model, by field, in load order."""
    found: dict[str, list[MoreValues]] = {}
    declared = {name: item for _, name, item in _declared_items(composed, "fields")}
    for _, _, more in _declared_items(composed, "choices"):
        name = more.field.name
        with faults():
            if not isinstance(declared.get(name), Selection):
                raise RegistryError(
                    f"{more.place}: {model.name} has no Selection {name!r} to add values to.{suggest(name, declared)}",
                    rule="model-unknown-field",
                )
            found.setdefault(name, []).append(more)
    return found


def _extra_column(model: ModelInfo, composed: type[Any], parts: Parts, index: int) -> Bound:
    """The column of the extra fields; it comes with the first class that says `extensible=True`."""
    declared = [base for base in reversed(composed.__mro__) if "__declaration__" in base.__dict__]
    first = next(base for base in declared if base.__dict__["__declaration__"].extensible)
    field = ExtraColumn("Extra fields")
    field.name, field.place = "extra", first.__dict__["__declaration__"].place
    return Bound(index, "extra", model, field, parts.bringer(first, model))


def _refuse_duplicate(model: ModelInfo, cls: type[Any], name: str, first: Field[Any], second: Field[Any]) -> None:
    """A model may declare a field of its mixin anew; anything else is two fields of one name."""
    owner = first.owner
    from_mixin = (
        owner is not None
        and owner.__dict__.get("__declaration__") is not None
        and (owner.__dict__["__declaration__"].kind == "mixin")
    )
    if from_mixin and cls.__dict__["__declaration__"].kind == "model":
        if first.type == second.type:
            return
        raise RegistryError(
            f'Field "{name}" of {model.name} is of type {second.type} at {second.place}, '
            f"and of type {first.type} in its mixin: {first.place}.",
            hint="What uses the mixin counts on its type. Take another name, or the same type.",
            rule="model-field-twice",
        )
    raise RegistryError(
        f'Field "{name}" of {model.name} is declared twice: {first.place} and {second.place}.',
        hint="Give one of them another name; begin it with the addon's name to be safe.",
        rule="model-field-twice",
    )


def _bind_constraints(model: ModelInfo, parts: Parts) -> tuple[BoundConstraint, ...]:
    found: dict[str, BoundConstraint] = {}
    for cls, name, item in _declared_items(model.cls, "constraints"):
        addon = parts.bringer(cls, model)
        prefix = model.table if addon == model.addon else f"{model.table}_{addon}"
        constraint: Constraint = item
        sql_name = f"{prefix}_{constraint.name}"
        if len(sql_name.encode()) > MAX_NAME:
            raise RegistryError(f'{constraint.place}: the SQL name "{sql_name}" is longer than {MAX_NAME} bytes.')
        if sql_name in found:
            raise RegistryError(
                f"Constraint {name} of {model.name} is declared twice: "
                f"{found[sql_name].declared_at} and {constraint.place}."
            )
        found[sql_name] = BoundConstraint(sql_name, constraint, addon, constraint.place)
    for bound in model.fields.values():
        if bound.field.unique:
            once = Unique(bound.name, message=f"{bound.field.label} is already used by another record.")
            once.name, once.place = f"{bound.name}_once", bound.field.place
            sql_name = f"{model.table}_{once.name}"
            found[sql_name] = BoundConstraint(sql_name, once, bound.addon, once.place)
    return tuple(found.values())


def _note_classes(composed: type[Any], model: ModelInfo, parts: Parts, by_class: dict[type[Any], ModelInfo]) -> None:
    by_class[composed] = model
    for base in composed.__mro__:
        declaration = base.__dict__.get("__declaration__")
        if declaration is not None and declaration.model == model.name and base in parts.addon_of:
            by_class[base] = model


def _finish(model: ModelInfo, faults: Faults) -> None:
    fields = model.fields
    if model.title and model.title not in fields:
        with faults(model):
            raise UnknownFieldError(model.name, model.title, fields, where=f"{model.place} title=")
    if not model.title or model.title not in fields:
        model.title = "name" if "name" in fields else "id"
    for bound in fields.values():
        with faults(bound):
            _check_texts(bound)
    model.archived = fields.get("archived")
    parent = fields.get("parent")
    if parent is not None and parent.comodel is model and parent.column and not parent.computed and not parent.keyed:
        model.tree = parent
    model.columns = tuple(bound for bound in fields.values() if bound.column)
    model.probe = fields.get("version") or next((b for b in model.columns if b.name != "id"), fields["id"])
    model.insertable = tuple(bound for bound in model.columns if bound.name not in _WRITTEN_BY_SQL)
    model.column_names = frozenset(bound.name for bound in model.columns)
    model.fillable = tuple(b for b in model.insertable if b.name != "id" and b.field.settable)
    model.required = tuple(b for b in model.columns if b.field.required and not b.computed)
    model.to_many = tuple(
        b for b in fields.values() if b.field.type in _TO_MANY and not b.computed and not over_query.sealed(b)
    )
    model.prefetched = tuple(b for b in model.columns if b.field.prefetch and b.name not in ("id", *_WRITTEN_BY_SQL))
    model.computed_stored = tuple(bound for bound in fields.values() if bound.stored and bound.computed)
    model.inverse_links = tuple(bound for bound in model.columns if bound.inverses)
    model.keyed_links = tuple(bound for bound in model.columns if bound.keyed and bound.comodel is not None)
    with faults(model):
        model.tracked = tracked(model)
    with faults(model):
        find_methods(model)


def _check_texts(bound: Bound) -> None:
    """The words of a full-text field are of texts that have a column."""
    item = bound.field
    for name in item.texts if isinstance(item, FullText) else ():
        text = bound.model.field(name, f"{item.place} FullText")
        if not text.column or text.field.type not in _TEXTS or text.field.secret or text.keyed:
            raise RegistryError(f"{item.place}: FullText is of stored texts; {bound.model.name}.{name} is none.")


_TEXTS = ("char", "text", "html")
_TO_MANY = ("one2many", "many2many")
_WRITTEN_BY_SQL = ("created_at", "updated_at", "version", "created_by", "updated_by")
