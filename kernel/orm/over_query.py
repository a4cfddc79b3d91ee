"""Models over a query: `class Sale(Model, name="shop.sale_report", query="SELECT ...", reads=(Order,))`.

Such a model has no table. Its query stands as a subselect wherever the table of another would, each column of it
cast to the type of its field and unset values in their one form, so that all that asks works as for other models.
Nothing of it can be changed. What is cached of it is forgotten as soon as a record changes that it may count:
`Bound.feeds` says so per field and is settled when the registry is built; other fields pay nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import psycopg

from kernel.errors import AccessError, DeveloperError, RegistryError, suggest
from kernel.orm.registry.bound import Bound, ModelInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kernel.db.transaction import Transaction
    from kernel.orm.registry.declare import Declaration
    from kernel.orm.work import UnitOfWork

_BEGINS: Final = re.compile(r"\s*(select|with|values)\b", re.IGNORECASE)
_COMMENT: Final = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\")|--[^\n]*|/\*.*?\*/", re.DOTALL)
"""Texts and quoted names, which stay; and comments, which would swallow what stands behind the query."""
_TABLE: Final = re.compile(r'(?<![\w.])"?([a-z][a-z0-9_]*)"?\."?([a-z][a-z0-9_]*)"?')
_WHOLE: Final = ("int2", "int4", "int8")
_ACCEPTED: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("int4", "int8"), _WHOLE),
    "numeric": (*_WHOLE, "numeric"),
    "float8": (*_WHOLE, "numeric", "float4", "float8"),
    **dict.fromkeys(("text", "varchar"), ("text", "varchar", "bpchar", "name")),
    "jsonb": ("json", "jsonb"),
}
"""Types of columns that become the type of a field without losing anything."""
_EMPTY: Final = {
    **dict.fromkeys(("text", "varchar"), "''"),
    **dict.fromkeys(("int4", "int8", "float8", "numeric"), "0"),
    "bool": "false",
    "interval": "interval '0'",
}
_FIELDS: Final = (
    *("integer", "float", "decimal", "money", "boolean", "char", "text", "html", "selection", "json", "reference"),
    *("date", "datetime", "daterange", "datetimerange", "duration", "many2one"),
)
_CHANGING: Final = ("create", "write", "delete", "copy", "upsert", "lock", "draft", "set_translations")


# -- building ------------------------------------------------------------------------------------------------
def namespace(declaration: Declaration) -> Mapping[str, Any]:
    """What stands above all classes of such a model: every method that would change something refuses."""
    return dict.fromkeys(_CHANGING, _refuse_change) if declaration.query else {}


def _refuse_change(self: Any, *_: Any, **__: Any) -> Any:
    raise read_only(self.__info__.fields["id"])


def read_only(bound: Bound) -> AccessError:
    """The one answer to everything that would change records of a query; `bound` is a field that shows them."""
    model = bound.model if bound.model.query or bound.comodel is None else bound.comodel
    return AccessError(
        f"{model.label} records cannot be created, changed, deleted or locked: they are the rows of a query.",
        hint="Change the records that the query reads.",
    )


def sealed(bound: Bound) -> bool:
    """Whether nobody can set the field: it shows rows of a query."""
    over = bound.comodel is not None and bound.comodel.query and bound.field.type == "one2many"
    return bool(over or (bound.model.query and not bound.computed))


def declare(model: ModelInfo, declaration: Declaration, by_class: Mapping[type[Any], ModelInfo]) -> None:
    """Take over the query and what it reads; raises RegistryError."""
    if not declaration.query:
        return
    model.query = _COMMENT.sub(lambda found: found[1] or " ", declaration.query).strip().rstrip(";").rstrip()
    place = declaration.place
    if not _BEGINS.match(model.query):
        raise RegistryError(f"{place}: the query of {model.name} begins with neither SELECT nor WITH.")
    for cls in declaration.reads:
        read = by_class.get(cls)
        if read is None:
            name = getattr(cls, "__name__", cls)
            raise RegistryError(
                f"{place}: reads= of {model.name} has {name}, which is no installed model.",
                hint="Name classes of models: reads=(Purchase,).",
            )
        if read.query:
            raise _no_table(model, read)
        model.reads = tuple(dict.fromkeys((*model.reads, read)))


def _no_table(model: ModelInfo, read: ModelInfo) -> RegistryError:
    return RegistryError(f"{model.place}: {model.name} reads {read.name}, which has no table: it is a query, too.")


def settle(models: Mapping[str, ModelInfo]) -> None:
    """Refuse what means nothing on a query, and settle what is forgotten when. Call when all fields are bound."""
    tables = _tables(models)
    for model in models.values():
        if not model.query:
            _refuse_links(model)
            continue
        for problem in _problems(model):
            raise RegistryError(problem)
        _refuse_unnamed(model, tables)
        model.sql = f"({wrapped(model).replace('%', '%%')})"


def connect(models: Mapping[str, ModelInfo], bounds: Iterable[Bound]) -> None:
    """Note for each field which queries read it; call when the triggers are known."""
    reports = [model for model in models.values() if model.query]
    for report in reports:
        sides = [side for bound in report.columns for side in bound.inverses]
        shown = [*report.columns, *sides]
        plain = dict.fromkeys(index for bound in shown for index in (*bound.own_plain, *bound.far_plain))
        for bound in shown:
            for target in (*bound.own_stored, *(target for target, _ in bound.far_stored)):
                raise RegistryError(
                    f"{target.field.place}: {target.model.name}.{target.name} is stored and depends on "
                    f"{bound.model.name}.{bound.name}, which shows rows of a query.",
                    hint="Nothing tells when a row of a query changes: leave out stored=True.",
                )
        report.shown, report.derived = tuple(bound.index for bound in shown), tuple(plain)
        for read in report.reads:
            read.feeds = (*read.feeds, report)
    if not reports:
        return
    for bound in bounds:
        twin = bound.twin
        fed = [*(bound.model.feeds if bound.stored else ()), *(twin.model.feeds if twin is not None else ())]
        bound.feeds = tuple(dict.fromkeys(fed))
    own = {bound.index: bound.feeds for bound in bounds}
    for bound in bounds:
        later = [report for target in bound.downstream for report in own[target.index]]
        bound.feeds = tuple(dict.fromkeys((*bound.feeds, *later)))
        bound.triggers = bound.triggers or bool(bound.feeds)


def wrapped(model: ModelInfo) -> str:
    """The query with every column in the type of its field, and absence in its one form."""
    columns = ", ".join(_column(bound) for bound in model.columns)
    return f"SELECT {columns} FROM ({model.query}\n) q"


def _column(bound: Bound) -> str:
    sql_type = bound.sql_type
    digits = getattr(bound.field, "digits", None)
    cast = f'q."{bound.column}"::{sql_type}' + (f"({digits[0]},{digits[1]})" if digits else "")
    empty = None if bound.nullable else _EMPTY.get(sql_type)
    return f'{cast if empty is None else f"COALESCE({cast}, {empty})"} AS "{bound.column}"'


def _tables(models: Mapping[str, ModelInfo]) -> dict[tuple[str, str], ModelInfo]:
    """(schema, table) -> the model that a query must name to read it."""
    found = {(model.schema, model.table): model for model in models.values()}
    for model in models.values():
        for bound in model.fields.values():
            if bound.link is not None and not bound.mirror:
                found[bound.link.schema, bound.link.table] = model
    return found


def _refuse_unnamed(model: ModelInfo, tables: Mapping[tuple[str, str], ModelInfo]) -> None:
    """What is cached of a query is right only if it says what it reads."""
    for schema, table in _TABLE.findall(model.query):
        read = tables.get((schema, table))
        if read is None or read in model.reads:
            continue
        if read.query:
            raise RegistryError(
                f"{model.place}: {model.name} reads {read.name}, which has no table: it is a query, too."
            )
        raise RegistryError(
            f'{model.place}: the query of {model.name} reads "{schema}.{table}", and reads= does not name {read.name}.',
            hint=f"Add the class to reads=: {read.cls.__name__}.",
        )


def _refuse_links(model: ModelInfo) -> None:
    """Rows of a query are not there to be referred to by a foreign key, or a table of links."""
    for bound in model.fields.values():
        if bound.comodel is not None and bound.comodel.query and (bound.column or bound.link is not None):
            raise RegistryError(
                f"{bound.field.place}: {model.name}.{bound.name} links to {bound.comodel.name}, which has no table: "
                f"it is the query at {bound.comodel.place}.",
                hint="Link to a model that the query reads; a One2many over one of the query's links is possible.",
            )


def _problems(model: ModelInfo) -> Iterable[str]:
    for option in ("transient", "extensible"):
        if getattr(model, option):
            yield f"{model.place}: {option}=True means nothing on {model.name}, a model over a query."
    for methods in (model.before_delete, model.validators):
        for name in methods:
            yield f"{model.place}: {name}() would never run: {model.name} is a model over a query."
    if not any(bound.column and bound.name != "id" for bound in model.fields.values()):
        yield f"{model.place}: {model.name} has no field that its query gives."
    for bound in model.fields.values():
        reason = "" if bound.name == "id" else _misfit(bound)
        if reason:
            yield f"{bound.field.place}: {model.name}.{bound.name}: {reason}; {model.name} is a model over a query."
    for constraint in model.constraints:
        yield f"{constraint.declared_at}: a constraint means nothing on {model.name}, a model over a query."


def _misfit(bound: Bound) -> str:
    field = bound.field
    if bound.computed:
        if bound.stored:
            return "a computed field cannot be stored"
        return "a computed field takes no inverse" if field.inverse_name else ""
    for option in ("required", "unique", "index", "tracked", "secret", "hashed", "translate", "company_dependent"):
        if getattr(field, option):
            return f"{option}={getattr(field, option)!r} means nothing"
    if field.has_default:
        return "a default means nothing"
    if field.type == "one2many":
        return ""
    if field.type not in _FIELDS or not bound.column:
        return f"a field of type {field.type} cannot be a column of a query"
    if bound.addon != bound.model.addon:
        return "an extension cannot add a column to the query (computed and related fields it can)"
    return ""


# -- using ---------------------------------------------------------------------------------------------------
def ready(work: UnitOfWork, model: ModelInfo) -> None:
    """Before a query of the model: unwritten changes go out, and what is read counts as cached from now on.

    Its first use in a registry compares the columns with the fields; raises DeveloperError.
    """
    next(iter(work.envs.values())).flush()
    if not model.verified:
        found = faults(work.tx, model)
        if found:
            raise DeveloperError(found[0], hint="\n".join(found[1:]))
        model.verified = True
    work.shown.add(model.name)


def forget(work: UnitOfWork, models: Iterable[ModelInfo]) -> None:
    """A record changed that these count: nothing that is cached of them can be trusted."""
    for model in models:
        if model.name not in work.shown:
            continue
        work.shown.discard(model.name)
        for index in model.shown:
            column = work.columns.get(index)
            if column is not None:  # emptied in place: envs and drafts hold it
                column.clear()
                column[0] = work.registry.bounds[index].column_null
        for index in model.derived:
            work.forget_plain(index, None)
        for env in work.envs.values():
            env.granted.pop(model.name, None)
        work.standing.forget(model)


def faults(tx: Transaction, model: ModelInfo) -> list[str]:
    """Where the columns of the query are not what the fields say, each with the place of its declaration."""
    text = model.query.replace("%", "%%")
    try:
        with tx.savepoint():
            cursor = tx.execute(f"SELECT * FROM ({text}\n) q LIMIT 0")
            found = {column.name: column.type_code for column in cursor.description or ()}
    except psycopg.Error as error:
        said = error.diag.message_primary or str(error)
        more = f" {error.diag.message_hint}" if error.diag.message_hint else ""
        return [f"{model.place}: the query of {model.name} cannot be run: {said}.{more}"]
    types = tx.connection.adapters.types
    lines = []
    for bound in model.columns:
        name = str(bound.column)
        place = model.place if bound.name == "id" else bound.field.place
        if name not in found:
            lines.append(
                f'{place}: the query of {model.name}, at {model.place}, has no column "{name}"'
                f" for the field {bound.name}.{suggest(name, found)}"
            )
            continue
        info = types.get(found[name])
        given = info.name if info is not None else str(found[name])
        if given not in _ACCEPTED.get(bound.sql_type, (bound.sql_type,)):
            lines.append(
                f'{place}: the query of {model.name}, at {model.place}, gives "{name}" as {given};'
                f" the field {bound.name} needs {bound.sql_type}. Write (...)::{bound.sql_type}."
            )
    return lines
