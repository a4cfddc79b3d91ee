"""Where relations lead: each field finds its model, its other side, and the table of its links."""

from __future__ import annotations

from collections.abc import Mapping

from kernel.errors import RegistryError, suggest
from kernel.orm.fields.relation import Many2many, One2many, Relation
from kernel.orm.registry.bound import Bound, LinkTable, ModelInfo
from kernel.orm.registry.parts import MAX_NAME


def resolve(bound: Bound, models: Mapping[str, ModelInfo]) -> None:
    """Give a relation its model; raises RegistryError."""
    item = bound.field
    if not isinstance(item, Relation):
        return
    name = item.comodel_name
    if name not in models:
        raise RegistryError(
            f'{item.place}: field "{bound.name}" of {bound.model.name} links to "{name}", which is not installed.'
            f"{suggest(name, models)}",
            hint="Declare the addon of that model in depends.",
            rule="model-unknown-model",
        )
    bound.comodel = models[name]
    if isinstance(item, Many2many) and bound.stored:
        table = f"{bound.model.table}_{bound.name}"
        left, right = f"{bound.model.table}_id", f"{bound.comodel.table}_id"
        if len(table.encode()) > MAX_NAME:
            raise RegistryError(f'{item.place}: the link table\'s name "{table}" is longer than {MAX_NAME} bytes.')
        bound.link = LinkTable(bound.addon, table, left, f"other_{right}" if left == right else right)


def _resolve_twin(bound: Bound) -> None:
    """A many2many with `inverse=` shows the links of another one, from its other side."""
    item, comodel = bound.field, bound.comodel
    if not isinstance(item, Many2many) or comodel is None or not item.inverse_field:
        return
    where = str(item.place)
    twin = comodel.field(item.inverse_field, where)
    fits = isinstance(twin.field, Many2many) and twin.link is not None and not twin.field.inverse_field
    if not fits or twin.comodel is not bound.model or bound.computed or twin is bound or twin.link is None:
        raise RegistryError(
            f"{where}: the inverse {comodel.name}.{twin.name} is no many2many to {bound.model.name} with a table.",
            rule="model-wrong-inverse",
        )
    if twin.twin is not None:
        raise RegistryError(
            f"{where}: {comodel.name}.{twin.name} has another inverse, {twin.twin!r}.", rule="model-wrong-inverse"
        )
    bound.link = LinkTable(twin.link.schema, twin.link.table, twin.link.right, twin.link.left)
    bound.twin, twin.twin, bound.mirror = twin, bound, True


def resolve_inverse(bound: Bound) -> None:
    """Give a one2many its many2one, and a many2many its twin; raises RegistryError, UnknownFieldError."""
    _resolve_twin(bound)
    item = bound.field
    if not isinstance(item, One2many) or bound.comodel is None:
        return
    where = str(item.place)
    inverse = bound.comodel.field(item.inverse_field, where)
    if inverse.field.type != "many2one" or inverse.comodel is not bound.model:
        raise RegistryError(
            f"{where}: the inverse {inverse.model.name}.{inverse.name} is no many2one to {bound.model.name}.",
            rule="model-wrong-inverse",
        )
    bound.inverse = inverse
    bound.stored = False
    inverse.inverses = (*inverse.inverses, bound)
