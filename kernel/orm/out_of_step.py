"""A database that is not as the code declares it: which model, field and column, and what to run.

PostgreSQL names what it did not find; the statement that failed names the tables. Together they lead to a field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import psycopg
from psycopg import errors

from kernel.errors import OutOfStepError
from kernel.orm.registry.bound import Bound, ModelInfo
from kernel.orm.registry.registry import Registry

_NAMED: Final = re.compile(r"(?:column|relation|schema) (?P<name>[\w.]+)")
_PATH: Final = re.compile(r"\b(t\d+)\.(\w+)")


def explainer(registry: Registry) -> Callable[[psycopg.Error, str], OutOfStepError | None]:
    """(error of a statement, its text) -> what to say of it; None where the database is not at fault."""

    def explain(error: psycopg.Error, statement: str) -> OutOfStepError | None:
        if isinstance(error, (errors.UndefinedTable, errors.InvalidSchemaName)):
            return _lacks_table(registry, _named(error))
        if isinstance(error, errors.UndefinedColumn):
            alias, _, name = _named(error).rpartition(".")
            return _lacks_column(registry, statement.replace('"', ""), alias, name)
        if isinstance(error, errors.DatatypeMismatch):
            return _other_type(registry, statement.replace('"', ""), "", _named(error))
        if isinstance(error, errors.UndefinedFunction):
            place = int(error.diag.statement_position or 0)
            before = _PATH.findall(statement[:place].replace('"', ""))  # of a comparison the operator is shown
            return _other_type(registry, statement.replace('"', ""), *before[-1]) if before else None
        return None

    return explain


def _lacks_table(registry: Registry, name: str) -> OutOfStepError | None:
    for model in registry.models.values():
        if name in (f"{model.schema}.{model.table}", f"{model.schema}.{model.table}_id_seq", model.schema):
            return _error(f"the table {model.schema}.{model.table} of {model.name}", model.addon, model, None)
        for bound in model.fields.values():
            if bound.link is not None and name == f"{bound.link.schema}.{bound.link.table}":
                return _error(f"the table {name} of {model.name}.{bound.name}", bound.addon, model, bound)
    return None


def _lacks_column(registry: Registry, statement: str, alias: str, name: str) -> OutOfStepError | None:
    for bound in _columns(registry, statement, alias, name):
        return _error(_column(bound), bound.addon, bound.model, bound)
    return None


def _other_type(registry: Registry, statement: str, alias: str, name: str) -> OutOfStepError | None:
    for bound in _columns(registry, statement, alias, name):
        return _error(f"{_column(bound)} in the type {bound.column_type}", bound.addon, bound.model, bound)
    return None


def _column(bound: Bound) -> str:
    model = bound.model
    return f"the column {model.schema}.{model.table}.{bound.column} of the field {model.name}.{bound.name}"


def _named(error: psycopg.Error) -> str:
    found = _NAMED.search((error.diag.message_primary or "").replace('"', ""))
    return found["name"] if found else ""


def _columns(registry: Registry, statement: str, alias: str, name: str) -> Iterator[Bound]:
    """Fields with a column of this name, of the tables that the statement names, or calls by the alias."""
    for model in registry.models.values():
        table = re.escape(f"{model.schema}.{model.table}")
        called = rf"\b{table} (AS )?{alias}\b" if alias and alias != model.table else rf"\b{table}\b"
        if re.search(called, statement):
            yield from (bound for bound in model.fields.values() if bound.column == name)


def _error(what: str, addon: str, model: ModelInfo, bound: Bound | None) -> OutOfStepError:
    place = {"model": model.name} if bound is None else {"model": model.name, "field": bound.name}
    return OutOfStepError(
        f"The database does not have {what}, which the code declares.",
        hint=f"Run `tenon addon upgrade TENANT {addon}`.",
        addon=addon,
        **place,
    )
