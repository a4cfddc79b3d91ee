"""From a registry to a schema: `sa.MetaData` for comparing, DDL statements per addon for installing.

The metadata is of the whole registry. Every table, column, constraint and index in it says in
`info["addon"]` to whom it belongs, also where it stands in a table of another addon; so one addon is
installed, compared and removed by itself. It imports SQLAlchemy: import it only where a schema is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateIndex

from kernel.errors import RegistryError
from kernel.orm.domains.check import comodel_of
from kernel.orm.query.compile import SQL_TYPES
from kernel.orm.query.text import text_parts, vector
from kernel.orm.registry.constraints import Check, Exclude, Unique

if TYPE_CHECKING:
    from kernel.orm.registry.bound import Bound, BoundConstraint, LinkTable, ModelInfo
    from kernel.orm.registry.registry import Registry

APP_ROLE: Final = "tenon_app"
_MAX_NAME: Final = 63
_TEXT: Final = frozenset(("text", "varchar"))
_DEFAULTS: Final = {
    **dict.fromkeys(("text", "varchar"), "''"),
    **dict.fromkeys(("int8", "int4", "float8", "numeric"), "0"),
    "bool": "false",
    "interval": "'0'",
}
_METHODS: Final = {"daterange": "gist", "tstzrange": "gist", "jsonb": "gin"}
"""Index methods of types that are not compared with `<`."""
_AUDIT_DEFAULTS: Final = {"version": "1", "created_at": "now()", "updated_at": "now()"}
_ON_DELETE: Final = {"cascade": "CASCADE", "set null": "SET NULL", "restrict": None}
"""`restrict` is NO ACTION: checked at the end of the statement, so rows that go together may go together."""

_DIALECT: Final = pg.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
_Part = sa.Constraint | sa.Index


def metadata(registry: Registry, addons: Collection[str] | None = None, *, trigram: bool = True) -> sa.MetaData:
    """The tables of the registry; with `addons`, only those in which these own something.

    `trigram=False` leaves out the indexes that need the extension pg_trgm.
    """
    meta = sa.MetaData()
    models = [model for model in registry.models.values() if not model.query]
    for model in models:
        _table(model, meta)
    for model in models:
        for bound in model.fields.values():
            if bound.link is not None and not bound.mirror:
                _link_table(bound, bound.link, meta)
    for model in models:
        table = meta.tables[f"{model.schema}.{model.table}"]
        for bound in model.columns:
            _constrain(bound, table)
        for bound in model.fields.values():
            if bound.field.type == "fulltext" or (bound.column and bound.field.index == "fulltext"):
                _index_words(bound, table)
        for declared in model.constraints:
            _declare(model, declared, table)
    for table in list(meta.tables.values()):
        for index in [index for index in table.indexes if _needs_trigram(index) and not trigram]:
            table.indexes.discard(index)
        if addons is not None and not any(_owned_parts(table, addon) for addon in addons):
            meta.remove(table)
    return meta


def create_statements(registry: Registry, addon: str) -> list[str]:
    """The DDL that installs one addon: its schema and tables, and what it adds to the tables of others.

    Each is complete SQL without parameters (a `%` in a Check is not doubled).
    """
    tables = list(metadata(registry).tables.values())
    parts = [(table, part) for table in tables for part in _parts(table, addon)]
    statements = [f'CREATE SCHEMA IF NOT EXISTS "{addon}"', *_extensions(part for _, part in parts)]
    for table in tables:
        if table.info["addon"] == addon:
            statements.extend(_create_table(table))
        else:
            added = [column for column in table.columns if _addon(column) == addon]
            statements.extend(f"ALTER TABLE {_sql(table)} ADD COLUMN {_ddl(CreateColumn(c))}" for c in added)
    statements.extend(_create_part(table, part, addon) for table, part in parts)
    return [*statements, grants(addon)]


def owned(registry: Registry, addon: str) -> list[tuple[str, str, str, str]]:
    """What an addon owns, as (schema, table, column, constraint): its tables, and parts of others' tables."""
    rows: list[tuple[str, str, str, str]] = []
    for table in metadata(registry).tables.values():
        schema = str(table.schema)
        if table.info["addon"] == addon:
            rows.append((schema, table.name, "", ""))
            continue
        rows.extend((schema, table.name, column.name, "") for column in table.columns if _addon(column) == addon)
        rows.extend((schema, table.name, "", str(part.name)) for part in _parts(table, addon))
    return rows


# -- tables ------------------------------------------------------------------------------------------------
def _table(model: ModelInfo, meta: sa.MetaData) -> None:
    columns = [_column(bound) for bound in model.columns]
    info = {"addon": model.addon}
    for column in columns:
        column.info.setdefault("addon", model.addon)
    key = sa.PrimaryKeyConstraint("id", name=_name(model.table, suffix="_pkey"))
    sa.Table(model.table, meta, *columns, key, schema=model.schema, info=info)


def _column(bound: Bound) -> sa.Column[Any]:
    type_, default, required = _type(bound), None, False
    if bound.name == "id":
        default, required = f"nextval('{bound.model.sequence}')", True
    elif bound.name in _AUDIT_DEFAULTS:
        default, required = _AUDIT_DEFAULTS[bound.name], True
    elif bound.keyed or bound is bound.model.extra:
        default, required = "'{}'", True
    elif not bound.nullable:
        default, required = _DEFAULTS.get(bound.sql_type), True
    elif bound.addon == bound.model.addon:
        # The table of another addon may have rows already: there, `_require` makes a CHECK for new ones.
        required = bound.field.required
    server_default = None if default is None else sa.text(default)
    info = {"addon": bound.addon}
    return sa.Column(
        bound.column,
        type_,
        nullable=not required,
        server_default=server_default,
        autoincrement=False,
        info=info,
    )


def _type(bound: Bound) -> sa.types.TypeEngine[Any]:
    if bound.name == "version":
        return sa.Integer()
    if bound.keyed:
        return SQL_TYPES[bound.column_type]
    digits = getattr(bound.field, "digits", None)
    return sa.Numeric(*digits) if digits else SQL_TYPES[bound.sql_type]


def _link_table(bound: Bound, link: LinkTable, meta: sa.MetaData) -> None:
    comodel = comodel_of(bound)
    if f"{link.schema}.{link.table}" in meta.tables:
        raise RegistryError(f"{bound.field.place}: the link table {link.schema}.{link.table} has a name that is taken.")
    info = {"addon": bound.addon}
    columns = [sa.Column(name, sa.BigInteger(), nullable=False, info=info) for name in (link.left, link.right)]
    key = sa.PrimaryKeyConstraint(link.left, link.right, name=_name(link.table, suffix="_pkey"))
    table = sa.Table(link.table, meta, *columns, key, schema=link.schema, info=info)
    _foreign_key(table, link.left, bound.model, "CASCADE", info)
    _foreign_key(table, link.right, comodel, "CASCADE", info)
    sa.Index(_name(link.table, link.right, suffix="_idx"), table.c[link.right], info=info)


# -- constraints and indexes of fields -----------------------------------------------------------------------
def _constrain(bound: Bound, table: sa.Table) -> None:
    """What follows from the field's own options."""
    name, column = str(bound.column), table.c[str(bound.column)]
    info = {"addon": bound.addon}
    if bound.field.required and bound.name not in ("id", *_AUDIT_DEFAULTS):
        _require(bound, table)
    if bound.comodel is not None and not bound.keyed:
        ondelete = _ON_DELETE[getattr(bound.field, "ondelete", "set null")]
        _foreign_key(table, name, bound.comodel, ondelete, info)
    if bound.field.index == "trigram":
        options: dict[str, Any] = {"postgresql_using": "gin"}
        if bound.keyed:  # over the mapping as a text, so that one index serves all languages
            indexed: Any = sa.text(f'("{name}"::text) gin_trgm_ops')
        else:
            indexed, options["postgresql_ops"] = column, {name: "gin_trgm_ops"}
        sa.Index(_name(table.name, name, suffix="_trgm"), indexed, info=info, _table=table, **options)
    elif (bound.field.index and bound.field.index != "fulltext") or (bound.comodel is not None and not bound.keyed):
        using: dict[str, Any] = {"postgresql_using": _METHODS[bound.sql_type]} if bound.sql_type in _METHODS else {}
        sa.Index(_name(table.name, name, suffix="_idx"), column, info=info, **using)


def _index_words(bound: Bound, table: sa.Table) -> None:
    """An index of the words in one text or several: the expression that a query has."""
    words = vector(bound, [table.c[str(part.column)] for part in text_parts(bound)])
    name = _name(table.name, bound.name, suffix="_words")
    sa.Index(name, words, info={"addon": bound.addon}, postgresql_using="gin", _table=table)


def _require(bound: Bound, table: sa.Table) -> None:
    """A required text is not empty; a required value that an addon adds elsewhere is there in new rows."""
    column, info = table.c[str(bound.column)], {"addon": bound.addon}
    name = _name(table.name, column.name, suffix="_required")
    if bound.keyed:
        table.append_constraint(sa.CheckConstraint(column != sa.literal_column("'{}'::jsonb"), name, info=info))
    elif not bound.nullable and bound.sql_type in _TEXT:
        table.append_constraint(sa.CheckConstraint(column != sa.literal_column("''"), name, info=info))
    elif bound.nullable and bound.addon != bound.model.addon:
        table.append_constraint(sa.CheckConstraint(column.is_not(None), name, info=info))


def _foreign_key(table: sa.Table, column: str, target: ModelInfo, ondelete: str | None, info: dict[str, Any]) -> None:
    """A foreign key that a transaction may put off until commit, for rows that need each other."""
    key = sa.ForeignKeyConstraint(
        [column],
        [f"{target.schema}.{target.table}.id"],
        name=_name(table.name, column, suffix="_fkey"),
        ondelete=ondelete,
        deferrable=True,
        initially="IMMEDIATE",
        use_alter=True,
        info=info,
    )
    table.append_constraint(key)


# -- declared constraints ------------------------------------------------------------------------------------
def _declare(model: ModelInfo, declared: BoundConstraint, table: sa.Table) -> None:
    constraint, info = declared.constraint, {"addon": declared.addon}
    if isinstance(constraint, Unique):
        _unique(model, declared, constraint, table)
    elif isinstance(constraint, Check):
        expression: sa.ColumnElement[Any] = sa.literal_column(constraint.expression)
        table.append_constraint(sa.CheckConstraint(expression, declared.name, info=info))
    elif isinstance(constraint, Exclude):
        where: Any = sa.literal_column(constraint.where) if constraint.where else None
        elements = [_element(part, declared) for part in _split(constraint.expression)]
        exclude = pg.ExcludeConstraint(*elements, name=declared.name, using=constraint.using, where=where)
        plain = constraint.using == "gist" and any(operator == "=" for _, operator in elements)
        exclude.info.update(info, compares_values=plain)
        table.append_constraint(exclude)


def _unique(model: ModelInfo, declared: BoundConstraint, unique: Unique, table: sa.Table) -> None:
    bounds = [model.field(name, f"{declared.declared_at} Unique") for name in unique.fields]
    for bound in bounds:
        if bound.column is None:
            raise RegistryError(f"{declared.declared_at}: Unique over {model.name}.{bound.name}, which has no column.")
    columns = [table.c[str(bound.column)] for bound in bounds]
    filled = [
        column != sa.literal_column("''")
        for column, bound in zip(columns, bounds, strict=True)
        if bound.sql_type in _TEXT and not bound.nullable
    ]
    options: dict[str, Any] = {"postgresql_where": sa.and_(*filled)} if filled else {}
    if unique.unset_equal:
        options["postgresql_nulls_not_distinct"] = True
    sa.Index(declared.name, *columns, unique=True, info={"addon": declared.addon}, **options)


def _split(expression: str) -> list[str]:
    """Split at the commas that stand in no parentheses and in no quotes."""
    parts, depth, quoted = [""], 0, False
    for letter in expression:
        quoted = quoted != (letter == "'")
        depth += 0 if quoted else (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _element(part: str, declared: BoundConstraint) -> tuple[sa.ColumnElement[Any], str]:
    expression, separator, operator = part.rpartition(" WITH ")
    if not separator:
        raise RegistryError(f'{declared.declared_at}: each part of Exclude() is "<expression> WITH <operator>": {part}')
    return sa.literal_column(expression.strip()), operator.strip()


# -- statements ----------------------------------------------------------------------------------------------
def _addon(part: Any) -> str:
    return str(part.info["addon"])


def _parts(table: sa.Table, addon: str) -> list[_Part]:
    """Constraints and indexes that `addon` owns, foreign keys last; primary keys belong to their tables."""
    parts: list[_Part] = [each for each in table.constraints if not isinstance(each, sa.PrimaryKeyConstraint)]
    found = [each for each in [*parts, *table.indexes] if _addon(each) == addon]
    return sorted(found, key=lambda each: (isinstance(each, sa.ForeignKeyConstraint), str(each.name)))


def _owned_parts(table: sa.Table, addon: str) -> bool:
    columns = any(_addon(column) == addon for column in table.columns)
    return columns or table.info["addon"] == addon or bool(_parts(table, addon))


def _needs_trigram(part: _Part) -> bool:
    return isinstance(part, sa.Index) and str(part.name).endswith("_trgm")


def _ddl(element: Any) -> str:
    return " ".join(str(element.compile(dialect=_DIALECT)).split("\n")).strip()


def _sql(table: sa.Table) -> str:
    return _DIALECT.identifier_preparer.format_table(table)


def _create_table(table: sa.Table) -> list[str]:
    """The table with the columns of its own addon; the sequence of its ids belongs to it."""
    columns = [_ddl(CreateColumn(column)) for column in table.columns if _addon(column) == table.info["addon"]]
    key = table.primary_key
    names = ", ".join(column.name for column in key.columns)
    create = f"CREATE TABLE {_sql(table)} ({', '.join(columns)}, CONSTRAINT {key.name} PRIMARY KEY ({names}))"
    if "id" not in table.c:
        return [create]
    sequence = f'"{table.schema}"."{table.name}_id_seq"'
    return [f"CREATE SEQUENCE {sequence}", create, f"ALTER SEQUENCE {sequence} OWNED BY {_sql(table)}.id"]


def _create_part(table: sa.Table, part: _Part, addon: str) -> str:
    if isinstance(part, sa.Index):
        create = _ddl(CreateIndex(part))
        if not _needs_trigram(part):
            return create
        return f"DO $tenon$ BEGIN IF {_installed('pg_trgm')} THEN {create}; END IF; END $tenon$"
    create = _ddl(AddConstraint(part))
    if not isinstance(part, sa.CheckConstraint) or table.info["addon"] == addon:
        return create
    late = f"EXCEPTION WHEN check_violation THEN {create} NOT VALID;"  # rows from before may break it
    return f"DO $tenon$ BEGIN {create}; {late} END $tenon$"


def _installed(extension: str) -> str:
    return f"EXISTS (SELECT FROM pg_extension WHERE extname = '{extension}')"


def _extensions(parts: Iterable[_Part]) -> list[str]:
    """pg_trgm if it can be had (searching is slower without); btree_gist if an Exclude compares plain values."""
    every = list(parts)
    statements = []
    if any(_needs_trigram(part) for part in every):
        statements.append(
            "DO $tenon$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;"
            " EXCEPTION WHEN feature_not_supported OR insufficient_privilege OR undefined_file THEN NULL;"
            " END $tenon$"
        )
    if any(part.info.get("compares_values") for part in every):
        statements.append("CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public")
    return statements


def grants(addon: str) -> str:
    """The application role reads and writes rows; a cluster without that role needs none of it."""
    grants = (
        f'GRANT USAGE ON SCHEMA "{addon}" TO {APP_ROLE};'
        f' GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "{addon}" TO {APP_ROLE};'
        f' GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA "{addon}" TO {APP_ROLE};'
    )
    exists = f"EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}')"
    return f"DO $tenon$ BEGIN IF {exists} THEN {grants} END IF; END $tenon$"


# -- names ---------------------------------------------------------------------------------------------------
def _name(*parts: str, suffix: str) -> str:
    """Parts joined by `_`; too long a name is cut, with a digest of the whole before the suffix."""
    whole = "_".join(parts)
    if len(whole) + len(suffix) <= _MAX_NAME:
        return whole + suffix
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: _MAX_NAME - len(suffix) - 9]}_{digest}{suffix}"
