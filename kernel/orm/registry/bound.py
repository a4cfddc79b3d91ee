"""A model of a registry (`ModelInfo`) and a field in it (`Bound`).

What a declaration (`Field`) leaves open (column, comodel, inverse, triggers) is settled in these when the
registry is built (`kernel.orm.registry.compose`), and never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kernel.errors import UnknownFieldError
from kernel.orm.fields.base import Field
from kernel.orm.keyed import values as keyed
from kernel.orm.place import Place
from kernel.orm.registry.constraints import Constraint

if TYPE_CHECKING:
    from kernel.orm.model import Model
    from kernel.orm.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class AddonModels:
    """The classes that one addon declares, in the order of its files."""

    name: str
    classes: tuple[type[Any], ...]


@dataclass(frozen=True, slots=True)
class LinkTable:
    """The table of a many2many: `left` holds the id of the field's model, `right` of the comodel."""

    schema: str
    table: str
    left: str
    right: str

    @property
    def sql(self) -> str:
        """The quoted name."""
        return f'"{self.schema}"."{self.table}"'


@dataclass(frozen=True, slots=True)
class BoundConstraint:
    """A constraint in a model of the registry; `name` is its name in SQL."""

    name: str
    constraint: Constraint
    addon: str
    declared_at: Place


Codec = Callable[[Any], Any]


def _codec(turn: Codec, spared: bool) -> Codec | None:
    """`turn`, sparing None; None where nothing is to be turned, so that most columns pay nothing."""
    if spared:
        return None
    return lambda value: None if value is None else turn(value)


def _overridden(field: Field[Any], name: str) -> Callable[..., Any] | None:
    """The field's method, if it has one of its own."""
    return None if getattr(type(field), name) is getattr(Field, name) else getattr(field, name)


class Bound:
    """A field in a model of a registry."""

    __slots__ = (
        "addon",
        "amounts",
        "column",
        "column_null",
        "column_type",
        "comodel",
        "compared",
        "computed",
        "contextual",
        "currency",
        "decode",
        "depends",
        "downstream",
        "downstream_plain",
        "encode",
        "entangled",
        "exact",
        "extra_key",
        "far_plain",
        "far_stored",
        "feeds",
        "field",
        "index",
        "inverse",
        "inverses",
        "keep",
        "keyed",
        "link",
        "locate",
        "mirror",
        "model",
        "name",
        "null",
        "nullable",
        "order_links",
        "own_plain",
        "own_stored",
        "present",
        "rank",
        "self_links",
        "set_based",
        "siblings",
        "slow",
        "sql_type",
        "stored",
        "triggers",
        "twin",
        "unset",
        "validators",
    )

    def __init__(self, index: int, name: str, model: ModelInfo, field: Field[Any], addon: str) -> None:
        self.index = index
        self.name = name
        self.model = model
        self.field = field
        self.addon = addon
        self.stored = field.stored
        self.computed = field.computed
        self.null = field.null
        self.nullable = field.null is None
        self.exact = field.exact
        self.sql_type = field.sql_type
        self.decode = _codec(field.from_sql, field.as_stored)
        self.compared = self.encode = _codec(field.to_sql, field.as_stored)
        """`compared` is the form of one value in SQL, `encode` that of the column: one thing, but for keyed fields."""
        self.slow = field.type in ("money", "reference") or type(field).same is not Field.same
        """Whether its values are set one by one, by `assign`."""
        self.keyed = field.keyed
        """`language` or `company`: the column holds a mapping, each env sees one value of it (`kernel.orm.keyed`)."""
        self.column_type = "jsonb" if self.keyed else field.sql_type
        self.column_null: Any = keyed.NOTHING if self.keyed else field.null
        self.unset: Any = field.null
        """What a reader sees of a keyed field where the mapping has nothing to offer."""
        self.keep = _overridden(field, "keep")
        self.locate = _overridden(field, "locate")
        self.present = _overridden(field, "present")
        has_column = self.stored and bool(field.sql_type)
        self.column: str | None = (f"{name}_id" if field.type == "many2one" else name) if has_column else None
        self.extra_key = ""
        """The key in the column `extra` for an extra field (`kernel.orm.extra.definitions`), else empty."""
        self.comodel: ModelInfo | None = None
        self.inverse: Bound | None = None
        self.inverses: tuple[Bound, ...] = ()
        self.link: LinkTable | None = None
        self.currency: Bound | None = None
        """Of an amount: the field that says its currency."""
        self.amounts: tuple[Bound, ...] = ()
        """Of a currency: the amounts that are rounded anew when it changes."""
        self.twin: Bound | None = None
        """The many2many that shows the same links from the other side."""
        self.mirror = False
        """Whether the link table is the twin's."""
        self.contextual = False
        self.depends: tuple[str, ...] = field.depends
        self.validators: tuple[str, ...] = ()
        # what must be computed again when this field changes; filled by kernel.orm.registry.triggers
        self.own_stored: tuple[Bound, ...] = ()
        self.far_stored: tuple[tuple[Bound, tuple[Bound, ...]], ...] = ()
        self.own_plain: tuple[int, ...] = ()
        self.far_plain: tuple[int, ...] = ()
        self.downstream: tuple[Bound, ...] = ()
        self.downstream_plain: tuple[int, ...] = ()
        self.self_links: tuple[tuple[Bound, ...], ...] = ()
        self.order_links: tuple[tuple[Bound, ...], ...] = ()
        self.entangled = False
        self.siblings: tuple[Bound, ...] = ()
        """The other fields that the same compute method sets."""
        self.set_based = ""
        """The SELECT by which the database computes the value itself (`kernel.orm.computing.refresh`)."""
        self.rank = 0
        self.triggers = False
        self.feeds: tuple[ModelInfo, ...] = ()
        """Models over a query whose rows may change with it (`kernel.orm.over_query`)."""

    def __repr__(self) -> str:
        return f"<field {self.model.name}.{self.name}>"


class ModelInfo:
    """A model of a registry."""

    def __init__(self, name: str, addon: str, label: str, place: Place) -> None:
        self.name = name
        self.addon = addon
        self.label = label
        self.place = place
        self.schema, self.table = name.split(".", 1)
        self.sql = f'"{self.schema}"."{self.table}"'
        self.sequence = f'"{self.schema}"."{self.table}_id_seq"'
        self.fields: Mapping[str, Bound] = {}
        self.title = ""
        self.order: tuple[tuple[str, bool], ...] = ()
        self.cls: type[Model]
        self.constraints: tuple[BoundConstraint, ...] = ()
        self.transient = False
        self.extensible = False
        self.extra: Bound | None = None
        """The column of the extra fields, where the model is extensible."""
        self.archived: Bound | None = None
        self.tree: Bound | None = None
        """The link to the record above, which never leads in a circle."""
        self.columns: tuple[Bound, ...] = ()
        self.column_names: frozenset[str] = frozenset()
        self.insertable: tuple[Bound, ...] = ()
        self.fillable: tuple[Bound, ...] = ()
        self.required: tuple[Bound, ...] = ()
        self.to_many: tuple[Bound, ...] = ()
        self.prefetched: tuple[Bound, ...] = ()
        self.computed_stored: tuple[Bound, ...] = ()
        self.inverse_links: tuple[Bound, ...] = ()
        self.keyed_links: tuple[Bound, ...] = ()
        self.tracked: frozenset[int] = frozenset()
        """Indexes of the fields whose changes are kept."""
        self.before_delete: tuple[str, ...] = ()
        self.validators: Mapping[str, frozenset[str]] = {}
        self.query = ""
        """The SELECT that gives the records, where the model has no table (`kernel.orm.over_query`)."""
        self.reads: tuple[ModelInfo, ...] = ()
        self.feeds: tuple[ModelInfo, ...] = ()
        """Models over a query that read this one."""
        self.shown: tuple[int, ...] = ()
        self.derived: tuple[int, ...] = ()
        """Of a query: indexes of what is cached of its rows, and of what is computed from it."""
        self.verified = False
        self.probe: Bound
        """A column by which the cache knows that a record is there."""
        self.registry: Registry

    def __repr__(self) -> str:
        return f"<model {self.name}>"

    def field(self, name: str, where: str = "") -> Bound:
        """The field `name`; raises UnknownFieldError with the nearest name."""
        bound = self.fields.get(name)
        if bound is None:
            raise UnknownFieldError(self.name, name, self.fields, where=where)
        return bound

    def find(self, name: str) -> Bound | None:
        """The field of a name in a typed path: an extra field has its type behind it (`kernel.orm.extra`)."""
        return self.fields.get(name) or (self.fields[name] if "@" in name else None)
