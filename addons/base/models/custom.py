"""What administrators add at run time: fields of models that are extensible, and kinds of records of their own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final, Self

from addons.base.models.group import Group
from addons.base.models.user import User
from kernel.errors import UserError, ValidationError, suggest
from kernel.orm import Model, Unique, before_delete, exposed, fields, validates
from kernel.orm.extra.definitions import FIELDS, NAME

RECORDS: Final = "base.custom_record"
TYPES: Final = (
    ("char", "Text, one line"),
    ("text", "Text, several lines"),
    ("integer", "Whole number"),
    ("decimal", "Decimal number"),
    ("float", "Number (floating point)"),
    ("boolean", "Yes or no"),
    ("date", "Date"),
    ("datetime", "Date and time"),
    ("selection", "Choice"),
    ("many2one", "Link to a record"),
)
_VALUES: Final = "SELECT count(*) FROM {table} WHERE extra->>%s IS NOT NULL"
_CLEAR: Final = "UPDATE {table} SET extra = extra - %s::text, version = version + 1 WHERE extra ? %s"


class CustomKind(Model, name="base.custom_kind", order="sequence, label, id", title="label"):
    """A kind of records that a tenant made for itself: vehicles, contracts, keys."""

    label = fields.Char("Name", required=True)
    name = fields.Char("Technical name", copy=False, help="Made from the name where it is empty: vehicle.")
    icon = fields.Char("Icon", default="layers")
    sequence = fields.Integer("Sequence", default=10)
    groups = fields.Many2many(Group, "Who may use it", help="Empty: everybody.")
    definitions: fields.One2many[ExtraFieldRow] = fields.One2many("base.extra_field", "Fields", inverse="kind")
    archived = fields.Boolean("Archived")

    _name_once = Unique("name", message="There is a kind with this technical name already.")

    def create(self, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Self:
        batch = [values] if isinstance(values, Mapping) else values
        return super().create(
            [{**each, "name": each.get("name") or slug(str(each.get("label", "")))} for each in batch]
        )

    @validates("name")
    def _check_name(self) -> None:
        for kind in self:
            _check_slug(kind.name, "base.custom_kind", kind.id)


class CustomRecord(Model, name="base.custom_record", order="name, id", title="name", extensible=True, label="Record"):
    """One record of a kind; what else is known of it lies in its extra fields."""

    name = fields.Char("Name", required=True)
    kind = fields.Many2one(CustomKind, "Kind", required=True, ondelete="restrict")
    owner = fields.Many2one(User, "Owner")
    archived = fields.Boolean("Archived")


class ExtraFieldRow(Model, name="base.extra_field", order="model, sequence, id", title="label", label="Extra field"):
    """One field that a tenant added to a model: `x_<name>`."""

    model = fields.Char("Belongs to", index=True, help="Whose records have this field.")
    label = fields.Char("Label", required=True)
    name = fields.Char("Technical name", copy=False, help="Made from the label where it is empty; x_ stands before it.")
    type = fields.Selection(TYPES, "Type", required=True, default="char")
    options = fields.Text("Choices", help="One on each line.")
    comodel = fields.Char("Links to", help="Whose records are chosen from.")
    kind = fields.Many2one(CustomKind, "Kind", ondelete="cascade", help="For fields of records of one kind.")
    sequence = fields.Integer("Sequence", default=10)
    required = fields.Boolean("Must be filled in")
    optional = fields.Boolean("Empty is not zero", help="For numbers that can be unknown.")
    in_list = fields.Boolean("Show in lists")
    groups = fields.Many2many(Group, "Who may see it", help="Empty: everybody.")
    help = fields.Text("Explanation")
    archived = fields.Boolean("Archived", help="Hidden everywhere; the values are kept.")

    _once = Unique("model", "name", message="The model has a field with this technical name already.")

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The choices as (value, text); `red: Red` names the value, `Red` alone makes it."""
        return read_options(self.options)

    def create(self, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Self:
        batch = [values] if isinstance(values, Mapping) else values
        return super().create([self._complete(each) for each in batch])

    def _complete(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The technical name where it is left out; that of a kind's field begins with the kind's."""
        kind = self.env[CustomKind].browse(_id(values["kind"]) or 0) if values.get("kind") else None
        name = values.get("name") or slug(str(values.get("label", "")))
        if kind is None:
            return {**values, "name": name}
        begin = f"{kind.name}_"
        return {**values, "model": RECORDS, "name": name if name.startswith(begin) else begin + name}

    def write(self, **values: Any) -> None:
        for row in self if {"name", "model", "type", "comodel", "kind"} & values.keys() else ():
            for name in ("name", "model", "type", "comodel", "kind"):
                old = row.kind.id if name == "kind" else getattr(row, name)
                if name in values and (_id(values[name]) if name == "kind" else values[name]) != old:
                    row._refuse_change(name)
        super().write(**values)

    def _refuse_change(self, name: str) -> None:
        if count := self.count_values():
            raise ValidationError(
                f'"{self.label}" has a value on {count} records: {self.__info__.fields[name].field.label.lower()}'
                " cannot be changed.",
                hint="Make a new field, or delete this one with its values.",
                record=("base.extra_field", self.id),
                field=name,
            )

    @validates("model", "name", "type", "options", "comodel", "kind")
    def _check(self) -> None:
        for row in self:
            row._check_model()
            _check_slug(row.name, "base.extra_field", row.id)
            if row.type == "selection" and not row.choices:
                raise _wrong(row, "options", "A choice needs at least one line.")
            if row.type == "many2one" and not row.comodel:
                raise _wrong(row, "comodel", "Choose what it links to.")
            if row.type == "many2one" and row.comodel not in self.env.registry.models:
                near = suggest(row.comodel, self.env.registry.models)
                raise _wrong(row, "comodel", f'There is no model "{row.comodel}".{near}')
            if row.type not in FIELDS:
                raise _wrong(row, "type", f'There is no type "{row.type}".')

    def _check_model(self) -> None:
        if not self.model:
            raise _wrong(self, "model", "Choose what the field belongs to.")
        known = [info.name for info in self.env.registry.models.values() if info.extensible]
        if self.model not in known:
            hint = f"There are: {', '.join(known)}."
            raise _wrong(self, "model", f'"{self.model}" takes no extra fields.{suggest(self.model, known)}', hint)
        if self.model == RECORDS and not self.kind:
            raise _wrong(self, "kind", "Choose the kind of records that have this field.")

    def count_values(self) -> int:
        """How many records have a value, archived ones included."""
        info = self.env.registry.models.get(self.model)
        return int(self.env.sql(_VALUES.format(table=info.sql), (self.name,))[0][0]) if info is not None else 0

    @exposed
    def remove(self) -> None:
        """Delete the field with all values of it."""
        self._x.grant_write(self.ids)
        for row in self:
            info = self.env.registry.models.get(row.model)
            if info is not None:
                self.env.sql(_CLEAR.format(table=info.sql), (row.name, row.name))
        self.env.invalidate()
        self.delete()

    @exposed
    def archive(self) -> None:
        """Hide the field everywhere and keep its values."""
        self.write(archived=True)

    @exposed
    def restore(self) -> None:
        """Show the field again, with the values it had."""
        self.write(archived=False)

    @before_delete
    def _refuse_losing_values(self) -> None:
        for row in self:
            if count := row.count_values():
                raise UserError(
                    f'"{row.label}" has a value on {count} records.',
                    hint="Archive the field to keep them, or choose Delete with values.",
                )


def _id(value: Any) -> int | None:
    """The id in a value of a link."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return int(getattr(value, "id", value) or 0) or None


def read_options(text: str) -> tuple[tuple[str, str], ...]:
    """Lines of choices as (value, text), each value once."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        value, colon, label = line.partition(":")
        name = slug(value)
        name = name if NAME.fullmatch(name) else f"choice_{len(found) + 1}"
        found.setdefault(name, (label if colon else value).strip())
    return tuple(found.items())


def slug(text: str) -> str:
    """`Größe (cm)` -> `grosse_cm`: a technical name from a label."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")


def _check_slug(name: str, model: str, id: int) -> None:
    if not NAME.fullmatch(name):
        raise ValidationError(
            f'"{name}" is no technical name.',
            hint="Small letters, digits and underscores, beginning with a letter, 41 at most: shoe_size.",
            record=(model, id),
            field="name",
        )


def _wrong(row: ExtraFieldRow, field: str, text: str, hint: str = "") -> ValidationError:
    return ValidationError(text, hint=hint, record=("base.extra_field", row.id), field=field)
